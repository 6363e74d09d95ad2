#include "services/mtsim/engine/trade_operations.h"

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

class TradeOperationsTest : public EngineTest {
 protected:
  TradeOperationsTest() { SetPrice("EURUSD", "1.08000"_fx, "1.08010"_fx); }

  Retcode OpenCode(const OpenRequest& request) { return engine_->trades().Open(request).retcode(); }
  Retcode CloseCode(const CloseRequest& request) { return engine_->trades().Close(request).retcode(); }

  const uint64_t hedging_ = AddAccount("demo\\retail-usd", "10000"_fx);
  const uint64_t netting_ = AddAccount("demo\\netting-usd", "10000"_fx);
};

TEST_F(TradeOperationsTest, OpeningLeavesOrderDealAndPosition) {
  const TradeResult trade = Open({.login = hedging_,
                                  .symbol = "EURUSD",
                                  .volume = "0.5"_fx,
                                  .stop_loss = "1.07000"_fx,
                                  .commission = "-3.50"_fx,
                                  .expert_id = 42,
                                  .comment = "hello"});
  const Deal& deal = DealOf(trade.deal);
  EXPECT_EQ(deal.action, DealAction::kBuy);
  EXPECT_EQ(deal.entry, DealEntry::kIn);
  EXPECT_EQ(deal.price, "1.0801"_fx);
  EXPECT_EQ(deal.commission, "-3.5"_fx);
  EXPECT_EQ(deal.value, "54005"_fx);
  EXPECT_EQ(deal.market_bid, "1.08"_fx);
  EXPECT_EQ(deal.position_id, trade.position);
  EXPECT_EQ(deal.order, trade.order);
  EXPECT_EQ(AccountOf(hedging_).balance, "9996.5"_fx);

  const Order& order = *engine_->state().order_history.Find(trade.order);
  EXPECT_EQ(order.state, OrderState::kFilled);
  EXPECT_EQ(order.type, OrderType::kBuy);
  EXPECT_EQ(order.volume_initial, "0.5"_fx);
  EXPECT_TRUE(order.volume_current.IsZero());
  EXPECT_EQ(order.position_id, trade.position);

  const Position& position = *PositionOf(trade.position);
  EXPECT_EQ(position.position, trade.order);
  EXPECT_EQ(position.price_open, "1.0801"_fx);
  EXPECT_EQ(position.stop_loss, "1.07"_fx);
  EXPECT_EQ(position.expert_id, 42u);
  EXPECT_EQ(position.comment, "hello");
}

TEST_F(TradeOperationsTest, ClosingBooksTheResult) {
  const TradeResult open =
      Open({.login = hedging_, .symbol = "EURUSD", .volume = "0.5"_fx, .storage = "-2.00"_fx});
  clock_.AdvanceTime(absl::Hours(1));
  const TradeResult closed =
      Close({.position = open.position, .price = "1.08110"_fx, .commission = "-1.00"_fx});
  const Deal& deal = DealOf(closed.deal);
  EXPECT_EQ(deal.action, DealAction::kSell);
  EXPECT_EQ(deal.entry, DealEntry::kOut);
  EXPECT_EQ(deal.price_position, "1.0801"_fx);
  EXPECT_EQ(deal.volume_closed, "0.5"_fx);
  EXPECT_EQ(deal.profit, "50"_fx);
  EXPECT_EQ(deal.profit_raw, "50"_fx);
  EXPECT_EQ(deal.storage, "-2"_fx);
  EXPECT_EQ(deal.rate_profit, "1"_fx);
  EXPECT_EQ(deal.time, TestStart() + absl::Hours(1));
  EXPECT_EQ(closed.profit, "50"_fx);
  EXPECT_EQ(closed.position, 0u);
  EXPECT_EQ(AccountOf(hedging_).balance, "10047"_fx);
  EXPECT_EQ(PositionOf(open.position), nullptr);
  EXPECT_EQ(CloseCode({.position = open.position}), Retcode::kPositionNotFound);
  EXPECT_EQ(engine_->state().order_history.Count(hedging_, TimeWindow()), 2u);
}

TEST_F(TradeOperationsTest, PartialCloseTakesItsShareOfTheSwap) {
  const TradeResult open =
      Open({.login = hedging_, .symbol = "EURUSD", .volume = "0.3"_fx, .storage = "-1.00"_fx});
  const TradeResult part = Close({.position = open.position, .volume = "0.1"_fx, .price = "1.08010"_fx});
  EXPECT_EQ(part.position, open.position);
  EXPECT_EQ(DealOf(part.deal).storage, "-0.33"_fx);
  EXPECT_EQ(PositionOf(open.position)->volume, "0.2"_fx);
  EXPECT_EQ(PositionOf(open.position)->storage, "-0.67"_fx);
  EXPECT_EQ(CloseCode({.position = open.position, .volume = "0.21"_fx}), Retcode::kCloseVolumeTooBig);
  EXPECT_EQ(CloseCode({.position = open.position, .volume = "0.005"_fx}), Retcode::kInvalidVolume);
  EXPECT_EQ(CloseCode({.position = open.position, .volume = "0"_fx}), Retcode::kInvalidVolume);
  const TradeResult rest = Close({.position = open.position, .price = "1.08010"_fx});
  EXPECT_EQ(DealOf(rest.deal).storage, "-0.67"_fx);
  EXPECT_EQ(AccountOf(hedging_).balance, "9999"_fx);
}

TEST_F(TradeOperationsTest, BadRequestsChangeNothing) {
  const std::string before = std::to_string(engine_->state().deals.size());
  const OpenRequest good{.login = hedging_, .symbol = "EURUSD", .volume = "0.1"_fx};
  OpenRequest bad = good;
  bad.login = 1;
  EXPECT_EQ(OpenCode(bad), Retcode::kNotFound);
  bad = good;
  bad.symbol = "NONE";
  EXPECT_EQ(OpenCode(bad), Retcode::kNotFound);
  for (const Fixed volume : {"0"_fx, "0.001"_fx, "0.015"_fx, "100.01"_fx, "-1"_fx}) {
    bad = good;
    bad.volume = volume;
    EXPECT_EQ(OpenCode(bad), Retcode::kInvalidVolume) << volume.ToString(3);
  }
  for (const Fixed price : {"0"_fx, "-1"_fx, "1.080001"_fx}) {
    bad = good;
    bad.price = price;
    EXPECT_EQ(OpenCode(bad), Retcode::kInvalidPrice);
  }
  bad = good;
  bad.stop_loss = "-1"_fx;
  EXPECT_EQ(OpenCode(bad), Retcode::kInvalidStops);
  bad = good;
  bad.volume = "20"_fx;
  EXPECT_EQ(OpenCode(bad), Retcode::kNoMoney);
  EXPECT_EQ(std::to_string(engine_->state().deals.size()), before);
  EXPECT_EQ(engine_->state().positions.size(), 0u);
}

TEST_F(TradeOperationsTest, HistoryHasExplicitTimesAndPrices) {
  const absl::Time opened = TestStart() - absl::Hours(48);
  const TradeResult open = Open(
      {.login = hedging_, .symbol = "EURUSD", .volume = "0.1"_fx, .price = "1.07000"_fx, .time = opened});
  EXPECT_EQ(CloseCode({.position = open.position, .time = opened - absl::Seconds(1)}),
            Retcode::kInvalidParameters);
  const TradeResult closed =
      Close({.position = open.position, .price = "1.07500"_fx, .time = opened + absl::Hours(3)});
  EXPECT_EQ(closed.profit, "50"_fx);
  const auto deals = engine_->state().deals.All(hedging_, {opened, opened + absl::Hours(3)});
  ASSERT_EQ(deals.size(), 2u);
  EXPECT_EQ(deals[0]->deal, open.deal);
  EXPECT_EQ(deals[1]->deal, closed.deal);
}

TEST_F(TradeOperationsTest, HedgingKeepsOppositePositions) {
  Open({.login = hedging_, .symbol = "EURUSD", .volume = "0.1"_fx});
  Open({.login = hedging_, .symbol = "EURUSD", .side = Side::kSell, .volume = "0.1"_fx});
  EXPECT_EQ(engine_->state().positions.Count(hedging_), 2u);
}

TEST_F(TradeOperationsTest, PositionLimitHolds) {
  AccountUpdate update;
  update.limit_positions = 1;
  ASSERT_TRUE(engine_->accounts().Update(hedging_, update).ok());
  Open({.login = hedging_, .symbol = "EURUSD", .volume = "0.1"_fx});
  EXPECT_EQ(OpenCode({.login = hedging_, .symbol = "EURUSD", .volume = "0.1"_fx}), Retcode::kPositionsLimit);
}

TEST_F(TradeOperationsTest, NettingAveragesReducesAndReverses) {
  const TradeResult first =
      Open({.login = netting_, .symbol = "EURUSD", .volume = "0.1"_fx, .price = "1.08000"_fx});
  const TradeResult second =
      Open({.login = netting_, .symbol = "EURUSD", .volume = "0.3"_fx, .price = "1.08100"_fx});
  EXPECT_EQ(second.position, first.position);
  EXPECT_EQ(PositionOf(first.position)->volume, "0.4"_fx);
  EXPECT_EQ(PositionOf(first.position)->price_open, "1.08075"_fx);

  const TradeResult reduced = Open({.login = netting_,
                                    .symbol = "EURUSD",
                                    .side = Side::kSell,
                                    .volume = "0.1"_fx,
                                    .price = "1.08175"_fx});
  EXPECT_EQ(DealOf(reduced.deal).entry, DealEntry::kOut);
  EXPECT_EQ(reduced.profit, "10"_fx);
  EXPECT_EQ(PositionOf(first.position)->volume, "0.3"_fx);

  const TradeResult reversed = Open({.login = netting_,
                                     .symbol = "EURUSD",
                                     .side = Side::kSell,
                                     .volume = "0.5"_fx,
                                     .price = "1.08275"_fx});
  const Deal& deal = DealOf(reversed.deal);
  EXPECT_EQ(deal.entry, DealEntry::kInOut);
  EXPECT_EQ(deal.volume, "0.5"_fx);
  EXPECT_EQ(deal.volume_closed, "0.3"_fx);
  EXPECT_EQ(deal.profit, "60"_fx);
  EXPECT_EQ(reversed.position, first.position);
  EXPECT_EQ(PositionOf(first.position)->side, Side::kSell);
  EXPECT_EQ(PositionOf(first.position)->volume, "0.2"_fx);
  EXPECT_EQ(PositionOf(first.position)->price_open, "1.08275"_fx);

  const TradeResult flat =
      Open({.login = netting_, .symbol = "EURUSD", .volume = "0.2"_fx, .price = "1.08275"_fx});
  EXPECT_EQ(flat.position, 0u);
  EXPECT_EQ(engine_->state().positions.Count(netting_), 0u);
  EXPECT_EQ(AccountOf(netting_).balance, "10070"_fx);
}

TEST_F(TradeOperationsTest, EditChangesThePositionAndMarksIt) {
  const TradeResult open = Open({.login = hedging_, .symbol = "EURUSD", .volume = "0.1"_fx});
  clock_.AdvanceTime(absl::Seconds(1));
  const auto edited =
      engine_->trades().Edit(open.position, {.take_profit = "1.09000"_fx, .comment = "edited"});
  ASSERT_TRUE(edited.ok());
  EXPECT_EQ((*edited)->take_profit, "1.09"_fx);
  EXPECT_EQ((*edited)->price_open, "1.0801"_fx);
  EXPECT_EQ((*edited)->comment, "edited");
  EXPECT_EQ((*edited)->modify_flags, 2u);
  EXPECT_EQ((*edited)->time_update, TestStart() + absl::Seconds(1));
  EXPECT_EQ(engine_->trades().Edit(open.position, {.volume = "0"_fx}).retcode(), Retcode::kInvalidParameters);
  EXPECT_EQ(engine_->trades().Edit(1, {}).retcode(), Retcode::kNotFound);
}

}  // namespace
}  // namespace mtsuite::mtsim
