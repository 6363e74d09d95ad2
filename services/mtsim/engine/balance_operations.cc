#include "services/mtsim/engine/balance_operations.h"

#include <utility>

#include "services/mtsim/engine/text.h"

namespace mtsuite::mtsim {

Result<const Deal*> BalanceOperations::Apply(const BalanceRequest& request) {
  if (request.type < static_cast<int>(DealAction::kBalance) ||
      request.type > static_cast<int>(DealAction::kBonus)) {
    return Retcode::kInvalidParameters;
  }
  if (request.amount.Abs() > kAmountMax) return Retcode::kMoneyLimit;
  Account* account = state_.accounts.FindMutable(request.login);
  if (account == nullptr) return Retcode::kNotFound;
  const int digits = state_.GroupOf(*account).currency_digits;
  const Fixed amount = request.amount.Round(digits);
  if (amount.IsZero()) return Retcode::kInvalidParameters;
  if (amount.IsNegative()) {
    const Retcode checked = CheckWithdrawal(*account, request, amount);
    if (checked != Retcode::kDone) return checked;
  }
  const auto action = static_cast<DealAction>(request.type);
  Fixed& account_field = action == DealAction::kCredit ? account->credit : account->balance;
  if ((account_field + amount).Abs() > kBalanceMax) return Retcode::kMoneyLimit;
  if (state_.deals.size() >= state_.options.deals_max) return Retcode::kOrderLimit;

  account_field += amount;
  state_.Touch(account->login);
  return &state_.deals.Add({.deal = state_.next_deal++,
                            .login = account->login,
                            .dealer = request.dealer,
                            .time = request.time.has_value() ? ToMilliseconds(*request.time) : state_.Now(),
                            .currency_digits = digits,
                            .action = action,
                            .profit = amount,
                            .comment = std::string(TruncateUtf16(request.comment, kCommentUnits))});
}

Retcode BalanceOperations::CheckWithdrawal(const Account& account, const BalanceRequest& request,
                                           Fixed amount) const {
  const bool credit = request.type == static_cast<int>(DealAction::kCredit);
  if (-amount > (credit ? account.credit : account.balance)) return Retcode::kNoMoney;
  if (!request.check_margin) return Retcode::kDone;
  return -amount > valuation_.Account(account.login)->margin_free ? Retcode::kNoMoney : Retcode::kDone;
}

Result<BalanceCheck> BalanceOperations::Check(uint64_t login, bool fix) {
  Account* account = state_.accounts.FindMutable(login);
  if (account == nullptr) return Retcode::kNotFound;
  BalanceCheck check{.balance_user = account->balance, .credit_user = account->credit};
  for (const Deal* deal : state_.deals.All(login, TimeWindow())) {
    (deal->ChangesCredit() ? check.credit_history : check.balance_history) += deal->Total();
  }
  if (fix) {
    account->balance = check.balance_history;
    account->credit = check.credit_history;
    state_.Touch(login);
  }
  return check;
}

}  // namespace mtsuite::mtsim
