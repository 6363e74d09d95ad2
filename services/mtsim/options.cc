#include "services/mtsim/options.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/config/files.h"
#include "common/status/macros.h"

namespace mtsuite::mtsim {
namespace {

using config::v1::MtsimConfig;
using config::v1::MtsimManager;

uint32_t RightsOf(const MtsimManager& config) {
  if (config.rights().empty()) return kAllManagerRights;
  uint32_t rights = 0;
  for (const int right : config.rights()) {
    switch (right) {
      case MtsimManager::RIGHT_ALL:
        rights |= kAllManagerRights;
        break;
      case MtsimManager::RIGHT_ACCOUNTS:
        rights |= kManageAccounts;
        break;
      case MtsimManager::RIGHT_BALANCE:
        rights |= kManageBalance;
        break;
      case MtsimManager::RIGHT_PERSONAL_DETAILS:
        rights |= kSeePersonalDetails;
        break;
      case MtsimManager::RIGHT_CONFIGURATION:
        rights |= kConfigureMarket;
        break;
      case MtsimManager::RIGHT_EDIT_TRADES:
        rights |= kEditTrades;
        break;
      case MtsimManager::RIGHT_ADMINISTRATION:
        rights |= kAdministrate;
        break;
      case MtsimManager::RIGHT_TRADING:
        rights |= kTradeAsDealer;
        break;
      case MtsimManager::RIGHT_MESSAGES:
        rights |= kSendMessages;
        break;
      default:
        break;
    }
  }
  return rights;
}

absl::StatusOr<Manager> ReadManager(const MtsimManager& config) {
  if (config.login() == 0) return absl::InvalidArgumentError("managers: a manager needs a login");
  const auto prefix = absl::StrCat("manager ", config.login(), ": ");
  if (config.password().empty() == config.password_file().empty()) {
    return absl::InvalidArgumentError(prefix + "set either password_file or password");
  }
  Manager manager;
  manager.login = config.login();
  manager.name = config.name();
  manager.password = config.password();
  if (!config.password_file().empty()) {
    ASSIGN_OR_RETURN(manager.password, config::ReadSecretFile(config.password_file()));
  }
  manager.enabled = !config.disabled();
  manager.web_api = !config.web_api_denied();
  manager.addresses.assign(config.addresses().begin(), config.addresses().end());
  if (!config.groups().empty()) manager.groups = MaskList(config.groups());
  manager.rights = RightsOf(config);
  return manager;
}

absl::Status ReadManagers(const MtsimConfig& config, std::vector<Manager>& managers) {
  std::set<uint64_t> logins;
  for (const MtsimManager& entry : config.managers()) {
    ASSIGN_OR_RETURN(Manager manager, ReadManager(entry));
    if (!logins.insert(manager.login).second) {
      return absl::InvalidArgumentError(absl::StrCat("managers: login ", manager.login, " is there twice"));
    }
    managers.push_back(std::move(manager));
  }
  if (managers.empty()) return absl::InvalidArgumentError("managers: nobody could log in; add a manager");
  return absl::OkStatus();
}

absl::Status ReadFeed(const config::v1::MtsimFeed& config, Options& options) {
  if (config.rate_percent() < 0 || config.rate_percent() > 10'000) {
    return absl::InvalidArgumentError(
        absl::StrCat("feed.rate_percent is ", config.rate_percent(), "; it must be 1 to 10000"));
  }
  if (config.rate_percent() != 0) options.feed_rate_percent = config.rate_percent();
  if (config.stopped()) options.feed_rate_percent = 0;
  if (!config.has_interval()) return absl::OkStatus();
  const absl::Duration interval =
      absl::Seconds(config.interval().seconds()) + absl::Nanoseconds(config.interval().nanos());
  if (interval < absl::Milliseconds(1) || interval > absl::Minutes(1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("feed.interval is ", absl::FormatDuration(interval), "; it must be 1ms to 1m"));
  }
  options.server.feed_interval = interval;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ReadOptions(const MtsimConfig& config) {
  Options options;
  if (config.mt5().listen().empty()) {
    return absl::InvalidArgumentError("mt5.listen is required, for example 127.0.0.1:0");
  }
  options.server.listen = config.mt5().listen();
  const int connections_max = config.mt5().connections_max();
  if (connections_max < 0) return absl::InvalidArgumentError("mt5.connections_max must not be negative");
  if (connections_max > 0) options.server.connections_max = static_cast<size_t>(connections_max);
  if (config.seed() != 0) options.engine.seed = config.seed();
  if (!config.server_time_zone().empty()) options.engine.server_zone = config.server_time_zone();
  if (config.first_login() != 0 || config.last_login() != 0) {
    if (config.first_login() == 0 || config.last_login() < config.first_login()) {
      return absl::InvalidArgumentError("first_login and last_login must be a range, both included");
    }
    options.engine.login_ranges = {{config.first_login(), config.last_login()}};
  }
  options.server_name = config.server_name().empty() ? "mtsim" : config.server_name();
  options.demo_world = config.demo_world();
  RETURN_IF_ERROR(ReadManagers(config, options.managers));
  RETURN_IF_ERROR(ReadFeed(config.feed(), options));
  return options;
}

}  // namespace mtsuite::mtsim
