#include "services/risk/rules/contradictions.h"

#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace mtsuite::risk {
namespace {

// What the rules of one kind differ in apart from their limits: rules of different sorts can hold together.
using Sort = std::tuple<int, int>;

Sort SortOf(const MaxLoss& loss) { return {loss.trailing, loss.value}; }
Sort SortOf(const DailyLoss& loss) { return {loss.basis, loss.value}; }
Sort SortOf(const ProfitTarget& target) { return {target.value, 0}; }
template <typename Other>
Sort SortOf(const Other&) {
  return {};
}

// Limits on volume may be for different symbols, and windows add to one another.
bool MayStandBesideItself(const Terms& terms) {
  return std::holds_alternative<VolumeLimit>(terms) || std::holds_alternative<HoldingWindow>(terms);
}

bool SameSort(const Terms& a, const Terms& b) {
  if (a.index() != b.index()) return false;
  const auto sort = [](const auto& terms) { return SortOf(terms); };
  return std::visit(sort, a) == std::visit(sort, b);
}

const Limit* LossLimit(const Terms& terms, v1::AmountOf& amount_of) {
  if (const auto* loss = std::get_if<MaxLoss>(&terms)) {
    amount_of = loss->amount_of;
    return &loss->limit;
  }
  if (const auto* loss = std::get_if<DailyLoss>(&terms)) {
    amount_of = loss->amount_of;
    return &loss->limit;
  }
  return nullptr;
}

// Whether both limits are of losses, can be compared, and the first is not below the second.
bool NotBelow(const Terms& a, const Terms& b) {
  v1::AmountOf of_a = v1::INITIAL;
  v1::AmountOf of_b = v1::INITIAL;
  const Limit* limit_a = LossLimit(a, of_a);
  const Limit* limit_b = LossLimit(b, of_b);
  if (limit_a == nullptr || limit_b == nullptr) return false;
  if (limit_a->money.has_value() && limit_b->money.has_value()) return *limit_a->money >= *limit_b->money;
  if (limit_a->money.has_value() || limit_b->money.has_value() || of_a != of_b) return false;
  return limit_a->share >= limit_b->share;
}

absl::Status Contradiction(const CompiledRuleSet& rules, size_t at, size_t other, const std::string& why) {
  const std::string field = absl::StrCat("rule_set.rules[", at, "]");
  const std::string description = absl::StrCat("\"", rules.rules[at].id, "\" contradicts rules[", other,
                                               "], \"", rules.rules[other].id, "\": ", why);
  return MakeError(absl::StatusCode::kInvalidArgument, type::v1::FIELD_INVALID,
                   absl::StrCat(field, ": ", description))
      .With("rule", rules.rules[at].id)
      .With("other_rule", rules.rules[other].id)
      .Field(field, description);
}

}  // namespace

absl::Status CheckContradictions(const CompiledRuleSet& rules) {
  for (size_t b = 0; b < rules.rules.size(); ++b) {
    for (size_t a = 0; a < b; ++a) {
      const CompiledRule& first = rules.rules[a];
      const CompiledRule& second = rules.rules[b];
      if (first.shadow || second.shadow || !SameSort(first.terms, second.terms)) continue;
      if (first.hard && second.hard && !MayStandBesideItself(first.terms)) {
        return Contradiction(
            rules, b, a,
            "both are hard and of the same kind, so that only the tighter could be breached; "
            "keep one, or make one SOFT or SHADOW");
      }
      if (first.hard == second.hard) continue;
      const size_t soft = first.hard ? b : a;
      const size_t hard = first.hard ? a : b;
      if (NotBelow(rules.rules[soft].terms, rules.rules[hard].terms)) {
        return Contradiction(rules, soft, hard,
                             "the limit of a soft rule must be below that of the hard one");
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace mtsuite::risk
