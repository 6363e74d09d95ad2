#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_DEAL_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_DEAL_COMMANDS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "mtsuite/type/v1/deal.pb.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/mt5/server_time.h"

namespace mtsuite::connector::mt5 {

// The DEAL_* commands (mt5-webapi §5.4) and the deal record (§6.4).

// Seconds of the server's clock, both included.
struct ServerSpan {
  int64_t from = 0;
  int64_t to = 0;
};

// Most deals that a server returns for one DEAL_GET_PAGE.
inline constexpr int32_t kMaxDealPage = 100;

// One deal, which is expected to be of `login`.
Request GetDealOf(int64_t login, int64_t ticket);
absl::StatusOr<type::v1::Deal> ParseDeal(const Answer& answer, const ServerTime& time);

Request GetDealPage(int64_t login, const ServerSpan& span, int64_t offset, int32_t count);
// Deals of all accounts in the groups.
Request GetDealBatch(std::string_view group_mask, const ServerSpan& span);
// Those of these numbers that there are.
Request GetDealBatch(const std::vector<int64_t>& tickets);

struct DealRecord {
  type::v1::Deal deal;
  int64_t server_seconds = 0;  // As the server wrote its time.
};

// In the order of the answer. With `unreadable`, deals that cannot be read are left out and counted there;
// without, they are an error.
absl::StatusOr<std::vector<DealRecord>> ParseDeals(const Answer& answer, const ServerTime& time,
                                                   int* unreadable = nullptr);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_DEAL_COMMANDS_H_
