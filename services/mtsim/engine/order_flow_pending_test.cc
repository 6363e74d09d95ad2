// Requests about pending orders and stops.
#include "services/mtsim/engine/order_flow_fixture.h"

namespace mtsuite::mtsim {
namespace {

TEST_F(OrderFlowTest, PlacesPendingOrdersOnTheRightSide) {
  struct Case {
    OrderType type;
    Fixed good;
    Fixed bad;
  };
  const Case cases[] = {
      {OrderType::kBuyLimit, "1.08009"_fx, "1.08010"_fx},
      {OrderType::kSellLimit, "1.08001"_fx, "1.08000"_fx},
      {OrderType::kBuyStop, "1.08011"_fx, "1.08010"_fx},
      {OrderType::kSellStop, "1.07999"_fx, "1.08000"_fx},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Refused(Pending(hedging_, test.type, "0.1"_fx, test.bad)), Retcode::kInvalidPrice);
    const TradeAnswer placed = Trade(Pending(hedging_, test.type, "0.1"_fx, test.good));
    EXPECT_EQ(placed.retcode, Retcode::kRequestPlaced);
    EXPECT_EQ(OpenOrder(placed.order)->state, OrderState::kPlaced);
    EXPECT_EQ(OpenOrder(placed.order)->price_order, test.good);
  }
  TradeRequest request = Pending(hedging_, OrderType::kBuyStopLimit, "0.1"_fx, "1.09000"_fx);
  EXPECT_EQ(Refused(request), Retcode::kInvalidPrice) << "without the limit's price";
  request.price_trigger = "1.09000"_fx;
  EXPECT_EQ(Refused(request), Retcode::kInvalidPrice) << "which must be below the stop";
  request.price_trigger = "1.08500"_fx;
  request.stop_loss = "1.08600"_fx;
  EXPECT_EQ(Refused(request), Retcode::kInvalidStops) << "measured from the limit's price";
  request.stop_loss = "1.08400"_fx;
  Trade(request);
  EXPECT_EQ(Refused(Pending(hedging_, OrderType::kBuy, "0.1"_fx, "1.09000"_fx)), Retcode::kInvalidOrderType);
  EXPECT_EQ(Refused(Pending(hedging_, OrderType::kBuyStop, "0.001"_fx, "1.09000"_fx)),
            Retcode::kInvalidVolume);
}

TEST_F(OrderFlowTest, ChecksExpirations) {
  TradeRequest request = Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.07000"_fx);
  request.lifetime = OrderLifetime::kSpecified;
  EXPECT_EQ(Refused(request), Retcode::kInvalidExpiration);
  request.expiration = TestStart();
  EXPECT_EQ(Refused(request), Retcode::kInvalidExpiration);
  request.expiration = TestStart() + absl::Minutes(1);
  Trade(request);
  ChangeSymbol([](Symbol& symbol) { symbol.expiration_flags = 1; });
  EXPECT_EQ(Refused(request), Retcode::kInvalidExpiration);
  request.lifetime = OrderLifetime::kDay;
  EXPECT_EQ(Refused(request), Retcode::kInvalidExpiration);
  ChangeSymbol([](Symbol& symbol) { symbol.expiration_flags = 15; });
  ChangeGroup([](Group& group) { group.trade_flags = 0; });
  EXPECT_EQ(Refused(request), Retcode::kInvalidExpiration);
}

TEST_F(OrderFlowTest, ModifiesAndRemovesOrders) {
  const TradeAnswer placed = Trade(Pending(hedging_, OrderType::kBuyLimit, "0.1"_fx, "1.07000"_fx));
  TradeRequest modify{.action = TradeAction::kModifyOrder, .login = hedging_, .order = placed.order};
  EXPECT_EQ(Refused(modify), Retcode::kNoChanges);
  modify.price = "1.09000"_fx;
  EXPECT_EQ(Refused(modify), Retcode::kInvalidPrice);
  modify.price = "1.06000"_fx;
  modify.stop_loss = "1.06500"_fx;
  EXPECT_EQ(Refused(modify), Retcode::kInvalidStops);
  modify.stop_loss = "1.05000"_fx;
  modify.take_profit = "1.07500"_fx;
  modify.flags = kRequestPriceChanged | kRequestStopLossChanged;
  Trade(modify);
  EXPECT_EQ(OpenOrder(placed.order)->price_order, "1.06"_fx);
  EXPECT_EQ(OpenOrder(placed.order)->stop_loss, "1.05"_fx);
  EXPECT_TRUE(OpenOrder(placed.order)->take_profit.IsZero()) << "not marked as changed";
  modify.login = netting_;
  EXPECT_EQ(Refused(modify), Retcode::kInvalidRequest) << "another account's";
  modify.login = hedging_;
  const TradeRequest remove{.action = TradeAction::kRemoveOrder, .login = hedging_, .order = placed.order};
  Trade(remove);
  EXPECT_EQ(PastOrder(placed.order).state, OrderState::kCancelled);
  EXPECT_EQ(PastOrder(placed.order).volume_current, "0.1"_fx);
  EXPECT_EQ(Refused(modify), Retcode::kOrderChanged);
  EXPECT_EQ(Refused(remove), Retcode::kOrderChanged);
}

TEST_F(OrderFlowTest, ActivatesOrdersByHand) {
  TradeRequest place = Pending(hedging_, OrderType::kBuyStopLimit, "0.1"_fx, "1.09000"_fx);
  place.price_trigger = "1.08500"_fx;
  place.comment = "tag";
  const TradeAnswer placed = Trade(place);
  TradeRequest activate{.action = TradeAction::kActivateStopLimit, .login = hedging_, .order = placed.order};
  Trade(activate);
  EXPECT_EQ(OpenOrder(placed.order)->type, OrderType::kBuyLimit);
  EXPECT_EQ(OpenOrder(placed.order)->price_order, "1.085"_fx);
  EXPECT_EQ(Refused(activate), Retcode::kInvalidOrderType);
  activate.action = TradeAction::kActivateOrder;
  activate.price = "1.08500"_fx;
  const TradeAnswer filled = Trade(activate);
  EXPECT_EQ(filled.order, placed.order);
  EXPECT_EQ(filled.position, placed.order);
  EXPECT_EQ(filled.price, "1.085"_fx);
  EXPECT_EQ(PastOrder(placed.order).state, OrderState::kFilled);
  EXPECT_EQ(PositionOf(placed.order)->comment, "tag");
  EXPECT_EQ(Refused(activate), Retcode::kOrderChanged);
}

TEST_F(OrderFlowTest, ModifiesPositions) {
  const TradeAnswer opened = Trade(Buy());
  TradeRequest modify{.action = TradeAction::kModifyPosition, .login = hedging_, .position = opened.position};
  EXPECT_EQ(Refused(modify), Retcode::kNoChanges);
  modify.stop_loss = "1.08000"_fx;
  EXPECT_EQ(Refused(modify), Retcode::kInvalidStops);
  modify.stop_loss = "1.07000"_fx;
  modify.take_profit = "1.09000"_fx;
  Trade(modify);
  modify.stop_loss = "0"_fx;
  modify.take_profit.reset();
  Trade(modify);
  EXPECT_TRUE(PositionOf(opened.position)->stop_loss.IsZero());
  EXPECT_EQ(PositionOf(opened.position)->take_profit, "1.09"_fx);
  modify.position = 7;
  EXPECT_EQ(Refused(modify), Retcode::kPositionNotFound);
}

}  // namespace
}  // namespace mtsuite::mtsim
