#include "services/mtsim/engine/account_operations.h"

#include <algorithm>
#include <utility>

namespace mtsuite::mtsim {
namespace {

template <typename T>
void Assign(const std::optional<T>& from, T& to) {
  if (from.has_value()) to = *from;
}

void ApplyDetails(const AccountUpdate& update, AccountDetails& details) {
  // An account without a name is not allowed, so an empty one is a bad value.
  if (update.name.has_value() && !update.name->empty()) details.name = *update.name;
  Assign(update.first_name, details.first_name);
  Assign(update.last_name, details.last_name);
  Assign(update.middle_name, details.middle_name);
  Assign(update.company, details.company);
  Assign(update.bank_account, details.bank_account);
  Assign(update.country, details.country);
  Assign(update.city, details.city);
  Assign(update.state, details.state);
  Assign(update.zip_code, details.zip_code);
  Assign(update.address, details.address);
  Assign(update.phone, details.phone);
  Assign(update.email, details.email);
  Assign(update.document_id, details.document_id);
  Assign(update.status, details.status);
  Assign(update.comment, details.comment);
  Assign(update.phone_password, details.phone_password);
  Assign(update.lead_campaign, details.lead_campaign);
  Assign(update.lead_source, details.lead_source);
  Assign(update.trade_accounts, details.trade_accounts);
  Assign(update.metaquotes_id, details.metaquotes_id);
  ApplyFieldLimits(details);
}

PasswordHash& PasswordOf(Account& account, PasswordKind kind) {
  switch (kind) {
    case PasswordKind::kMain:
      return account.main_password;
    case PasswordKind::kInvestor:
      return account.investor_password;
    case PasswordKind::kApi:
      break;
  }
  return account.api_password;
}

}  // namespace

bool AccountOperations::IsAcceptableLeverage(int leverage, const Group& group) const {
  const int limit = group.leverage_max > 0 ? std::min(group.leverage_max, state_.options.leverage_max)
                                           : state_.options.leverage_max;
  return leverage >= 1 && leverage <= limit;
}

Result<const Account*> AccountOperations::Add(const NewAccount& request) {
  const Group* group = state_.groups.Find(request.group);
  if (group == nullptr) return Retcode::kNoPermission;
  if (request.details.name.empty() || !IsAcceptableLeverage(request.leverage, *group)) {
    return Retcode::kInvalidParameters;
  }
  if (!IsAcceptablePassword(request.main_password, group->password_min) ||
      !IsAcceptablePassword(request.investor_password, group->password_min) ||
      (!request.api_password.empty() && !IsAcceptablePassword(request.api_password, group->password_min))) {
    return Retcode::kInvalidPassword;
  }
  if (state_.accounts.size() >= state_.options.accounts_max) return Retcode::kUsersLimit;
  const Result<uint64_t> login = ChooseLogin(request.login);
  if (!login.ok()) return login.retcode();

  const absl::Time now = state_.Now();
  Account account{.login = *login,
                  .group = request.group,
                  .rights = request.rights,
                  .leverage = request.leverage,
                  .details = request.details,
                  .language = request.language,
                  .color = request.color,
                  .client_id = request.client_id,
                  .agent = request.agent,
                  .limit_orders = request.limit_orders,
                  .limit_positions = request.limit_positions,
                  .registration = now,
                  .last_access = now,
                  .last_password_change = now};
  ApplyFieldLimits(account.details);
  account.main_password = PasswordHash(request.main_password, state_.random);
  account.investor_password = PasswordHash(request.investor_password, state_.random);
  if (!request.api_password.empty()) account.api_password = PasswordHash(request.api_password, state_.random);
  return static_cast<const Account*>(state_.accounts.Insert(std::move(account)));
}

Result<uint64_t> AccountOperations::ChooseLogin(uint64_t wanted) {
  if (wanted == 0) return state_.accounts.AllocateLogin();
  const bool foreign = std::ranges::any_of(
      state_.options.foreign_login_ranges,
      [wanted](const LoginRange& range) { return range.first <= wanted && wanted <= range.last; });
  if (foreign) return Retcode::kLoginReserved;
  if (state_.accounts.Find(wanted) != nullptr) return Retcode::kAccountExists;
  return wanted;
}

Retcode AccountOperations::CheckGroupChange(const Account& account, std::string_view name) const {
  const Group* group = state_.groups.Find(name);
  if (group == nullptr) return Retcode::kNoPermission;
  const Group& current = state_.GroupOf(account);
  if (group->currency != current.currency || group->currency_digits != current.currency_digits) {
    return Retcode::kDifferentCurrency;
  }
  const bool trading = state_.positions.Count(account.login) > 0 || state_.orders.Count(account.login) > 0;
  return trading && group->margin_mode != current.margin_mode ? Retcode::kHasOpenTrades : Retcode::kDone;
}

Result<const Account*> AccountOperations::Update(uint64_t login, const AccountUpdate& update) {
  Account* account = state_.accounts.FindMutable(login);
  if (account == nullptr) return Retcode::kNotFound;
  if (update.group.has_value() && *update.group != account->group) {
    const Retcode checked = CheckGroupChange(*account, *update.group);
    if (checked != Retcode::kDone) return checked;
    state_.accounts.MoveToGroup(*account, *update.group);
  }
  if (update.leverage.has_value() && IsAcceptableLeverage(*update.leverage, state_.GroupOf(*account))) {
    account->leverage = *update.leverage;
  }
  Assign(update.rights, account->rights);
  Assign(update.language, account->language);
  Assign(update.color, account->color);
  Assign(update.client_id, account->client_id);
  Assign(update.agent, account->agent);
  Assign(update.limit_orders, account->limit_orders);
  Assign(update.limit_positions, account->limit_positions);
  ApplyDetails(update, account->details);
  state_.Touch(login);
  return static_cast<const Account*>(account);
}

Retcode AccountOperations::Delete(uint64_t login) {
  if (state_.accounts.Find(login) == nullptr) return Retcode::kNotFound;
  if (state_.positions.Count(login) > 0 || state_.orders.Count(login) > 0) return Retcode::kHasOpenTrades;
  state_.accounts.Erase(login);
  state_.deals.Detach(login);
  state_.order_history.Detach(login);
  return Retcode::kDone;
}

Retcode AccountOperations::CheckPassword(uint64_t login, PasswordKind kind, std::string_view password) const {
  Account* account = state_.accounts.FindMutable(login);
  if (account == nullptr) return Retcode::kNotFound;
  return PasswordOf(*account, kind).Matches(password) ? Retcode::kDone : Retcode::kInvalidPassword;
}

Retcode AccountOperations::SetPassword(uint64_t login, PasswordKind kind, std::string_view password) {
  Account* account = state_.accounts.FindMutable(login);
  if (account == nullptr) return Retcode::kNotFound;
  if (!IsAcceptablePassword(password, state_.GroupOf(*account).password_min))
    return Retcode::kInvalidPassword;
  PasswordOf(*account, kind) = PasswordHash(password, state_.random);
  account->last_password_change = state_.Now();
  return Retcode::kDone;
}

}  // namespace mtsuite::mtsim
