#ifndef SERVICES_RISK_TRACKER_TRACKER_H_
#define SERVICES_RISK_TRACKER_TRACKER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "services/risk/rules/compiled.h"
#include "services/risk/tracker/state.h"
#include "services/risk/tracker/types.h"

namespace mtsuite::risk {

// Holds one account against one version of a rule set, exactly: the same inputs give the same findings,
// whenever and wherever they are given. Does no I/O and reads no clock.
//
// Inputs come in order. A time before that of an earlier input counts as that one's. Before an input, every
// reset and every beginning of a holding window up to its time takes place, with balance and floating profit
// as they last were; so a caller that does not tell of every price (see thresholds()) tells of the last one
// before NextDue() first. What is found is appended to `findings`, of one input in the order of the rules.
//
// A hard breach of an enforced rule ends it: the account has failed, and nothing more is found. A rule in
// shadow is breached once, a soft one once until the next reset. Copyable; not thread-safe.
class Tracker {
 public:
  using Rules = std::shared_ptr<const CompiledRuleSet>;
  using Findings = std::vector<Finding>;

  // Puts an account under rules. The initial balance is that of the rule set, else the account's. The rules
  // are held against the account at once. INVALID_ARGUMENT when they cannot begin with this initial balance,
  // see CheckInitialBalance; the account should be tried again when it has been funded.
  static absl::StatusOr<Tracker> Start(Rules rules, const Opening& opening, Findings& findings);

  // Goes on where Save() was. INTERNAL when the state is of another version of the rules, or damaged.
  static absl::StatusOr<Tracker> Restore(Rules rules, const v1::TrackerState& state);
  v1::TrackerState Save() const { return ToProto(*rules_, state_); }

  // Prices moved, and with them the floating profit of all positions together.
  void OnPrices(absl::Time time, Decimal floating, Findings& findings);
  void OnMoney(const MoneyBooked& money, Findings& findings);
  void OnTrade(const Traded& trade, Findings& findings);
  // Time passed.
  void OnTime(absl::Time time, Findings& findings);
  // Other rules hold from now on, or another version. What is known of the account stays; so does the state
  // of rules with the same id and kind, unless a floor trails something else now. Other trailing floors begin
  // from the initial balance, or from what they trail if that is higher. An account that failed stays so.
  absl::Status OnRules(absl::Time time, Rules rules, Findings& findings);
  // All rules are armed again, and the account has not failed any more: a decision of people. What is still
  // beyond its limit is breached by the next input.
  void Rearm(absl::Time time, Findings& findings);

  // When it must be told that time passed, though nothing else happens.
  absl::Time NextDue() const;
  // Between these, prices need not be told of.
  const Thresholds& thresholds() const { return thresholds_; }

  // Where each rule stands, in their order.
  std::vector<RuleStatus> Status() const;
  const CompiledRuleSet& rules() const { return *rules_; }
  const State& state() const { return state_; }
  bool failed() const { return state_.failed; }
  // Of the account, with the credit where it counts.
  Decimal equity() const { return EquityLevel(*rules_, state_) + state_.shift; }

 private:
  explicit Tracker(Rules rules) : rules_(std::move(rules)) {}

  struct Check;  // one pass over the rules
  template <typename Loss>
  void CheckLoss(const Check& check, const Loss& loss, const LossLevels& levels);
  void CheckRule(const Check& check, const MaxLoss& loss);
  void CheckRule(const Check& check, const DailyLoss& loss);
  void CheckRule(const Check& check, const ProfitTarget& target);
  void CheckRule(const Check& check, const MinTradingDays& minimum);
  void CheckRule(const Check& check, const VolumeLimit& limit);
  void CheckRule(const Check& check, const Exposure& exposure);
  void CheckRule(const Check& check, const HoldingWindow& holding);
  void CheckRule(const Check& check, const Inactivity& inactivity);
  // Notes that the rule of `check` is breached, or its goal reached.
  void Done(const Check& check, Finding::Kind kind, Decimal value, Decimal limit);
  Finding Describe(const Check& check, Finding::Kind kind, Decimal value, Decimal limit) const;
  std::vector<ReferenceValue> ReferencesOf(size_t rule) const;

  // Moves time on to that of an input.
  void Advance(absl::Time time, Findings& findings);
  void Reset(Findings& findings);
  // Holds all rules against the state. `trade` is the input, if it was one.
  void Evaluate(v1::Cause cause, const Traded* trade, Findings& findings);
  // Lifts peaks of floors that trail `trailing` to `level`.
  void RaisePeaks(v1::MaxLossRule::Trailing trailing, Decimal level, v1::Cause cause);
  Reference ReferenceAt(Decimal level, v1::Cause cause) const;
  Reference FirstPeak(const MaxLoss& loss, v1::Cause cause) const;
  // Works out what follows from rules and state.
  void Derive();
  void DeriveThresholds();

  Rules rules_;
  State state_;
  // Derived.
  Thresholds thresholds_;
  absl::Time next_window_ = absl::InfiniteFuture();
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_TRACKER_TRACKER_H_
