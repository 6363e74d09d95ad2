#include <string>
#include <vector>

#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/commands/balance_commands.h"
#include "services/connector/mt5/commands/deal_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

using accounts::v1::BalanceOperation;
using ::mtsuite::testing::EqualsProto;
using ::testing::HasSubstr;
using type::v1::Deal;

Answer WithBody(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

Answer WithTicket(std::string_view line) {
  mt5wire::CommandBuilder builder = mt5wire::CommandBuilder::Answer("TRADE_BALANCE", 0, "Done");
  if (!line.empty()) builder.Add("TICKET", line);
  std::string utf16;
  for (const char c : builder.Finish()) utf16 += {c, '\0'};
  return ReadAnswer("TRADE_BALANCE", utf16).value();
}

TEST(BalanceCommandsTest, EveryTypeHasItsKind) {
  EXPECT_EQ(BookingKind(BalanceOperation::DEPOSIT), 2);
  EXPECT_EQ(BookingKind(BalanceOperation::WITHDRAWAL), 2);
  EXPECT_EQ(BookingKind(BalanceOperation::CREDIT_IN), 3);
  EXPECT_EQ(BookingKind(BalanceOperation::CREDIT_OUT), 3);
  EXPECT_EQ(BookingKind(BalanceOperation::CHARGE), 4);
  EXPECT_EQ(BookingKind(BalanceOperation::CORRECTION), 5);
  EXPECT_EQ(BookingKind(BalanceOperation::BONUS), 6);
  EXPECT_EQ(BookingKind(BalanceOperation::TYPE_UNSPECIFIED), std::nullopt);
}

TEST(BalanceCommandsTest, WritesBookings) {
  Booking booking;
  booking.login = 1001;
  booking.signed_amount = Decimal::Parse("-200.10").value();
  booking.comment = "fee=1 #AB";
  Request request = BookBalance(booking, 2);
  EXPECT_EQ(request.text,
            "TRADE_BALANCE|LOGIN=1001|TYPE=2|BALANCE=-200.1|COMMENT=fee\\=1 #AB|CHECK_MARGIN=1|\r\n");
  EXPECT_TRUE(request.context.mutation);
  EXPECT_FALSE(request.context.credit);
  booking.check_margin = false;
  request = BookBalance(booking, 3);
  EXPECT_THAT(request.text, HasSubstr("|CHECK_MARGIN=0|"));
  EXPECT_TRUE(request.context.credit);
}

TEST(BalanceCommandsTest, ReadsTickets) {
  EXPECT_EQ(ParseBooked(WithTicket("4711"))->ticket, 4711);
  for (const char* bad : {"", "0", "-1", "x", "47 11", "99999999999999999999"}) {
    EXPECT_FALSE(ParseBooked(WithTicket(bad)).ok()) << bad;
  }
}

TEST(BalanceCommandsTest, ReadsTheTradeState) {
  const char text[] = R"({"Login":"1001","CurrencyDigits":"2","Balance":"1000.00","Credit":"50.00",
    "Margin":"100.00","MarginFree":"940.10","MarginLevel":"1040.10","MarginLeverage":"100","Profit":"-9.00",
    "Storage":"-0.90","Floating":"-9.90","Equity":"1040.10","SOActivation":"1"})";
  ASSERT_OK_AND_ASSIGN(const auto state,
                       ParseTradeAccount(WithBody(text), {1001, "USD", absl::FromUnixSeconds(5)}));
  EXPECT_THAT(state, EqualsProto(R"pb(
                login: 1001
                currency_code: "USD"
                balance: "1000.00"
                credit: "50.00"
                equity: "1040.10"
                floating_profit: "-9.90"
                swap: "-0.90"
                margin: "100.00"
                free_margin: "940.10"
                margin_level: "1040.10"
                margin_state: MARGIN_CALL
                leverage: 100
                read_time { seconds: 5 }
              )pb"));
}

TEST(BalanceCommandsTest, TheMarginLevelIsEmptyWithoutMargin) {
  const char text[] = R"({"Login":"1","CurrencyDigits":"0","Margin":"0","MarginLevel":"0.00","Equity":"7"})";
  ASSERT_OK_AND_ASSIGN(const auto state, ParseTradeAccount(WithBody(text), {1, "JPY", absl::UnixEpoch()}));
  EXPECT_EQ(state.margin_level(), "");
  EXPECT_EQ(state.equity(), "7");
  EXPECT_EQ(state.margin_state(), accounts::v1::TradeState::NORMAL);
  EXPECT_FALSE(ParseTradeAccount(WithBody(text), {2, "JPY", absl::UnixEpoch()}).ok());
  EXPECT_FALSE(ParseTradeAccount(WithBody("[]"), {1, "JPY", absl::UnixEpoch()}).ok());
}

TEST(DealCommandsTest, WritesRequests) {
  EXPECT_EQ(GetDealPage(1001, {10, 20}, 100, 50).text,
            "DEAL_GET_PAGE|LOGIN=1001|FROM=10|TO=20|OFFSET=100|TOTAL=50|\r\n");
  EXPECT_EQ(GetDealBatch("*", {10, 20}).text, "DEAL_GET_BATCH|GROUP=*|FROM=10|TO=20|\r\n");
}

TEST(DealCommandsTest, ReadsATrade) {
  const char text[] =
      R"([{"Deal":"9","Login":"1001","Order":"8","Action":"1","Entry":"1","Reason":"4","Digits":"5",
    "DigitsCurrency":"2","Time":"1768471200","TimeMsc":"1768471200123","Symbol":"EURUSD","Price":"1.08430",
    "Volume":"1000","VolumeExt":"10000000","Profit":"12.30","Storage":"-0.10","Commission":"-0.70","Fee":"0.00",
    "PositionID":"7","Comment":"[tp 1.0843]"}])";
  ASSERT_OK_AND_ASSIGN(const auto records, ParseDeals(WithBody(text), ServerTime::FromOffset(120)));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].server_seconds, 1768471200);
  EXPECT_THAT(records[0].deal, EqualsProto(R"pb(
                ticket: 9
                login: 1001
                type: SELL
                entry: OUT
                origin: TAKE_PROFIT
                time { seconds: 1768464000 nanos: 123000000 }
                symbol: "EURUSD"
                volume: "0.10"
                price: "1.08430"
                profit: "12.30"
                swap: "-0.10"
                commission: "-0.70"
                fee: "0.00"
                position_ticket: 7
                order_ticket: 8
                comment: "[tp 1.0843]"
              )pb"));
}

TEST(DealCommandsTest, ReadsABookingOfMoney) {
  const char text[] = R"([{"Deal":"10","Login":"1001","Action":"2","Entry":"0","Reason":"2","Digits":"0",
    "DigitsCurrency":"2","Time":"1768471200","Symbol":"","Price":"0","Volume":"0","Profit":"1000.00",
    "Comment":"hello #TAG"}])";
  ASSERT_OK_AND_ASSIGN(const auto records, ParseDeals(WithBody(text), ServerTime::FromOffset(0)));
  EXPECT_THAT(records[0].deal, EqualsProto(R"pb(
                ticket: 10
                login: 1001
                type: BALANCE
                origin: DEALER
                time { seconds: 1768471200 }
                profit: "1000.00"
                swap: "0.00"
                commission: "0.00"
                fee: "0.00"
                comment: "hello #TAG"
              )pb"));
}

TEST(DealCommandsTest, EveryActionEntryAndReasonHasItsName) {
  const std::vector<Deal::Type> types = {Deal::BUY,
                                         Deal::SELL,
                                         Deal::BALANCE,
                                         Deal::CREDIT,
                                         Deal::CHARGE,
                                         Deal::CORRECTION,
                                         Deal::BONUS,
                                         Deal::COMMISSION,
                                         Deal::COMMISSION,
                                         Deal::COMMISSION,
                                         Deal::AGENT,
                                         Deal::AGENT,
                                         Deal::INTEREST,
                                         Deal::OTHER,
                                         Deal::OTHER,
                                         Deal::DIVIDEND,
                                         Deal::DIVIDEND,
                                         Deal::TAX,
                                         Deal::AGENT,
                                         Deal::STOP_OUT_COMPENSATION,
                                         Deal::STOP_OUT_COMPENSATION,
                                         Deal::OTHER};
  const std::vector<Deal::Entry> entries = {Deal::IN, Deal::OUT, Deal::IN_OUT, Deal::OUT_BY,
                                            Deal::ENTRY_UNSPECIFIED};
  const std::vector<Deal::Origin> origins = {Deal::CLIENT,    Deal::EXPERT,      Deal::DEALER,
                                             Deal::STOP_LOSS, Deal::TAKE_PROFIT, Deal::STOP_OUT};
  const auto read = [](size_t action, size_t entry, size_t reason) {
    const std::string text = R"([{"Deal":"1","Login":"1","Action":")" + std::to_string(action) +
                             R"(","Entry":")" + std::to_string(entry) + R"(","Reason":")" +
                             std::to_string(reason) + "\"}]";
    return ParseDeals(WithBody(text), ServerTime::FromOffset(0)).value()[0].deal;
  };
  for (size_t i = 0; i < types.size(); ++i) EXPECT_EQ(read(i, 0, 0).type(), types[i]) << i;
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(read(0, i, 0).entry(), entries[i]) << i;
  EXPECT_EQ(read(2, 0, 0).entry(), Deal::ENTRY_UNSPECIFIED);
  for (size_t i = 0; i < 22; ++i) {
    const Deal::Origin expected = i < origins.size()     ? origins[i]
                                  : (i == 16 || i == 17) ? Deal::CLIENT
                                                         : Deal::OTHER_ORIGIN;
    EXPECT_EQ(read(0, 0, i).origin(), expected) << i;
  }
}

TEST(DealCommandsTest, OldServersGiveVolumesInTenthousandths) {
  const char text[] = R"([{"Deal":"1","Login":"1","Action":"0","Volume":"12345"}])";
  EXPECT_EQ(ParseDeals(WithBody(text), ServerTime::FromOffset(0)).value()[0].deal.volume(), "1.2345");
}

TEST(DealCommandsTest, RefusesWhatIsNoDeal) {
  for (const char* text : {"{}", "[1]", R"([{"Deal":"1"}])", R"([{"Login":"1","Deal":"1"}])",
                           R"([{"Deal":"1","Login":"1","Action":"0","Profit":"x"}])",
                           R"([{"Deal":"1","Login":"1","Action":"0","Digits":"99"}])"}) {
    EXPECT_FALSE(ParseDeals(WithBody(text), ServerTime::FromOffset(0)).ok()) << text;
  }
  int unreadable = 0;
  ASSERT_OK_AND_ASSIGN(const auto records,
                       ParseDeals(WithBody(R"([{"Deal":"1"},{"Deal":"2","Login":"1","Action":"2"}])"),
                                  ServerTime::FromOffset(0), &unreadable));
  EXPECT_EQ(records.size(), 1u);
  EXPECT_EQ(unreadable, 1);
}

}  // namespace
}  // namespace mtsuite::connector::mt5
