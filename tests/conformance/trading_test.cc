// Orders, positions and prices.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/fixture.h"

namespace mtsuite::conformance {
namespace {

using connector::MarketQuote;
using connector::OrderPlacement;
using connector::PositionClosing;
using connector::TradeReceipt;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using orders::v1::Order;
using orders::v1::Position;
using type::v1::Deal;

constexpr int64_t kLogin = 200'101;

class TradingConformance : public ConformanceTest {
 protected:
  void SetUp() override {
    ConformanceTest::SetUp();
    ASSERT_OK(Create(kLogin));
    ASSERT_OK(Deposit(kLogin, "100000.00"));
    ASSERT_OK_AND_ASSIGN(symbol_, GetSymbol(environment_->symbol()));
  }

  absl::StatusOr<quotes::v1::Symbol> GetSymbol(const std::string& name) {
    return Wait<quotes::v1::Symbol>(
        [&](auto done) { server().GetSymbol(name, environment_->usd_group(), Deadline(), std::move(done)); });
  }
  absl::StatusOr<MarketQuote> GetQuote(const std::string& symbol) {
    return Wait<MarketQuote>([&](auto done) {
      server().GetQuote(symbol, environment_->usd_group(), Deadline(), std::move(done));
    });
  }
  // A price that is `percent` of the market's.
  Decimal Near(int percent) {
    const MarketQuote quote = GetQuote(symbol_.name()).value();
    return (quote.bid * Decimal::FromScaled(percent, 2)).Rescale(symbol_.digits(), Rounding::kDown);
  }

  OrderPlacement Make(type::v1::OrderType type, type::v1::Side side, std::string_view volume) {
    OrderPlacement order;
    order.login = kLogin;
    order.symbol = symbol_.name();
    order.digits = symbol_.digits();
    order.type = type;
    order.side = side;
    order.volume = Decimal::Parse(volume).value();
    order.fill_policy = type::v1::FILL_OR_KILL;
    order.time_in_force = type::v1::GOOD_TILL_CANCELLED;
    order.comment = "hello #TAG";
    const MarketQuote quote = GetQuote(symbol_.name()).value();
    if (type == type::v1::MARKET) order.price = side == type::v1::BUY ? quote.ask : quote.bid;
    return order;
  }
  absl::StatusOr<TradeReceipt> Place(const OrderPlacement& order) {
    return Wait<TradeReceipt>([&](auto done) { server().PlaceOrder(order, Deadline(), std::move(done)); });
  }
  absl::StatusOr<TradeReceipt> Buy(std::string_view volume) {
    return Place(Make(type::v1::MARKET, type::v1::BUY, volume));
  }
  absl::StatusOr<TradeReceipt> Close(int64_t ticket, std::string_view volume) {
    PositionClosing closing;
    closing.login = kLogin;
    closing.ticket = ticket;
    closing.symbol = symbol_.name();
    closing.digits = symbol_.digits();
    closing.side = type::v1::SELL;
    closing.volume = Decimal::Parse(volume).value();
    closing.price = GetQuote(symbol_.name()).value().bid;
    closing.fill_policy = type::v1::FILL_OR_KILL;
    closing.comment = "bye #TAG";
    return Wait<TradeReceipt>(
        [&](auto done) { server().ClosePosition(closing, Deadline(), std::move(done)); });
  }
  absl::Status ChangeStops(int64_t ticket, Decimal stop_loss,
                           std::vector<std::string> paths = {"stop_loss"}) {
    return WaitStatus([&](auto done) {
      server().ChangeStops({kLogin, ticket, symbol_.name(), symbol_.digits(), stop_loss, Decimal(), paths},
                           Deadline(), std::move(done));
    });
  }
  absl::Status Cancel(int64_t ticket) {
    return WaitStatus([&](auto done) {
      server().CancelOrder({kLogin, ticket, symbol_.name(), symbol_.digits()}, Deadline(), std::move(done));
    });
  }
  absl::StatusOr<Order> GetOrder(int64_t ticket) {
    return Wait<Order>([&](auto done) { server().GetOrder(kLogin, ticket, Deadline(), std::move(done)); });
  }
  absl::StatusOr<Position> GetPosition(int64_t ticket) {
    return Wait<Position>(
        [&](auto done) { server().GetPosition(kLogin, ticket, Deadline(), std::move(done)); });
  }

  quotes::v1::Symbol symbol_;
};
INSTANTIATE_TEST_SUITE_P(Platforms, TradingConformance, ::testing::ValuesIn(Platforms()), PlatformName);

TEST_P(TradingConformance, AMarketOrderOpensAPosition) {
  ASSERT_OK_AND_ASSIGN(const TradeReceipt bought, Buy("0.10"));
  EXPECT_EQ(bought.state, Order::FILLED);
  EXPECT_EQ(bought.filled_volume.ToString(), "0.1");
  EXPECT_FALSE(bought.price.IsZero());
  ASSERT_OK_AND_ASSIGN(const Position position, GetPosition(bought.order_ticket));
  EXPECT_EQ(position.login(), kLogin);
  EXPECT_EQ(position.side(), type::v1::BUY);
  EXPECT_EQ(position.volume(), "0.10");
  EXPECT_EQ(position.currency_code(), "USD");
  EXPECT_EQ(position.comment(), "hello #TAG");
  EXPECT_EQ(position.origin(), Deal::DEALER);
  ASSERT_OK_AND_ASSIGN(const Order order, GetOrder(bought.order_ticket));
  EXPECT_EQ(order.state(), Order::FILLED);
  EXPECT_EQ(order.type(), type::v1::MARKET);
  EXPECT_EQ(order.filled_volume(), "0.10");
  EXPECT_TRUE(order.has_done_time());
  ASSERT_OK_AND_ASSIGN(const Deal deal, Wait<Deal>([&](auto done) {
                         server().GetDeal(kLogin, bought.deal_ticket, Deadline(), std::move(done));
                       }));
  EXPECT_EQ(deal.entry(), Deal::IN);
  EXPECT_EQ(deal.comment(), "hello #TAG");
  EXPECT_EQ(deal.position_ticket(), bought.order_ticket);
  EXPECT_TRUE(environment_->AwaitDeal(bought.deal_ticket));
  EXPECT_TRUE(environment_->AwaitPosition(
      [&](const Position& told) { return told.ticket() == bought.order_ticket; }));
  EXPECT_TRUE(environment_->AwaitOrder([&](const Order& told) {
    return told.ticket() == bought.order_ticket && told.state() == Order::FILLED;
  }));
}

TEST_P(TradingConformance, APositionIsClosedInPartsAndThenIsGone) {
  ASSERT_OK_AND_ASSIGN(const TradeReceipt bought, Buy("0.10"));
  ASSERT_OK_AND_ASSIGN(const TradeReceipt part, Close(bought.order_ticket, "0.04"));
  EXPECT_EQ(part.filled_volume.ToString(), "0.04");
  EXPECT_EQ(GetPosition(bought.order_ticket)->volume(), "0.06");
  EXPECT_THAT(Close(bought.order_ticket, "0.07"), HasReason(type::v1::VOLUME_EXCEEDS_POSITION));
  ASSERT_OK(Close(bought.order_ticket, "0.06"));
  EXPECT_THAT(GetPosition(bought.order_ticket), HasReason(type::v1::POSITION_NOT_FOUND));
  const auto again = Close(bought.order_ticket, "0.06");
  EXPECT_THAT(again, HasReason(type::v1::POSITION_CLOSED));
  EXPECT_THAT(again, HasOutcome(type::v1::REJECTED));
}

TEST_P(TradingConformance, PositionsCloseOneAnother) {
  ASSERT_OK_AND_ASSIGN(const TradeReceipt bought, Buy("0.10"));
  ASSERT_OK_AND_ASSIGN(const TradeReceipt sold, Place(Make(type::v1::MARKET, type::v1::SELL, "0.03")));
  ASSERT_OK(Wait<TradeReceipt>([&](auto done) {
    server().ClosePositionBy(
        {kLogin, bought.order_ticket, sold.order_ticket, symbol_.name(), symbol_.digits(), "by"}, Deadline(),
        std::move(done));
  }));
  EXPECT_EQ(GetPosition(bought.order_ticket)->volume(), "0.07");
  EXPECT_THAT(GetPosition(sold.order_ticket), HasReason(type::v1::POSITION_NOT_FOUND));
}

TEST_P(TradingConformance, OrdersWaitChangeAndAreCancelled) {
  OrderPlacement limit = Make(type::v1::LIMIT, type::v1::BUY, "0.10");
  limit.price = Near(50);
  ASSERT_OK_AND_ASSIGN(const TradeReceipt placed, Place(limit));
  EXPECT_EQ(placed.state, Order::PLACED);
  EXPECT_EQ(placed.deal_ticket, 0);
  ASSERT_OK_AND_ASSIGN(Order order, GetOrder(placed.order_ticket));
  EXPECT_EQ(order.state(), Order::PLACED);
  EXPECT_EQ(Decimal::Parse(order.price()).value(), limit.price);
  EXPECT_EQ(order.time_in_force(), type::v1::GOOD_TILL_CANCELLED);
  EXPECT_TRUE(
      environment_->AwaitOrder([&](const Order& told) { return told.ticket() == placed.order_ticket; }));
  connector::OrderChange change;
  change.login = kLogin;
  change.ticket = placed.order_ticket;
  change.symbol = symbol_.name();
  change.digits = symbol_.digits();
  change.type = type::v1::LIMIT;
  change.price = Near(40);
  change.time_in_force = type::v1::GOOD_TILL_CANCELLED;
  change.paths = {"price"};
  const auto apply = [&] {
    return WaitStatus([&](auto done) { server().ChangeOrder(change, Deadline(), std::move(done)); });
  };
  ASSERT_OK(apply());
  EXPECT_OK(apply()) << "a change to what is there already";
  EXPECT_EQ(Decimal::Parse(GetOrder(placed.order_ticket)->price()).value(), change.price);
  ASSERT_OK(Cancel(placed.order_ticket));
  order = GetOrder(placed.order_ticket).value();
  EXPECT_EQ(order.state(), Order::CANCELLED);
  EXPECT_TRUE(order.has_done_time());
  EXPECT_THAT(Cancel(placed.order_ticket), HasOutcome(type::v1::REJECTED));
  EXPECT_TRUE(environment_->AwaitOrder([&](const Order& told) {
    return told.ticket() == placed.order_ticket && told.state() == Order::CANCELLED;
  }));
  DealQuery query;
  query.login = kLogin;
  const auto history = Wait<connector::OrderPage>(
      [&](auto done) { server().ListOrderHistory(query, Deadline(), std::move(done)); });
  ASSERT_OK(history);
  EXPECT_TRUE(history->end_reached);
  ASSERT_EQ(history->orders.size(), 1u);
  EXPECT_EQ(history->orders[0].ticket(), placed.order_ticket);
}

TEST_P(TradingConformance, AStopLimitOrderKeepsBothPrices) {
  OrderPlacement order = Make(type::v1::STOP_LIMIT, type::v1::BUY, "0.10");
  order.trigger_price = Near(150);
  order.price = Near(140);
  order.time_in_force = type::v1::GOOD_TILL_TIME;
  order.expire_time = absl::FromUnixSeconds(absl::ToUnixSeconds(RealClock().TimeNow())) + absl::Hours(5);
  ASSERT_OK_AND_ASSIGN(const TradeReceipt placed, Place(order));
  ASSERT_OK_AND_ASSIGN(const Order there, GetOrder(placed.order_ticket));
  EXPECT_EQ(there.type(), type::v1::STOP_LIMIT);
  EXPECT_EQ(Decimal::Parse(there.price()).value(), order.price);
  EXPECT_EQ(Decimal::Parse(there.trigger_price()).value(), order.trigger_price);
  EXPECT_EQ(there.expire_time().seconds(), absl::ToUnixSeconds(order.expire_time));
}

TEST_P(TradingConformance, StopsAreSetAndTakenAway) {
  ASSERT_OK_AND_ASSIGN(const TradeReceipt bought, Buy("0.10"));
  const Decimal stop = Near(50);
  ASSERT_OK(ChangeStops(bought.order_ticket, stop));
  EXPECT_EQ(Decimal::Parse(GetPosition(bought.order_ticket)->stop_loss()).value(), stop);
  EXPECT_OK(ChangeStops(bought.order_ticket, stop));
  EXPECT_THAT(ChangeStops(bought.order_ticket, Near(200)), HasReason(type::v1::INVALID_STOPS));
  ASSERT_OK(ChangeStops(bought.order_ticket, Decimal()));
  EXPECT_EQ(GetPosition(bought.order_ticket)->stop_loss(), "");
  EXPECT_TRUE(environment_->AwaitPosition([&](const Position& told) {
    return told.ticket() == bought.order_ticket && told.stop_loss().empty();
  }));
}

TEST_P(TradingConformance, RefusalsChangeNothing) {
  const auto refused = [this](const OrderPlacement& order, ErrorReason reason) {
    const auto receipt = Place(order);
    EXPECT_THAT(receipt, HasReason(reason));
    EXPECT_THAT(receipt, HasOutcome(type::v1::REJECTED));
  };
  refused(Make(type::v1::MARKET, type::v1::BUY, "0.001"), type::v1::INVALID_VOLUME);
  OrderPlacement stops = Make(type::v1::MARKET, type::v1::BUY, "0.10");
  stops.stop_loss = Near(200);
  refused(stops, type::v1::INVALID_STOPS);
  OrderPlacement limit = Make(type::v1::LIMIT, type::v1::BUY, "0.10");
  limit.price = Near(200);
  refused(limit, type::v1::INVALID_PRICE);
  ASSERT_OK(Create(kLogin + 1));
  OrderPlacement poor = Make(type::v1::MARKET, type::v1::BUY, "1.00");
  poor.login = kLogin + 1;
  refused(poor, type::v1::INSUFFICIENT_FREE_MARGIN);
  poor.login = kLogin + 2;
  refused(poor, type::v1::ACCOUNT_NOT_FOUND);
  const auto positions = Wait<std::vector<Position>>(
      [&](auto done) { server().ListPositions(kLogin, Deadline(), std::move(done)); });
  ASSERT_OK(positions);
  EXPECT_TRUE(positions->empty());
  EXPECT_THAT(GetOrder(1), HasReason(type::v1::ORDER_NOT_FOUND));
}

TEST_P(TradingConformance, SymbolsPricesAndMargin) {
  EXPECT_EQ(symbol_.min_volume(), "0.01");
  EXPECT_EQ(symbol_.trade_mode(), quotes::v1::Symbol::FULL);
  EXPECT_FALSE(symbol_.order_types().empty());
  EXPECT_FALSE(symbol_.trade_sessions().empty());
  EXPECT_THAT(GetSymbol("NOTHING"), HasReason(type::v1::SYMBOL_NOT_FOUND));
  EXPECT_THAT(GetQuote("NOTHING"), HasReason(type::v1::OFF_QUOTES));
  ASSERT_OK_AND_ASSIGN(const MarketQuote quote, GetQuote(symbol_.name()));
  EXPECT_LT(quote.bid, quote.ask);
  const auto margin = Wait<connector::MarginAnswer>([&](auto done) {
    server().CheckMargin(
        {kLogin, symbol_.name(), type::v1::BUY, type::v1::MARKET, Decimal::FromInteger(1), quote.ask},
        Deadline(), std::move(done));
  });
  ASSERT_OK(margin);
  EXPECT_EQ(Decimal::Parse(margin->current.margin()).value(), Decimal());
  EXPECT_GT(Decimal::Parse(margin->after.margin()).value(), Decimal());
  EXPECT_EQ(margin->current.balance(), "100000.00");
}

TEST_P(TradingConformance, TicksAreTold) {
  absl::Time first;
  EXPECT_TRUE(environment_->AwaitTick([&](const connector::TickUpdate& tick) {
    first = tick.time;
    return tick.symbol == symbol_.name() && tick.digits == symbol_.digits() && tick.bid > 0 &&
           tick.ask > tick.bid;
  }));
  // The price moves.
  EXPECT_TRUE(environment_->AwaitTick(
      [&](const connector::TickUpdate& tick) { return tick.symbol == symbol_.name() && tick.time > first; }));
}

}  // namespace
}  // namespace mtsuite::conformance
