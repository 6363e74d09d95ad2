// Manager logins: who may use the Web API, and what for.
#ifndef SERVICES_MTSIM_MT5_MANAGER_H_
#define SERVICES_MTSIM_MT5_MANAGER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {

// What a manager may do beyond reading the trading data of its groups; bit flags.
enum ManagerRight : uint32_t {
  // Open, change and delete accounts, set and check passwords.
  kManageAccounts = 0x1,
  // Book balance operations.
  kManageBalance = 0x2,
  // See and change personal members of accounts; they read as empty without it.
  kSeePersonalDetails = 0x4,
  // Add, change and delete groups and symbols.
  kConfigureMarket = 0x8,
  // Edit positions in the database.
  kEditTrades = 0x10,
  // Restart the server.
  kAdministrate = 0x20,
  // Send mail and news.
  kSendMessages = 0x40,
  // Send trade requests as a dealer.
  kTradeAsDealer = 0x80,
};
inline constexpr uint32_t kAllManagerRights = 0xFF;

// One manager login as the administrator configured it.
struct Manager {
  uint64_t login = 0;
  std::string name = {};
  // Plain text; it comes from a file and never leaves the process.
  std::string password = {};
  bool enabled = true;
  // Whether connections of the Web API are permitted.
  bool web_api = true;
  // Addresses that it may come from; any when empty.
  std::vector<std::string> addresses = {};
  // Masks of the groups that it sees. Accounts in others look as if they did not exist.
  MaskList groups{"*"};
  // ManagerRight flags.
  uint32_t rights = 0;

  bool Has(ManagerRight right) const { return (rights & right) != 0; }
  bool Sees(std::string_view group) const { return groups.Matches(group); }
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_MANAGER_H_
