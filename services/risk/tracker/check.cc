#include "services/risk/tracker/check.h"

#include <algorithm>

namespace mtsuite::risk {
namespace {

// Narrows thresholds by one level that is below, or above, the equity.
void Lower(std::optional<Decimal>& floor, Decimal level) {
  if (!floor.has_value() || level > *floor) floor = level;
}
void Upper(std::optional<Decimal>& ceiling, Decimal level) {
  if (!ceiling.has_value() || level < *ceiling) ceiling = level;
}

// Adds the levels of equity at which a loss limit has something to say.
template <typename Loss>
void AddLevels(const Loss& loss, const LossLevels& levels, int warned, Thresholds& thresholds) {
  const auto next = static_cast<size_t>(warned);
  Lower(thresholds.floor,
        next < loss.warn_levels.size() ? levels.At(loss.warn_levels[next].raise) : levels.floor);
  if (next > 0) Upper(thresholds.ceiling, levels.At(loss.warn_levels[next - 1].clear));
}

}  // namespace

void Tracker::Evaluate(v1::Cause cause, const Traded* trade, Findings& findings) {
  if (state_.failed) return;
  RaisePeaks(v1::MaxLossRule::INTRADAY_EQUITY, EquityLevel(*rules_, state_), cause);
  bool failed = false;
  for (size_t i = 0; i < rules_->rules.size(); ++i) {
    if (state_.rules[i].done) continue;
    const CompiledRule& rule = rules_->rules[i];
    const Check check{i, rule, cause, trade, findings};
    std::visit([&](const auto& terms) { CheckRule(check, terms); }, rule.terms);
    const bool goal = std::holds_alternative<ProfitTarget>(rule.terms) ||
                      std::holds_alternative<MinTradingDays>(rule.terms);
    failed |= state_.rules[i].done && rule.hard && !rule.shadow && !goal;
  }
  state_.failed = failed;
}

template <typename Loss>
void Tracker::CheckLoss(const Check& check, const Loss& loss, const LossLevels& levels) {
  const Decimal value = ValueLevel(loss.value, *rules_, state_);
  if (loss.breached_on_floor ? value <= levels.floor : value < levels.floor) {
    return Done(check, Finding::kBreach, value + state_.shift, levels.floor + state_.shift);
  }
  int& warned = state_.rules[check.index].warned;
  const int before = warned;
  const auto level = [&](int number) -> const WarnLevel& {
    return loss.warn_levels[static_cast<size_t>(number)];
  };
  while (warned < static_cast<int>(loss.warn_levels.size()) && value <= levels.At(level(warned).raise))
    ++warned;
  if (warned == before) {
    while (warned > 0 && value > levels.At(level(warned - 1).clear)) --warned;
  }
  if (warned == before) return;
  const bool worse = warned > before;
  Finding finding = Describe(check, worse ? Finding::kWarning : Finding::kWarningCleared,
                             value + state_.shift, levels.floor + state_.shift);
  // Of several levels at once the most telling: the highest that was reached, the lowest that was left.
  finding.warn_percent = level(worse ? warned - 1 : warned).percent;
  check.findings.push_back(std::move(finding));
}

void Tracker::CheckRule(const Check& check, const MaxLoss& loss) {
  CheckLoss(check, loss, LevelsOf(loss, state_, state_.rules[check.index]));
}

void Tracker::CheckRule(const Check& check, const DailyLoss& loss) {
  CheckLoss(check, loss, LevelsOf(loss, state_));
}

void Tracker::CheckRule(const Check& check, const ProfitTarget& target) {
  const Decimal value = ValueLevel(target.value, *rules_, state_);
  const Decimal level = TargetLevel(target, state_);
  if (value >= level) Done(check, Finding::kTargetReached, value + state_.shift, level + state_.shift);
}

void Tracker::CheckRule(const Check& check, const MinTradingDays& minimum) {
  if (state_.trading_days < minimum.days) return;
  Done(check, Finding::kTradingDaysReached, Decimal::FromInteger(state_.trading_days),
       Decimal::FromInteger(minimum.days));
}

void Tracker::CheckRule(const Check& check, const VolumeLimit& limit) {
  if (check.cause == v1::PRICES) return;
  const auto exceeds = [&](const auto& max, Decimal value) {
    if (!max.has_value() || value <= *max) return false;
    Done(check, Finding::kBreach, value, *max);
    return true;
  };
  const Traded* trade = check.trade;
  if (trade != nullptr && limit.symbols.Matches(trade->symbol) && exceeds(limit.order_lots, trade->lots))
    return;
  Decimal lots;
  int64_t positions = 0;
  for (const Holdings::Symbol& held : state_.holdings.symbols) {
    if (!limit.symbols.Matches(held.symbol)) continue;
    if (exceeds(limit.symbol_lots, held.lots)) return;
    lots += held.lots;
    positions += held.positions;
  }
  if (exceeds(limit.lots, lots)) return;
  const std::optional<Decimal> max_positions =
      limit.positions.has_value() ? std::optional(Decimal::FromInteger(*limit.positions)) : std::nullopt;
  exceeds(max_positions, Decimal::FromInteger(positions));
}

void Tracker::CheckRule(const Check& check, const Exposure& exposure) {
  if (check.cause == v1::PRICES) return;
  const Decimal limit = exposure.limit.Of(state_.initial.AsSet());
  if (state_.holdings.exposure > limit) Done(check, Finding::kBreach, state_.holdings.exposure, limit);
}

void Tracker::CheckRule(const Check& check, const HoldingWindow& holding) {
  if (check.cause == v1::PRICES || !holding.windows.Contains(state_.time)) return;
  int64_t positions = 0;
  for (const Holdings::Symbol& held : state_.holdings.symbols) positions += held.positions;
  if (positions > 0) Done(check, Finding::kBreach, Decimal::FromInteger(positions), Decimal());
}

void Tracker::CheckRule(const Check& check, const Inactivity& inactivity) {
  if (check.cause != v1::RESET || state_.idle_days < inactivity.max_days) return;
  Done(check, Finding::kBreach, Decimal::FromInteger(state_.idle_days),
       Decimal::FromInteger(inactivity.max_days));
}

void Tracker::Done(const Check& check, Finding::Kind kind, Decimal value, Decimal limit) {
  state_.rules[check.index].done = true;
  check.findings.push_back(Describe(check, kind, value, limit));
}

Finding Tracker::Describe(const Check& check, Finding::Kind kind, Decimal value, Decimal limit) const {
  return {.kind = kind,
          .time = state_.time,
          .cause = check.cause,
          .rule = check.index,
          .rule_id = check.rule.id,
          .hard = check.rule.hard,
          .shadow = check.rule.shadow,
          .value = value,
          .limit = limit,
          .warn_percent = 0,
          .references = ReferencesOf(check.index)};
}

std::vector<ReferenceValue> Tracker::ReferencesOf(size_t rule) const {
  std::vector<ReferenceValue> values;
  const auto add = [&](ReferenceValue::Name name, const Reference& reference) {
    values.push_back(
        {name, reference.level + state_.shift, reference.AsSet(), reference.time, reference.cause});
  };
  const Terms& terms = rules_->rules[rule].terms;
  const auto* loss = std::get_if<MaxLoss>(&terms);
  const bool daily = std::holds_alternative<DailyLoss>(terms);
  if (loss != nullptr || daily || std::holds_alternative<ProfitTarget>(terms) ||
      std::holds_alternative<Exposure>(terms)) {
    add(ReferenceValue::kInitialBalance, state_.initial);
  }
  if (loss != nullptr && loss->trailing != v1::MaxLossRule::NOT_TRAILING) {
    add(ReferenceValue::kPeak, state_.rules[rule].peak);
  }
  if (daily) {
    add(ReferenceValue::kDayStartBalance, state_.day_start_balance);
    add(ReferenceValue::kDayStartEquity, state_.day_start_equity);
  }
  return values;
}

void Tracker::DeriveThresholds() {
  thresholds_ = {};
  if (state_.failed) return;
  for (size_t i = 0; i < rules_->rules.size(); ++i) {
    const CompiledRule& rule = rules_->rules[i];
    const RuleState& state = state_.rules[i];
    if (const auto* loss = std::get_if<MaxLoss>(&rule.terms)) {
      // Peaks go on after a breach: the rule may be armed again, by a reset or by a change.
      if (loss->trailing == v1::MaxLossRule::INTRADAY_EQUITY) Upper(thresholds_.ceiling, state.peak.level);
      if (loss->value == v1::EQUITY && !state.done) {
        AddLevels(*loss, LevelsOf(*loss, state_, state), state.warned, thresholds_);
      }
    } else if (const auto* daily = std::get_if<DailyLoss>(&rule.terms)) {
      if (daily->value == v1::EQUITY && !state.done) {
        AddLevels(*daily, LevelsOf(*daily, state_), state.warned, thresholds_);
      }
    } else if (const auto* target = std::get_if<ProfitTarget>(&rule.terms)) {
      if (target->value == v1::EQUITY && !state.done)
        Upper(thresholds_.ceiling, TargetLevel(*target, state_));
    }
  }
  const Decimal balance = BalanceLevel(*rules_, state_);
  if (thresholds_.floor.has_value()) thresholds_.floor = *thresholds_.floor - balance;
  if (thresholds_.ceiling.has_value()) thresholds_.ceiling = *thresholds_.ceiling - balance;
}

std::vector<RuleStatus> Tracker::Status() const {
  std::vector<RuleStatus> all;
  for (size_t i = 0; i < rules_->rules.size(); ++i) {
    RuleStatus& status = all.emplace_back();
    status.id = rules_->rules[i].id;
    status.done = state_.rules[i].done;
    const auto add_loss = [&](const auto& loss, const LossLevels& levels) {
      status.value = ValueLevel(loss.value, *rules_, state_) + state_.shift;
      status.limit = levels.floor + state_.shift;
      status.from = levels.from + state_.shift;
      status.locked = levels.locked;
      const int warned = state_.rules[i].warned;
      if (warned > 0) status.warn_percent = loss.warn_levels[static_cast<size_t>(warned - 1)].percent;
    };
    const Terms& terms = rules_->rules[i].terms;
    if (const auto* loss = std::get_if<MaxLoss>(&terms)) {
      add_loss(*loss, LevelsOf(*loss, state_, state_.rules[i]));
    } else if (const auto* daily = std::get_if<DailyLoss>(&terms)) {
      add_loss(*daily, LevelsOf(*daily, state_));
    } else if (const auto* target = std::get_if<ProfitTarget>(&terms)) {
      status.value = ValueLevel(target->value, *rules_, state_) + state_.shift;
      status.limit = TargetLevel(*target, state_) + state_.shift;
    } else if (const auto* minimum = std::get_if<MinTradingDays>(&terms)) {
      status.value = Decimal::FromInteger(state_.trading_days);
      status.limit = Decimal::FromInteger(minimum->days);
    } else if (const auto* exposure = std::get_if<Exposure>(&terms)) {
      status.value = state_.holdings.exposure;
      status.limit = exposure->limit.Of(state_.initial.AsSet());
    } else if (const auto* inactivity = std::get_if<Inactivity>(&terms)) {
      status.value = Decimal::FromInteger(state_.idle_days);
      status.limit = Decimal::FromInteger(inactivity->max_days);
    }
  }
  return all;
}

}  // namespace mtsuite::risk
