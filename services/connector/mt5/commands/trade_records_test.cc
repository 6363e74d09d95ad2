// Orders, positions, ticks and symbols.
#include <string>

#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/commands/order_commands.h"
#include "services/connector/mt5/commands/symbol_commands.h"
#include "services/connector/mt5/commands/tick_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::mtsuite::testing::EqualsProto;

Answer WithBody(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

TEST(TradeRecordsTest, WritesRequests) {
  EXPECT_EQ(GetOpenOrder(7).text, "ORDER_GET|TICKET=7|\r\n");
  EXPECT_EQ(GetDoneOrder(7).text, "HISTORY_GET|TICKET=7|\r\n");
  EXPECT_EQ(GetOpenOrders(std::vector<int64_t>{1, 2}).text, "ORDER_GET_BATCH|LOGIN=1,2|\r\n");
  EXPECT_EQ(GetPositions("demo*").text, "POSITION_GET_BATCH|GROUP=demo*|\r\n");
  EXPECT_EQ(GetPositionOf(1, 9).text, "POSITION_GET_BATCH|TICKET=9|\r\n");
  EXPECT_EQ(GetDoneOrderPage(1, {5, 6}, 0, 100).text,
            "HISTORY_GET_PAGE|LOGIN=1|FROM=5|TO=6|OFFSET=0|TOTAL=100|\r\n");
  EXPECT_EQ(GetSymbolOf("EURUSD", "").text, "SYMBOL_GET|SYMBOL=EURUSD|\r\n");
  EXPECT_EQ(GetSymbolOf("EURUSD", "g").text, "SYMBOL_GET_GROUP|SYMBOL=EURUSD|GROUP=g|\r\n");
  EXPECT_EQ(GetTicks("*", 5).text, "TICK_LAST|SYMBOL=*|TRANS_ID=5|\r\n");
}

TEST(TradeRecordsTest, ReadsAStopLimitOrder) {
  const auto order =
      ParseOrder(WithBody(R"({"Order":"7","Login":"1","Symbol":"EURUSD","Digits":"5","State":"1","Reason":"2",
      "TimeSetupMsc":"1768007200500","TimeExpiration":"1768007300","TimeDoneMsc":"0","TimeDone":"0","Type":"6",
      "TypeFill":"2","TypeTime":"2","PriceOrder":"1.20000","PriceTrigger":"1.19000","PriceSL":"1.10000",
      "PriceTP":"0.00000","VolumeInitialExt":"100000000","VolumeCurrentExt":"75000000","PositionID":"0",
      "Comment":"c"})"),
                 ServerTime::FromOffset(120));
  ASSERT_OK(order);
  EXPECT_THAT(*order, EqualsProto(R"pb(
    ticket: 7
    login: 1
    symbol: "EURUSD"
    side: BUY
    type: STOP_LIMIT
    volume: "1.00"
    price: "1.19000"
    trigger_price: "1.20000"
    stop_loss: "1.10000"
    time_in_force: GOOD_TILL_TIME
    expire_time { seconds: 1768000100 }
    fill_policy: RETURN_REMAINDER
    comment: "c"
    state: PLACED
    filled_volume: "0.25"
    origin: DEALER
    create_time { seconds: 1768000000 nanos: 500000000 }
  )pb"));
  EXPECT_FALSE(ParseOrder(WithBody(R"({"Order":"7","Login":"1"})"), ServerTime::FromOffset(0)).ok());
}

TEST(TradeRecordsTest, ReadsPositionsAndLeavesDamagedOnesOut) {
  int unreadable = 0;
  const auto positions =
      ParsePositions(WithBody(R"([{"Position":"9","Login":"1","Symbol":"USDJPY","Action":"1","Digits":"3",
      "DigitsCurrency":"2","Reason":"0","TimeCreate":"1768000000","PriceOpen":"150.100","PriceCurrent":"150.2",
      "PriceSL":"0.000","PriceTP":"149","Volume":"1000","Profit":"-6.7","Storage":"0","Comment":"x"},{}])"),
                     ServerTime::FromOffset(0), &unreadable);
  ASSERT_OK(positions);
  EXPECT_EQ(unreadable, 1);
  ASSERT_EQ(positions->size(), 1u);
  EXPECT_THAT(positions->front(), EqualsProto(R"pb(
                ticket: 9
                login: 1
                symbol: "USDJPY"
                side: SELL
                volume: "0.10"
                open_price: "150.100"
                current_price: "150.200"
                take_profit: "149.000"
                profit: "-6.70"
                swap: "0.00"
                origin: CLIENT
                open_time { seconds: 1768000000 }
                comment: "x"
              )pb"));
  EXPECT_FALSE(ParsePositions(WithBody("[{}]"), ServerTime::FromOffset(0)).ok());
}

TEST(TradeRecordsTest, ReadsTicks) {
  Answer answer = WithBody(R"([{"Symbol":"EURUSD","Digits":"5","DatetimeMsc":"1768007200500","Bid":"1.1",
      "Ask":"1.10010","Last":"0.0","Volume":"0","VolumeReal":"0.0"}])");
  const auto list = ParseTicks(answer, ServerTime::FromOffset(120));
  ASSERT_OK(list);
  EXPECT_EQ(list->transaction, 0u);
  ASSERT_EQ(list->ticks.size(), 1u);
  EXPECT_EQ(list->ticks[0].symbol, "EURUSD");
  EXPECT_EQ(list->ticks[0].ask.ToString(), "1.1001");
  EXPECT_EQ(list->ticks[0].time, absl::FromUnixMillis(1'768'000'000'500));
}

TEST(TradeRecordsTest, ReadsASymbol) {
  auto record = ParseSymbol(WithBody(R"({"Symbol":"EURUSD","Path":"Forex\\Major\\EURUSD","Description":"Euro",
                "CurrencyBase":"EUR","CurrencyProfit":"USD","CurrencyMargin":"EUR","Digits":"5","TickSize":"0.00000",
                "ContractSize":"100000.00000000","VolumeMin":"100","VolumeMinExt":"1000000","VolumeMax":"1000000",
                "VolumeStep":"100","VolumeStepExt":"1000000","TradeMode":"4","ExecMode":"2","CalcMode":"0",
                "OrderFlags":"127","FillFlags":"3","ExpirFlags":"5","StopsLevel":"10","SwapMode":"1",
                "SwapLong":"-7.20000000","Swap3Day":"3","SessionsQuotes":[[],[{"Open":"0","Close":"1440"}]],
                "SessionsTrades":[],"TimeExpiration":"1768007200"})"));
  ASSERT_OK(record);
  EXPECT_THAT(FinishSymbol(*std::move(record), ServerTime::FromName("Europe/Athens").value()),
              EqualsProto(R"pb(
                name: "EURUSD"
                path: "Forex\\Major\\EURUSD"
                description: "Euro"
                base_currency_code: "EUR"
                profit_currency_code: "USD"
                margin_currency_code: "EUR"
                digits: 5
                contract_size: "100000"
                min_volume: "0.01"
                max_volume: "100.00"
                volume_step: "0.01"
                tick_size: "0.00001"
                trade_mode: FULL
                execution_mode: MARKET_EXECUTION
                calculation_mode: FOREX
                order_types: MARKET
                order_types: LIMIT
                order_types: STOP
                order_types: STOP_LIMIT
                order_types: CLOSE_BY
                fill_policies: FILL_OR_KILL
                fill_policies: IMMEDIATE_OR_CANCEL
                fill_policies: RETURN_REMAINDER
                times_in_force: GOOD_TILL_CANCELLED
                times_in_force: GOOD_TILL_TIME
                stops_level_points: 10
                initial_margin: "0"
                maintenance_margin: "0"
                hedged_margin: "0"
                swap_mode: POINTS
                swap_long: "-7.2"
                swap_short: "0"
                triple_swap_day: WEDNESDAY
                quote_sessions { day: MONDAY open_time: "00:00" close_time: "24:00" }
                time_zone: "Europe/Athens"
                expire_time { seconds: 1768000000 }
              )pb"));
  EXPECT_FALSE(ParseSymbol(WithBody("{}")).ok());
  EXPECT_FALSE(ParseSymbol(WithBody(R"({"Symbol":"X","Digits":"99"})")).ok());
}

}  // namespace
}  // namespace mtsuite::connector::mt5
