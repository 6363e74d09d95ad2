// Decisions reckoned from written evidence, held against those of the tracker that found them: the same rule,
// the same value, the same limit, over random accounts under random rules.
#include "services/risk/certificate/decision.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "common/testing/seed.h"
#include "services/risk/calendar/zone.h"
#include "services/risk/certificate/evidence_inputs.h"
#include "services/risk/certificate/numbers.h"
#include "services/risk/certificate/reckoning.h"
#include "services/risk/rules/compile.h"
#include "services/risk/tracker/tracker.h"

namespace mtsuite::risk {
namespace {

using testing::StatusIs;
using v1::BreachEvidence;
using v1::RuleSet;

constexpr char kZone[] = "Asia/Nicosia";

class RandomAccount {
 public:
  explicit RandomAccount(uint64_t seed) : random_(seed) {}

  // Lives for a while under random rules; returns how many decisions were compared.
  int Live() {
    if (!Begin()) return 0;
    for (int i = 0; i < 150 && !tracker_->failed() && !::testing::Test::HasFailure(); ++i) {
      now_ += absl::Minutes(Pick(600));
      // Each reset and window alone, so that the tracker's state is the one that they found.
      for (absl::Time due = tracker_->NextDue(); due <= now_ && !tracker_->failed();
           due = tracker_->NextDue()) {
        Input([&](auto& findings) { tracker_->OnTime(due, findings); });
      }
      Act();
    }
    return compared_;
  }

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }
  std::string OneOf(std::initializer_list<const char*> texts) {
    return *(texts.begin() + Pick(static_cast<int>(texts.size())));
  }

  std::string RuleText(int number) {
    const std::string amount =
        OneOf({"amount: '2000'", "amount: '731.37'", "percent: '5'", "percent: '3.3333'"});
    const std::string value = OneOf({"", "evaluated_value: BALANCE", "breach_at: AT_OR_BELOW"});
    const std::string head = absl::StrCat("rules { id: 'r", number, "' ",
                                          OneOf({"severity: SOFT ", "severity: HARD ", "mode: SHADOW "}));
    switch (Pick(8)) {
      case 0:
      case 1:
        return absl::StrCat(head, "max_loss { ", amount, " ", value,
                            " amount_of: ", OneOf({"INITIAL", "BASIS"}),
                            " trailing: ", OneOf({"END_OF_DAY", "CLOSED_BALANCE", "INTRADAY_EQUITY"}), " ",
                            OneOf({"", "lock_at: '50000'", "lock_at_percent: '101.5'"}), " } }");
      case 2:
        return absl::StrCat(head, "max_loss { ", amount, " ", value, " } }");
      case 3:
      case 4:
        return absl::StrCat(
            head, "daily_loss { ", amount, " ", value,
            " amount_of: ", OneOf({"INITIAL", "DAY_START_BALANCE", "BASIS"}), " basis: ",
            OneOf({"BALANCE_AT_RESET", "EQUITY_AT_RESET", "HIGHER_OF_BALANCE_AND_EQUITY", "INITIAL_BALANCE"}),
            " } }");
      case 5:
        return absl::StrCat(
            head, "volume_limit { symbol_mask: '", OneOf({"", "EUR*", "*,!XAU*"}),
            "' max_lots_per_order: '3' max_lots_per_symbol: '5' max_lots: '7.5' max_positions: 4 } }");
      case 6:
        return absl::StrCat(head,
                            OneOf({"exposure { percent: '400' }", "inactivity { max_days: 2 }",
                                   "holding_window { windows { start_time: '22:00' end_time: '02:00' } }"}),
                            " }");
      default:
        return absl::StrCat("rules { id: 'r", number, "' profit_target { ", amount, " ",
                            OneOf({"", "evaluated_value: BALANCE"}), " } }");
    }
  }

  bool Begin() {
    std::string text = absl::StrCat(
        "name: 'test' version: 2 deposit_policy: ", OneOf({"MOVE_REFERENCES", "LEAVE_REFERENCES"}),
        " credit_policy: ", OneOf({"IGNORE_CREDIT", "COUNT_CREDIT", "MOVE_REFERENCES_BY_CREDIT"}),
        " day_reset { local_time: '", OneOf({"00:00", "17:00", "02:30"}), "' time_zone: '",
        OneOf({"", "Europe/Prague", "America/New_York", "UTC+3"}), "' } ",
        OneOf({"", "initial_balance: '50000' "}));
    const int rules = 1 + Pick(4);
    for (int i = 0; i < rules; ++i) absl::StrAppend(&text, RuleText(i), " ");
    rule_set_ = testing::ParseTextProto<RuleSet>(text);
    absl::StatusOr<CompiledRuleSet> compiled = Compile(rule_set_, *LoadZone(kZone));
    if (!compiled.ok()) return false;
    Tracker::Findings findings;
    absl::StatusOr<Tracker> tracker = Tracker::Start(
        std::make_shared<const CompiledRuleSet>(*std::move(compiled)),
        {.time = now_, .balance = Decimal::FromInteger(50'000), .credit = {}, .floating = {}, .holdings = {}},
        findings);
    if (!tracker.ok()) return false;
    tracker_ = std::make_unique<Tracker>(*std::move(tracker));
    return true;
  }

  void Act() {
    trade_ = {};
    const Decimal amount = Decimal::FromScaled(Pick(200'000) - 105'000, 2);
    switch (Pick(6)) {
      case 0:
        Input([&](auto& findings) {
          tracker_->OnMoney({now_, MoneyKind(Pick(3)), amount, Floating()}, findings);
        });
        break;
      case 1:
        if (!positions_.empty()) positions_.erase(positions_.begin());
        Trade({.time = now_,
               .booked = amount,
               .floating = {},
               .holdings = {},
               .opened = false,
               .closed = true,
               .symbol = "",
               .lots = {}});
        break;
      case 2: {
        v1::PositionEvidence position;
        position.set_ticket(++last_ticket_);
        position.set_symbol(OneOf({"EURUSD", "GBPUSD", "XAUUSD"}));
        position.set_side(Pick(2) == 0 ? type::v1::BUY : type::v1::SELL);
        const Decimal lots = Decimal::FromScaled(1 + Pick(320), 2);
        position.set_volume(lots.ToString());
        position.set_open_price("1.10000");
        position.set_close_price("1.10000");
        position.set_contract_size("100000");
        position.set_conversion_rate(OneOf({"1", "1.17345"}));
        positions_.push_back(position);
        trade_ = {position.symbol(), position.volume()};
        Trade({.time = now_,
               .booked = {},
               .floating = {},
               .holdings = {},
               .opened = true,
               .closed = false,
               .symbol = position.symbol(),
               .lots = lots});
        break;
      }
      default:
        for (v1::PositionEvidence& position : positions_) {
          position.set_close_price(Decimal::FromScaled(110'000 + Pick(1200) - 600, 5).ToString());
        }
        Input([&](auto& findings) { tracker_->OnPrices(now_, Floating(), findings); });
    }
  }

  void Trade(Traded trade) {
    trade.floating = Floating();
    for (const v1::PositionEvidence& position : positions_) {
      const PositionTerms terms = *ReadTerms(position);
      auto& symbols = trade.holdings.symbols;
      auto held = std::ranges::find(symbols, position.symbol(), &Holdings::Symbol::symbol);
      if (held == symbols.end()) {
        held = symbols.insert(held, {.symbol = position.symbol(), .lots = {}, .positions = 0});
      }
      held->lots += terms.volume;
      ++held->positions;
      trade.holdings.exposure += *PositionExposure(terms, 2);
    }
    Input([&](auto& findings) { tracker_->OnTrade(trade, findings); });
  }

  Decimal Floating() const {
    Decimal sum;
    for (const v1::PositionEvidence& position : positions_) sum += *PositionProfit(*ReadTerms(position), 2);
    return sum;
  }

  template <typename Give>
  void Input(Give give) {
    Tracker::Findings findings;
    give(findings);
    for (const Finding& finding : findings) {
      if (finding.kind == Finding::kBreach || finding.kind == Finding::kTargetReached) Compare(finding);
    }
    for (size_t i = 0; i < rule_set_.rules_size() * 1u && !tracker_->failed(); ++i) {
      if (!tracker_->state().rules[i].done) ExpectNoBreach(i);
    }
  }

  BreachEvidence EvidenceOf(const std::string& rule_id, v1::Cause cause) const {
    BreachEvidence evidence;
    evidence.set_format(kEvidenceFormat);
    evidence.set_server_time_zone(kZone);
    evidence.set_currency_digits(2);
    evidence.set_rule_id(rule_id);
    *evidence.mutable_rule_set() = rule_set_;
    evidence.mutable_cause()->set_type(CauseOf(cause));
    if (cause == v1::TRADE) {
      evidence.mutable_cause()->set_symbol(trade_.symbol);
      evidence.mutable_cause()->set_lots(trade_.lots);
    }
    // A tick of no symbol that is held: prices of several move at once here.
    WriteInputs(tracker_->rules(), tracker_->state(), evidence);
    for (const v1::PositionEvidence& position : positions_) *evidence.add_positions() = position;
    return evidence;
  }

  void Compare(const Finding& finding) {
    // A tracker knows the exposure of the last trade, the evidence that of the moment.
    const bool exposure = rule_set_.rules(static_cast<int>(finding.rule)).has_exposure();
    if (exposure && finding.cause != v1::TRADE) return;
    BreachEvidence evidence = EvidenceOf(finding.rule_id, finding.cause);
    ASSERT_OK(Reckon(evidence)) << evidence.DebugString();
    EXPECT_EQ(evidence.decision().value(), WriteNumber(finding.value, DigitsOf(evidence)))
        << evidence.DebugString();
    EXPECT_EQ(evidence.decision().limit(), WriteNumber(finding.limit, DigitsOf(evidence)))
        << evidence.DebugString();
    EXPECT_OK(VerifyEvidence(evidence));
    EXPECT_EQ(evidence.equity(), WriteNumber(tracker_->equity(), 2));
    const std::vector<RuleStatus> status = tracker_->Status();
    for (const v1::RiskLevel& level : evidence.levels()) {
      for (const RuleStatus& rule : status) {
        if (rule.id != level.rule_id()) continue;
        EXPECT_EQ(level.level(), WriteNumber(*rule.limit, 2));
      }
    }
    ++compared_;
  }

  void ExpectNoBreach(size_t rule) {
    const v1::Rule& message = rule_set_.rules(static_cast<int>(rule));
    // Others are looked at on some occasions only.
    if (!message.has_max_loss() && !message.has_daily_loss() && !message.has_profit_target()) return;
    BreachEvidence evidence = EvidenceOf(message.id(), v1::PRICES);
    EXPECT_THAT(Reckon(evidence), StatusIs(absl::StatusCode::kFailedPrecondition)) << evidence.DebugString();
  }

  static int DigitsOf(const BreachEvidence& evidence) {
    const auto measure = evidence.decision().measure();
    return measure == v1::BreachDecision::EQUITY || measure == v1::BreachDecision::BALANCE ||
                   measure == v1::BreachDecision::EXPOSURE
               ? 2
               : 0;
  }

  struct TradeText {
    std::string symbol;
    std::string lots;
  };
  std::mt19937_64 random_;
  absl::Time now_ = absl::FromUnixSeconds(1'774'600'000);  // two days before Europe's clocks go forward
  RuleSet rule_set_;
  std::unique_ptr<Tracker> tracker_;
  std::vector<v1::PositionEvidence> positions_;
  TradeText trade_;
  int64_t last_ticket_ = 0;
  int compared_ = 0;
};

TEST(Decision, IsThatOfTheTracker) {
  int compared = 0;
  for (uint64_t i = 0; i < 300 && !HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("account ", testing::TestSeed() + i));
    compared += RandomAccount(testing::TestSeed() + i).Live();
  }
  EXPECT_GT(compared, 100);
  RecordProperty("compared", compared);
}

}  // namespace
}  // namespace mtsuite::risk
