#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_DEALER_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_DEALER_COMMANDS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/decimal/decimal.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/mt5/server_time.h"
#include "services/connector/trade_types.h"

namespace mtsuite::connector::mt5 {

// Trading as a dealer: DEALER_SEND and DEALER_UPDATES (mt5-webapi §5.5, §6.6, §6.7).

Request SendPlacement(const OrderPlacement& order, const ServerTime& time);
Request SendOrderChange(const OrderChange& change, const ServerTime& time);
Request SendCancellation(const OrderCancellation& order);
Request SendStopsChange(const StopsChange& change);
Request SendClosing(const PositionClosing& closing);
Request SendPairing(const PositionPairing& pair);

// The id under which a queued request's updates are told.
absl::StatusOr<int64_t> ParseQueued(const Answer& answer);

// Asks for the updates of these requests; of all of the connection when empty.
Request GetDealerUpdates(const std::vector<int64_t>& ids);

// One state of a request. Tickets are 0 and numbers zero where there are none.
struct DealerUpdate {
  int retcode = 0;
  int64_t order = 0;
  int64_t deal = 0;
  Decimal volume;
  Decimal price;
  Decimal bid;
  Decimal ask;
  std::string text;  // For people.
};

// By id, for those asked for that the server still knows: what happened since the last question, oldest
// first.
using DealerUpdates = std::map<int64_t, std::vector<DealerUpdate>>;
absl::StatusOr<DealerUpdates> ParseDealerUpdates(const Answer& answer);

// Whether a request in this state is still under way (§8): on its way, accepted, processed by a gateway,
// returned to the queue.
bool IsIntermediate(int retcode);
// Placed, done, done in part, done with the rest cancelled.
bool IsTradeSuccess(int retcode);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_DEALER_COMMANDS_H_
