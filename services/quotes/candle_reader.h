// Reads the candles of one ListCandles call from the connector's minutes, page by page, without blocking.
#ifndef SERVICES_QUOTES_CANDLE_READER_H_
#define SERVICES_QUOTES_CANDLE_READER_H_

#include <memory>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/rpc/unary_call.h"
#include "mtsuite/quotes/v1/quote_service.pb.h"
#include "services/quotes/connector_client.h"

namespace mtsuite::quotes {

// Starts to answer `call`; finishes it. Request and response are the call's.
void ReadCandles(rpc::CallPtr call, ConnectorClient& connector, Clock& clock,
                 const v1::ListCandlesRequest& request, v1::ListCandlesResponse* response);

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_CANDLE_READER_H_
