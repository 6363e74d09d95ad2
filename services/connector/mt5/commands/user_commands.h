#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_USER_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_USER_COMMANDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/decimal/decimal.h"
#include "mtsuite/accounts/v1/account.pb.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/mt5/server_time.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// The USER_* commands (mt5-webapi §5.2) and the user record (§6.1).

// An account as the server describes it. What depends on its group (currency, the digits of money) is added
// by FinishAccount.
struct UserRecord {
  accounts::v1::Account account;
  uint64_t rights = 0;
  std::string phone_password;  // Secret.
  Decimal balance;
  Decimal credit;
};

Request GetUser(int64_t login);
// `logins` must not be empty. Those that do not exist are left out of the answer.
Request GetUsers(const std::vector<int64_t>& logins);
Request ListLogins(std::string_view group_mask);
// `leverage` and `rights` are what the account is to get; those of `account.account` are not looked at.
Request AddUser(const NewAccount& account, int32_t leverage, uint64_t rights);
// `body` is a JSON object with the members to change; see UserChange.
Request UpdateUser(int64_t login, std::string_view body);
Request DeleteUser(int64_t login);
// MAIN and INVESTOR only: the platform has no command for the phone password.
Request CheckUserPassword(const PasswordChange& password);
Request ChangeUserPassword(const PasswordChange& password);

// One user record, which must be that of `login`.
absl::StatusOr<UserRecord> ParseUser(const Answer& answer, int64_t login, const ServerTime& time);
// With `unreadable`, records that cannot be read are left out and counted there; without, they are an error.
absl::StatusOr<std::vector<UserRecord>> ParseUsers(const Answer& answer, const ServerTime& time,
                                                   int* unreadable = nullptr);
// Ascending, without duplicates.
absl::StatusOr<std::vector<int64_t>> ParseLogins(const Answer& answer);

// The account with everything that its group decides. `group` is null when the manager may not see the group:
// the currency then stays empty and money keeps the digits that the server wrote, at least two.
accounts::v1::Account FinishAccount(UserRecord record, const accounts::v1::Group* group);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_USER_COMMANDS_H_
