#include "services/mtsim/engine/stop_out.h"

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

class StopOutTest : public EngineTest {
 protected:
  StopOutTest() {
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    SetPrice("EURUSD", "1.10000"_fx, "1.10000"_fx);
    SetPrice("GBPUSD", "1.30000"_fx, "1.30000"_fx);
  }
  std::vector<const Deal*> Deals() const { return engine_->state().deals.All(login_, TimeWindow()); }

  const uint64_t login_ = AddAccount("demo\\retail-usd", "1000"_fx);
};

// Half a lot at 1:100 holds 550 dollars; the stop-out of the group is 50 %.
TEST_F(StopOutTest, HappensExactlyAtTheLevel) {
  const TradeAnswer opened = Trade(Market(login_, Side::kBuy, "0.5"_fx));
  EXPECT_EQ(StateOf(login_).margin, "550"_fx);
  // Equity 275.50 is 50.09 %, equity 275 is 50 %.
  SetPrice("EURUSD", "1.08551"_fx, "1.08551"_fx);
  EXPECT_EQ(StateOf(login_).activation, StopOutActivation::kMarginCall);
  EXPECT_NE(PositionOf(opened.position), nullptr);
  SetPrice("EURUSD", "1.08550"_fx, "1.08550"_fx);
  EXPECT_EQ(PositionOf(opened.position), nullptr);
  const Deal& deal = *Deals().back();
  EXPECT_EQ(deal.reason, TradeReason::kStopOut);
  EXPECT_EQ(deal.profit, "-725"_fx);
  EXPECT_EQ(deal.comment, "[so 50.00%/275.00/550.00]");
  EXPECT_EQ(PastOrder(deal.order).reason, TradeReason::kStopOut);
  EXPECT_EQ(PastOrder(deal.order).activation, OrderActivation::kStopOut);
}

TEST_F(StopOutTest, ClosesTheWorstFirstAndStopsAboveTheLevel) {
  const TradeAnswer good = Trade(Market(login_, Side::kBuy, "0.1"_fx, "GBPUSD"));
  const TradeAnswer bad = Trade(Market(login_, Side::kBuy, "0.3"_fx));
  const TradeAnswer worse = Trade(Market(login_, Side::kBuy, "0.31"_fx));
  const TradeAnswer order = Trade(Pending(login_, OrderType::kBuyLimit, "0.1"_fx, "1.00000"_fx));
  SetPrice("EURUSD", "1.08900"_fx, "1.08900"_fx);
  EXPECT_EQ(PositionOf(worse.position), nullptr);
  EXPECT_NE(PositionOf(bad.position), nullptr);
  EXPECT_NE(PositionOf(good.position), nullptr);
  EXPECT_NE(OpenOrder(order.order), nullptr);
  EXPECT_GT(StateOf(login_).margin_level, "50"_fx);
}

TEST_F(StopOutTest, AGapTakesEverythingAndMoreUnlessTheGroupPays) {
  for (const bool compensates : {false, true}) {
    ChangeGroup([&](Group& group) {
      if (compensates) group.trade_flags |= kGroupStopOutCompensation;
    });
    const uint64_t login = AddAccount("demo\\retail-usd", "1000"_fx);
    SetPrice("EURUSD", "1.10000"_fx, "1.10000"_fx);
    Trade(Market(login, Side::kBuy, "0.4"_fx));
    Trade(Market(login, Side::kBuy, "0.4"_fx));
    SetPrice("EURUSD", "1.00000"_fx, "1.00000"_fx);
    EXPECT_EQ(engine_->state().positions.Count(login), 0u);
    EXPECT_EQ(AccountOf(login).balance, compensates ? "0"_fx : "-7000"_fx);
    const BalanceCheck check = engine_->balances().Check(login, false).value();
    EXPECT_EQ(check.balance_history, check.balance_user);
  }
}

TEST_F(StopOutTest, MoneyThatLeavesCountsOnTheNextTick) {
  const TradeAnswer opened = Trade(Market(login_, Side::kBuy, "0.5"_fx));
  ASSERT_TRUE(engine_->balances().Apply({.login = login_, .amount = "-800"_fx, .check_margin = false}).ok());
  EXPECT_NE(PositionOf(opened.position), nullptr);
  SetPrice("GBPUSD", "1.30000"_fx, "1.30000"_fx);
  EXPECT_NE(PositionOf(opened.position), nullptr) << "not a tick of its symbol";
  SetPrice("EURUSD", "1.10000"_fx, "1.10000"_fx);
  EXPECT_EQ(PositionOf(opened.position), nullptr);
}

TEST_F(StopOutTest, ClosedMarketsWait) {
  const TradeAnswer opened = Trade(Market(login_, Side::kBuy, "0.5"_fx));
  clock_.SetTime(TestStart() + absl::Hours(10));
  engine_->Advance();
  SetPrice("EURUSD", "1.05000"_fx, "1.05000"_fx);
  EXPECT_NE(PositionOf(opened.position), nullptr);
  clock_.AdvanceTime(absl::Minutes(5));
  SetPrice("EURUSD", "1.06000"_fx, "1.06000"_fx);
  EXPECT_EQ(PositionOf(opened.position), nullptr);
}

TEST_F(StopOutTest, MoneyModeComparesTheEquity) {
  ChangeGroup([](Group& group) {
    group.stop_out_mode = StopOutMode::kMoney;
    group.margin_call = "500"_fx;
    group.stop_out = "400"_fx;
  });
  const TradeAnswer opened = Trade(Market(login_, Side::kSell, "0.5"_fx));
  SetPrice("EURUSD", "1.11199"_fx, "1.11199"_fx);
  EXPECT_NE(PositionOf(opened.position), nullptr);
  SetPrice("EURUSD", "1.11200"_fx, "1.11200"_fx);
  EXPECT_EQ(PositionOf(opened.position), nullptr);
}

// Prices fall in small steps: the price bounds that stand for the margin must never let the level pass.
TEST_F(StopOutTest, SlowFallsAreSeenAtTheFirstTickBelow) {
  Trade(Market(login_, Side::kBuy, "0.3"_fx));
  Trade(Market(login_, Side::kBuy, "0.2"_fx, "GBPUSD"));
  Trade(Market(login_, Side::kSell, "0.1"_fx));
  for (int i = 0; engine_->state().positions.Count(login_) == 3; ++i) {
    ASSERT_LT(i, 10'000);
    const Fixed bid = "1.10000"_fx - Fixed::FromUnits(i * 1000);
    SetPrice(i % 2 == 0 ? "EURUSD" : "GBPUSD", i % 2 == 0 ? bid : bid + "0.2"_fx,
             i % 2 == 0 ? bid : bid + "0.2"_fx);
    const bool untouched = engine_->state().positions.Count(login_) == 3;
    ASSERT_TRUE(!untouched || StateOf(login_).margin_level > "50"_fx);
  }
}

}  // namespace
}  // namespace mtsuite::mtsim
