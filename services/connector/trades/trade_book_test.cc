#include "services/connector/trades/trade_book.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::connector {
namespace {

using orders::v1::Order;
using orders::v1::Position;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using type::v1::Deal;

constexpr int64_t kLogin = 7;

Order MakeOrder(int64_t ticket, const std::string& price = "1.1", int64_t login = kLogin) {
  Order order;
  order.set_ticket(ticket);
  order.set_login(login);
  order.set_symbol("EURUSD");
  order.set_type(type::v1::LIMIT);
  order.set_price(price);
  order.set_state(Order::PLACED);
  return order;
}

Order Done(Order order, Order::State state = Order::FILLED) {
  order.set_state(state);
  order.mutable_done_time()->set_seconds(5);
  return order;
}

Order Market(int64_t ticket) {
  Order order = Done(MakeOrder(ticket));
  order.set_type(type::v1::MARKET);
  return order;
}

Position MakePosition(int64_t ticket, const std::string& volume, int64_t login = kLogin) {
  Position position;
  position.set_ticket(ticket);
  position.set_login(login);
  position.set_symbol("EURUSD");
  position.set_side(type::v1::BUY);
  position.set_volume(volume);
  return position;
}

Deal MakeDeal(int64_t ticket, int64_t order, int64_t position, Deal::Entry entry, const std::string& volume) {
  Deal deal;
  deal.set_ticket(ticket);
  deal.set_login(kLogin);
  deal.set_order_ticket(order);
  deal.set_position_ticket(position);
  deal.set_symbol("EURUSD");
  deal.set_type(entry == Deal::IN ? Deal::BUY : Deal::SELL);
  deal.set_entry(entry);
  deal.set_volume(volume);
  return deal;
}

// "opened 5 0.10" and the like.
std::string Say(const v1::Event& event) {
  const auto order = [](const char* what, const Order& order) {
    return std::string(what) + " order " + std::to_string(order.ticket()) + " " + order.price();
  };
  const auto position = [](const char* what, const Position& position) {
    return std::string(what) + " " + std::to_string(position.ticket()) + " " + position.volume();
  };
  if (event.has_order_placed()) return order("placed", event.order_placed());
  if (event.has_order_updated()) return order("updated", event.order_updated());
  if (event.has_order_done()) return order("done", event.order_done());
  if (event.has_position_opened()) return position("opened", event.position_opened());
  if (event.has_position_updated()) return position("updated", event.position_updated());
  return position("closed", event.position_closed());
}

class TradeBookTest : public ::testing::Test {
 protected:
  TradeBookTest() { book_.Observe(All()); }

  TradeSnapshot All() const {
    TradeSnapshot snapshot;
    snapshot.all = true;
    return snapshot;
  }
  std::vector<std::string> Observe(const TradeSnapshot& snapshot) {
    told_.clear();
    book_.Observe(snapshot);
    return told_;
  }

  std::vector<std::string> told_;
  int64_t sequence_ = 0;
  int adopted_ = 0;
  TradeBook book_{[this](std::vector<v1::Event>& events) {
                    for (v1::Event& event : events) {
                      ++sequence_;
                      if (event.has_position_opened())
                        event.mutable_position_opened()->set_revision(sequence_);
                      if (event.has_position_updated())
                        event.mutable_position_updated()->set_revision(sequence_);
                      if (event.has_order_placed()) event.mutable_order_placed()->set_revision(sequence_);
                      told_.push_back(Say(event));
                    }
                  },
                  [this](std::vector<v1::Event>& events) { adopted_ += static_cast<int>(events.size()); }};
};

TEST_F(TradeBookTest, ATradeTellsItsOrderThenItsPosition) {
  book_.ObserveDeals({MakeDeal(1, 5, 5, Deal::IN, "0.10")});
  TradeSnapshot snapshot = All();
  snapshot.positions = {MakePosition(5, "0.10")};
  snapshot.done_orders = {Market(5)};
  EXPECT_THAT(Observe(snapshot), ElementsAre("done order 5 1.1", "opened 5 0.10"));
  EXPECT_EQ(book_.PositionRevision(5), 2);
  snapshot.positions[0].set_current_price("1.2");
  snapshot.positions[0].set_profit("5.00");
  snapshot.done_orders.clear();
  EXPECT_THAT(Observe(snapshot), IsEmpty()) << "prices are no news";
  EXPECT_EQ(book_.PositionRevision(5), 2);
  snapshot.positions[0].set_stop_loss("1.0");
  EXPECT_THAT(Observe(snapshot), ElementsAre("updated 5 0.10"));
  EXPECT_EQ(book_.PositionRevision(5), 3);
}

TEST_F(TradeBookTest, WhatOpenedAndClosedBetweenTwoLooksIsToldInFull) {
  book_.ObserveDeals({MakeDeal(1, 5, 5, Deal::IN, "0.10"), MakeDeal(2, 6, 5, Deal::OUT, "0.04"),
                      MakeDeal(3, 7, 5, Deal::OUT, "0.06")});
  TradeSnapshot snapshot = All();
  snapshot.done_orders = {Market(5), Market(6), Market(7)};
  EXPECT_THAT(Observe(snapshot), ElementsAre("done order 5 1.1", "opened 5 0.10", "done order 6 1.1",
                                             "done order 7 1.1", "closed 5 0.06"));
  EXPECT_EQ(book_.PositionRevision(5), 0);
}

TEST_F(TradeBookTest, PartialClosesAndClosesOfKnownPositions) {
  TradeSnapshot snapshot = All();
  snapshot.positions = {MakePosition(5, "0.10"), MakePosition(8, "1.00")};
  EXPECT_THAT(Observe(snapshot), ElementsAre("opened 5 0.10", "opened 8 1.00"));
  book_.ObserveDeals({MakeDeal(1, 9, 8, Deal::OUT, "1.00"), MakeDeal(2, 10, 5, Deal::OUT, "0.05")});
  snapshot.positions = {MakePosition(5, "0.05")};
  EXPECT_THAT(Observe(snapshot), ElementsAre("closed 8 1.00", "updated 5 0.05"));
  // A dealer took it away without a deal.
  snapshot.positions.clear();
  EXPECT_THAT(Observe(snapshot), ElementsAre("closed 5 0.05"));
}

TEST_F(TradeBookTest, APositionOfBeforeAllTimesIsNotMadeUp) {
  book_.ObserveDeals({MakeDeal(1, 9, 8, Deal::OUT, "0.5"), MakeDeal(2, 10, 8, Deal::OUT, "0.5")});
  EXPECT_THAT(Observe(All()), IsEmpty());
}

TEST_F(TradeBookTest, OrdersWaitChangeAndEnd) {
  TradeSnapshot snapshot = All();
  snapshot.orders = {MakeOrder(3), MakeOrder(4)};
  EXPECT_THAT(Observe(snapshot), ElementsAre("placed order 3 1.1", "placed order 4 1.1"));
  EXPECT_EQ(book_.OrderRevision(4), 2);
  snapshot.orders = {MakeOrder(3, "1.2")};
  EXPECT_THAT(Observe(snapshot), ElementsAre("updated order 3 1.2")) << "4 is gone, but how is not known yet";
  snapshot.done_orders = {Done(MakeOrder(4), Order::CANCELLED)};
  EXPECT_THAT(Observe(snapshot), ElementsAre("done order 4 1.1"));
  // Placed, and filled at once.
  book_.ObserveDeals({MakeDeal(1, 6, 6, Deal::IN, "0.10")});
  snapshot.done_orders = {Done(MakeOrder(6))};
  snapshot.positions = {MakePosition(6, "0.10")};
  EXPECT_THAT(Observe(snapshot), ElementsAre("placed order 6 1.1", "done order 6 1.1", "opened 6 0.10"));
}

TEST_F(TradeBookTest, AReversedPositionIsClosedAndOpensAnew) {
  TradeSnapshot snapshot = All();
  snapshot.positions = {MakePosition(5, "0.10")};
  Observe(snapshot);
  snapshot.positions[0].set_side(type::v1::SELL);
  snapshot.positions[0].set_volume("0.20");
  EXPECT_THAT(Observe(snapshot), ElementsAre("closed 5 0.10", "opened 5 0.20"));
}

TEST_F(TradeBookTest, SnapshotsSpeakOfTheirAccountsOnly) {
  TradeSnapshot snapshot = All();
  snapshot.positions = {MakePosition(5, "0.10"), MakePosition(6, "0.10", 8)};
  Observe(snapshot);
  TradeSnapshot some;
  some.logins = {8};
  EXPECT_THAT(Observe(some), ElementsAre("closed 6 0.10"));
  snapshot.positions.clear();
  snapshot.logins = {kLogin};
  EXPECT_THAT(Observe(snapshot), IsEmpty()) << "deals of this account are still to come";
  snapshot.logins.clear();
  EXPECT_THAT(Observe(snapshot), ElementsAre("closed 5 0.10"));
}

TEST_F(TradeBookTest, TheFirstLookIsNoNewsButARestartCompares) {
  int published = 0;
  int adopted = 0;
  const auto publish = [&](std::vector<v1::Event>& events) { published += static_cast<int>(events.size()); };
  const auto adopt = [&](std::vector<v1::Event>& events) { adopted += static_cast<int>(events.size()); };
  TradeSnapshot snapshot = All();
  snapshot.positions = {MakePosition(5, "0.10")};
  TradeBook first(publish, adopt);
  EXPECT_FALSE(first.loaded());
  first.Observe(snapshot);
  EXPECT_TRUE(first.loaded());
  EXPECT_EQ(published, 0);
  EXPECT_EQ(adopted, 1);
  TradeBook second(publish, adopt);
  second.Restore({}, {MakePosition(5, "0.10")}, true);
  EXPECT_FALSE(second.loaded());
  snapshot.positions = {MakePosition(6, "0.10")};
  second.Observe(snapshot);
  EXPECT_EQ(published, 2);
}

TEST_F(TradeBookTest, ListsByTicketWithFilters) {
  TradeSnapshot snapshot = All();
  for (int64_t ticket = 1; ticket <= 10; ++ticket) {
    snapshot.positions.push_back(MakePosition(ticket, "0.10", ticket % 2 == 0 ? 8 : kLogin));
  }
  snapshot.positions[3].set_symbol("USDJPY");
  Observe(snapshot);
  TradeBook::Filter filter;
  filter.limit = 3;
  filter.login = [](int64_t login) { return login == 8; };
  bool more = false;
  const auto tickets = [&] {
    std::vector<int64_t> tickets;
    for (const Position& position : book_.ListPositions(filter, &more)) tickets.push_back(position.ticket());
    return tickets;
  };
  EXPECT_THAT(tickets(), ElementsAre(2, 4, 6));
  EXPECT_TRUE(more);
  filter.after_ticket = 6;
  EXPECT_THAT(tickets(), ElementsAre(8, 10));
  EXPECT_FALSE(more);
  filter = {};
  filter.symbol = "USDJPY";
  EXPECT_THAT(tickets(), ElementsAre(4));
}

}  // namespace
}  // namespace mtsuite::connector
