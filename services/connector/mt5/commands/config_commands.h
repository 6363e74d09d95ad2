#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_CONFIG_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_CONFIG_COMMANDS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "mtsuite/accounts/v1/group.pb.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"

namespace mtsuite::connector::mt5 {

// Reading the server's configuration: groups (mt5-webapi §5.7, §6.11) and time (§6.9).

Request CountGroups();
Request GetGroupAt(int64_t index);
Request GetGroup(std::string_view name);
absl::StatusOr<accounts::v1::Group> ParseGroup(const Answer& answer);

// The answer to one of the Count commands.
absl::StatusOr<int64_t> ParseCount(const Answer& answer);

Request GetTimeConfig();
// Minutes that the server's clock is east of UTC now, daylight saving included.
absl::StatusOr<int> ParseTimeOffset(const Answer& answer);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_CONFIG_COMMANDS_H_
