#include "services/connector/platforms.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/config/files.h"
#include "common/status/macros.h"
#include "services/connector/mt5/mt5_web_api_server.h"

namespace mtsuite::connector {

using config::v1::Mt5Config;
using config::v1::TradeServerConfig;

namespace {

absl::StatusOr<std::unique_ptr<TradeServer>> MakeMt5(const TradeServerConfig& server, Clock& clock) {
  const Mt5Config& config = server.mt5();
  if (config.host().empty() || config.manager_login() <= 0 || config.password_file().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("server ", server.id(), ": mt5 needs host, manager_login and password_file"));
  }
  if (config.port() < 0 || config.port() > std::numeric_limits<uint16_t>::max()) {
    return absl::InvalidArgumentError(absl::StrCat("server ", server.id(), ": mt5.port must be 1 to 65535"));
  }
  mt5::Mt5Options options;
  options.server = server.id();
  options.host = config.host();
  if (config.port() != 0) options.port = static_cast<uint16_t>(config.port());
  options.manager_login = config.manager_login();
  ASSIGN_OR_RETURN(options.manager_password, mtsuite::config::ReadSecretFile(config.password_file()));
  if (config.encryption() == Mt5Config::ENCRYPTION_NONE)
    options.encryption = mt5::Mt5Options::Encryption::kNone;
  if (config.connections() != 0) options.command_connections = config.connections();
  options.time_zone = config.time_zone();
  if (!config.group_mask().empty()) options.group_mask = config.group_mask();
  options.min_login = server.min_login();
  options.max_login = server.max_login();
  return mt5::Mt5WebApiServer::Create(options, clock);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TradeServer>> MakeTradeServer(const TradeServerConfig& config, Clock& clock) {
  switch (config.platform_case()) {
    case TradeServerConfig::kMt5:
      return MakeMt5(config, clock);
    case TradeServerConfig::PLATFORM_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("server ", config.id(), ": the platform is missing, for example mt5"));
}

}  // namespace mtsuite::connector
