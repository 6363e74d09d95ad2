#include "services/risk/report/wording.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"

namespace mtsuite::risk {

using v1::BreachCause;
using v1::BreachDecision;
using v1::BreachEvidence;

namespace {

std::string MeasureText(const BreachEvidence& evidence) {
  switch (evidence.decision().measure()) {
    case BreachDecision::EQUITY:
      return "the equity";
    case BreachDecision::BALANCE:
      return "the balance";
    case BreachDecision::ORDER_LOTS:
      return absl::StrCat("the size in lots of an order in ", evidence.decision().symbol());
    case BreachDecision::SYMBOL_LOTS:
      return absl::StrCat("the open lots of ", evidence.decision().symbol());
    case BreachDecision::LOTS:
      return "the open lots";
    case BreachDecision::POSITIONS:
      return "the number of positions";
    case BreachDecision::EXPOSURE:
      return "what the positions were worth";
    case BreachDecision::POSITIONS_IN_WINDOW:
      return "the number of positions in a window in which none may be open";
    case BreachDecision::IDLE_DAYS:
      return "the number of days without a trade";
    default:
      return "the value";
  }
}

const char* ComparisonText(BreachDecision::Comparison comparison) {
  switch (comparison) {
    case BreachDecision::BELOW:
      return "below the floor of";
    case BreachDecision::AT_OR_BELOW:
      return "at or below the floor of";
    case BreachDecision::ABOVE:
      return "above the limit of";
    default:
      return "at or above the limit of";
  }
}

std::string CauseText(const BreachCause& cause) {
  switch (cause.type()) {
    case BreachCause::PRICES:
      return absl::StrCat("It became known by a price of ", cause.symbol(), ": bid ", cause.bid(), ", ask ",
                          cause.ask(), ".");
    case BreachCause::TRADE:
      return "It became known when positions changed.";
    case BreachCause::MONEY:
      return "It became known when money was booked.";
    case BreachCause::RESET:
      return "It became known at the end of the trading day.";
    case BreachCause::WINDOW:
      return "It became known when a window began in which nothing may be open.";
    case BreachCause::RULE_CHANGE:
      return "It became known when the rules changed.";
    default:
      return "It became known when the account came under the rules.";
  }
}

// "5 percent of the initial balance", "2000".
template <typename Rule>
std::string LimitText(const Rule& rule, const char* basis) {
  if (!rule.amount().empty()) return rule.amount();
  const char* of = "the initial balance";
  if (rule.amount_of() == v1::DAY_START_BALANCE) of = "the balance at the start of the day";
  if (rule.amount_of() == v1::BASIS) of = basis;
  return absl::StrCat(rule.percent(), " percent of ", of);
}

std::string TextOf(const v1::MaxLossRule& rule) {
  std::string text =
      absl::StrCat("No more than ", LimitText(rule, "what it trails"), " may be lost in all, counted from ");
  switch (rule.trailing()) {
    case v1::MaxLossRule::END_OF_DAY:
      text += "the highest balance at the end of a day";
      break;
    case v1::MaxLossRule::CLOSED_BALANCE:
      text += "the highest balance";
      break;
    case v1::MaxLossRule::INTRADAY_EQUITY:
      text += "the highest equity, open profit included";
      break;
    default:
      text += "the initial balance";
  }
  if (!rule.lock_at().empty()) absl::StrAppend(&text, "; the floor rises no further than ", rule.lock_at());
  if (!rule.lock_at_percent().empty()) {
    absl::StrAppend(&text, "; the floor rises no further than ", rule.lock_at_percent(),
                    " percent of the initial balance");
  }
  return text + ".";
}

std::string TextOf(const v1::DailyLossRule& rule) {
  const char* basis = "the balance at the start of the day";
  if (rule.basis() == v1::DailyLossRule::EQUITY_AT_RESET) basis = "the equity at the start of the day";
  if (rule.basis() == v1::DailyLossRule::HIGHER_OF_BALANCE_AND_EQUITY) {
    basis = "the higher of balance and equity at the start of the day";
  }
  if (rule.basis() == v1::DailyLossRule::INITIAL_BALANCE) basis = "the initial balance";
  return absl::StrCat("No more than ", LimitText(rule, "that"), " may be lost in a day, counted from ", basis,
                      ".");
}

std::string TextOf(const v1::Rule& rule) {
  switch (rule.rule_case()) {
    case v1::Rule::kMaxLoss:
      return TextOf(rule.max_loss());
    case v1::Rule::kDailyLoss:
      return TextOf(rule.daily_loss());
    case v1::Rule::kVolumeLimit:
      return "Only so many lots or positions may be open.";
    case v1::Rule::kExposure:
      return "Open positions may only be worth so much.";
    case v1::Rule::kHoldingWindow:
      return "There are times at which nothing may be open.";
    case v1::Rule::kInactivity:
      return absl::StrCat("There must be a trade at least every ", rule.inactivity().max_days(), " days.");
    default:
      return "";
  }
}

}  // namespace

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E3S", FromProtoTime(time), absl::UTCTimeZone());
}

std::string WhatHappened(const BreachEvidence& evidence) {
  const BreachDecision& decision = evidence.decision();
  const bool money = decision.measure() == BreachDecision::EQUITY ||
                     decision.measure() == BreachDecision::BALANCE ||
                     decision.measure() == BreachDecision::EXPOSURE;
  const std::string unit = money ? absl::StrCat(" ", evidence.currency_code()) : "";
  std::string text = absl::StrCat(
      "On ", TimeText(evidence.breach_time()), " UTC ", MeasureText(evidence), " was ", decision.value(),
      unit, ", ", ComparisonText(decision.comparison()), " ", decision.limit(), unit, ": ", decision.excess(),
      unit, " too ",
      decision.comparison() == BreachDecision::BELOW || decision.comparison() == BreachDecision::AT_OR_BELOW
          ? "little"
          : "much",
      ". ", CauseText(evidence.cause()));
  if (evidence.cause().after_gap())
    text += " Prices or events before it were lost, so it may have been so earlier.";
  if (evidence.mode() == v1::SHADOW) text += " The rule runs in shadow: nothing was done.";
  return text;
}

std::string WhatTheRuleSays(const BreachEvidence& evidence) {
  for (const v1::Rule& rule : evidence.rule_set().rules()) {
    if (rule.id() == evidence.rule_id()) return TextOf(rule);
  }
  return "";
}

std::string NameOf(const v1::RiskReference& reference) {
  switch (reference.kind()) {
    case v1::RiskReference::INITIAL_BALANCE:
      return "Initial balance";
    case v1::RiskReference::DAY_START_BALANCE:
      return "Balance at the start of the day";
    case v1::RiskReference::DAY_START_EQUITY:
      return "Equity at the start of the day";
    case v1::RiskReference::PEAK:
      return absl::StrCat("Peak that “", reference.rule_id(), "” trails");
    default:
      return "Reference";
  }
}

std::string NameOf(BreachCause::Type cause) {
  switch (cause) {
    case BreachCause::START:
      return "beginning under the rules";
    case BreachCause::PRICES:
      return "a price";
    case BreachCause::TRADE:
      return "a trade";
    case BreachCause::MONEY:
      return "a booking";
    case BreachCause::RESET:
      return "the end of a day";
    case BreachCause::WINDOW:
      return "the beginning of a window";
    case BreachCause::RULE_CHANGE:
      return "a change of the rules";
    default:
      return "";
  }
}

std::string NameOf(v1::Breach::State state) {
  switch (state) {
    case v1::Breach::RECORDED:
      return "Evidence recorded";
    case v1::Breach::BLOCKING:
      return "Stopping new orders";
    case v1::Breach::CANCELLING:
      return "Cancelling waiting orders";
    case v1::Breach::CLOSING:
      return "Closing positions, the worst first";
    case v1::Breach::VERIFYING:
      return "Looking whether anything is open";
    case v1::Breach::FLAT:
      return "Nothing open, seen twice";
    case v1::Breach::LOCKING:
      return "Locking the account";
    case v1::Breach::DONE:
      return "Done";
    case v1::Breach::REARMING:
      return "Giving the account back";
    case v1::Breach::REARMED:
      return "The account trades again";
    case v1::Breach::LIFTING:
      return "Lifted; giving the account back";
    case v1::Breach::LIFTED:
      return "Lifted";
    case v1::Breach::ESCALATED:
      return "Deadline passed, people called";
    default:
      return "";
  }
}

}  // namespace mtsuite::risk
