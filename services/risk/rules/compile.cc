#include "services/risk/rules/compile.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "common/clock/proto_time.h"
#include "common/requests/checks.h"
#include "common/status/macros.h"
#include "services/risk/rules/contradictions.h"
#include "services/risk/rules/fields.h"
#include "services/risk/rules/terms.h"

namespace mtsuite::risk {
namespace {

using requests::InvalidField;
using v1::RuleSet;

constexpr size_t kMaxNameLength = 64;
constexpr size_t kMaxRuleIdLength = 32;
constexpr int kMaxDescriptionLength = 500;
constexpr int kMaxGroupLength = 128;

absl::Status CompileLock(const RuleSet& rule_set, CompiledRuleSet& compiled) {
  RETURN_IF_ERROR(CheckEnum(rule_set.lock_action(), RuleSet::LockAction_IsValid(rule_set.lock_action()),
                            "rule_set.lock_action"));
  if (rule_set.lock_action() != RuleSet::LOCK_ACTION_UNSPECIFIED) {
    compiled.lock_action = rule_set.lock_action();
  }
  const std::string& group = rule_set.move_to_group();
  if (compiled.lock_action == RuleSet::MOVE_GROUP) {
    if (group.empty()) return requests::Required("rule_set.move_to_group");
    RETURN_IF_ERROR(
        requests::ValidateText(group, "rule_set.move_to_group", kMaxGroupLength, type::v1::FIELD_TOO_LONG));
  } else if (!group.empty()) {
    return InvalidField("rule_set.move_to_group", "is for the lock_action MOVE_GROUP only");
  }
  compiled.move_to_group = group;
  if (!rule_set.has_flat_deadline()) return absl::OkStatus();
  // Compared as seconds, as a duration of a message may hold anything.
  const int64_t seconds = rule_set.flat_deadline().seconds();
  const int32_t nanos = rule_set.flat_deadline().nanos();
  if (seconds < 1 || nanos < 0 || nanos > 999'999'999 || seconds > 3600 || (seconds == 3600 && nanos > 0)) {
    return InvalidField("rule_set.flat_deadline", "1 second to 1 hour");
  }
  compiled.flat_deadline = FromProtoDuration(rule_set.flat_deadline());
  return absl::OkStatus();
}

absl::Status CompileHead(const RuleSet& rule_set, absl::TimeZone server_zone, CompiledRuleSet& compiled) {
  RETURN_IF_ERROR(CheckName(rule_set.name(), "rule_set.name", kMaxNameLength));
  RETURN_IF_ERROR(requests::ValidateText(rule_set.description(), "rule_set.description",
                                         kMaxDescriptionLength, type::v1::FIELD_TOO_LONG));
  compiled.name = rule_set.name();
  compiled.version = rule_set.version();
  const v1::DayReset& reset = rule_set.day_reset();
  int minute = 0;
  if (!reset.local_time().empty()) {
    ASSIGN_OR_RETURN(minute, ParseMinute(reset.local_time(), "rule_set.day_reset.local_time"));
  }
  ASSIGN_OR_RETURN(const absl::TimeZone zone,
                   ParseZone(reset.time_zone(), "rule_set.day_reset.time_zone", server_zone));
  compiled.days = DayCalendar(minute, zone);
  ASSIGN_OR_RETURN(compiled.initial_balance,
                   ParseOptionalAmount(rule_set.initial_balance(), "rule_set.initial_balance"));
  RETURN_IF_ERROR(CheckEnum(rule_set.deposit_policy(),
                            RuleSet::DepositPolicy_IsValid(rule_set.deposit_policy()),
                            "rule_set.deposit_policy"));
  compiled.deposits_move_references = rule_set.deposit_policy() != RuleSet::LEAVE_REFERENCES;
  RETURN_IF_ERROR(CheckEnum(rule_set.credit_policy(), RuleSet::CreditPolicy_IsValid(rule_set.credit_policy()),
                            "rule_set.credit_policy"));
  compiled.credit_moves_references = rule_set.credit_policy() == RuleSet::MOVE_REFERENCES_BY_CREDIT;
  compiled.credit_counts =
      compiled.credit_moves_references || rule_set.credit_policy() == RuleSet::COUNT_CREDIT;
  if (rule_set.has_effective_time()) {
    RETURN_IF_ERROR(requests::ResolveTime(rule_set.effective_time(), "rule_set.effective_time").status());
  }
  return CompileLock(rule_set, compiled);
}

absl::StatusOr<CompiledRule> CompileRule(const v1::Rule& rule, const std::string& path,
                                         absl::TimeZone server_zone) {
  CompiledRule compiled;
  RETURN_IF_ERROR(CheckName(rule.id(), Path(path, "id"), kMaxRuleIdLength));
  compiled.id = rule.id();
  RETURN_IF_ERROR(CheckEnum(rule.severity(), v1::Severity_IsValid(rule.severity()), Path(path, "severity")));
  RETURN_IF_ERROR(CheckEnum(rule.mode(), v1::Mode_IsValid(rule.mode()), Path(path, "mode")));
  const bool goal = rule.has_profit_target() || rule.has_min_trading_days();
  if (goal && rule.severity() != v1::SEVERITY_UNSPECIFIED) {
    return InvalidField(Path(path, "severity"), "is for rules that can be breached, which this one cannot");
  }
  compiled.hard = rule.severity() != v1::SOFT;
  compiled.shadow = rule.mode() == v1::SHADOW;
  ASSIGN_OR_RETURN(compiled.terms, CompileTerms(rule, path, server_zone));
  return compiled;
}

// Refuses what cannot be with this initial balance, at the rule's path.
absl::Status CheckLoss(const Limit& limit, Decimal initial, const std::string& path) {
  if (limit.Of(initial) < initial) return absl::OkStatus();
  return InvalidField(Path(path, "amount"), absl::StrCat("below the initial balance, ", initial.ToString(),
                                                         ", not ", limit.Of(initial).ToString()));
}

absl::Status CheckMaxLoss(const MaxLoss& loss, Decimal initial, const std::string& path) {
  RETURN_IF_ERROR(CheckLoss(loss.limit, initial, path));
  if (!loss.lock.has_value()) return absl::OkStatus();
  const Decimal floor = initial - loss.limit.Of(initial);
  const Decimal lock = loss.lock->Of(initial);
  if (lock >= floor) return absl::OkStatus();
  return InvalidField(
      Path(path, loss.lock->money.has_value() ? "lock_at" : "lock_at_percent"),
      absl::StrCat("at or above the first floor, ", floor.ToString(), ", not ", lock.ToString()));
}

}  // namespace

absl::Status CheckInitialBalance(const CompiledRuleSet& rules, Decimal initial_balance) {
  if (initial_balance.sign() <= 0 || initial_balance > Decimal::FromInteger(kMaxRuleAmount)) {
    return InvalidField(
        "rule_set.initial_balance",
        absl::StrCat("above 0 and at most ", kMaxRuleAmount, ", not ", initial_balance.ToString(),
                     ": limits and percentages are counted from it. Fund the account first, or "
                     "name an initial balance"));
  }
  for (size_t i = 0; i < rules.rules.size(); ++i) {
    const std::string path = absl::StrCat("rule_set.rules[", i, "]");
    const Terms& terms = rules.rules[i].terms;
    if (const auto* loss = std::get_if<MaxLoss>(&terms)) {
      RETURN_IF_ERROR(CheckMaxLoss(*loss, initial_balance, Path(path, "max_loss")));
    } else if (const auto* daily = std::get_if<DailyLoss>(&terms)) {
      RETURN_IF_ERROR(CheckLoss(daily->limit, initial_balance, Path(path, "daily_loss")));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<CompiledRuleSet> Compile(const RuleSet& rule_set, absl::TimeZone server_zone) {
  CompiledRuleSet compiled;
  RETURN_IF_ERROR(CompileHead(rule_set, server_zone, compiled));
  if (rule_set.rules().empty()) return requests::Required("rule_set.rules");
  if (rule_set.rules_size() > kMaxRules) {
    return InvalidField("rule_set.rules",
                        absl::StrCat("at most ", kMaxRules, " rules, not ", rule_set.rules_size()));
  }
  absl::flat_hash_set<std::string> ids;
  for (int i = 0; i < rule_set.rules_size(); ++i) {
    const std::string path = Path("rule_set", "rules", i);
    ASSIGN_OR_RETURN(CompiledRule rule, CompileRule(rule_set.rules(i), path, server_zone));
    if (!ids.insert(rule.id).second) {
      return InvalidField(Path(path, "id"),
                          absl::StrCat("\"", rule.id, "\" is the id of an earlier rule already"));
    }
    compiled.rules.push_back(std::move(rule));
  }
  RETURN_IF_ERROR(CheckContradictions(compiled));
  // Percentages can be held against one another whatever they are taken of; amounts only when it is known.
  if (compiled.initial_balance.has_value()) {
    RETURN_IF_ERROR(CheckInitialBalance(compiled, *compiled.initial_balance));
  }
  for (int i = 0; i < rule_set.rules_size(); ++i) {
    const auto* loss = std::get_if<MaxLoss>(&compiled.rules[static_cast<size_t>(i)].terms);
    if (loss == nullptr || loss->limit.money.has_value() || !loss->lock || loss->lock->money.has_value())
      continue;
    RETURN_IF_ERROR(
        CheckMaxLoss(*loss, Decimal::FromInteger(100), Path(Path("rule_set", "rules", i), "max_loss")));
  }
  return compiled;
}

}  // namespace mtsuite::risk
