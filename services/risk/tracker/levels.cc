#include <algorithm>

#include "services/risk/tracker/state.h"

namespace mtsuite::risk {
namespace {

// What a daily loss is counted from.
Reference BasisOf(const DailyLoss& loss, const State& state) {
  switch (loss.basis) {
    case v1::DailyLossRule::EQUITY_AT_RESET:
      return state.day_start_equity;
    case v1::DailyLossRule::HIGHER_OF_BALANCE_AND_EQUITY:
      return state.day_start_equity.level > state.day_start_balance.level ? state.day_start_equity
                                                                          : state.day_start_balance;
    case v1::DailyLossRule::INITIAL_BALANCE:
      return state.initial;
    default:
      return state.day_start_balance;
  }
}

}  // namespace

Decimal BalanceLevel(const CompiledRuleSet& rules, const State& state) {
  return state.balance + (rules.credit_counts ? state.credit : Decimal()) - state.shift;
}

Decimal EquityLevel(const CompiledRuleSet& rules, const State& state) {
  return BalanceLevel(rules, state) + state.floating;
}

Decimal ValueLevel(v1::EvaluatedValue value, const CompiledRuleSet& rules, const State& state) {
  return value == v1::BALANCE ? BalanceLevel(rules, state) : EquityLevel(rules, state);
}

LossLevels LevelsOf(const MaxLoss& loss, const State& state, const RuleState& rule) {
  const Decimal initial = state.initial.AsSet();
  if (loss.trailing == v1::MaxLossRule::NOT_TRAILING) {
    return {.from = state.initial.level, .floor = state.initial.level - loss.limit.Of(initial)};
  }
  // A peak is a level, so that deposits change no part of what may be lost from it.
  const Decimal peak = rule.peak.level;
  LossLevels levels{.from = peak,
                    .floor = peak - loss.limit.Of(loss.amount_of == v1::BASIS ? peak : initial)};
  if (!loss.lock.has_value()) return levels;
  // Peaks never fall, so that a floor that reached its lock stays there.
  const Decimal lock = loss.lock->Of(initial);
  levels.locked = levels.floor >= lock;
  levels.floor = std::min(levels.floor, lock);
  return levels;
}

LossLevels LevelsOf(const DailyLoss& loss, const State& state) {
  const Reference basis = BasisOf(loss, state);
  Decimal of = state.initial.AsSet();
  if (loss.amount_of == v1::BASIS) of = basis.AsSet();
  if (loss.amount_of == v1::DAY_START_BALANCE) of = state.day_start_balance.AsSet();
  return {.from = basis.level, .floor = basis.level - loss.limit.Of(of)};
}

Decimal TargetLevel(const ProfitTarget& target, const State& state) {
  return state.initial.level + target.profit.Of(state.initial.AsSet());
}

}  // namespace mtsuite::risk
