#include "services/mtsim/engine/order_flow.h"

#include <functional>

#include "services/mtsim/engine/order_flow_fixture.h"

namespace mtsuite::mtsim {
namespace {

TEST_F(OrderFlowTest, BuysAtTheAskAndClosesAtTheBid) {
  TradeRequest open = Buy("0.5"_fx);
  open.price = "1.08005"_fx;
  open.stop_loss = "1.07000"_fx;
  open.take_profit = "1.09000"_fx;
  open.comment = "tag";
  open.dealer = 1000;
  const TradeAnswer opened = Trade(open);
  EXPECT_EQ(opened.retcode, Retcode::kRequestDone);
  EXPECT_EQ(opened.price, "1.0801"_fx);
  EXPECT_EQ(opened.volume, "0.5"_fx);
  EXPECT_EQ(opened.bid, "1.08"_fx);
  EXPECT_EQ(opened.position, opened.order);
  const Position& position = *PositionOf(opened.position);
  EXPECT_EQ(position.comment, "tag");
  EXPECT_EQ(position.stop_loss, "1.07"_fx);
  EXPECT_EQ(position.reason, TradeReason::kDealer);
  EXPECT_EQ(position.dealer, 1000u);
  EXPECT_EQ(DealOf(opened.deal).comment, "tag");
  EXPECT_EQ(DealOf(opened.deal).entry, DealEntry::kIn);
  EXPECT_EQ(PastOrder(opened.order).comment, "tag");
  EXPECT_EQ(PastOrder(opened.order).price_order, "1.08005"_fx);
  EXPECT_EQ(PastOrder(opened.order).price_current, "1.0801"_fx);

  const TradeAnswer part = Trade(CloseRequestFor(position, "0.2"_fx));
  EXPECT_EQ(part.price, "1.08"_fx);
  EXPECT_EQ(part.position, opened.position);
  EXPECT_EQ(DealOf(part.deal).profit, "-2"_fx);
  EXPECT_EQ(DealOf(part.deal).entry, DealEntry::kOut);
  EXPECT_EQ(DealOf(part.deal).position_id, opened.position);
  EXPECT_EQ(PastOrder(part.order).position_id, opened.position);
  EXPECT_EQ(position.volume, "0.3"_fx);
  const TradeAnswer rest = Trade(CloseRequestFor(position, "0.3"_fx));
  EXPECT_EQ(rest.position, 0u);
  EXPECT_EQ(AccountOf(hedging_).balance, "9995"_fx);
}

TEST_F(OrderFlowTest, RefusesMarketOrdersWithTheDocumentedCode) {
  struct Case {
    const char* name;
    Retcode retcode;
    std::function<void(TradeRequest&)> change;
  };
  const Case cases[] = {
      {"unknown account", Retcode::kInvalidRequest, [](auto& r) { r.login = 1; }},
      {"unknown symbol", Retcode::kInvalidRequest, [](auto& r) { r.symbol = "NOPE"; }},
      {"a pending type", Retcode::kInvalidOrderType, [](auto& r) { r.type = 2; }},
      {"no such type", Retcode::kInvalidOrderType, [](auto& r) { r.type = 200; }},
      {"book or cancel", Retcode::kInvalidFilling, [](auto& r) { r.filling = Filling::kBookOrCancel; }},
      {"no volume", Retcode::kInvalidVolume, [](auto& r) { r.volume = "0"_fx; }},
      {"negative volume", Retcode::kInvalidVolume, [](auto& r) { r.volume = "-1"_fx; }},
      {"below the minimum", Retcode::kInvalidVolume, [](auto& r) { r.volume = "0.001"_fx; }},
      {"off the step", Retcode::kInvalidVolume, [](auto& r) { r.volume = "0.015"_fx; }},
      {"above the maximum", Retcode::kInvalidVolume, [](auto& r) { r.volume = "100.01"_fx; }},
      {"too fine a price", Retcode::kInvalidPrice, [](auto& r) { r.price = "1.080001"_fx; }},
      {"negative price", Retcode::kInvalidPrice, [](auto& r) { r.price = "-1"_fx; }},
      {"price has moved", Retcode::kPriceChanged,
       [](auto& r) {
         r.price = "1.08000"_fx;
         r.deviation = 9;
       }},
      {"stop loss above", Retcode::kInvalidStops, [](auto& r) { r.stop_loss = "1.08000"_fx; }},
      {"take profit below", Retcode::kInvalidStops, [](auto& r) { r.take_profit = "1.08000"_fx; }},
      {"too fine a stop", Retcode::kInvalidStops, [](auto& r) { r.stop_loss = "1.070001"_fx; }},
      {"not enough money", Retcode::kNoMoney, [](auto& r) { r.volume = "20"_fx; }},
      {"no such position", Retcode::kPositionNotFound, [](auto& r) { r.position = 7; }},
  };
  for (const Case& test : cases) {
    TradeRequest request = Buy();
    test.change(request);
    EXPECT_EQ(Refused(request), test.retcode) << test.name;
  }
  TradeRequest tolerant = Buy();
  tolerant.price = "1.08000"_fx;
  tolerant.deviation = 10;
  Trade(tolerant);
}

TEST_F(OrderFlowTest, ClosingHasItsOwnRefusals) {
  const TradeAnswer opened = Trade(Buy("0.5"_fx));
  const Position& position = *PositionOf(opened.position);
  TradeRequest close = CloseRequestFor(position, "0.51"_fx);
  EXPECT_EQ(Refused(close), Retcode::kCloseVolumeTooBig);
  close.volume = "0.015"_fx;
  EXPECT_EQ(Refused(close), Retcode::kInvalidVolume);
  close.volume = "0.5"_fx;
  close.type = static_cast<int>(OrderType::kBuy);
  EXPECT_EQ(Refused(close), Retcode::kInvalidRequest) << "the same side";
  close.type = static_cast<int>(OrderType::kSell);
  close.symbol = "GBPUSD";
  EXPECT_EQ(Refused(close), Retcode::kInvalidRequest) << "another symbol";
  close.symbol = "EURUSD";
  close.login = netting_;
  EXPECT_EQ(Refused(close), Retcode::kPositionNotFound) << "another account's";
  close.login = hedging_;
  Trade(close);
  EXPECT_EQ(Refused(close), Retcode::kPositionNotFound) << "closed already";
}

TEST_F(OrderFlowTest, TheMarketMustBeOpenAndQuoted) {
  ChangeSymbol([](Symbol& symbol) { symbol.quotes_timeout = 60; });
  clock_.AdvanceTime(absl::Seconds(61));
  EXPECT_EQ(Refused(Buy()), Retcode::kNoPrices);
  // The server's midnight lies in the five minutes without trading.
  clock_.SetTime(TestStart() + absl::Hours(10));
  engine_->Advance();
  SetPrice("EURUSD", "1.08000"_fx, "1.08010"_fx);
  EXPECT_EQ(Refused(Buy()), Retcode::kMarketClosed);
  clock_.AdvanceTime(absl::Minutes(5));
  SetPrice("EURUSD", "1.08000"_fx, "1.08010"_fx);
  Trade(Buy());
}

TEST_F(OrderFlowTest, PermissionsStopNewRiskButNotClosing) {
  const TradeAnswer opened = Trade(Buy());
  const TradeRequest close = CloseRequestFor(*PositionOf(opened.position), "0.01"_fx);
  const TradeRequest sell = Market(hedging_, Side::kSell, "0.1"_fx);
  for (const uint64_t rights :
       {kDefaultUserRights & ~kUserEnabled, kDefaultUserRights | kUserTradeDisabled}) {
    SetRights(hedging_, rights);
    EXPECT_EQ(Refused(Buy()), Retcode::kTradeDisabled);
    Trade(close);
  }
  SetRights(hedging_, kDefaultUserRights);
  struct Case {
    TradeMode mode;
    Retcode buy;
    Retcode sell;
    Retcode close;
  };
  constexpr Retcode kOk = Retcode::kRequestDone;
  const Case cases[] = {
      {TradeMode::kDisabled, Retcode::kTradeDisabled, Retcode::kTradeDisabled, Retcode::kTradeDisabled},
      {TradeMode::kCloseOnly, Retcode::kCloseOnly, Retcode::kCloseOnly, kOk},
      {TradeMode::kLongOnly, kOk, Retcode::kLongOnly, kOk},
      {TradeMode::kShortOnly, Retcode::kShortOnly, kOk, kOk},
  };
  for (const bool by_group : {false, true}) {
    for (const Case& test : cases) {
      if (by_group) {
        ChangeGroup([&](Group& group) {
          group.symbols = {GroupSymbol{.path = "Forex\\*", .trade_mode = test.mode}};
        });
      } else {
        ChangeSymbol([&](Symbol& symbol) { symbol.trade_mode = test.mode; });
      }
      EXPECT_EQ(engine_->Trade(Buy("0.01"_fx)).retcode, test.buy) << static_cast<int>(test.mode);
      EXPECT_EQ(engine_->Trade(sell).retcode, test.sell) << static_cast<int>(test.mode);
      EXPECT_EQ(engine_->Trade(close).retcode, test.close) << static_cast<int>(test.mode);
    }
    ChangeSymbol([](Symbol& symbol) { symbol.trade_mode = TradeMode::kFull; });
  }
}

TEST_F(OrderFlowTest, SymbolsSetLimits) {
  ChangeSymbol([](Symbol& symbol) {
    symbol.volume_limit = "0.3"_fx;
    symbol.stops_level = 20;
    symbol.freeze_level = 30;
    symbol.exec_mode = ExecutionMode::kInstant;
    symbol.fill_flags = 0;
  });
  TradeRequest request = Buy("0.2"_fx);
  request.price = "1.08009"_fx;
  EXPECT_EQ(Refused(request), Retcode::kRequote);
  request.price = "1.08010"_fx;
  request.stop_loss = "1.07981"_fx;
  EXPECT_EQ(Refused(request), Retcode::kInvalidStops) << "within the stops level of the bid";
  request.stop_loss = "1.07980"_fx;
  const TradeAnswer opened = Trade(request);
  EXPECT_EQ(Refused(Buy("0.11"_fx)), Retcode::kVolumeLimit);
  EXPECT_EQ(Refused(Pending(hedging_, OrderType::kBuyLimit, "0.11"_fx, "1.07000"_fx)), Retcode::kVolumeLimit);
  TradeRequest modify{.action = TradeAction::kModifyPosition,
                      .login = hedging_,
                      .position = opened.position,
                      .stop_loss = "1.07000"_fx};
  EXPECT_EQ(Refused(modify), Retcode::kFrozen) << "the old stop is 20 points away";
  request.filling = Filling::kImmediateOrCancel;
  request.volume = "0.01"_fx;
  EXPECT_EQ(Refused(request), Retcode::kInvalidFilling);
}

TEST_F(OrderFlowTest, GroupsForbidHedgingAndTheWrongOrder) {
  ChangeGroup([](Group& group) { group.trade_flags |= kGroupFifo | kGroupHedgeProhibited; });
  const TradeAnswer first = Trade(Buy());
  const TradeAnswer second = Trade(Buy());
  EXPECT_EQ(Refused(Market(hedging_, Side::kSell, "0.1"_fx)), Retcode::kHedgeProhibited);
  EXPECT_EQ(Refused(CloseRequestFor(*PositionOf(second.position), "0.1"_fx)), Retcode::kFifoClose);
  Trade(CloseRequestFor(*PositionOf(first.position), "0.1"_fx));
  Trade(CloseRequestFor(*PositionOf(second.position), "0.1"_fx));
}

TEST_F(OrderFlowTest, AccountsHoldSoManyPositionsAndOrders) {
  AccountUpdate update;
  update.limit_orders = 1;
  update.limit_positions = 1;
  ASSERT_TRUE(engine_->accounts().Update(hedging_, update).ok());
  Trade(Buy());
  EXPECT_EQ(Refused(Buy()), Retcode::kPositionsLimit);
  Trade(Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.07000"_fx));
  EXPECT_EQ(Refused(Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.07000"_fx)), Retcode::kOrdersLimit);
}

TEST_F(OrderFlowTest, SkipsTheMarginCheckWhenTold) {
  TradeRequest request = Buy("20"_fx);
  request.flags = kRequestSkipMarginCheck;
  Trade(request);
}

TEST_F(OrderFlowTest, NettingAveragesReducesAndReverses) {
  const TradeAnswer first = Trade(Market(netting_, Side::kBuy, "0.1"_fx));
  SetPrice("EURUSD", "1.08100"_fx, "1.08110"_fx);
  Trade(Market(netting_, Side::kBuy, "0.1"_fx));
  EXPECT_EQ(PositionOf(first.position)->price_open, "1.0806"_fx);
  const TradeAnswer reversed = Trade(Market(netting_, Side::kSell, "0.5"_fx));
  EXPECT_EQ(DealOf(reversed.deal).entry, DealEntry::kInOut);
  EXPECT_EQ(DealOf(reversed.deal).profit, "8"_fx);
  EXPECT_EQ(PositionOf(first.position)->volume, "0.3"_fx);
  EXPECT_EQ(PositionOf(first.position)->side, Side::kSell);
  // A disabled account can still go flat, but no further.
  SetRights(netting_, kDefaultUserRights | kUserTradeDisabled);
  EXPECT_EQ(Refused(Market(netting_, Side::kBuy, "0.31"_fx)), Retcode::kTradeDisabled);
  const TradeAnswer flat = Trade(Market(netting_, Side::kBuy, "0.3"_fx));
  EXPECT_EQ(flat.position, 0u);
  EXPECT_EQ(engine_->state().positions.Count(netting_), 0u);
}

TEST_F(OrderFlowTest, ClosesOnePositionByAnother) {
  const TradeAnswer buy = Trade(Buy("0.3"_fx));
  SetPrice("EURUSD", "1.08200"_fx, "1.08210"_fx);
  const TradeAnswer sell = Trade(Market(hedging_, Side::kSell, "0.1"_fx));
  TradeRequest request{.action = TradeAction::kCloseBy,
                       .login = hedging_,
                       .position = buy.position,
                       .position_by = buy.position,
                       .comment = "by"};
  EXPECT_EQ(Refused(request), Retcode::kInvalidRequest);
  request.position_by = 7;
  EXPECT_EQ(Refused(request), Retcode::kPositionNotFound);
  request.position_by = sell.position;
  const TradeAnswer closed = Trade(request);
  EXPECT_EQ(closed.position, buy.position);
  EXPECT_EQ(PositionOf(buy.position)->volume, "0.2"_fx);
  EXPECT_EQ(PositionOf(sell.position), nullptr);
  const Order& order = PastOrder(closed.order);
  EXPECT_EQ(order.type, OrderType::kCloseBy);
  EXPECT_EQ(order.position_id, buy.position);
  EXPECT_EQ(order.position_by_id, sell.position);
  EXPECT_EQ(order.comment, "by");
  const Deal& first = DealOf(closed.deal);
  const Deal& second = DealOf(closed.deal + 1);
  EXPECT_EQ(first.entry, DealEntry::kOutBy);
  EXPECT_EQ(first.profit, "19"_fx);
  EXPECT_EQ(first.position_id, buy.position);
  EXPECT_EQ(second.entry, DealEntry::kOutBy);
  EXPECT_EQ(second.position_id, sell.position);
  EXPECT_TRUE(second.profit.IsZero());
  EXPECT_EQ(second.order, first.order);
  EXPECT_EQ(AccountOf(hedging_).balance, "10019"_fx);
}

TEST_F(OrderFlowTest, BooksMoney) {
  TradeRequest request{.action = TradeAction::kBalance,
                       .login = hedging_,
                       .type = static_cast<int>(DealAction::kBalance),
                       .price = "-100"_fx,
                       .comment = "out"};
  const TradeAnswer booked = Trade(request);
  EXPECT_EQ(DealOf(booked.deal).profit, "-100"_fx);
  EXPECT_EQ(AccountOf(hedging_).balance, "9900"_fx);
  request.price = "-9900.01"_fx;
  EXPECT_EQ(Refused(request), Retcode::kNoMoney);
  request.type = 0;
  EXPECT_EQ(Refused(request), Retcode::kInvalidRequest);
}

TEST_F(OrderFlowTest, FillsInPartWhereTheOrderAllowsIt) {
  TradeRequest request = Buy("0.35"_fx);
  request.fill_percent = 50;
  EXPECT_EQ(engine_->Trade(request).retcode, Retcode::kRequestRejected) << "fill or kill";
  EXPECT_EQ(engine_->state().positions.Count(hedging_), 0u);
  request.filling = Filling::kImmediateOrCancel;
  const TradeAnswer part = Trade(request);
  EXPECT_EQ(part.retcode, Retcode::kRequestPartial);
  EXPECT_EQ(part.volume, "0.17"_fx);
  EXPECT_EQ(PastOrder(part.order).state, OrderState::kPartial);
  EXPECT_EQ(PastOrder(part.order).volume_initial, "0.35"_fx);
  EXPECT_EQ(PastOrder(part.order).volume_current, "0.18"_fx);
  TradeRequest close = CloseRequestFor(*PositionOf(part.position), "0.17"_fx);
  close.filling = Filling::kImmediateOrCancel;
  close.fill_percent = 1;
  EXPECT_EQ(Trade(close).volume, "0.01"_fx);
  EXPECT_EQ(PositionOf(part.position)->volume, "0.16"_fx);
}

TEST_F(OrderFlowTest, ADealersRejectionLeavesAnOrder) {
  TradeRequest request = Buy();
  request.comment = "tag";
  const TradeAnswer rejected = engine_->TurnDown(request, Retcode::kRequestRejected);
  EXPECT_EQ(rejected.retcode, Retcode::kRequestRejected);
  EXPECT_EQ(PastOrder(rejected.order).state, OrderState::kRejected);
  EXPECT_EQ(PastOrder(rejected.order).comment, "tag");
  EXPECT_EQ(engine_->TurnDown(request, Retcode::kRequote).order, 0u);
}

}  // namespace
}  // namespace mtsuite::mtsim
