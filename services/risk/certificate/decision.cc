#include "services/risk/certificate/decision.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/decimal/decimal.h"
#include "common/status/macros.h"
#include "services/risk/calendar/zone.h"
#include "services/risk/certificate/numbers.h"
#include "services/risk/rules/compile.h"
#include "services/risk/valuation/position_value.h"

namespace mtsuite::risk {

using v1::BreachDecision;
using v1::BreachEvidence;
using v1::RiskReference;

namespace {

// What a rule makes of the inputs, before it is written down.
struct Verdict {
  BreachDecision::Measure measure;
  Decimal value;
  BreachDecision::Comparison comparison;
  Decimal limit;
  std::string symbol;
};

bool IsBreach(const Verdict& verdict) {
  switch (verdict.comparison) {
    case BreachDecision::BELOW:
      return verdict.value < verdict.limit;
    case BreachDecision::AT_OR_BELOW:
      return verdict.value <= verdict.limit;
    case BreachDecision::ABOVE:
      return verdict.value > verdict.limit;
    case BreachDecision::AT_OR_ABOVE:
      return verdict.value >= verdict.limit;
    default:
      return false;
  }
}

// Applies the terms of one rule. Of limits that a rule has several of, the first that is broken counts.
struct Judge {
  const BreachEvidence& evidence;
  const RiskInputs& inputs;
  size_t rule;

  const State& state() const { return inputs.state; }

  Verdict Loss(v1::EvaluatedValue value, bool on_floor, const LossLevels& levels) const {
    return {value == v1::BALANCE ? BreachDecision::BALANCE : BreachDecision::EQUITY,
            ValueLevel(value, inputs.rules, state()) + state().shift,
            on_floor ? BreachDecision::AT_OR_BELOW : BreachDecision::BELOW, levels.floor + state().shift, ""};
  }
  static Verdict Above(BreachDecision::Measure measure, Decimal value, Decimal limit,
                       const std::string& symbol = "") {
    return {measure, value, BreachDecision::ABOVE, limit, symbol};
  }

  absl::StatusOr<Verdict> operator()(const MaxLoss& loss) const {
    return Loss(loss.value, loss.breached_on_floor, LevelsOf(loss, state(), state().rules[rule]));
  }
  absl::StatusOr<Verdict> operator()(const DailyLoss& loss) const {
    return Loss(loss.value, loss.breached_on_floor, LevelsOf(loss, state()));
  }
  absl::StatusOr<Verdict> operator()(const ProfitTarget& target) const {
    Verdict verdict = Loss(target.value, false, {.from = {}, .floor = TargetLevel(target, state())});
    verdict.comparison = BreachDecision::AT_OR_ABOVE;
    return verdict;
  }
  absl::StatusOr<Verdict> operator()(const MinTradingDays&) const {
    return absl::FailedPreconditionError("a minimum of trading days cannot be breached");
  }
  absl::StatusOr<Verdict> operator()(const VolumeLimit& limit) const {
    std::vector<Verdict> verdicts;
    const v1::BreachCause& cause = evidence.cause();
    if (limit.order_lots.has_value() && !cause.lots().empty() && limit.symbols.Matches(cause.symbol())) {
      ASSIGN_OR_RETURN(const Decimal lots, ReadNumber("cause.lots", cause.lots()));
      verdicts.push_back(Above(BreachDecision::ORDER_LOTS, lots, *limit.order_lots, cause.symbol()));
    }
    Decimal lots;
    int positions = 0;
    for (const Holdings::Symbol& held : state().holdings.symbols) {
      if (!limit.symbols.Matches(held.symbol)) continue;
      lots += held.lots;
      positions += held.positions;
      if (limit.symbol_lots.has_value()) {
        verdicts.push_back(Above(BreachDecision::SYMBOL_LOTS, held.lots, *limit.symbol_lots, held.symbol));
      }
    }
    if (limit.lots.has_value()) verdicts.push_back(Above(BreachDecision::LOTS, lots, *limit.lots));
    if (limit.positions.has_value()) {
      verdicts.push_back(Above(BreachDecision::POSITIONS, Decimal::FromInteger(positions),
                               Decimal::FromInteger(*limit.positions)));
    }
    const auto broken = std::ranges::find_if(verdicts, IsBreach);
    if (broken == verdicts.end()) return absl::FailedPreconditionError("no limit of the volume is broken");
    return *broken;
  }
  absl::StatusOr<Verdict> operator()(const Exposure& exposure) const {
    return Above(BreachDecision::EXPOSURE, state().holdings.exposure,
                 exposure.limit.Of(state().initial.AsSet()));
  }
  absl::StatusOr<Verdict> operator()(const HoldingWindow& holding) const {
    if (!holding.windows.Contains(FromProtoTime(evidence.breach_time()))) {
      return absl::FailedPreconditionError("no window was open in which nothing may be held");
    }
    return Above(BreachDecision::POSITIONS_IN_WINDOW, Decimal::FromInteger(evidence.positions_size()),
                 Decimal());
  }
  absl::StatusOr<Verdict> operator()(const Inactivity& inactivity) const {
    return Verdict{BreachDecision::IDLE_DAYS, Decimal::FromInteger(evidence.idle_days()),
                   BreachDecision::AT_OR_ABOVE, Decimal::FromInteger(inactivity.max_days), ""};
  }
};

bool IsMoney(BreachDecision::Measure measure) {
  return measure == BreachDecision::EQUITY || measure == BreachDecision::BALANCE ||
         measure == BreachDecision::EXPOSURE;
}

// In the order of the positions, as the engine adds them up.
absl::StatusOr<Holdings> ReadHoldings(const BreachEvidence& evidence) {
  Holdings holdings;
  for (const v1::PositionEvidence& position : evidence.positions()) {
    ASSIGN_OR_RETURN(const PositionTerms terms, ReadTerms(position));
    ASSIGN_OR_RETURN(const Decimal exposure, PositionExposure(terms, evidence.currency_digits()));
    const std::optional<Decimal> sum = Decimal::CheckedAdd(holdings.exposure, exposure);
    if (!sum.has_value()) return absl::OutOfRangeError("the positions are worth more than any real ones");
    holdings.exposure = *sum;
    auto held = std::ranges::find(holdings.symbols, position.symbol(), &Holdings::Symbol::symbol);
    if (held == holdings.symbols.end()) {
      held = holdings.symbols.insert(held, {.symbol = position.symbol(), .lots = {}, .positions = 0});
    }
    held->lots += terms.volume;
    ++held->positions;
  }
  return holdings;
}

absl::Status ReadReference(const RiskReference& reference, RiskInputs& inputs) {
  ASSIGN_OR_RETURN(const Decimal value, ReadNumber("references.value", reference.value()));
  ASSIGN_OR_RETURN(const Decimal as_set, ReadNumber("references.value_as_set", reference.value_as_set()));
  Reference read;
  read.level = value - inputs.state.shift;
  read.shift = as_set - read.level;
  read.time = FromProtoTime(reference.set_time());
  switch (reference.kind()) {
    case RiskReference::INITIAL_BALANCE:
      inputs.state.initial = read;
      return absl::OkStatus();
    case RiskReference::DAY_START_BALANCE:
      inputs.state.day_start_balance = read;
      return absl::OkStatus();
    case RiskReference::DAY_START_EQUITY:
      inputs.state.day_start_equity = read;
      return absl::OkStatus();
    case RiskReference::PEAK:
      for (size_t i = 0; i < inputs.rules.rules.size(); ++i) {
        if (inputs.rules.rules[i].id != reference.rule_id()) continue;
        inputs.state.rules[i].peak = read;
        return absl::OkStatus();
      }
      return absl::InvalidArgumentError(
          absl::StrCat("a peak belongs to the rule \"", reference.rule_id(), "\", which is not in the set"));
    default:
      return absl::InvalidArgumentError("a reference has no kind");
  }
}

// Which references the rules cannot do without.
absl::Status CheckComplete(const BreachEvidence& evidence, const CompiledRuleSet& rules) {
  const auto has = [&](RiskReference::Kind kind, const std::string& rule_id) {
    return std::ranges::any_of(evidence.references(), [&](const RiskReference& reference) {
      return reference.kind() == kind && reference.rule_id() == rule_id;
    });
  };
  const auto missing = [](RiskReference::Kind kind) {
    return absl::InvalidArgumentError(
        absl::StrCat("the reference ", RiskReference::Kind_Name(kind), " is missing"));
  };
  for (const auto kind :
       {RiskReference::INITIAL_BALANCE, RiskReference::DAY_START_BALANCE, RiskReference::DAY_START_EQUITY}) {
    if (!has(kind, "")) return missing(kind);
  }
  for (const CompiledRule& rule : rules.rules) {
    const MaxLoss* loss = std::get_if<MaxLoss>(&rule.terms);
    if (loss == nullptr || loss->trailing == v1::MaxLossRule::NOT_TRAILING) continue;
    if (!has(RiskReference::PEAK, rule.id)) return missing(RiskReference::PEAK);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RiskInputs> ReadInputs(const BreachEvidence& evidence) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(evidence.server_time_zone()));
  RiskInputs inputs;
  ASSIGN_OR_RETURN(inputs.rules, Compile(evidence.rule_set(), zone));
  RETURN_IF_ERROR(CheckComplete(evidence, inputs.rules));
  State& state = inputs.state;
  state.time = FromProtoTime(evidence.breach_time());
  state.rules.resize(inputs.rules.rules.size());
  ASSIGN_OR_RETURN(state.balance, ReadNumber("balance", evidence.balance()));
  ASSIGN_OR_RETURN(state.credit, ReadNumber("credit", evidence.credit()));
  ASSIGN_OR_RETURN(state.floating, ReadNumber("floating_profit", evidence.floating_profit()));
  ASSIGN_OR_RETURN(state.shift, ReadNumber("moved_by", evidence.moved_by()));
  state.idle_days = evidence.idle_days();
  for (const RiskReference& reference : evidence.references()) {
    RETURN_IF_ERROR(ReadReference(reference, inputs));
  }
  ASSIGN_OR_RETURN(state.holdings, ReadHoldings(evidence));
  return inputs;
}

absl::StatusOr<BreachDecision> Decide(const BreachEvidence& evidence, const RiskInputs& inputs) {
  const std::vector<CompiledRule>& rules = inputs.rules.rules;
  const auto rule =
      std::ranges::find_if(rules, [&](const CompiledRule& r) { return r.id == evidence.rule_id(); });
  if (rule == rules.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the rule \"", evidence.rule_id(), "\" is not in the rule set"));
  }
  ASSIGN_OR_RETURN(
      const Verdict verdict,
      std::visit(Judge{evidence, inputs, static_cast<size_t>(rule - rules.begin())}, rule->terms));
  const int places = IsMoney(verdict.measure) ? evidence.currency_digits() : 0;
  if (!IsBreach(verdict)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "these inputs do not breach the rule: ", WriteNumber(verdict.value, places), " is not ",
        BreachDecision::Comparison_Name(verdict.comparison), " ", WriteNumber(verdict.limit, places)));
  }
  BreachDecision decision;
  decision.set_measure(verdict.measure);
  decision.set_symbol(verdict.symbol);
  decision.set_value(WriteNumber(verdict.value, places));
  decision.set_comparison(verdict.comparison);
  decision.set_limit(WriteNumber(verdict.limit, places));
  decision.set_excess(WriteNumber((verdict.value - verdict.limit).Abs(), places));
  return decision;
}

std::vector<v1::RiskLevel> LevelsOfAll(const RiskInputs& inputs, int currency_digits) {
  std::vector<v1::RiskLevel> levels;
  for (size_t i = 0; i < inputs.rules.rules.size(); ++i) {
    const CompiledRule& rule = inputs.rules.rules[i];
    std::optional<Decimal> level;
    const bool target = std::holds_alternative<ProfitTarget>(rule.terms);
    if (const auto* loss = std::get_if<MaxLoss>(&rule.terms)) {
      level = LevelsOf(*loss, inputs.state, inputs.state.rules[i]).floor;
    } else if (const auto* daily = std::get_if<DailyLoss>(&rule.terms)) {
      level = LevelsOf(*daily, inputs.state).floor;
    } else if (target) {
      level = TargetLevel(std::get<ProfitTarget>(rule.terms), inputs.state);
    }
    if (!level.has_value()) continue;
    v1::RiskLevel& written = levels.emplace_back();
    written.set_rule_id(rule.id);
    written.set_level(WriteNumber(*level + inputs.state.shift, currency_digits));
    written.set_target(target);
  }
  return levels;
}

}  // namespace mtsuite::risk
