// Trade requests and what became of them as JSON.
#ifndef SERVICES_MTSIM_MT5_DEALER_JSON_H_
#define SERVICES_MTSIM_MT5_DEALER_JSON_H_

#include "services/mtsim/engine/trade_request.h"
#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/fields.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {

// The request in the body of DEALER_SEND. kInvalidParameters (action, login or a number is missing or
// malformed), kInvalidRequest (an action of clients), kInvalidFilling and kInvalidExpiration (no such
// enumerator). Whether account and symbol exist is not checked.
Result<TradeRequest> ReadTradeRequest(const Fields& fields, const ServerTime& server_time);

// The confirmation, member `result` of an update.
void WriteConfirmation(const CommandContext& context, const DealerUpdate& update, JsonWriter& json);

// The request with its results filled in, member `answer` of an update.
void WriteAnswer(const CommandContext& context, const DealerUpdate& update, JsonWriter& json);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_DEALER_JSON_H_
