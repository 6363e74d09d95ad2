#include "services/risk/tracker/tracker.h"

#include <algorithm>
#include <utility>

#include "common/status/check.h"
#include "common/status/macros.h"
#include "services/risk/rules/compile.h"
#include "services/risk/tracker/check.h"

namespace mtsuite::risk {
namespace {

// Keeps every product of an amount, a percentage and a share within what a Decimal holds exactly.
constexpr int kMaxPlaces = 8;

Decimal Bounded(Decimal amount) {
  return amount.digits() <= kMaxPlaces ? amount : amount.Rescale(kMaxPlaces, Rounding::kHalfUp);
}

}  // namespace

absl::StatusOr<Tracker> Tracker::Start(Rules rules, const Opening& opening, Findings& findings) {
  MTSUITE_CHECK(rules != nullptr, "a tracker needs rules");
  Tracker tracker(std::move(rules));
  State& state = tracker.state_;
  state.start_time = state.time = opening.time;
  state.balance = Bounded(opening.balance);
  state.credit = Bounded(opening.credit);
  state.floating = Bounded(opening.floating);
  state.holdings = opening.holdings;
  const Decimal initial =
      tracker.rules_->initial_balance.value_or(BalanceLevel(*tracker.rules_, tracker.state_));
  RETURN_IF_ERROR(CheckInitialBalance(*tracker.rules_, initial));
  state.initial = state.day_start_balance = state.day_start_equity = tracker.ReferenceAt(initial, v1::START);
  state.day_end = tracker.rules_->days.DayOf(opening.time).end;
  state.rules.resize(tracker.rules_->rules.size());
  for (size_t i = 0; i < state.rules.size(); ++i) {
    const auto* loss = std::get_if<MaxLoss>(&tracker.rules_->rules[i].terms);
    if (loss != nullptr) state.rules[i].peak = tracker.FirstPeak(*loss, v1::START);
  }
  tracker.Evaluate(v1::START, nullptr, findings);
  tracker.Derive();
  return tracker;
}

absl::StatusOr<Tracker> Tracker::Restore(Rules rules, const v1::TrackerState& state) {
  MTSUITE_CHECK(rules != nullptr, "a tracker needs rules");
  Tracker tracker(std::move(rules));
  ASSIGN_OR_RETURN(tracker.state_, FromProto(*tracker.rules_, state));
  tracker.Derive();
  return tracker;
}

void Tracker::OnPrices(absl::Time time, Decimal floating, Findings& findings) {
  Advance(time, findings);
  state_.floating = Bounded(floating);
  if (thresholds_.Contain(state_.floating)) return;
  Evaluate(v1::PRICES, nullptr, findings);
  DeriveThresholds();
}

void Tracker::OnMoney(const MoneyBooked& money, Findings& findings) {
  Advance(money.time, findings);
  const Decimal amount = Bounded(money.amount);
  (money.kind == MoneyKind::kCredit ? state_.credit : state_.balance) += amount;
  const bool moves_references = (money.kind == MoneyKind::kDeposit && rules_->deposits_move_references) ||
                                (money.kind == MoneyKind::kCredit && rules_->credit_moves_references);
  if (moves_references) state_.shift += amount;
  state_.floating = Bounded(money.floating);
  Evaluate(v1::MONEY, nullptr, findings);
  DeriveThresholds();
}

void Tracker::OnTrade(const Traded& trade, Findings& findings) {
  Advance(trade.time, findings);
  state_.balance += Bounded(trade.booked);
  state_.floating = Bounded(trade.floating);
  state_.holdings = trade.holdings;
  state_.active_today |= trade.opened || trade.closed;
  if (trade.opened && !state_.opened_today) {
    state_.opened_today = true;
    ++state_.trading_days;
  }
  if (trade.closed) {
    RaisePeaks(v1::MaxLossRule::CLOSED_BALANCE, BalanceLevel(*rules_, state_), v1::TRADE);
  }
  Evaluate(v1::TRADE, &trade, findings);
  DeriveThresholds();
}

void Tracker::OnTime(absl::Time time, Findings& findings) { Advance(time, findings); }

absl::Status Tracker::OnRules(absl::Time time, Rules rules, Findings& findings) {
  MTSUITE_CHECK(rules != nullptr, "a tracker needs rules");
  const Decimal initial = rules->initial_balance.value_or(state_.initial.AsSet());
  RETURN_IF_ERROR(CheckInitialBalance(*rules, initial));
  Advance(time, findings);
  const Rules old_rules = std::exchange(rules_, std::move(rules));
  const std::vector<RuleState> old_states = std::exchange(state_.rules, {});
  if (initial != state_.initial.AsSet()) {
    state_.initial = {.level = initial, .shift = Decimal(), .time = state_.time, .cause = v1::RULE_CHANGE};
  }
  state_.day_end = rules_->days.DayOf(state_.time).end;
  for (const CompiledRule& rule : rules_->rules) {
    RuleState& state = state_.rules.emplace_back();
    const auto* loss = std::get_if<MaxLoss>(&rule.terms);
    if (loss != nullptr) state.peak = FirstPeak(*loss, v1::RULE_CHANGE);
    const auto same =
        std::find_if(old_rules->rules.begin(), old_rules->rules.end(), [&](const CompiledRule& old) {
          return old.id == rule.id && old.terms.index() == rule.terms.index();
        });
    if (same == old_rules->rules.end()) continue;
    const RuleState& old = old_states[static_cast<size_t>(same - old_rules->rules.begin())];
    // A pause does not disarm a rule that is hard now, nor a breach in shadow one that is enforced now.
    state.done = old.done && same->hard == rule.hard && same->shadow == rule.shadow;
    if (loss != nullptr && std::get<MaxLoss>(same->terms).trailing == loss->trailing) state.peak = old.peak;
  }
  Evaluate(v1::RULE_CHANGE, nullptr, findings);
  Derive();
  return absl::OkStatus();
}

void Tracker::Rearm(absl::Time time, Findings& findings) {
  Advance(time, findings);
  state_.failed = false;
  for (size_t i = 0; i < state_.rules.size(); ++i) {
    const Terms& terms = rules_->rules[i].terms;
    const bool goal =
        std::holds_alternative<ProfitTarget>(terms) || std::holds_alternative<MinTradingDays>(terms);
    if (!goal) state_.rules[i].done = false;
  }
  DeriveThresholds();
}

absl::Time Tracker::NextDue() const { return std::min(state_.day_end, next_window_); }

void Tracker::Advance(absl::Time time, Findings& findings) {
  for (absl::Time due = NextDue(); due <= time; due = NextDue()) {
    state_.time = std::max(state_.time, due);
    if (due == state_.day_end) {
      Reset(findings);
    } else {
      Evaluate(v1::WINDOW, nullptr, findings);
    }
    Derive();
  }
  state_.time = std::max(state_.time, time);
}

void Tracker::Reset(Findings& findings) {
  const Decimal balance = BalanceLevel(*rules_, state_);
  state_.day_start_balance = ReferenceAt(balance, v1::RESET);
  state_.day_start_equity = ReferenceAt(EquityLevel(*rules_, state_), v1::RESET);
  state_.day_end = rules_->days.DayOf(state_.time).end;
  if (state_.active_today || !state_.whole_day) {
    state_.idle_days = 0;
  } else {
    ++state_.idle_days;
  }
  state_.whole_day = true;
  state_.opened_today = state_.active_today = false;
  RaisePeaks(v1::MaxLossRule::END_OF_DAY, balance, v1::RESET);
  for (size_t i = 0; i < state_.rules.size() && !state_.failed; ++i) {
    const CompiledRule& rule = rules_->rules[i];
    RuleState& state = state_.rules[i];
    if (std::holds_alternative<DailyLoss>(rule.terms)) state.warned = 0;
    if (rule.hard || !state.done) continue;
    state.done = false;
    findings.push_back(
        Describe({i, rule, v1::RESET, nullptr, findings}, Finding::kRearmed, Decimal(), Decimal()));
  }
  Evaluate(v1::RESET, nullptr, findings);
}

void Tracker::RaisePeaks(v1::MaxLossRule::Trailing trailing, Decimal level, v1::Cause cause) {
  for (size_t i = 0; i < state_.rules.size(); ++i) {
    const auto* loss = std::get_if<MaxLoss>(&rules_->rules[i].terms);
    if (loss == nullptr || loss->trailing != trailing || level <= state_.rules[i].peak.level) continue;
    state_.rules[i].peak = ReferenceAt(level, cause);
  }
}

Reference Tracker::ReferenceAt(Decimal level, v1::Cause cause) const {
  return {.level = level, .shift = state_.shift, .time = state_.time, .cause = cause};
}

Reference Tracker::FirstPeak(const MaxLoss& loss, v1::Cause cause) const {
  if (loss.trailing == v1::MaxLossRule::NOT_TRAILING) return {};
  const Decimal now = loss.trailing == v1::MaxLossRule::INTRADAY_EQUITY ? EquityLevel(*rules_, state_)
                                                                        : BalanceLevel(*rules_, state_);
  return now > state_.initial.level ? ReferenceAt(now, cause) : state_.initial;
}

void Tracker::Derive() {
  next_window_ = absl::InfiniteFuture();
  for (const CompiledRule& rule : rules_->rules) {
    const auto* holding = std::get_if<HoldingWindow>(&rule.terms);
    if (holding != nullptr) next_window_ = std::min(next_window_, holding->windows.NextStart(state_.time));
  }
  DeriveThresholds();
}

}  // namespace mtsuite::risk
