#include "services/risk/certificate/evidence_inputs.h"

#include <string>
#include <variant>

#include "common/clock/proto_time.h"
#include "services/risk/certificate/numbers.h"

namespace mtsuite::risk {

using v1::BreachCause;
using v1::RiskReference;

BreachCause::Type CauseOf(v1::Cause cause) {
  switch (cause) {
    case v1::START:
      return BreachCause::START;
    case v1::PRICES:
      return BreachCause::PRICES;
    case v1::TRADE:
      return BreachCause::TRADE;
    case v1::MONEY:
      return BreachCause::MONEY;
    case v1::RESET:
      return BreachCause::RESET;
    case v1::WINDOW:
      return BreachCause::WINDOW;
    case v1::RULE_CHANGE:
      return BreachCause::RULE_CHANGE;
    default:
      return BreachCause::TYPE_UNSPECIFIED;
  }
}

void WriteInputs(const CompiledRuleSet& rules, const State& state, v1::BreachEvidence& evidence) {
  const int digits = evidence.currency_digits();
  *evidence.mutable_breach_time() = ToProtoTime(state.time);
  evidence.set_balance(WriteNumber(state.balance, digits));
  evidence.set_credit(WriteNumber(state.credit, digits));
  evidence.set_moved_by(WriteNumber(state.shift, digits));
  evidence.set_idle_days(state.idle_days);
  evidence.clear_references();
  const auto add = [&](RiskReference::Kind kind, const Reference& reference, const std::string& rule_id) {
    RiskReference& written = *evidence.add_references();
    written.set_kind(kind);
    written.set_rule_id(rule_id);
    written.set_value(WriteNumber(reference.level + state.shift, digits));
    written.set_value_as_set(WriteNumber(reference.AsSet(), digits));
    written.set_set_by(CauseOf(reference.cause));
    *written.mutable_set_time() = ToProtoTime(reference.time);
  };
  add(RiskReference::INITIAL_BALANCE, state.initial, "");
  add(RiskReference::DAY_START_BALANCE, state.day_start_balance, "");
  add(RiskReference::DAY_START_EQUITY, state.day_start_equity, "");
  for (size_t i = 0; i < rules.rules.size(); ++i) {
    const MaxLoss* loss = std::get_if<MaxLoss>(&rules.rules[i].terms);
    if (loss == nullptr || loss->trailing == v1::MaxLossRule::NOT_TRAILING) continue;
    add(RiskReference::PEAK, state.rules[i].peak, rules.rules[i].id);
  }
}

}  // namespace mtsuite::risk
