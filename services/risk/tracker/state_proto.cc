#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/risk/tracker/state.h"

namespace mtsuite::risk {
namespace {

// The fields of v1::Rule, in the order of Terms.
constexpr int kKinds[] = {v1::Rule::kMaxLoss,        v1::Rule::kDailyLoss,   v1::Rule::kProfitTarget,
                          v1::Rule::kMinTradingDays, v1::Rule::kVolumeLimit, v1::Rule::kExposure,
                          v1::Rule::kHoldingWindow,  v1::Rule::kInactivity};
static_assert(std::size(kKinds) == std::variant_size_v<Terms>);

absl::Status Damaged(std::string_view what) {
  return absl::InternalError(
      absl::StrCat("the stored state of an account's risk is damaged: ", AbslView(what)));
}

void Write(const Reference& from, v1::TrackerState::Reference* to) {
  to->set_level(from.level.ToString());
  to->set_shift(from.shift.ToString());
  *to->mutable_time() = ToProtoTime(from.time);
  to->set_cause(from.cause);
}

absl::Status Read(const std::string& text, Decimal& to) {
  // States hold sums of amounts, which may have more places than public numbers.
  const absl::StatusOr<Decimal> value = Decimal::ParseWire(text);
  if (!value.ok()) return Damaged(StdView(value.status().message()));
  to = *value;
  return absl::OkStatus();
}

absl::Status Read(const v1::TrackerState::Reference& from, Reference& to) {
  RETURN_IF_ERROR(Read(from.level(), to.level));
  RETURN_IF_ERROR(Read(from.shift(), to.shift));
  to.time = FromProtoTime(from.time());
  to.cause = from.cause();
  return absl::OkStatus();
}

absl::Status ReadHoldings(const v1::TrackerState::Holdings& from, Holdings& to) {
  RETURN_IF_ERROR(Read(from.exposure(), to.exposure));
  for (const v1::TrackerState::Holdings::Symbol& held : from.symbols()) {
    Holdings::Symbol& symbol = to.symbols.emplace_back();
    symbol.symbol = held.symbol();
    RETURN_IF_ERROR(Read(held.lots(), symbol.lots));
    symbol.positions = held.positions();
  }
  return absl::OkStatus();
}

size_t WarnLevelCount(const Terms& terms) {
  if (const auto* loss = std::get_if<MaxLoss>(&terms)) return loss->warn_levels.size();
  if (const auto* loss = std::get_if<DailyLoss>(&terms)) return loss->warn_levels.size();
  return 0;
}

absl::Status ReadRules(const CompiledRuleSet& rules, const v1::TrackerState& proto, State& state) {
  if (static_cast<size_t>(proto.rules_size()) != rules.rules.size()) return Damaged("it has other rules");
  for (int i = 0; i < proto.rules_size(); ++i) {
    const v1::TrackerState::Rule& from = proto.rules(i);
    const CompiledRule& rule = rules.rules[static_cast<size_t>(i)];
    if (from.id() != rule.id || from.kind() != kKinds[rule.terms.index()])
      return Damaged("it has other rules");
    RuleState& to = state.rules.emplace_back();
    to.warned = from.warned();
    to.done = from.done();
    if (to.warned < 0 || static_cast<size_t>(to.warned) > WarnLevelCount(rule.terms)) {
      return Damaged("more warnings are raised than there are");
    }
    if (from.has_peak()) RETURN_IF_ERROR(Read(from.peak(), to.peak));
  }
  return absl::OkStatus();
}

}  // namespace

v1::TrackerState ToProto(const CompiledRuleSet& rules, const State& state) {
  v1::TrackerState proto;
  proto.set_rule_set(rules.name);
  proto.set_rule_set_version(rules.version);
  *proto.mutable_start_time() = ToProtoTime(state.start_time);
  *proto.mutable_time() = ToProtoTime(state.time);
  proto.set_balance(state.balance.ToString());
  proto.set_credit(state.credit.ToString());
  proto.set_floating(state.floating.ToString());
  proto.set_shift(state.shift.ToString());
  Write(state.initial, proto.mutable_initial());
  Write(state.day_start_balance, proto.mutable_day_start_balance());
  Write(state.day_start_equity, proto.mutable_day_start_equity());
  *proto.mutable_day_end() = ToProtoTime(state.day_end);
  proto.set_trading_days(state.trading_days);
  proto.set_opened_today(state.opened_today);
  proto.set_active_today(state.active_today);
  proto.set_whole_day(state.whole_day);
  proto.set_idle_days(state.idle_days);
  proto.set_failed(state.failed);
  proto.mutable_holdings()->set_exposure(state.holdings.exposure.ToString());
  for (const Holdings::Symbol& held : state.holdings.symbols) {
    v1::TrackerState::Holdings::Symbol* symbol = proto.mutable_holdings()->add_symbols();
    symbol->set_symbol(held.symbol);
    symbol->set_lots(held.lots.ToString());
    symbol->set_positions(held.positions);
  }
  for (size_t i = 0; i < state.rules.size(); ++i) {
    v1::TrackerState::Rule* rule = proto.add_rules();
    rule->set_id(rules.rules[i].id);
    rule->set_kind(kKinds[rules.rules[i].terms.index()]);
    if (state.rules[i].peak.cause != v1::CAUSE_UNSPECIFIED) Write(state.rules[i].peak, rule->mutable_peak());
    rule->set_warned(state.rules[i].warned);
    rule->set_done(state.rules[i].done);
  }
  return proto;
}

absl::StatusOr<State> FromProto(const CompiledRuleSet& rules, const v1::TrackerState& proto) {
  if (proto.rule_set() != rules.name || proto.rule_set_version() != rules.version) {
    return Damaged(absl::StrCat("it is of version ", proto.rule_set_version(), " of \"", proto.rule_set(),
                                "\", not ", rules.version, " of \"", rules.name, "\""));
  }
  State state;
  state.start_time = FromProtoTime(proto.start_time());
  state.time = FromProtoTime(proto.time());
  RETURN_IF_ERROR(Read(proto.balance(), state.balance));
  RETURN_IF_ERROR(Read(proto.credit(), state.credit));
  RETURN_IF_ERROR(Read(proto.floating(), state.floating));
  RETURN_IF_ERROR(Read(proto.shift(), state.shift));
  RETURN_IF_ERROR(Read(proto.initial(), state.initial));
  RETURN_IF_ERROR(Read(proto.day_start_balance(), state.day_start_balance));
  RETURN_IF_ERROR(Read(proto.day_start_equity(), state.day_start_equity));
  if (!proto.has_day_end()) return Damaged("it has no end of the day");
  state.day_end = FromProtoTime(proto.day_end());
  state.trading_days = proto.trading_days();
  state.opened_today = proto.opened_today();
  state.active_today = proto.active_today();
  state.whole_day = proto.whole_day();
  state.idle_days = proto.idle_days();
  state.failed = proto.failed();
  RETURN_IF_ERROR(ReadHoldings(proto.holdings(), state.holdings));
  RETURN_IF_ERROR(ReadRules(rules, proto, state));
  return state;
}

}  // namespace mtsuite::risk
