#include "services/mtsim/engine/triggers.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/mtsim/engine/engine_fixture.h"
#include "services/mtsim/engine/trade_checks.h"

namespace mtsuite::mtsim {
namespace {

class TriggersTest : public EngineTest {
 protected:
  TriggersTest() {
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    Price("1.08000"_fx);
  }

  // The bid; the ask is a pip above it.
  void Price(Fixed bid) { SetPrice("EURUSD", bid, bid + "0.00010"_fx); }
  void SetTime(absl::Time time) {
    clock_.SetTime(time);
    engine_->Advance();
  }
  const Deal& LastDeal() const { return engine_->state().deals.records().back(); }

  TradeAnswer OpenWithStops(Side side, Fixed stop_loss, Fixed take_profit) {
    TradeRequest request = Market(hedging_, side, "0.1"_fx);
    request.stop_loss = stop_loss;
    request.take_profit = take_profit;
    return Trade(request);
  }

  const uint64_t hedging_ = AddAccount("demo\\retail-usd", "10000"_fx);
};

TEST_F(TriggersTest, StopsClosePositions) {
  struct Case {
    Side side;
    Fixed harmless;
    Fixed trigger;
    Fixed price;
    TradeReason reason;
  };
  // Stops at 1.07 and 1.09 and their mirror image; a sell closes at the ask, a pip above the bid.
  const Case cases[] = {
      {Side::kBuy, "1.07001"_fx, "1.07000"_fx, "1.07000"_fx, TradeReason::kStopLoss},
      {Side::kBuy, "1.08999"_fx, "1.09000"_fx, "1.09000"_fx, TradeReason::kTakeProfit},
      {Side::kSell, "1.08989"_fx, "1.08990"_fx, "1.09000"_fx, TradeReason::kStopLoss},
      {Side::kSell, "1.06991"_fx, "1.06990"_fx, "1.07000"_fx, TradeReason::kTakeProfit},
      // A gap is paid in full, either way.
      {Side::kBuy, "1.07500"_fx, "1.05000"_fx, "1.05000"_fx, TradeReason::kStopLoss},
      {Side::kBuy, "1.08500"_fx, "1.10000"_fx, "1.10000"_fx, TradeReason::kTakeProfit},
  };
  for (const Case& test : cases) {
    Price("1.08000"_fx);
    const bool buys = test.side == Side::kBuy;
    const TradeAnswer opened =
        OpenWithStops(test.side, buys ? "1.07000"_fx : "1.09000"_fx, buys ? "1.09000"_fx : "1.07000"_fx);
    Price(test.harmless);
    EXPECT_NE(PositionOf(opened.position), nullptr);
    Price(test.trigger);
    EXPECT_EQ(PositionOf(opened.position), nullptr);
    EXPECT_EQ(LastDeal().price, test.price);
    EXPECT_EQ(LastDeal().reason, test.reason);
    EXPECT_EQ(LastDeal().position_id, opened.position);
    EXPECT_EQ(PastOrder(LastDeal().order).reason, test.reason);
  }
  EXPECT_EQ(LastDeal().comment, "[tp 1.09000]");
}

TEST_F(TriggersTest, InstantExecutionKeepsTheLevel) {
  ChangeSymbol([](Symbol& symbol) { symbol.exec_mode = ExecutionMode::kInstant; });
  OpenWithStops(Side::kBuy, "1.07000"_fx, Fixed());
  Price("1.05000"_fx);
  EXPECT_EQ(LastDeal().price, "1.07"_fx);
}

TEST_F(TriggersTest, ModifiedStopsCount) {
  const TradeAnswer opened = OpenWithStops(Side::kBuy, "1.07000"_fx, Fixed());
  Trade({.action = TradeAction::kModifyPosition,
         .login = hedging_,
         .position = opened.position,
         .stop_loss = "1.06000"_fx});
  Price("1.07000"_fx);
  EXPECT_NE(PositionOf(opened.position), nullptr);
  Price("1.06000"_fx);
  EXPECT_EQ(PositionOf(opened.position), nullptr);
}

TEST_F(TriggersTest, PendingOrdersFillAtTheirPriceAndAfterGaps) {
  struct Case {
    OrderType type;
    Fixed price;
    Fixed harmless;
    Fixed trigger;
    Fixed filled;
  };
  const Case cases[] = {
      {OrderType::kBuyLimit, "1.07000"_fx, "1.06991"_fx, "1.06990"_fx, "1.07000"_fx},
      {OrderType::kSellLimit, "1.09000"_fx, "1.08999"_fx, "1.09000"_fx, "1.09000"_fx},
      {OrderType::kBuyStop, "1.09000"_fx, "1.08989"_fx, "1.08990"_fx, "1.09000"_fx},
      {OrderType::kSellStop, "1.07000"_fx, "1.07001"_fx, "1.07000"_fx, "1.07000"_fx},
      // Gaps: a limit gets better, a stop worse.
      {OrderType::kBuyLimit, "1.07000"_fx, "1.07000"_fx, "1.05000"_fx, "1.05010"_fx},
      {OrderType::kBuyStop, "1.09000"_fx, "1.08000"_fx, "1.10000"_fx, "1.10010"_fx},
  };
  for (const Case& test : cases) {
    Price("1.08000"_fx);
    TradeRequest request = Pending(hedging_, test.type, "0.1"_fx, test.price);
    request.comment = "tag";
    const TradeAnswer placed = Trade(request);
    Price(test.harmless);
    ASSERT_NE(OpenOrder(placed.order), nullptr) << static_cast<int>(test.type);
    Price(test.trigger);
    ASSERT_EQ(OpenOrder(placed.order), nullptr);
    const Order& order = PastOrder(placed.order);
    EXPECT_EQ(order.state, OrderState::kFilled);
    EXPECT_EQ(order.activation, OrderActivation::kPending);
    EXPECT_EQ(order.price_order, test.price);
    EXPECT_EQ(order.position_id, placed.order);
    const Position& position = *PositionOf(placed.order);
    EXPECT_EQ(position.price_open, test.filled);
    EXPECT_EQ(position.side, SideOf(test.type));
    EXPECT_EQ(position.comment, "tag");
    EXPECT_EQ(LastDeal().order, placed.order);
    EXPECT_EQ(LastDeal().entry, DealEntry::kIn);
    Close({.position = placed.order});
  }
}

TEST_F(TriggersTest, StopLimitsTurnIntoLimits) {
  TradeRequest request = Pending(hedging_, OrderType::kSellStopLimit, "0.1"_fx, "1.07000"_fx);
  request.price_trigger = "1.07500"_fx;
  const TradeAnswer placed = Trade(request);
  Price("1.07000"_fx);
  const Order* order = OpenOrder(placed.order);
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->type, OrderType::kSellLimit);
  EXPECT_EQ(order->price_order, "1.075"_fx);
  EXPECT_EQ(order->activation, OrderActivation::kStopLimit);
  Price("1.07499"_fx);
  EXPECT_NE(OpenOrder(placed.order), nullptr);
  Price("1.07500"_fx);
  EXPECT_EQ(PositionOf(placed.order)->price_open, "1.075"_fx);
}

TEST_F(TriggersTest, WhatCannotBePaidIsRejected) {
  const TradeAnswer placed = Trade(Pending(hedging_, OrderType::kBuyLimit, "50"_fx, "1.07000"_fx));
  Price("1.06000"_fx);
  EXPECT_EQ(PastOrder(placed.order).state, OrderState::kRejected);
  EXPECT_EQ(engine_->state().positions.Count(hedging_), 0u);
  const TradeAnswer second = Trade(Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.05000"_fx));
  AccountUpdate update;
  update.rights = kDefaultUserRights | kUserTradeDisabled;
  ASSERT_TRUE(engine_->accounts().Update(hedging_, update).ok());
  Price("1.05000"_fx - "0.0001"_fx);
  EXPECT_EQ(PastOrder(second.order).state, OrderState::kRejected);
}

TEST_F(TriggersTest, ClosedMarketsActOnTheFirstTickAfter) {
  const TradeAnswer opened = OpenWithStops(Side::kBuy, "1.07000"_fx, Fixed());
  const TradeAnswer placed = Trade(Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.07000"_fx));
  // Midnight on the server, in the break of trading.
  SetTime(TestStart() + absl::Hours(10));
  Price("1.06000"_fx);
  EXPECT_NE(PositionOf(opened.position), nullptr);
  EXPECT_NE(OpenOrder(placed.order), nullptr);
  SetTime(TestStart() + absl::Hours(10) + absl::Minutes(5));
  Price("1.06500"_fx);
  EXPECT_EQ(PositionOf(opened.position), nullptr);
  EXPECT_EQ(PositionOf(placed.order)->price_open, "1.0651"_fx);
}

TEST_F(TriggersTest, OrdersExpireOnTime) {
  const absl::Time midnight = TestStart() + absl::Hours(10);
  struct Case {
    const char* name;
    OrderLifetime lifetime;
    std::optional<absl::Time> expiration;
    absl::Time expected;
  };
  const Case cases[] = {
      {"specified", OrderLifetime::kSpecified, TestStart() + absl::Hours(1), TestStart() + absl::Hours(1)},
      // Trading begins five minutes after midnight.
      {"day", OrderLifetime::kDay, std::nullopt, midnight + absl::Minutes(5)},
      // Friday's order goes on Monday, when the market opens again.
      {"specified day", OrderLifetime::kSpecifiedDay, TestStart() + absl::Hours(48),
       midnight + absl::Hours(96) + absl::Minutes(5)},
  };
  for (const Case& test : cases) {
    TradeRequest request = Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.07000"_fx);
    request.lifetime = test.lifetime;
    request.expiration = test.expiration;
    const TradeAnswer placed = Trade(request);
    // A copy of the world that waits until just before, and one that jumps far beyond.
    EXPECT_EQ(ExpirationOf(*OpenOrder(placed.order), engine_->state().server_time), test.expected)
        << test.name;
  }
  SetTime(TestStart() + absl::Hours(1) - absl::Milliseconds(1));
  EXPECT_EQ(engine_->state().orders.Count(hedging_), 3u);
  SetTime(TestStart() + absl::Hours(1));
  EXPECT_EQ(engine_->state().orders.Count(hedging_), 2u);
  SetTime(TestStart() + absl::Hours(24 * 30));
  EXPECT_EQ(engine_->state().orders.Count(hedging_), 0u);
  const auto history = engine_->state().order_history.All(hedging_, TimeWindow());
  ASSERT_EQ(history.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(history[i]->state, OrderState::kExpired);
    EXPECT_EQ(history[i]->time_done, cases[i].expected);
    EXPECT_EQ(history[i]->activation, OrderActivation::kExpiration);
  }
}

TEST_F(TriggersTest, ExpirationComesBeforeALaterPrice) {
  TradeRequest request = Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.07000"_fx);
  request.lifetime = OrderLifetime::kSpecified;
  request.expiration = TestStart() + absl::Minutes(10);
  const TradeAnswer placed = Trade(request);
  Symbol symbol = *engine_->state().symbols.Find("EURUSD");
  // The price comes from a recording that passes the order's price after it has expired.
  auto lines = std::make_shared<std::vector<std::string>>(std::vector<std::string>{
      "time,bid,ask", "2024-01-17 12:00:00,1.08000,1.08010", "2024-01-17 12:20:00,1.05000,1.05010"});
  Replay replay(
      [lines, next = size_t{0}]() mutable -> std::optional<std::string> {
        if (next == lines->size()) return std::nullopt;
        return (*lines)[next++];
      },
      ReplayOptions());
  ASSERT_EQ(engine_->feed().StartReplay("EURUSD", std::move(replay), TestStart()), Retcode::kDone);
  SetTime(TestStart() + absl::Hours(1));
  ASSERT_EQ(engine_->feed().replay_error("EURUSD"), "");
  EXPECT_EQ(engine_->feed().Last("EURUSD")->bid, "1.05"_fx);
  EXPECT_EQ(PastOrder(placed.order).state, OrderState::kExpired);
  EXPECT_EQ(PastOrder(placed.order).time_done, TestStart() + absl::Minutes(10));
}

TEST_F(TriggersTest, TriggeredTradesHaveTheTimeOfTheirTick) {
  ASSERT_EQ(engine_->feed().SetRatePercent(100), Retcode::kDone);
  const Fixed bid = engine_->feed().Last("EURUSD")->bid;
  const TradeAnswer opened = OpenWithStops(Side::kBuy, bid - "0.00100"_fx, bid + "0.00100"_fx);
  SetTime(TestStart() + absl::Hours(8));
  ASSERT_EQ(PositionOf(opened.position), nullptr);
  EXPECT_GT(LastDeal().time, TestStart());
  EXPECT_LT(LastDeal().time, TestStart() + absl::Hours(8));
  EXPECT_EQ(LastDeal().price, LastDeal().market_bid);
}

TEST_F(TriggersTest, SteppedFeedsTriggerToo) {
  const Fixed bid = engine_->feed().Last("EURUSD")->bid;
  OpenWithStops(Side::kBuy, bid - "0.00020"_fx, bid + "0.00020"_fx);
  EXPECT_EQ(engine_->feed().Step("EURUSD", 2000, TestStart()), Retcode::kDone);
  EXPECT_EQ(engine_->state().positions.Count(hedging_), 0u);
  EXPECT_EQ(engine_->feed().Last("EURUSD")->time, TestStart());
  EXPECT_EQ(engine_->feed().Step("NOPE", 1, TestStart()), Retcode::kNotFound);
  EXPECT_EQ(engine_->feed().Step("EURUSD", 0, TestStart()), Retcode::kInvalidParameters);
}

}  // namespace
}  // namespace mtsuite::mtsim
