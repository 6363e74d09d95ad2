// A rule set as the tracker uses it: checked, with everything that can be worked out beforehand worked out.
#ifndef SERVICES_RISK_RULES_COMPILED_H_
#define SERVICES_RISK_RULES_COMPILED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "common/strings/name_mask.h"
#include "mtsuite/risk/v1/rule_set.pb.h"
#include "services/risk/calendar/day_calendar.h"
#include "services/risk/calendar/weekly_windows.h"

namespace mtsuite::risk {

// Money, or a share of something.
struct Limit {
  std::optional<Decimal> money;
  Decimal share;  // 0.05 for 5 percent; used when there is no `money`

  Decimal Of(Decimal reference) const { return money.has_value() ? *money : reference * share; }
};

// Shares of the way to a limit, as 0.8 for 80 percent.
struct WarnLevel {
  int percent;
  Decimal raise;  // warns from here on
  Decimal clear;  // and can warn again below this
};

// The enums are those of the messages, with nothing left unspecified.
struct MaxLoss {
  Limit limit;
  v1::AmountOf amount_of;
  v1::MaxLossRule::Trailing trailing;
  std::optional<Limit> lock;  // its share is of the initial balance
  v1::EvaluatedValue value;
  bool breached_on_floor = false;
  std::vector<WarnLevel> warn_levels;
};

struct DailyLoss {
  Limit limit;
  v1::AmountOf amount_of;
  v1::DailyLossRule::Basis basis;
  v1::EvaluatedValue value;
  bool breached_on_floor = false;
  std::vector<WarnLevel> warn_levels;
};

struct ProfitTarget {
  Limit profit;
  v1::EvaluatedValue value;
};

struct MinTradingDays {
  int days;
};

struct VolumeLimit {
  NameMask symbols{""};
  std::optional<Decimal> order_lots;
  std::optional<Decimal> symbol_lots;
  std::optional<Decimal> lots;
  std::optional<int> positions;
};

struct Exposure {
  Limit limit;
};

struct HoldingWindow {
  WeeklyWindows windows;
};

struct Inactivity {
  int max_days;
};

using Terms = std::variant<MaxLoss, DailyLoss, ProfitTarget, MinTradingDays, VolumeLimit, Exposure,
                           HoldingWindow, Inactivity>;

struct CompiledRule {
  std::string id;
  bool hard = true;
  bool shadow = false;
  Terms terms;
};

struct CompiledRuleSet {
  std::string name;
  int64_t version = 0;
  DayCalendar days;
  std::optional<Decimal> initial_balance;
  bool deposits_move_references = true;
  bool credit_counts = false;
  bool credit_moves_references = false;
  v1::RuleSet::LockAction lock_action = v1::RuleSet::DISABLE;
  std::string move_to_group;
  absl::Duration flat_deadline = absl::Seconds(60);
  std::vector<CompiledRule> rules;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_RULES_COMPILED_H_
