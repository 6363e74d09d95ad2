#include "services/connector/commands/order_checks.h"

#include <string>

#include "common/testing/matchers.h"
#include "gtest/gtest.h"
#include "services/connector/base/proto_time.h"

namespace mtsuite::connector {
namespace {

using ::mtsuite::testing::HasMetadata;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using orders::v1::Order;
using quotes::v1::Session;
using quotes::v1::Symbol;

Decimal D(const std::string& text) { return Decimal::Parse(text).value(); }

Symbol Eurusd() {
  Symbol symbol;
  symbol.set_name("EURUSD");
  symbol.set_digits(5);
  symbol.set_min_volume("0.10");
  symbol.set_max_volume("10.00");
  symbol.set_volume_step("0.05");
  symbol.set_tick_size("0.00005");
  symbol.set_trade_mode(Symbol::FULL);
  symbol.set_execution_mode(Symbol::MARKET_EXECUTION);
  for (const auto type : {type::v1::MARKET, type::v1::LIMIT, type::v1::STOP, type::v1::STOP_LIMIT}) {
    symbol.add_order_types(type);
  }
  symbol.add_fill_policies(type::v1::IMMEDIATE_OR_CANCEL);
  symbol.add_fill_policies(type::v1::RETURN_REMAINDER);
  symbol.add_times_in_force(type::v1::GOOD_TILL_CANCELLED);
  symbol.add_times_in_force(type::v1::GOOD_TILL_TIME);
  symbol.set_stops_level_points(20);
  symbol.set_time_zone("Europe/Athens");
  return symbol;
}

MarketQuote Quote() { return {D("1.1"), D("1.1001"), Decimal(), absl::UnixEpoch()}; }

Order Make(type::v1::OrderType type, type::v1::Side side, const std::string& price,
           const std::string& trigger = "") {
  Order order;
  order.set_type(type);
  order.set_side(side);
  order.set_price(price);
  order.set_trigger_price(trigger);
  order.set_fill_policy(type::v1::RETURN_REMAINDER);
  order.set_time_in_force(type::v1::GOOD_TILL_CANCELLED);
  return order;
}

TEST(OrderChecksTest, VolumesHaveAMinimumAMaximumAndAStep) {
  const Symbol symbol = Eurusd();
  EXPECT_OK(CheckVolume(symbol, D("0.1"), "v"));
  EXPECT_OK(CheckVolume(symbol, D("10"), "v"));
  EXPECT_THAT(CheckVolume(symbol, D("0.05"), "v"), HasReason(type::v1::VOLUME_TOO_SMALL));
  EXPECT_THAT(CheckVolume(symbol, D("0.05"), "v"), HasMetadata("min", "0.10"));
  EXPECT_THAT(CheckVolume(symbol, D("-1"), "v"), HasReason(type::v1::VOLUME_TOO_SMALL));
  EXPECT_THAT(CheckVolume(symbol, D("10.05"), "v"), HasReason(type::v1::VOLUME_TOO_LARGE));
  EXPECT_THAT(CheckVolume(symbol, D("0.12"), "v"), HasReason(type::v1::VOLUME_STEP_MISMATCH));
  EXPECT_THAT(CheckVolume(symbol, D("0.12"), "v"), HasMetadata("step", "0.05"));
  EXPECT_THAT(CheckVolume(symbol, D("0.12"), "v"), HasOutcome(type::v1::REJECTED));
}

TEST(OrderChecksTest, EachTypeHasItsPrices) {
  const Symbol symbol = Eurusd();
  EXPECT_OK(CheckPrices(symbol, Make(type::v1::MARKET, type::v1::BUY, "")));
  EXPECT_OK(CheckPrices(symbol, Make(type::v1::LIMIT, type::v1::BUY, "1.05")));
  for (const Order& order : {
           Make(type::v1::LIMIT, type::v1::BUY, ""),
           Make(type::v1::LIMIT, type::v1::BUY, "1.05", "1.04"),
           Make(type::v1::STOP_LIMIT, type::v1::BUY, "1.2"),
           Make(type::v1::LIMIT, type::v1::BUY, "0"),
           Make(type::v1::LIMIT, type::v1::BUY, "-1"),
       }) {
    EXPECT_THAT(CheckPrices(symbol, order), HasReason(type::v1::INVALID_PRICE)) << order.DebugString();
  }
  EXPECT_THAT(CheckPrices(symbol, Make(type::v1::LIMIT, type::v1::BUY, "1.050001")),
              HasMetadata("digits", "5"));
  EXPECT_THAT(CheckPrices(symbol, Make(type::v1::LIMIT, type::v1::BUY, "1.05001")),
              HasMetadata("tick_size", "0.00005"));
  EXPECT_THAT(CheckPrices(symbol, Make(type::v1::LIMIT, type::v1::BUY, "x")),
              HasReason(type::v1::FIELD_INVALID));
}

TEST(OrderChecksTest, WaitingOrdersAreOnTheirSideOfTheMarket) {
  const Symbol symbol = Eurusd();
  struct Case {
    type::v1::OrderType type;
    type::v1::Side side;
    const char* price;
    bool valid;
  };
  for (const Case& c : {Case{type::v1::LIMIT, type::v1::BUY, "1.0999", true},
                        Case{type::v1::LIMIT, type::v1::BUY, "1.09995", false},
                        Case{type::v1::LIMIT, type::v1::SELL, "1.1002", true},
                        Case{type::v1::LIMIT, type::v1::SELL, "1.1", false},
                        Case{type::v1::STOP, type::v1::BUY, "1.1003", true},
                        Case{type::v1::STOP, type::v1::BUY, "1.09", false},
                        Case{type::v1::STOP, type::v1::SELL, "1.0998", true},
                        Case{type::v1::STOP, type::v1::SELL, "1.1", false}}) {
    const absl::Status status = CheckPendingSide(symbol, Make(c.type, c.side, c.price), Quote());
    EXPECT_EQ(status.ok(), c.valid) << c.type << c.side << c.price;
    if (!c.valid) {
      EXPECT_THAT(status, HasMetadata("bid", "1.1"));
    }
  }
  EXPECT_OK(CheckPendingSide(symbol, Make(type::v1::STOP_LIMIT, type::v1::BUY, "1.1", "1.2"), Quote()));
  EXPECT_FALSE(
      CheckPendingSide(symbol, Make(type::v1::STOP_LIMIT, type::v1::BUY, "1.3", "1.2"), Quote()).ok());
  EXPECT_FALSE(
      CheckPendingSide(symbol, Make(type::v1::STOP_LIMIT, type::v1::BUY, "1.0", "1.05"), Quote()).ok());
}

TEST(OrderChecksTest, StopsKeepTheirDistance) {
  const Symbol symbol = Eurusd();
  const auto check = [&](type::v1::Side side, const char* stop_loss, const char* take_profit) {
    return CheckStops(symbol, {side, D("1.1"), D(stop_loss), D(take_profit), "order."});
  };
  EXPECT_OK(check(type::v1::BUY, "1.0998", "1.1002"));
  EXPECT_OK(check(type::v1::SELL, "1.1002", "1.0998"));
  EXPECT_OK(check(type::v1::BUY, "0", "0"));
  EXPECT_THAT(check(type::v1::BUY, "1.0999", "0"), HasReason(type::v1::INVALID_STOPS));
  EXPECT_THAT(check(type::v1::BUY, "1.2", "0"), HasMetadata("price", "1.1"));
  EXPECT_THAT(check(type::v1::SELL, "0", "1.2"), HasMetadata("stops_level_points", "20"));
}

TEST(OrderChecksTest, TheSymbolSaysWhatItTakes) {
  Symbol symbol = Eurusd();
  Order order = Make(type::v1::MARKET, type::v1::SELL, "");
  EXPECT_OK(CheckOrderKind(symbol, order, false));
  order.set_fill_policy(type::v1::FILL_OR_KILL);
  EXPECT_THAT(CheckOrderKind(symbol, order, false), HasReason(type::v1::FILL_POLICY_NOT_ALLOWED));
  EXPECT_THAT(CheckOrderKind(symbol, order, false),
              HasMetadata("allowed", "IMMEDIATE_OR_CANCEL, RETURN_REMAINDER"));
  order.set_fill_policy(DefaultFillPolicy(symbol, order.type()));
  EXPECT_EQ(order.fill_policy(), type::v1::IMMEDIATE_OR_CANCEL);
  symbol.set_trade_mode(Symbol::LONG_ONLY);
  EXPECT_THAT(CheckOrderKind(symbol, order, false), HasReason(type::v1::DIRECTION_NOT_ALLOWED));
  EXPECT_THAT(CheckOrderKind(symbol, order, false), HasMetadata("trade_mode", "LONG_ONLY"));
  EXPECT_OK(CheckOrderKind(symbol, order, true));
  symbol.set_trade_mode(Symbol::DISABLED);
  EXPECT_THAT(CheckOrderKind(symbol, order, true), HasMetadata("for", "symbol"));
  symbol.set_trade_mode(Symbol::FULL);
  symbol.clear_order_types();
  EXPECT_THAT(CheckOrderKind(symbol, order, false), HasReason(type::v1::ORDER_TYPE_NOT_ALLOWED));
}

TEST(OrderChecksTest, ExpirationsLieInTheFutureAndWhereTheyBelong) {
  const Symbol symbol = Eurusd();
  const absl::Time now = absl::FromUnixSeconds(1'768'000'000);
  Order order = Make(type::v1::LIMIT, type::v1::BUY, "1.05");
  EXPECT_OK(CheckExpiration(symbol, order, now));
  *order.mutable_expire_time() = ToProto(now + absl::Hours(1));
  EXPECT_THAT(CheckExpiration(symbol, order, now), HasReason(type::v1::INVALID_EXPIRATION));
  order.set_time_in_force(type::v1::GOOD_TILL_TIME);
  EXPECT_OK(CheckExpiration(symbol, order, now));
  EXPECT_FALSE(CheckExpiration(symbol, order, now + absl::Hours(1)).ok());
  order.clear_expire_time();
  EXPECT_FALSE(CheckExpiration(symbol, order, now).ok());
  order.set_time_in_force(type::v1::DAY);
  EXPECT_FALSE(CheckExpiration(symbol, order, now).ok());
}

TEST(OrderChecksTest, TheDeviationCountsFromTheCallersPrice) {
  Symbol symbol = Eurusd();
  const auto remaining = [&](const char* price, std::optional<int32_t> allowed) {
    return RemainingDeviation(symbol, Quote(), type::v1::BUY, D(price), allowed);
  };
  EXPECT_EQ(*remaining("1.2", std::nullopt), kAnyDeviation);
  EXPECT_EQ(*remaining("0", 5), 5);
  EXPECT_EQ(*remaining("1.1", 15), 5);
  EXPECT_EQ(*remaining("1.1", 10), 1) << "zero would mean any";
  EXPECT_THAT(remaining("1.1", 9), HasReason(type::v1::PRICE_CHANGED));
  EXPECT_THAT(remaining("1.1", 9), HasMetadata("ask", "1.1001"));
  symbol.set_execution_mode(Symbol::INSTANT_EXECUTION);
  EXPECT_EQ(*remaining("1.1", 10), 0);
}

TEST(OrderChecksTest, SessionsAreInTheServersZone) {
  Symbol symbol = Eurusd();
  EXPECT_OK(CheckSession(symbol, absl::UnixEpoch())) << "nothing is known";
  Session* session = symbol.add_trade_sessions();
  session->set_day(Session::MONDAY);
  session->set_open_time("01:00");
  session->set_close_time("24:00");
  // Sunday 2026-01-11 23:30 UTC is Monday 01:30 in Athens.
  absl::Time time;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_sec, "2026-01-11T23:30:00Z", &time, nullptr));
  EXPECT_OK(CheckSession(symbol, time));
  EXPECT_THAT(CheckSession(symbol, time - absl::Hours(1)), HasReason(type::v1::MARKET_CLOSED));
  EXPECT_THAT(CheckSession(symbol, time - absl::Hours(1)),
              HasMetadata("next_open_time", "2026-01-11T23:00:00Z"));
  EXPECT_THAT(CheckSession(symbol, time + absl::Hours(23)),
              HasMetadata("next_open_time", "2026-01-18T23:00:00Z"));
}

}  // namespace
}  // namespace mtsuite::connector
