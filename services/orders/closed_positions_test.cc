#include "services/orders/closed_positions.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/seed.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::orders {
namespace {

using type::v1::Deal;

class ClosedPositionsTest : public ::testing::Test {
 protected:
  ClosedPositionsTest()
      : builder_({.login = 1000, .currency_code = "USD", .currency_digits = 2},
                 [this](v1::ClosedPosition position) { closed_.push_back(std::move(position)); }) {}

  struct Trade {
    Deal::Type type = Deal::BUY;
    Deal::Entry entry = Deal::IN;
    std::string volume;
    std::string price;
    std::string profit = "0.00";
    std::string commission = "0.00";
    std::string swap = "0.00";
    int64_t position = 7;
  };

  void Add(const Trade& trade) {
    Deal deal;
    deal.set_ticket(++ticket_);
    deal.set_login(1000);
    deal.set_type(trade.type);
    deal.set_entry(trade.entry);
    deal.set_origin(trade.entry == Deal::IN ? Deal::CLIENT : Deal::STOP_LOSS);
    deal.mutable_time()->set_seconds(1'700'000'000 + 60 * ticket_);
    deal.set_symbol("EURUSD");
    deal.set_volume(trade.volume);
    deal.set_price(trade.price);
    deal.set_profit(trade.profit);
    deal.set_commission(trade.commission);
    deal.set_swap(trade.swap);
    deal.set_position_ticket(trade.position);
    ASSERT_TRUE(builder_.Add(deal).ok());
  }

  int64_t ticket_ = 0;
  std::vector<v1::ClosedPosition> closed_;
  ClosedPositionBuilder builder_;
};

TEST_F(ClosedPositionsTest, APositionIsToldWhenTheLastOfItIsClosed) {
  Add({.volume = "0.10", .price = "1.10000", .commission = "-0.70"});
  Add({.type = Deal::SELL, .entry = Deal::OUT, .volume = "0.04", .price = "1.10100", .profit = "4.00"});
  EXPECT_TRUE(closed_.empty());
  Add({.type = Deal::SELL,
       .entry = Deal::OUT,
       .volume = "0.06",
       .price = "1.10200",
       .profit = "12.00",
       .commission = "-0.70",
       .swap = "-0.15"});
  ASSERT_EQ(closed_.size(), 1u);
  const v1::ClosedPosition& position = closed_[0];
  EXPECT_EQ(position.ticket(), 7);
  EXPECT_EQ(position.side(), type::v1::BUY);
  EXPECT_EQ(position.volume(), "0.10");
  EXPECT_EQ(position.open_price(), "1.10000");
  EXPECT_EQ(position.close_price(), "1.10160");
  EXPECT_EQ(position.profit(), "16.00");
  EXPECT_EQ(position.commission(), "-1.40");
  EXPECT_EQ(position.swap(), "-0.15");
  EXPECT_EQ(position.net_profit(), "14.45");
  EXPECT_EQ(position.holding_time().seconds(), 120);
  EXPECT_EQ(position.open_origin(), Deal::CLIENT);
  EXPECT_EQ(position.close_origin(), Deal::STOP_LOSS);
  EXPECT_EQ(position.deal_count(), 3);
  EXPECT_EQ(builder_.open_count(), 0u);
}

TEST_F(ClosedPositionsTest, ManyOpeningsMakeAWeightedPrice) {
  Add({.type = Deal::SELL, .volume = "1", .price = "1.1"});
  Add({.type = Deal::SELL, .volume = "2", .price = "1.2"});
  Add({.entry = Deal::OUT, .volume = "3", .price = "1.0", .profit = "50000.00"});
  ASSERT_EQ(closed_.size(), 1u);
  EXPECT_EQ(closed_[0].side(), type::v1::SELL);
  EXPECT_EQ(closed_[0].open_price(), "1.16666667");
  EXPECT_EQ(closed_[0].close_price(), "1.0");
}

TEST_F(ClosedPositionsTest, AReversalClosesAndOpensAnew) {
  Add({.volume = "1.00", .price = "1.10"});
  Add({.type = Deal::SELL,
       .entry = Deal::IN_OUT,
       .volume = "3.00",
       .price = "1.20",
       .profit = "10000.00",
       .commission = "-10.00"});
  ASSERT_EQ(closed_.size(), 1u);
  EXPECT_EQ(closed_[0].volume(), "1.00");
  EXPECT_EQ(closed_[0].commission(), "-3.33");
  Add({.entry = Deal::OUT, .volume = "2.00", .price = "1.15", .profit = "10000.00"});
  ASSERT_EQ(closed_.size(), 2u);
  EXPECT_EQ(closed_[1].side(), type::v1::SELL);
  EXPECT_EQ(closed_[1].open_price(), "1.20");
  EXPECT_EQ(closed_[1].commission(), "-6.67");
}

TEST_F(ClosedPositionsTest, AClosingByAnotherPositionCounts) {
  Add({.volume = "0.10", .price = "1.10", .position = 1});
  Add({.type = Deal::SELL, .volume = "0.10", .price = "1.11", .position = 2});
  Add({.type = Deal::SELL,
       .entry = Deal::OUT_BY,
       .volume = "0.10",
       .price = "1.11",
       .profit = "100.00",
       .position = 1});
  Add({.entry = Deal::OUT_BY, .volume = "0.10", .price = "1.11", .position = 2});
  ASSERT_EQ(closed_.size(), 2u);
  EXPECT_EQ(closed_[0].net_profit(), "100.00");
}

TEST_F(ClosedPositionsTest, AnOpeningThatIsNotThereIsLeftEmpty) {
  Add({.type = Deal::SELL, .entry = Deal::OUT, .volume = "0.10", .price = "1.11", .profit = "5.00"});
  ASSERT_EQ(closed_.size(), 1u);
  EXPECT_EQ(closed_[0].open_price(), "");
  EXPECT_FALSE(closed_[0].has_open_time());
  EXPECT_EQ(closed_[0].side(), type::v1::BUY);
}

TEST_F(ClosedPositionsTest, BookingsOfMoneyAreNoTradesAndBadNumbersAreFaults) {
  Deal deal;
  deal.set_type(Deal::BALANCE);
  deal.set_profit("1000.00");
  EXPECT_TRUE(builder_.Add(deal).ok());
  deal.set_type(Deal::BUY);
  deal.set_volume("much");
  EXPECT_FALSE(builder_.Add(deal).ok());
}

// Whatever is traded, the positions and what is open add up to the deals.
TEST_F(ClosedPositionsTest, NoCentIsLost) {
  std::mt19937_64 random(testing::TestSeed());
  Decimal booked;
  int64_t next = 1;
  struct Held {
    int64_t ticket;
    int64_t units;
    bool buy;
  };
  std::vector<Held> open;
  const auto cents = [&](int64_t range) {
    const int64_t value = static_cast<int64_t>(random() % (2 * range)) - range;
    return Decimal::FromScaled(value, 2).ToString(2);
  };
  const auto trade = [&](Held& held, Deal::Entry entry, int64_t units) {
    Trade deal{.type = (entry == Deal::IN) == held.buy ? Deal::BUY : Deal::SELL,
               .entry = entry,
               .volume = Decimal::FromScaled(units, 2).ToString(2),
               .price = "1.10000",
               .profit = cents(10'000),
               .commission = cents(100),
               .swap = cents(50),
               .position = held.ticket};
    booked += *Decimal::Parse(deal.profit) + *Decimal::Parse(deal.commission) + *Decimal::Parse(deal.swap);
    Add(deal);
  };
  for (int i = 0; i < 10'000; ++i) {
    if (open.empty() || random() % 2 == 0) {
      open.push_back({next++, static_cast<int64_t>(1 + random() % 100), random() % 2 == 0});
      trade(open.back(), Deal::IN, open.back().units);
      continue;
    }
    const size_t which = random() % open.size();
    Held& held = open[which];
    if (random() % 8 == 0) {
      const int64_t units = held.units + 1 + static_cast<int64_t>(random() % 100);
      trade(held, Deal::IN_OUT, units);
      held.units = units - held.units;
      held.buy = !held.buy;
      continue;
    }
    const int64_t units = random() % 3 == 0 ? held.units : 1 + static_cast<int64_t>(random() % held.units);
    trade(held, Deal::OUT, units);
    held.units -= units;
    if (held.units == 0) open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
  }
  while (!open.empty()) {
    trade(open.back(), Deal::OUT, open.back().units);
    open.pop_back();
  }
  Decimal told;
  for (const v1::ClosedPosition& position : closed_) told += *Decimal::Parse(position.net_profit());
  EXPECT_EQ(told, booked);
  EXPECT_EQ(builder_.open_count(), 0u);
}

}  // namespace
}  // namespace mtsuite::orders
