// The state of a tracker, and the levels that follow from it.
//
// A "level" is an amount of the account less `shift`: the sum of deposits, withdrawals and credit that move
// all references alike. Levels therefore need no change when money moves, and floors move with it exactly.
#ifndef SERVICES_RISK_TRACKER_STATE_H_
#define SERVICES_RISK_TRACKER_STATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "services/risk/rules/compiled.h"
#include "services/risk/tracker/state.pb.h"
#include "services/risk/tracker/types.h"

namespace mtsuite::risk {

struct Reference {
  Decimal level;
  Decimal shift;  // when it was set
  absl::Time time;
  v1::Cause cause = v1::CAUSE_UNSPECIFIED;

  Decimal AsSet() const { return level + shift; }
};

struct RuleState {
  Reference peak;
  int warned = 0;
  bool done = false;
};

struct State {
  absl::Time start_time;
  absl::Time time;
  Decimal balance;
  Decimal credit;
  Decimal floating;
  Decimal shift;
  Reference initial;
  // On the first day both are the initial balance.
  Reference day_start_balance;
  Reference day_start_equity;
  absl::Time day_end;
  int trading_days = 0;
  bool opened_today = false;
  bool active_today = false;
  bool whole_day = false;
  int idle_days = 0;
  bool failed = false;
  Holdings holdings;
  std::vector<RuleState> rules;  // as those of the rule set
};

// The level of the balance, with the credit where it counts.
Decimal BalanceLevel(const CompiledRuleSet& rules, const State& state);
Decimal EquityLevel(const CompiledRuleSet& rules, const State& state);
Decimal ValueLevel(v1::EvaluatedValue value, const CompiledRuleSet& rules, const State& state);

// Levels of a loss limit: nothing is used of it at `from`, all at `floor`.
struct LossLevels {
  Decimal from;
  Decimal floor;
  bool locked = false;

  // The level at which this share of the limit is used.
  Decimal At(Decimal share) const { return from - (from - floor) * share; }
};
LossLevels LevelsOf(const MaxLoss& loss, const State& state, const RuleState& rule);
LossLevels LevelsOf(const DailyLoss& loss, const State& state);

Decimal TargetLevel(const ProfitTarget& target, const State& state);

// The state as it is stored.
v1::TrackerState ToProto(const CompiledRuleSet& rules, const State& state);

// INTERNAL when `proto` is none that ToProto made for this version of the rule set.
absl::StatusOr<State> FromProto(const CompiledRuleSet& rules, const v1::TrackerState& proto);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_TRACKER_STATE_H_
