#ifndef SERVICES_MTSIM_ENGINE_ACCOUNT_H_
#define SERVICES_MTSIM_ENGINE_ACCOUNT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/fixed.h"
#include "services/mtsim/engine/password.h"

namespace mtsuite::mtsim {

// The descriptive members of an account that its owner or a manager may change. Texts are UTF-8; longer ones
// than the platform's limits (see ApplyFieldLimits) are cut silently.
struct AccountDetails {
  // The full name, obsolete on the platform in favour of the three parts but still the one that clients show.
  std::string name = {};
  std::string first_name = {};
  std::string last_name = {};
  std::string middle_name = {};
  std::string company = {};
  // The owner's bank account.
  std::string bank_account = {};
  std::string country = {};
  std::string city = {};
  std::string state = {};
  std::string zip_code = {};
  std::string address = {};
  std::string phone = {};
  std::string email = {};
  // Identity document.
  std::string document_id = {};
  std::string status = {};
  std::string comment = {};
  // Asked on the telephone; readable by managers, so not a secret to the server.
  std::string phone_password = {};
  std::string lead_campaign = {};
  std::string lead_source = {};
  // Accounts at gateways: `gateway=account|` items.
  std::string trade_accounts = {};
  std::string metaquotes_id = {};
};

// Cuts every text to the platform's field size (UTF-16 units without the terminator: name and address 127,
// company, comment and the rest 63, phone password 31) without splitting a character.
void ApplyFieldLimits(AccountDetails& details);

// A trading account, the platform's "user record". Money in the currency of its group.
struct Account {
  uint64_t login = 0;
  // Key of a Group.
  std::string group = {};
  // UserRight flags.
  uint64_t rights = kDefaultUserRights;
  int leverage = 100;
  AccountDetails details = {};
  // LANGID.
  uint32_t language = 0;
  // COLORREF; 0xFF000000 = none.
  uint32_t color = 0xFF000000;
  uint64_t client_id = 0;
  // Login of the agent (introducing broker), 0 = none.
  uint64_t agent = 0;
  // The account's own limits of pending orders and positions; 0 = the group's.
  uint32_t limit_orders = 0;
  uint32_t limit_positions = 0;
  uint64_t certificate_serial = 0;

  absl::Time registration = {};
  absl::Time last_access = {};
  absl::Time last_password_change = {};
  std::string last_ip = {};

  Fixed balance = {};
  Fixed credit = {};
  Fixed interest_rate = {};
  Fixed commission_daily = {};
  Fixed commission_monthly = {};
  Fixed agent_commission_daily = {};
  Fixed agent_commission_monthly = {};
  // At the end of the previous server day and month.
  Fixed balance_prev_day = {};
  Fixed balance_prev_month = {};
  Fixed equity_prev_day = {};
  Fixed equity_prev_month = {};

  PasswordHash main_password = {};
  PasswordHash investor_password = {};
  PasswordHash api_password = {};
};

// What a new account is made of. Required are group, details.name, leverage, main_password and
// investor_password.
struct NewAccount {
  // 0 = the next free login of the configured ranges.
  uint64_t login = 0;
  std::string group = {};
  uint64_t rights = kDefaultUserRights;
  int leverage = 0;
  AccountDetails details = {};
  uint32_t language = 0;
  uint32_t color = 0xFF000000;
  uint64_t client_id = 0;
  uint64_t agent = 0;
  uint32_t limit_orders = 0;
  uint32_t limit_positions = 0;
  std::string main_password = {};
  std::string investor_password = {};
  // Optional; without it the API has no password.
  std::string api_password = {};
};

// A partial change: absent members stay as they are. A value that is out of range leaves its member unchanged
// without an error, as the platform does; only an unknown or impossible group is an error.
struct AccountUpdate {
  std::optional<std::string> group = {};
  std::optional<uint64_t> rights = {};
  std::optional<int> leverage = {};
  std::optional<uint32_t> language = {};
  std::optional<uint32_t> color = {};
  std::optional<uint64_t> client_id = {};
  std::optional<uint64_t> agent = {};
  std::optional<uint32_t> limit_orders = {};
  std::optional<uint32_t> limit_positions = {};

  std::optional<std::string> name = {};
  std::optional<std::string> first_name = {};
  std::optional<std::string> last_name = {};
  std::optional<std::string> middle_name = {};
  std::optional<std::string> company = {};
  std::optional<std::string> bank_account = {};
  std::optional<std::string> country = {};
  std::optional<std::string> city = {};
  std::optional<std::string> state = {};
  std::optional<std::string> zip_code = {};
  std::optional<std::string> address = {};
  std::optional<std::string> phone = {};
  std::optional<std::string> email = {};
  std::optional<std::string> document_id = {};
  std::optional<std::string> status = {};
  std::optional<std::string> comment = {};
  std::optional<std::string> phone_password = {};
  std::optional<std::string> lead_campaign = {};
  std::optional<std::string> lead_source = {};
  std::optional<std::string> trade_accounts = {};
  std::optional<std::string> metaquotes_id = {};
};

// The trade state of an account at the current prices, in the group's currency. Every amount is rounded to
// currency_digits.
struct TradeState {
  uint64_t login = 0;
  int currency_digits = 2;
  int leverage = 0;
  Fixed balance = {};
  Fixed credit = {};
  // Sums over open positions; floating = profit + storage.
  Fixed profit = {};
  Fixed storage = {};
  Fixed floating = {};
  // balance + credit + floating.
  Fixed equity = {};
  Fixed margin = {};
  Fixed margin_free = {};
  // equity / margin in percent with two decimals; 0 without margin.
  Fixed margin_level = {};
  StopOutActivation activation = StopOutActivation::kNone;
  // The following describe a margin call or stop-out; zero without one. The time is that of the newest quote
  // that the state was computed from.
  absl::Time activation_time = {};
  Fixed activation_level = {};
  Fixed activation_equity = {};
  Fixed activation_margin = {};
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ACCOUNT_H_
