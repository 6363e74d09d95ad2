#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_ORDER_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_ORDER_COMMANDS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/orders/v1/position.pb.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/deal_commands.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/mt5/server_time.h"

namespace mtsuite::connector::mt5 {

// The ORDER_*, HISTORY_* and POSITION_* commands (mt5-webapi §5.4) and their records (§6.3, §6.5).

// Most records that a server returns for one *_GET_PAGE.
inline constexpr int32_t kMaxOrderPage = 100;

// An order that waits, and one that is done.
Request GetOpenOrder(int64_t ticket);
Request GetDoneOrder(int64_t ticket);
Request GetOpenOrderPage(int64_t login, int64_t offset, int32_t count);
Request GetDoneOrderPage(int64_t login, const ServerSpan& span, int64_t offset, int32_t count);
// Those of all accounts in the groups, or of the accounts; `logins` must not be empty.
Request GetOpenOrders(std::string_view group_mask);
Request GetOpenOrders(const std::vector<int64_t>& logins);

absl::StatusOr<orders::v1::Order> ParseOrder(const Answer& answer, const ServerTime& time);
// In the order of the answer. With `unreadable`, records that cannot be read are left out and counted there;
// without, they are an error.
absl::StatusOr<std::vector<orders::v1::Order>> ParseOrders(const Answer& answer, const ServerTime& time,
                                                           int* unreadable = nullptr);

Request GetPositionOf(int64_t login, int64_t ticket);
Request GetPositionPage(int64_t login, int64_t offset, int32_t count);
Request GetPositions(std::string_view group_mask);
Request GetPositions(const std::vector<int64_t>& logins);

// Without their currency, which the group of the account decides. As ParseOrders.
absl::StatusOr<std::vector<orders::v1::Position>> ParsePositions(const Answer& answer, const ServerTime& time,
                                                                 int* unreadable = nullptr);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_ORDER_COMMANDS_H_
