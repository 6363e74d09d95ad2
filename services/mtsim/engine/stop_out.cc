#include "services/mtsim/engine/stop_out.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/mtsim/engine/trade_checks.h"

namespace mtsuite::mtsim {

const Position* StopOut::Worst(uint64_t login, absl::Time time) const {
  const Position* worst = nullptr;
  Fixed worst_result;
  for (const auto& [ticket, position] : state_.positions.Of(login)) {
    const SymbolRef& symbol = state_.symbols.ById(position->symbol->id);
    const Quote* quote = state_.feed.Last(position->symbol->id);
    if (symbol == nullptr || quote == nullptr || !quote->bid.IsPositive() ||
        !IsTrading(state_, *symbol, time)) {
      continue;
    }
    const Fixed result = valuation_.Evaluate(*position).profit + position->storage;
    if (worst != nullptr && result >= worst_result) continue;
    worst = position;
    worst_result = result;
  }
  return worst;
}

void StopOut::Run(uint64_t login, absl::Time time) {
  for (;;) {
    const Result<TradeState> state = valuation_.Account(login);
    if (!state.ok() || state->activation != StopOutActivation::kStopOut) return;
    const Position* position = Worst(login, time);
    if (position == nullptr) return;
    CloseRequest close;
    close.position = position->position;
    close.time = std::max(time, position->time_create);
    close.reason = TradeReason::kStopOut;
    close.comment = absl::StrCat("[so ", state->margin_level.ToString(2), "%/", state->equity.ToString(2),
                                 "/", state->margin.ToString(2), "]");
    close.order.activation = OrderActivation::kStopOut;
    // A close is refused when the database is full; the next tick tries again.
    if (!trades_.Close(close).ok()) return;
    Account& account = *state_.accounts.FindMutable(login);
    if (state_.positions.Count(login) == 0) return Compensate(account, time);
  }
}

void StopOut::Compensate(Account& account, absl::Time time) {
  const Group& group = state_.GroupOf(account);
  if ((group.trade_flags & kGroupStopOutCompensation) == 0 || !account.balance.IsNegative()) return;
  const Fixed debt = -account.balance;
  account.balance += debt;
  state_.deals.Add({.deal = state_.next_deal++,
                    .login = account.login,
                    .time = time,
                    .currency_digits = group.currency_digits,
                    .action = DealAction::kStopOutCompensation,
                    .reason = TradeReason::kStopOut,
                    .profit = debt,
                    .comment = "so compensation"});
}

}  // namespace mtsuite::mtsim
