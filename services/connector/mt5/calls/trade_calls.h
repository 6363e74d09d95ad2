#ifndef SERVICES_CONNECTOR_MT5_CALLS_TRADE_CALLS_H_
#define SERVICES_CONNECTOR_MT5_CALLS_TRADE_CALLS_H_

#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/trade_server.h"

// Trading. Contracts as in TradeServer.
namespace mtsuite::connector::mt5 {

void Place(const CallContext& context, const OrderPlacement& order, absl::Time deadline,
           Done<TradeReceipt> done);
void Change(const CallContext& context, const OrderChange& change, absl::Time deadline, DoneStatus done);
void Cancel(const CallContext& context, const OrderCancellation& order, absl::Time deadline, DoneStatus done);
void ChangeStopsOf(const CallContext& context, const StopsChange& change, absl::Time deadline,
                   DoneStatus done);
void Close(const CallContext& context, const PositionClosing& closing, absl::Time deadline,
           Done<TradeReceipt> done);
void CloseBy(const CallContext& context, const PositionPairing& pair, absl::Time deadline,
             Done<TradeReceipt> done);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_TRADE_CALLS_H_
