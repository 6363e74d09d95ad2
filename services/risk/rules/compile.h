#ifndef SERVICES_RISK_RULES_COMPILE_H_
#define SERVICES_RISK_RULES_COMPILE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/risk/v1/rule_set.pb.h"
#include "services/risk/rules/compiled.h"

namespace mtsuite::risk {

inline constexpr int kMaxRules = 20;
inline constexpr int kMaxWarnLevels = 5;
inline constexpr int kMaxWindows = 14;
// The most that any amount of money in a rule may be.
inline constexpr int64_t kMaxRuleAmount = 1'000'000'000'000;

// Checks a rule set as a caller gives it and turns it into what trackers use. Where it names no zone it means
// `server_zone`.
//
// INVALID_ARGUMENT with a reason, the path of the field ("rule_set.rules[1].daily_loss.percent") and what is
// allowed. Rules that cannot hold together are refused too, at the later one, with the metadata `rule` and
// `other_rule`: two hard rules of the same kind, of which only one could ever be breached, and a soft rule
// whose limit lies beyond that of a hard one.
absl::StatusOr<CompiledRuleSet> Compile(const v1::RuleSet& rule_set, absl::TimeZone server_zone);

// Whether rules can begin with this initial balance: it is above zero, every loss limit is below it, and no
// lock level is below the first floor. Compile does this itself when the rule set names its initial balance;
// otherwise it is done for each account. INVALID_ARGUMENT, as from Compile.
absl::Status CheckInitialBalance(const CompiledRuleSet& rules, Decimal initial_balance);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_RULES_COMPILE_H_
