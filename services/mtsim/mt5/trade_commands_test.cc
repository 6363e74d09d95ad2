#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/mtsim/mt5/command_fixture.h"

namespace mtsuite::mtsim {
namespace {

constexpr char kAllTime[] = "FROM=0|TO=4000000000|";

class TradeCommandTest : public CommandTest {
 protected:
  std::string Balance() {
    return Member(Run(absl::StrCat("USER_ACCOUNT_GET|LOGIN=", login_, "|")), "Balance");
  }
  std::string At(std::string_view command) {
    return absl::StrCat(std::string(command), "|LOGIN=", login_, "|");
  }

  const uint64_t login_ = AddAccount("demo\\retail-usd", "1000"_fx);
};

TEST_F(TradeCommandTest, BooksMoneyAndNamesTheDeal) {
  const Reply reply = Run(At("TRADE_BALANCE") + "TYPE=2|BALANCE=250.50|COMMENT=bonus \\| gift #7|");
  ASSERT_EQ(reply.retcode, 0);
  ASSERT_EQ(reply.parameters.size(), 1u);
  EXPECT_EQ(reply.parameters[0].first, "TICKET");
  EXPECT_EQ(Balance(), "1250.50");
  const Reply deal = Run(absl::StrCat("DEAL_GET|TICKET=", reply.parameters[0].second, "|"));
  EXPECT_EQ(Member(deal, "Profit"), "250.50");
  EXPECT_EQ(Member(deal, "Action"), "2");
  EXPECT_EQ(Member(deal, "Entry"), "0");
  EXPECT_EQ(Member(deal, "Symbol"), "");
  EXPECT_EQ(Member(deal, "Volume"), "0");
  EXPECT_EQ(Member(deal, "Comment"), "bonus | gift #7");
  EXPECT_EQ(Member(deal, "Dealer"), "1000");
  EXPECT_EQ(Member(deal, "Time"), "1705500000");
  EXPECT_EQ(Member(deal, "TimeMsc"), "1705500000000");
}

TEST_F(TradeCommandTest, RefusesWhatTheAccountCannotPay) {
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=2|BALANCE=-1000.01|").retcode, 10019);
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=3|BALANCE=-1|").retcode, 10019);
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=7|BALANCE=1|").retcode, 3);
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=2|BALANCE=2000000000|").retcode, 4005);
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=2|BALANCE=abc|").retcode, 3);
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=2|").retcode, 3);
  EXPECT_EQ(Run("TRADE_BALANCE|LOGIN=1|TYPE=2|BALANCE=1|").retcode, 13);
  EXPECT_EQ(Balance(), "1000.00");
}

TEST_F(TradeCommandTest, ChecksTheFreeMarginUnlessToldNotTo) {
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  Open({.login = login_, .symbol = "EURUSD", .volume = "0.5"_fx});
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=2|BALANCE=-900|").retcode, 10019);
  EXPECT_EQ(Run(At("TRADE_BALANCE") + "TYPE=2|BALANCE=-900|CHECK_MARGIN=0|").retcode, 0);
}

TEST_F(TradeCommandTest, TheOlderCommandBooksWithoutATicket) {
  const Reply reply = Run(At("USER_DEPOSIT_CHANGE") + "TYPE=2|BALANCE=-200|COMMENT=old|");
  EXPECT_EQ(reply.retcode, 0);
  EXPECT_TRUE(reply.parameters.empty());
  EXPECT_EQ(Balance(), "800.00");
}

TEST_F(TradeCommandTest, PreviewsMargin) {
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  const Reply reply = Run(At("TRADE_MARGIN_CHECK") + "SYMBOL=EURUSD|TYPE=0|VOLUME=10000000|PRICE=1.1001|");
  ASSERT_EQ(reply.retcode, 0);
  const auto document = mt5wire::JsonDocument::Parse(reply.body);
  EXPECT_EQ(document->root().Get("current").GetText("Margin"), "0.00");
  // 0.1 lots of 100,000 euro at 1.1001 and 1:100.
  EXPECT_EQ(document->root().Get("new").GetText("Margin"), "110.01");
  EXPECT_EQ(Run(At("TRADE_MARGIN_CHECK") + "SYMBOL=NOPE|TYPE=0|VOLUME=1|PRICE=1|").retcode, 3);
  EXPECT_EQ(Run(At("TRADE_MARGIN_CHECK") + "SYMBOL=EURUSD|TYPE=9|VOLUME=1|PRICE=1|").retcode, 3);
}

TEST_F(TradeCommandTest, PagesDeals) {
  for (int i = 0; i < 149; ++i) Run(At("TRADE_BALANCE") + "TYPE=2|BALANCE=1|");
  EXPECT_EQ(Parameter(Run(At("DEAL_GET_TOTAL") + kAllTime), "TOTAL"), "150");
  EXPECT_EQ(Size(Run(At("DEAL_GET_PAGE") + kAllTime + "OFFSET=0|TOTAL=100|")), 100u);
  EXPECT_EQ(Size(Run(At("DEAL_GET_PAGE") + kAllTime + "OFFSET=100|TOTAL=100|")), 50u);
  EXPECT_EQ(Size(Run(At("DEAL_GET_PAGE") + kAllTime + "OFFSET=1000|TOTAL=100|")), 0u);
  EXPECT_EQ(Run(At("DEAL_GET_PAGE") + kAllTime + "OFFSET=0|TOTAL=101|").retcode, 3);
  EXPECT_EQ(Run(At("DEAL_GET_PAGE") + kAllTime + "OFFSET=0|").retcode, 3);
  EXPECT_EQ(Run(At("DEAL_GET_PAGE") + "FROM=2|TO=1|OFFSET=0|TOTAL=1|").retcode, 3);
}

// Both ends of a window belong to it, and they are in server time.
TEST_F(TradeCommandTest, SelectsDealsByServerTime) {
  EXPECT_EQ(Parameter(Run(At("DEAL_GET_TOTAL") + "FROM=1705500000|TO=1705500000|"), "TOTAL"), "1");
  EXPECT_EQ(Parameter(Run(At("DEAL_GET_TOTAL") + "FROM=1705500001|TO=1705600000|"), "TOTAL"), "0");
  EXPECT_EQ(Parameter(Run(At("DEAL_GET_TOTAL") + "FROM=1705400000|TO=1705499999|"), "TOTAL"), "0");
}

TEST_F(TradeCommandTest, GetsDealsInBatches) {
  const uint64_t other = AddAccount("demo\\retail-eur", "5"_fx);
  EXPECT_EQ(Size(Run(absl::StrCat("DEAL_GET_BATCH|GROUP=demo\\*|", kAllTime))), 2u);
  EXPECT_EQ(Size(Run(absl::StrCat("DEAL_GET_BATCH|GROUP=demo\\retail-eur|", kAllTime))), 1u);
  EXPECT_EQ(Size(Run(absl::StrCat("DEAL_GET_BATCH|LOGIN=", other, ",", login_, "|", kAllTime))), 2u);
  EXPECT_EQ(Size(Run(absl::StrCat("DEAL_GET_BATCH|", kAllTime), absl::StrCat("{\"Login\":[", other, "]}"))),
            1u);
  EXPECT_EQ(Size(Run("DEAL_GET_BATCH|TICKET=1000001,1000002,9|")), 2u);
  EXPECT_EQ(Run("DEAL_GET_BATCH|GROUP=*|").retcode, 3);
  manager_.groups = MaskList("demo\\retail-usd");
  EXPECT_EQ(Size(Run(absl::StrCat("DEAL_GET_BATCH|GROUP=*|", kAllTime))), 1u);
  EXPECT_EQ(Size(Run("DEAL_GET_BATCH|TICKET=1000001,1000002|")), 1u);
}

TEST_F(TradeCommandTest, ShowsPositionsAndTheOrdersBehindThem) {
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  const TradeResult trade = Open({.login = login_, .symbol = "EURUSD", .volume = "0.12"_fx, .comment = "c"});
  SetPrice("EURUSD", "1.10110"_fx, "1.10120"_fx);
  const Reply position = Run(At("POSITION_GET") + "SYMBOL=EURUSD|");
  ASSERT_EQ(position.retcode, 0);
  EXPECT_EQ(Member(position, "Position"), absl::StrCat(trade.position));
  EXPECT_EQ(Member(position, "Symbol"), "EURUSD");
  EXPECT_EQ(Member(position, "Action"), "0");
  EXPECT_EQ(Member(position, "Volume"), "1200");
  EXPECT_EQ(Member(position, "VolumeExt"), "12000000");
  EXPECT_EQ(Member(position, "PriceOpen"), "1.10010");
  EXPECT_EQ(Member(position, "PriceCurrent"), "1.10110");
  EXPECT_EQ(Member(position, "Profit"), "12.00");
  EXPECT_EQ(Parameter(Run(At("POSITION_GET_TOTAL")), "TOTAL"), "1");
  EXPECT_EQ(Size(Run(At("POSITION_GET_PAGE") + "OFFSET=0|TOTAL=100|")), 1u);
  EXPECT_EQ(Size(Run("POSITION_GET_BATCH|GROUP=*|")), 1u);
  EXPECT_EQ(Size(Run("POSITION_GET_BATCH|GROUP=*|SYMBOL=GBPUSD|")), 0u);
  EXPECT_EQ(Size(Run(absl::StrCat("POSITION_GET_BATCH|TICKET=", trade.position, "|"))), 1u);
  EXPECT_EQ(Size(Run(At("POSITION_GET_BATCH"))), 1u);
  EXPECT_EQ(Run(At("POSITION_GET") + "SYMBOL=GBPUSD|").retcode, 13);
  const Reply order = Run(absl::StrCat("HISTORY_GET|TICKET=", trade.order, "|"));
  EXPECT_EQ(Member(order, "Symbol"), "EURUSD");
  EXPECT_EQ(Member(order, "State"), "4");
  EXPECT_EQ(Member(order, "VolumeCurrent"), "0");
  EXPECT_EQ(Parameter(Run(At("HISTORY_GET_TOTAL") + kAllTime), "TOTAL"), "1");
  EXPECT_EQ(Size(Run(At("HISTORY_GET_PAGE") + kAllTime + "OFFSET=0|TOTAL=10|")), 1u);
  EXPECT_EQ(Parameter(Run(At("ORDER_GET_TOTAL")), "TOTAL"), "0");
  EXPECT_EQ(Run(At("ORDER_GET_PAGE") + "OFFSET=0|TOTAL=10|").body, "[]\r\n");
  EXPECT_EQ(Run("ORDER_GET|TICKET=1|").retcode, 13);
  EXPECT_EQ(Member(Run(absl::StrCat("DEAL_GET|TICKET=", trade.deal, "|")), "Symbol"), "EURUSD");
}

TEST_F(TradeCommandTest, EditsAPosition) {
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  const TradeResult trade = Open({.login = login_, .symbol = "EURUSD", .volume = "0.12"_fx});
  const Reply reply = Run("POSITION_UPDATE|", absl::StrCat(R"({"Position":")", trade.position,
                                                           R"(","PriceSL":1.05,"Comment":"x"})"));
  ASSERT_EQ(reply.retcode, 0);
  EXPECT_EQ(Member(reply, "PriceSL"), "1.05000");
  EXPECT_EQ(Member(reply, "VolumeExt"), "12000000");
  EXPECT_EQ(Member(reply, "ModifyFlags"), "32");
  EXPECT_EQ(Run("POSITION_UPDATE|", R"({"Position":1})").retcode, 13);
  EXPECT_EQ(Run("POSITION_UPDATE|", R"({})").retcode, 3);
}

TEST_F(TradeCommandTest, ReportsDaysFromDeals) {
  clock_.AdvanceTime(absl::Hours(48));
  const Reply reply = Run(At("DAILY_GET") + kAllTime);
  ASSERT_EQ(Size(reply), 2u);
  EXPECT_EQ(Member(reply, "DailyBalance", 0), "1000.00");
  EXPECT_EQ(Member(reply, "Balance", 0), "1000.00");
  EXPECT_EQ(Member(reply, "DailyBalance", 1), "0.00");
  EXPECT_EQ(Member(reply, "BalancePrevDay", 1), "1000.00");
}

}  // namespace
}  // namespace mtsuite::mtsim
