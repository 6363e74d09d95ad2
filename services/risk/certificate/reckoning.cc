#include "services/risk/certificate/reckoning.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/risk/certificate/canonical.h"
#include "services/risk/certificate/decision.h"
#include "services/risk/certificate/numbers.h"
#include "services/risk/valuation/position_value.h"

namespace mtsuite::risk {

using v1::BreachEvidence;
using v1::PositionEvidence;

namespace {

// Hexadecimal digits: 96 bits, which leave room for the rest in operation ids of 64 characters.
constexpr size_t kBreachIdSize = 24;
// Digits that any currency of a trading server has.
constexpr int kMaxCurrencyDigits = 8;
// An amount may have so many digits; leaves room for all that is added to it.
constexpr int64_t kMaxProfit = 1'000'000'000'000'000;

absl::Status TooMuch() { return absl::OutOfRangeError("the positions are worth more than any real ones"); }

// A tick values the positions of its symbol.
absl::Status CheckPrice(const v1::BreachCause& cause, const PositionEvidence& position) {
  if (cause.type() != v1::BreachCause::PRICES || position.symbol() != cause.symbol()) return absl::OkStatus();
  const std::string& price = position.side() == type::v1::BUY ? cause.bid() : cause.ask();
  ASSIGN_OR_RETURN(const Decimal of_tick, ReadNumber("cause", price));
  ASSIGN_OR_RETURN(const Decimal of_position, ReadNumber("positions.close_price", position.close_price()));
  if (of_tick == of_position) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("position ", position.ticket(), " is valued at ",
                                                 position.close_price(), ", but the tick says ", price));
}

absl::Status ReckonPositions(BreachEvidence& evidence) {
  Decimal floating;
  absl::flat_hash_set<int64_t> tickets;
  for (PositionEvidence& position : *evidence.mutable_positions()) {
    if (!tickets.insert(position.ticket()).second) {
      return absl::InvalidArgumentError(absl::StrCat("position ", position.ticket(), " is listed twice"));
    }
    RETURN_IF_ERROR(CheckPrice(evidence.cause(), position));
    ASSIGN_OR_RETURN(const PositionTerms terms, ReadTerms(position));
    ASSIGN_OR_RETURN(const Decimal profit, PositionProfit(terms, evidence.currency_digits()));
    ASSIGN_OR_RETURN(const Decimal swap, ReadNumber("positions.swap", position.swap()));
    ASSIGN_OR_RETURN(const Decimal commission, ReadNumber("positions.commission", position.commission()));
    position.set_profit(WriteNumber(profit, evidence.currency_digits()));
    if (profit.Abs() >= Decimal::FromInteger(kMaxProfit)) return TooMuch();
    floating += profit + swap + commission;
    if (floating.Abs() >= Decimal::FromInteger(kMaxProfit)) return TooMuch();
  }
  evidence.set_floating_profit(WriteNumber(floating, evidence.currency_digits()));
  return absl::OkStatus();
}

}  // namespace

absl::Status Reckon(BreachEvidence& evidence) {
  if (evidence.format() != kEvidenceFormat) {
    return absl::InvalidArgumentError(absl::StrCat("the evidence has the format \"", evidence.format(),
                                                   "\"; this program knows \"", kEvidenceFormat, "\""));
  }
  if (evidence.currency_digits() < 0 || evidence.currency_digits() > kMaxCurrencyDigits) {
    return absl::InvalidArgumentError("a currency has 0 to 8 decimal places");
  }
  RETURN_IF_ERROR(ReckonPositions(evidence));
  ASSIGN_OR_RETURN(const RiskInputs inputs, ReadInputs(evidence));
  const int digits = evidence.currency_digits();
  evidence.set_equity(WriteNumber(EquityLevel(inputs.rules, inputs.state) + inputs.state.shift, digits));
  const TradingDay day = inputs.rules.days.DayOf(FromProtoTime(evidence.breach_time()));
  evidence.set_trading_day(absl::FormatCivilTime(day.date));
  evidence.clear_levels();
  for (v1::RiskLevel& level : LevelsOfAll(inputs, digits)) *evidence.add_levels() = std::move(level);
  ASSIGN_OR_RETURN(*evidence.mutable_decision(), Decide(evidence, inputs));
  ASSIGN_OR_RETURN(const std::string bytes, CanonicalJsonWithout(evidence, "breachId"));
  evidence.set_breach_id(Sha256Hex(bytes).substr(0, kBreachIdSize));
  return absl::OkStatus();
}

absl::Status VerifyEvidence(const BreachEvidence& evidence) {
  BreachEvidence again = evidence;
  RETURN_IF_ERROR(Reckon(again));
  ASSIGN_OR_RETURN(const std::string recorded, CanonicalJson(evidence));
  ASSIGN_OR_RETURN(const std::string reckoned, CanonicalJson(again));
  if (recorded == reckoned) return absl::OkStatus();
  std::string differences;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  differencer.Compare(evidence, again);
  return absl::DataLossError(
      absl::StrCat("the recorded inputs lead to something else (recorded -> reckoned): ",
                   absl::StrReplaceAll(differences, {{"\n", "; "}})));
}

}  // namespace mtsuite::risk
