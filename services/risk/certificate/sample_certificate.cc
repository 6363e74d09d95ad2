#include "services/risk/certificate/sample_certificate.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/decimal/decimal.h"
#include "common/status/check.h"
#include "google/protobuf/text_format.h"
#include "services/risk/certificate/chain.h"
#include "services/risk/certificate/new_breach.h"
#include "services/risk/certificate/reckoning.h"

namespace mtsuite::risk {

using v1::Breach;
using v1::BreachAction;
using v1::BreachEvidence;

namespace {

// Half past one in the afternoon in Prague, on the day on which its clocks went forward.
const absl::Time kBreach = absl::FromUnixMillis(1'774'783'802'123);

constexpr char kInputs[] = R"(
  format: "mtsuite-breach-1"
  server: "mt5-demo"
  login: 1001
  group: "challenge\\usd <100k>"
  currency_code: "USD"
  currency_digits: 2
  rule_set {
    name: "challenge-100k" version: 3 description: "Phase 1 & 2"
    day_reset { local_time: "00:00" time_zone: "Europe/Prague" }
    rules { id: "daily-loss" severity: HARD daily_loss { percent: "5" amount_of: INITIAL basis: BALANCE_AT_RESET } }
    rules { id: "max-loss" severity: HARD max_loss { percent: "10" amount_of: INITIAL trailing: NOT_TRAILING } }
    rules { id: "target" profit_target { percent: "8" } }
  }
  rule_id: "daily-loss"
  mode: ENFORCE
  server_time_zone: "UTC+3"
  cause { type: PRICES symbol: "EURUSD" bid: "1.08175" ask: "1.08187" sequence: 4711 }
  references { kind: INITIAL_BALANCE value: "100000.00" value_as_set: "100000.00" set_by: START }
  references { kind: DAY_START_BALANCE value: "98000.00" value_as_set: "98000.00" set_by: RESET }
  references { kind: DAY_START_EQUITY value: "97512.20" value_as_set: "97512.20" set_by: RESET }
  balance: "97000.00"
  credit: "0.00"
  moved_by: "0.00"
  positions {
    ticket: 5001 symbol: "EURUSD" side: BUY volume: "2.00" open_price: "1.10000" close_price: "1.08175"
    contract_size: "100000" profit_currency_code: "USD" conversion_rate: "1"
    swap: "-12.40" commission: "-7.00"
  }
  positions {
    ticket: 5002 symbol: "USDJPY" side: SELL volume: "1.00" open_price: "150.000" close_price: "150.500"
    contract_size: "100000" profit_currency_code: "JPY" conversion_rate: "0.006644518272"
    swap: "-1.10" commission: "-3.50"
  }
)";

void AddPoint(google::protobuf::RepeatedPtrField<v1::EquityPoint>& path, absl::Time time,
              const std::string& equity, const std::string& balance) {
  v1::EquityPoint& point = *path.Add();
  *point.mutable_time() = ToProtoTime(time);
  point.set_equity(equity);
  point.set_balance(balance);
}

void AddClose(Breach& breach, const v1::PositionEvidence& position, const std::string& price,
              const std::string& slippage) {
  BreachAction& action = *breach.add_actions();
  action.set_operation_id(absl::StrCat(breach.breach_id(), ".close.", position.ticket(), ".1"));
  action.set_type(BreachAction::CLOSE_POSITION);
  action.set_ticket(position.ticket());
  action.set_attempt(1);
  action.set_state(BreachAction::APPLIED);
  *action.mutable_send_time() = ToProtoTime(kBreach + absl::Milliseconds(3));
  *action.mutable_answer_time() = ToProtoTime(kBreach + absl::Milliseconds(9));
  *action.mutable_fill_time() = ToProtoTime(kBreach + absl::Milliseconds(6));
  action.set_symbol(position.symbol());
  action.set_side(position.side());
  action.set_volume(position.volume());
  action.set_breach_price(position.close_price());
  action.set_filled_volume(position.volume());
  action.set_remaining_volume("0.00");
  action.set_price(price);
  action.set_slippage(slippage);
}

v1::BreachOutcome OutcomeOf(const v1::BreachRecord& record) {
  const BreachEvidence& evidence = record.evidence();
  v1::BreachOutcome outcome;
  Breach& breach = *outcome.mutable_breach();
  breach = NewBreach(record);
  breach.set_state(Breach::DONE);
  breach.set_rounds(1);
  absl::Duration after;
  for (const auto state : {Breach::RECORDED, Breach::BLOCKING, Breach::CANCELLING, Breach::CLOSING,
                           Breach::VERIFYING, Breach::FLAT, Breach::LOCKING, Breach::DONE}) {
    v1::BreachStep& step = *breach.add_steps();
    step.set_number(breach.steps_size());
    step.set_state(state);
    *step.mutable_time() = ToProtoTime(kBreach + after);
    after += absl::Milliseconds(state == Breach::VERIFYING ? 1004 : 3);
  }
  *breach.mutable_flat_time() = ToProtoTime(kBreach + absl::Milliseconds(12));
  breach.set_flat_balance("92985.10");
  AddClose(breach, evidence.positions(0), "1.08170", "-0.00005");
  AddClose(breach, evidence.positions(1), "150.498", "0.002");
  AddPoint(*outcome.mutable_path(), kBreach + absl::Milliseconds(6), "92983.77", "93320.60");
  AddPoint(*outcome.mutable_path(), kBreach + absl::Milliseconds(9), "92985.10", "92985.10");
  AddPoint(*outcome.mutable_path(), kBreach + absl::Seconds(40), "92985.10", "92985.10");
  return outcome;
}

}  // namespace

BreachEvidence SampleInputs() {
  BreachEvidence evidence;
  MTSUITE_CHECK(google::protobuf::TextFormat::ParseFromString(kInputs, &evidence), "the sample is wrong");
  *evidence.mutable_breach_time() = ToProtoTime(kBreach);
  *evidence.mutable_cause()->mutable_time() = ToProtoTime(kBreach - absl::Milliseconds(2));
  const absl::Time reset = absl::FromUnixSeconds(1'774'738'800);
  *evidence.mutable_references(0)->mutable_set_time() = ToProtoTime(reset - absl::Hours(24 * 20));
  *evidence.mutable_references(1)->mutable_set_time() = ToProtoTime(reset);
  *evidence.mutable_references(2)->mutable_set_time() = ToProtoTime(reset);
  for (int i = 24; i > 0; --i) {
    AddPoint(*evidence.mutable_path(), kBreach - absl::Seconds(3 * i),
             Decimal::FromScaled(9'300'000 + 2500 * i + (i * 7919) % 9000, 2).ToString(2), "97000.00");
  }
  return evidence;
}

v1::BreachCertificate SampleCertificate() {
  v1::BreachCertificate certificate;
  v1::BreachRecord& evidence = *certificate.mutable_evidence();
  evidence.set_server("mt5-demo");
  *evidence.mutable_record_time() = ToProtoTime(kBreach + absl::Milliseconds(1));
  *evidence.mutable_evidence() = SampleInputs();
  const absl::Status reckoned = Reckon(*evidence.mutable_evidence());
  MTSUITE_CHECK(reckoned.ok(), std::string(reckoned.message()).c_str());
  ChainHead head;
  MTSUITE_CHECK(Seal(evidence, head).ok(), "the sample cannot be sealed");
  v1::BreachRecord& outcome = *certificate.add_outcomes();
  outcome.set_server("mt5-demo");
  *outcome.mutable_record_time() = ToProtoTime(kBreach + absl::Seconds(41));
  *outcome.mutable_outcome() = OutcomeOf(evidence);
  MTSUITE_CHECK(Seal(outcome, head).ok(), "the sample cannot be sealed");
  return certificate;
}

}  // namespace mtsuite::risk
