#include "services/connector/mt5/commands/dealer_commands.h"

#include <string>

#include "common/mt5wire/json.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

using mt5wire::JsonDocument;

Answer WithBody(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

// A member of the body of a request.
std::string Member(const Request& request, std::string_view name) {
  const size_t line_end = request.text.find("\r\n");
  EXPECT_EQ(request.text.substr(0, line_end), "DEALER_SEND|");
  const auto document = JsonDocument::Parse(std::string_view(request.text).substr(line_end + 2));
  if (!document.ok()) return std::string(document.status().message());
  return std::string(document->root().Get(name).Text().value_or("(none)"));
}

Decimal D(std::string_view text) { return Decimal::Parse(text).value(); }

OrderPlacement StopLimit() {
  OrderPlacement order;
  order.login = 1001;
  order.symbol = "EURUSD";
  order.digits = 5;
  order.side = type::v1::SELL;
  order.type = type::v1::STOP_LIMIT;
  order.volume = D("0.25");
  order.price = D("1.101");
  order.trigger_price = D("1.1");
  order.stop_loss = D("1.2");
  order.time_in_force = type::v1::GOOD_TILL_TIME;
  order.expire_time = absl::FromUnixSeconds(1'768'000'000);
  order.fill_policy = type::v1::RETURN_REMAINDER;
  order.comment = "hi #TAG";
  return order;
}

TEST(DealerCommandsTest, AStopLimitOrderHasItsTriggerAsThePlatformsPrice) {
  const Request request = SendPlacement(StopLimit(), ServerTime::FromOffset(120));
  EXPECT_TRUE(request.context.mutation);
  EXPECT_EQ(request.context.login, 1001);
  EXPECT_EQ(Member(request, "Action"), "201");
  EXPECT_EQ(Member(request, "Type"), "7");
  EXPECT_EQ(Member(request, "TypeFill"), "2");
  EXPECT_EQ(Member(request, "VolumeExt"), "25000000");
  EXPECT_EQ(Member(request, "Volume"), "2500");
  EXPECT_EQ(Member(request, "PriceOrder"), "1.10000");
  EXPECT_EQ(Member(request, "PriceTrigger"), "1.10100");
  EXPECT_EQ(Member(request, "PriceSL"), "1.20000");
  EXPECT_EQ(Member(request, "PriceTP"), "0.00000");
  EXPECT_EQ(Member(request, "TypeTime"), "2");
  EXPECT_EQ(Member(request, "TimeExpiration"), "1768007200");
  EXPECT_EQ(Member(request, "Comment"), "hi #TAG");
  EXPECT_EQ(Member(request, "Digits"), "5");
  EXPECT_EQ(Member(request, "PriceDeviation"), "(none)");
}

TEST(DealerCommandsTest, MarketOrdersAndClosingsCarryTheDeviation) {
  OrderPlacement order = StopLimit();
  order.type = type::v1::MARKET;
  order.deviation_points = 7;
  const Request placed = SendPlacement(order, ServerTime::FromOffset(0));
  EXPECT_EQ(Member(placed, "Action"), "200");
  EXPECT_EQ(Member(placed, "Type"), "1");
  EXPECT_EQ(Member(placed, "PriceOrder"), "1.10100");
  EXPECT_EQ(Member(placed, "PriceDeviation"), "7");
  EXPECT_EQ(Member(placed, "TypeTime"), "(none)");
  PositionClosing closing;
  closing.login = 1001;
  closing.ticket = 77;
  closing.symbol = "EURUSD";
  closing.side = type::v1::BUY;
  closing.volume = D("0.1");
  const Request closed = SendClosing(closing);
  EXPECT_EQ(Member(closed, "Action"), "200");
  EXPECT_EQ(Member(closed, "Position"), "77");
  EXPECT_EQ(Member(closed, "Type"), "0");
}

TEST(DealerCommandsTest, ModificationsSayWhatChanges) {
  OrderChange change;
  change.ticket = 5;
  change.digits = 5;
  change.type = type::v1::STOP_LIMIT;
  change.paths = {"price", "time_in_force"};
  const Request request = SendOrderChange(change, ServerTime::FromOffset(0));
  EXPECT_EQ(Member(request, "Action"), "203");
  EXPECT_EQ(Member(request, "Order"), "5");
  EXPECT_EQ(Member(request, "Flags"), std::to_string(8 | 0x40 | 0x80));
  const Request stops = SendStopsChange({1, 9, "X", 2, D("1"), Decimal(), {"take_profit"}});
  EXPECT_EQ(Member(stops, "Action"), "202");
  EXPECT_EQ(Member(stops, "Flags"), "32");
  EXPECT_EQ(Member(SendCancellation({1, 9, "X", 2}), "Action"), "204");
  const Request pair = SendPairing({1, 9, 10, "X", 2, "c"});
  EXPECT_EQ(Member(pair, "Action"), "208");
  EXPECT_EQ(Member(pair, "PositionBy"), "10");
}

TEST(DealerCommandsTest, ReadsUpdatesById) {
  const auto updates = ParseDealerUpdates(WithBody(R"({"7":[
      {"result":{"Retcode":"10002","DealID":"","OrderID":""}},{"answer":{"ResultRetcode":"10002"}},
      {"result":{"Retcode":"10009","DealID":"55","OrderID":"44","VolumeExt":"10000000","Price":"1.10010"}},
      {"answer":{"ResultRetcode":"10009","ResultMarketBid":"1.10000","ResultMarketAsk":"1.10010"}}],
      "8":[], "99":[{"answer":{"ResultRetcode":"10006","ResultComment":"no"}}]})"));
  ASSERT_OK(updates);
  ASSERT_EQ(updates->size(), 3u);
  ASSERT_EQ(updates->at(7).size(), 2u);
  EXPECT_EQ(updates->at(7)[0].retcode, 10002);
  const DealerUpdate& done = updates->at(7)[1];
  EXPECT_EQ(done.retcode, 10009);
  EXPECT_EQ(done.deal, 55);
  EXPECT_EQ(done.order, 44);
  EXPECT_EQ(done.volume, D("0.1"));
  EXPECT_EQ(done.bid, D("1.1"));
  EXPECT_TRUE(updates->at(8).empty());
  EXPECT_EQ(updates->at(99)[0].retcode, 10006);
  EXPECT_EQ(updates->at(99)[0].text, "no");
  EXPECT_FALSE(ParseDealerUpdates(WithBody("[]")).ok());
  EXPECT_FALSE(ParseDealerUpdates(WithBody(R"({"1":[{"result":{"Retcode":"x"}}]})")).ok());
  EXPECT_FALSE(ParseDealerUpdates(WithBody(R"({"one":[]})")).ok());
}

TEST(DealerCommandsTest, StatesAreUnderWayDoneOrRefused) {
  for (const int code : {10001, 10002, 10003, 11000}) EXPECT_TRUE(IsIntermediate(code)) << code;
  for (const int code : {10008, 10009, 10010, 11001}) EXPECT_TRUE(IsTradeSuccess(code)) << code;
  for (const int code : {0, 10004, 10006, 10011, 10012, 10019}) {
    EXPECT_FALSE(IsIntermediate(code) || IsTradeSuccess(code)) << code;
  }
}

}  // namespace
}  // namespace mtsuite::connector::mt5
