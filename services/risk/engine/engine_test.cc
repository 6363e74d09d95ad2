#include "services/risk/engine/engine.h"

#include <string>

#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "gtest/gtest.h"
#include "services/risk/rules/compile.h"

namespace mtsuite::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;

Decimal D(const char* text) { return *Decimal::Parse(text); }

Tracker::Rules RulesOf(const std::string& rules) {
  absl::StatusOr<CompiledRuleSet> compiled =
      Compile(testing::ParseTextProto<v1::RuleSet>("name: 'test' version: 7 " + rules),
              absl::FixedTimeZone(2 * 3600));
  EXPECT_OK(compiled);
  return std::make_shared<const CompiledRuleSet>(*std::move(compiled));
}

quotes::v1::Symbol Forex(const std::string& name, int digits) {
  quotes::v1::Symbol symbol;
  symbol.set_name(name);
  symbol.set_base_currency_code(name.substr(0, 3));
  symbol.set_profit_currency_code(name.substr(3));
  symbol.set_digits(digits);
  symbol.set_contract_size("100000");
  symbol.set_calculation_mode(quotes::v1::Symbol::FOREX);
  return symbol;
}

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() {
    eurusd_ = *engine_.AddSymbol(Forex("EURUSD", 5));
    usdjpy_ = *engine_.AddSymbol(Forex("USDJPY", 3));
  }

  void Quote(SymbolId symbol, int64_t bid, int64_t ask) {
    detections_.clear();
    now_ += absl::Milliseconds(100);
    EXPECT_OK(engine_.OnTick({symbol, bid, ask, now_, ++sequence_}, detections_));
  }
  AccountId Add(const std::string& rules, std::vector<Position> positions, const char* currency = "USD") {
    detections_.clear();
    const auto id = engine_.AddAccount({4711, currency, 2}, {.time = now_, .balance = D("10000")},
                                       std::move(positions), RulesOf(rules), detections_);
    EXPECT_OK(id);
    return id.value_or(0);
  }
  static Position Buy(int64_t ticket, SymbolId symbol, const char* volume, const char* price) {
    return {
        .ticket = ticket, .symbol = symbol, .side = Side::kBuy, .volume = D(volume), .open_price = D(price)};
  }

  Engine engine_;
  SymbolId eurusd_;
  SymbolId usdjpy_;
  absl::Time now_ = absl::FromUnixSeconds(1'795'000'000);
  int64_t sequence_ = 0;
  Detections detections_;
};

constexpr char kTotal[] = "rules { id: 'total' max_loss { amount: '1000' } }";

TEST_F(EngineTest, BreachesAtTheVeryTickWithAllThatItFollowsFrom) {
  Quote(eurusd_, 110'000, 110'010);
  const AccountId id = Add(kTotal, {Buy(1, eurusd_, "1", "1.1001")});
  EXPECT_EQ(engine_.Floating(id), D("-10"));
  Quote(eurusd_, 109'010, 109'020);
  EXPECT_THAT(detections_, IsEmpty());  // 9,000 are left, which is the floor
  Quote(eurusd_, 109'009, 109'019);
  ASSERT_THAT(detections_, SizeIs(1));
  const Detection& detection = detections_[0];
  EXPECT_EQ(detection.login, 4711);
  EXPECT_EQ(detection.rule_set, "test");
  EXPECT_EQ(detection.rule_set_version, 7);
  EXPECT_EQ(detection.finding.kind, Finding::kBreach);
  EXPECT_EQ(detection.equity, D("8999"));
  EXPECT_EQ(detection.balance, D("10000"));
  EXPECT_EQ(detection.tick_symbol, "EURUSD");
  EXPECT_EQ(detection.tick->bid, 109'009);
  EXPECT_EQ(detection.tick->sequence, sequence_);
  ASSERT_THAT(detection.positions, SizeIs(1));
  EXPECT_EQ(detection.positions[0].value.close_price, D("1.09009"));
  EXPECT_EQ(detection.positions[0].value.profit, D("-1001"));
  ASSERT_FALSE(detection.path.empty());
  EXPECT_EQ(detection.path.back().equity, D("8999"));
  Quote(eurusd_, 105'000, 105'010);
  EXPECT_THAT(detections_, IsEmpty());
}

TEST_F(EngineTest, ConvertsProfitsAtTheRateOfNow) {
  Quote(usdjpy_, 150'000, 150'020);
  const AccountId id = Add(kTotal, {Buy(1, usdjpy_, "1", "150"),
                                    {.ticket = 2,
                                     .symbol = usdjpy_,
                                     .side = Side::kSell,
                                     .volume = D("0.5"),
                                     .open_price = D("150"),
                                     .swap = D("-1.5")}});
  Quote(usdjpy_, 149'000, 149'020);
  // A buy closes at the bid and is divided by it, a sell by the ask.
  EXPECT_EQ(engine_.Floating(id), D("-671.14") + D("328.81") + D("-1.5"));
}

TEST_F(EngineTest, ValuesNothingBeforeThereArePrices) {
  const AccountId id = Add(kTotal, {Buy(1, eurusd_, "1", "1.2")}, "JPY");
  EXPECT_EQ(engine_.Floating(id), Decimal());
  Quote(eurusd_, 110'000, 110'010);
  EXPECT_EQ(engine_.Floating(id), Decimal());
  EXPECT_THAT(detections_, IsEmpty());
  // With the rate comes the loss.
  Quote(usdjpy_, 150'000, 150'020);
  EXPECT_THAT(detections_, SizeIs(1));
}

TEST_F(EngineTest, TakesDealsAndPositionsOfATradeAsOne) {
  Quote(eurusd_, 110'000, 110'010);
  const AccountId id =
      Add("rules { id: 'target' profit_target { amount: '1500' } }", {Buy(1, eurusd_, "1", "1.09")});
  EXPECT_EQ(engine_.Floating(id), D("1000"));
  // Profit that is booked is not floating any more.
  EXPECT_OK(
      engine_.OnTrade(id, {.time = now_, .booked = D("1000"), .gone = {1}, .closed = true}, detections_));
  EXPECT_THAT(detections_, IsEmpty());
  EXPECT_EQ(engine_.tracker(id).equity(), D("11000"));
  EXPECT_THAT(engine_.positions(id), IsEmpty());
}

TEST_F(EngineTest, ResetsAtTheLastPricesBefore) {
  Quote(eurusd_, 110'000, 110'010);
  const AccountId id = Add("rules { id: 'daily' daily_loss { amount: '500' basis: EQUITY_AT_RESET } }",
                           {Buy(1, eurusd_, "1", "1.1")});
  Quote(eurusd_, 110'300, 110'310);
  const absl::Time due = engine_.NextDue();
  now_ = due + absl::Seconds(5);
  Quote(eurusd_, 109'700, 109'710);
  // From 10,300 to 9,700.
  ASSERT_THAT(detections_, SizeIs(1));
  EXPECT_EQ(detections_[0].finding.limit, D("9800"));
  EXPECT_EQ(engine_.tracker(id).state().day_start_equity.AsSet(), D("10300"));
  EXPECT_EQ(engine_.tracker(id).state().day_start_equity.time, due);
}

TEST_F(EngineTest, ResetsWithoutTicks) {
  Add("rules { id: 'r' severity: SOFT max_loss { amount: '500' } }", {});
  detections_.clear();
  engine_.OnMoney(0, {now_, MoneyKind::kResult, D("-600")}, detections_);
  ASSERT_THAT(detections_, SizeIs(1));
  detections_.clear();
  engine_.OnTime(engine_.NextDue(), detections_);
  ASSERT_THAT(detections_, SizeIs(2));
  EXPECT_EQ(detections_[0].finding.kind, Finding::kRearmed);
  EXPECT_EQ(detections_[1].finding.kind, Finding::kBreach);
}

TEST_F(EngineTest, FindsWhatFellDueBeforeAnAccountIsRemoved) {
  const char* rules = "rules { id: 'r' severity: SOFT max_loss { amount: '500' } }";
  const AccountId removed = Add(rules, {});
  const AccountId other = Add(rules, {});
  for (const AccountId id : {removed, other}) {
    engine_.OnMoney(id, {now_, MoneyKind::kResult, D("-600")}, detections_);
  }
  ASSERT_THAT(detections_, SizeIs(2));
  detections_.clear();
  const absl::Time due = engine_.NextDue();
  engine_.RemoveAccount(removed, due + absl::Hours(1), detections_);
  ASSERT_THAT(detections_, SizeIs(4));
  for (const size_t first : {0, 2}) {
    EXPECT_EQ(detections_[first].account, first == 0 ? removed : other);
    EXPECT_EQ(detections_[first].finding.kind, Finding::kRearmed);
    EXPECT_EQ(detections_[first + 1].account, first == 0 ? removed : other);
    EXPECT_EQ(detections_[first + 1].finding.kind, Finding::kBreach);
    EXPECT_EQ(detections_[first + 1].finding.time, due);
  }
  // Only the other one goes on.
  detections_.clear();
  engine_.OnTime(engine_.NextDue(), detections_);
  ASSERT_THAT(detections_, SizeIs(2));
  EXPECT_EQ(detections_[1].account, other);
}

TEST_F(EngineTest, GoesOnWhereARestoredTrackerWas) {
  Quote(eurusd_, 110'000, 110'010);
  const AccountId first = Add(kTotal, {Buy(1, eurusd_, "1", "1.1")});
  const v1::TrackerState saved = engine_.tracker(first).Save();
  engine_.RemoveAccount(first, now_, detections_);
  Quote(eurusd_, 108'990, 109'000);
  EXPECT_THAT(detections_, IsEmpty());
  ASSERT_OK_AND_ASSIGN(Tracker tracker, Tracker::Restore(RulesOf(kTotal), saved));
  EXPECT_OK(engine_.RestoreAccount({4711, "USD", 2}, {Buy(1, eurusd_, "1", "1.1")}, std::move(tracker),
                                   detections_));
  ASSERT_THAT(detections_, SizeIs(1));
  EXPECT_EQ(detections_[0].equity, D("8990"));
}

TEST_F(EngineTest, TakesMissedResetsAfterARestoreOneByOne) {
  const char* rules = "rules { id: 'r' severity: SOFT max_loss { amount: '500' evaluated_value: BALANCE } }";
  const AccountId first = Add(rules, {});
  engine_.OnMoney(first, {now_, MoneyKind::kResult, D("-600")}, detections_);
  const v1::TrackerState saved = engine_.tracker(first).Save();
  engine_.RemoveAccount(first, now_, detections_);
  now_ += absl::Hours(48);
  detections_.clear();
  engine_.OnTime(now_, detections_);
  ASSERT_OK_AND_ASSIGN(Tracker tracker, Tracker::Restore(RulesOf(rules), saved));
  EXPECT_OK(engine_.RestoreAccount({4711, "USD", 2}, {}, std::move(tracker), detections_));
  ASSERT_THAT(detections_, SizeIs(4));
  for (const Detection& detection : {detections_[1], detections_[3]}) {
    EXPECT_EQ(detection.finding.kind, Finding::kBreach);
    EXPECT_EQ(detection.state->time, detection.finding.time);
  }
  EXPECT_EQ(detections_[3].finding.time - detections_[1].finding.time, absl::Hours(24));
}

TEST_F(EngineTest, KeepsAccountsWithTheSameLoginApart) {
  Quote(eurusd_, 110'000, 110'010);
  Add(kTotal, {Buy(1, eurusd_, "1", "1.1")});
  Add("rules { id: 'shadow' mode: SHADOW max_loss { amount: '100' } }", {Buy(1, eurusd_, "1", "1.1")});
  Quote(eurusd_, 109'800, 109'810);
  ASSERT_THAT(detections_, SizeIs(1));
  EXPECT_TRUE(detections_[0].finding.shadow);
}

TEST_F(EngineTest, FollowsChangesOfSymbols) {
  Quote(eurusd_, 110'000, 110'010);
  const AccountId id = Add(kTotal, {Buy(1, eurusd_, "1", "1.1")});
  quotes::v1::Symbol smaller = Forex("EURUSD", 5);
  smaller.set_contract_size("1000");
  EXPECT_OK(engine_.AddSymbol(smaller));
  Quote(eurusd_, 100'000, 100'010);
  EXPECT_EQ(engine_.Floating(id), D("-100"));
  EXPECT_THAT(detections_, IsEmpty());
}

TEST_F(EngineTest, ReckonsExactlyWhatEstimatesCannotHold) {
  quotes::v1::Symbol tiny = Forex("SHBUSD", 8);
  tiny.set_contract_size("1");
  const SymbolId shib = *engine_.AddSymbol(tiny);
  Quote(shib, 2'400, 2'401);
  Add("rules { id: 'r' max_loss { amount: '0.01' } }", {Buy(1, shib, "0.001", "0.000024")});
  EXPECT_EQ(engine_.statistics().exact_accounts, 1);
  const int64_t before = engine_.statistics().exact_checks;
  Quote(shib, 2'399, 2'401);
  EXPECT_EQ(engine_.statistics().exact_checks, before + 1);
}

TEST_F(EngineTest, SparesMostExactChecks) {
  Quote(eurusd_, 110'000, 110'010);
  Add(kTotal, {Buy(1, eurusd_, "1", "1.1")});
  const int64_t before = engine_.statistics().exact_checks;
  for (int i = 0; i < 100; ++i) Quote(eurusd_, 110'000 - i * 9, 110'010 - i * 9);
  EXPECT_EQ(engine_.statistics().exact_checks, before);
}

TEST_F(EngineTest, RefusesNumbersOutOfRange) {
  Quote(eurusd_, 110'000, 110'010);
  EXPECT_THAT(engine_.OnTick({eurusd_, 1'000'000'000'000'000, 1, now_, 9}, detections_),
              StatusIs(kInvalidArgument, HasSubstr("EURUSD")));
  EXPECT_EQ(engine_.market().symbol(eurusd_).quote->bid, 110'000);
  const AccountId id = Add(kTotal, {});
  for (const Position& bad : {Buy(1, 99, "1", "1"), Buy(1, eurusd_, "0", "1"),
                              Buy(1, eurusd_, "100000000", "1"), Buy(1, eurusd_, "1", "1000000001")}) {
    EXPECT_THAT(engine_.OnTrade(id, {.time = now_, .changed = {bad}}, detections_),
                StatusIs(kInvalidArgument));
    EXPECT_THAT(engine_.AddAccount({1, "USD", 2}, {.time = now_, .balance = D("1")}, {bad}, RulesOf(kTotal),
                                   detections_),
                StatusIs(kInvalidArgument));
  }
  EXPECT_THAT(engine_.positions(id), IsEmpty());
  quotes::v1::Symbol future = Forex("FUTUSD", 2);
  future.set_calculation_mode(quotes::v1::Symbol::FUTURES);
  EXPECT_THAT(engine_.AddSymbol(future), StatusIs(kInvalidArgument, HasSubstr("FUTUSD")));
}

TEST_F(EngineTest, BoundsTheEquityPath) {
  Quote(eurusd_, 110'000, 110'010);
  Add("rules { id: 'r' max_loss { amount: '9000' trailing: INTRADAY_EQUITY } }",
      {Buy(1, eurusd_, "1", "1.1")});
  for (int i = 0; i < 600; ++i) {
    now_ += absl::Seconds(1);
    Quote(eurusd_, 110'000 + i, 110'010 + i);
  }
  Quote(eurusd_, 90'000, 90'010);
  ASSERT_THAT(detections_, SizeIs(1));
  const std::vector<PathPoint>& path = detections_[0].path;
  ASSERT_THAT(path, SizeIs(Engine::kMaxPathPoints));
  for (size_t i = 1; i < path.size(); ++i) EXPECT_GT(path[i].time, path[i - 1].time);
  EXPECT_EQ(path.back().equity, D("-10000"));
}

}  // namespace
}  // namespace mtsuite::risk
