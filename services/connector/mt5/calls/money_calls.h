#ifndef SERVICES_CONNECTOR_MT5_CALLS_MONEY_CALLS_H_
#define SERVICES_CONNECTOR_MT5_CALLS_MONEY_CALLS_H_

#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/trade_server.h"

// Booking money and reading deals. Contracts as in TradeServer.
namespace mtsuite::connector::mt5 {

void BookMoney(const CallContext& context, const Booking& booking, absl::Time deadline,
               Done<BookingResult> done);
void ReadDeals(const CallContext& context, const DealQuery& query, absl::Time deadline, Done<DealPage> done);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_MONEY_CALLS_H_
