// Prices, groups, symbols, server.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/mtsim/mt5/command_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using MarketCommandTest = CommandTest;

TEST_F(MarketCommandTest, TicksComeOncePerTransaction) {
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  const Reply all = Run("TICK_LAST|SYMBOL=EURUSD,Forex\\Major\\GBP*|");
  ASSERT_EQ(all.retcode, 0);
  EXPECT_EQ(Size(all), 2u);
  EXPECT_EQ(Member(all, "Bid"), "1.10000");
  EXPECT_EQ(Member(all, "Datetime"), "1705500000");
  const std::string seen = Parameter(all, "TRANS_ID");
  EXPECT_EQ(Run(absl::StrCat("TICK_LAST|SYMBOL=*|TRANS_ID=", seen, "|")).body, "[]\r\n");
  SetPrice("USDJPY", "150.000"_fx, "150.010"_fx);
  const Reply news = Run(absl::StrCat("TICK_LAST|SYMBOL=*|TRANS_ID=", seen, "|"));
  EXPECT_EQ(Size(news), 1u);
  EXPECT_EQ(Member(news, "Symbol"), "USDJPY");
  EXPECT_EQ(Run("TICK_LAST|").retcode, 3);
}

TEST_F(MarketCommandTest, TicksOfAGroupHaveItsSpread) {
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  const Reply reply = Run("TICK_LAST_GROUP|SYMBOL=EURUSD|GROUP=real\\standard-usd|");
  EXPECT_EQ(Member(reply, "Bid"), "1.09998");
  EXPECT_EQ(Member(reply, "Ask"), "1.10012");
  EXPECT_EQ(Run("TICK_LAST_GROUP|SYMBOL=EURUSD|GROUP=none|").retcode, 13);
}

TEST_F(MarketCommandTest, StatisticsHaveAllMembers) {
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  SetPrice("EURUSD", "1.09000"_fx, "1.09010"_fx);
  const Reply reply = Run("TICK_STAT|SYMBOL=EURUSD|");
  EXPECT_EQ(Member(reply, "BidHigh"), "1.10000");
  EXPECT_EQ(Member(reply, "BidLow"), "1.08500");
  EXPECT_EQ(Member(reply, "BidDir"), "2");
  EXPECT_EQ(Member(reply, "TradeDeals"), "0");
  EXPECT_EQ(Member(reply, "PriceSensitivity"), "0.00000000");
}

TEST_F(MarketCommandTest, ListsGroupsOneByOne) {
  EXPECT_EQ(Parameter(Run("GROUP_TOTAL|"), "TOTAL"), "6");
  EXPECT_EQ(Member(Run("GROUP_NEXT|INDEX=0|"), "Group"), "demo\\retail-usd");
  EXPECT_EQ(Run("GROUP_NEXT|INDEX=6|").retcode, 13);
  const Reply group = Run("GROUP_GET|GROUP=real\\standard-eur|");
  EXPECT_EQ(Member(group, "Currency"), "EUR");
  EXPECT_EQ(Member(group, "MarginStopOut"), "30.00");
  EXPECT_THAT(group.body, HasSubstr("\"TradeMode\" : \"default\""));
  EXPECT_THAT(group.body, HasSubstr("\"SpreadDiff\" : \"4\""));
}

TEST_F(MarketCommandTest, AddsChangesAndDeletesAGroup) {
  const Reply added =
      Run("GROUP_ADD|", R"({"Group":"demo\\vip","Currency":"USD","MarginCall":"80","NewsLangs":[1033,"9"],
      "Symbols":[{"Path":"Forex\\*","SpreadDiff":2,"TradeMode":"default"}]})");
  ASSERT_EQ(added.retcode, 0);
  EXPECT_EQ(Member(added, "MarginCall"), "80.00");
  EXPECT_THAT(added.body, HasSubstr("\"NewsLangs\" : [\r\n\"1033\",\r\n\"9\"\r\n]"));
  const Reply changed = Run("GROUP_ADD|", R"({"Group":"demo\\vip","MarginStopOut":"20"})");
  EXPECT_EQ(Member(changed, "MarginCall"), "80.00");
  EXPECT_EQ(Member(changed, "MarginStopOut"), "20.00");
  EXPECT_EQ(Run("GROUP_DELETE|GROUP=demo\\vip|").retcode, 0);
  EXPECT_EQ(Run("GROUP_DELETE|GROUP=demo\\vip|").retcode, 13);
  AddAccount("demo\\retail-usd");
  EXPECT_EQ(Run("GROUP_DELETE|GROUP=demo\\retail-usd|").retcode, 2003);
  EXPECT_EQ(Run("GROUP_ADD|", R"({"Currency":"USD"})").retcode, 3);
}

TEST_F(MarketCommandTest, GroupsHaveCommissionsAndTradeModes) {
  const Reply added = Run("GROUP_ADD|", R"({"Group":"demo\\vip","Currency":"USD",
      "Symbols":[{"Path":"Forex\\*","TradeMode":"3"}],
      "Commissions":[{"Name":"c","Path":"*","Mode":0,"ChargeMode":2,"EntryMode":1,
                      "Tiers":[{"Mode":0,"Type":1,"Value":"3.5","RangeTo":10}]}]})");
  ASSERT_EQ(added.retcode, 0);
  EXPECT_THAT(added.body, HasSubstr("\"Value\" : \"3.50000000\""));
  EXPECT_THAT(added.body, HasSubstr("\"TradeMode\" : \"3\""));
  EXPECT_EQ(Run("GROUP_ADD|", added.body).body, added.body);
  EXPECT_EQ(Member(Run("SYMBOL_GET_GROUP|SYMBOL=EURUSD|GROUP=demo\\vip|"), "TradeMode"), "3");
  EXPECT_EQ(Run("GROUP_ADD|", R"({"Group":"demo\\vip","Commissions":[{"ChargeMode":1}]})").retcode, 3);
}

// Member order and number formats as in the captured answer of a real server.
TEST_F(MarketCommandTest, WritesSymbolsLikeTheCapture) {
  const Reply reply = Run("SYMBOL_GET|SYMBOL=EURUSD|");
  EXPECT_THAT(reply.body,
              StartsWith("{\r\n\"Symbol\" : \"EURUSD\",\r\n\"Path\" : \"Forex\\\\Major\\\\EURUSD\",\r\n"
                         "\"ISIN\" : \"\",\r\n"));
  EXPECT_EQ(Member(reply, "Point"), "0.00001000");
  EXPECT_EQ(Member(reply, "Multiply"), "100000.00000000");
  EXPECT_EQ(Member(reply, "ContractSize"), "100000.00000000");
  EXPECT_EQ(Member(reply, "TickSize").size(), 7u);
  EXPECT_EQ(Member(reply, "VolumeMin"), "100");
  EXPECT_EQ(Member(reply, "VolumeMinExt"), "1000000");
  EXPECT_EQ(Member(reply, "FaceValue"), "0.00");
  const auto document = mt5wire::JsonDocument::Parse(reply.body);
  EXPECT_EQ(document->root().Get("SessionsTrades").size(), 7u);
  EXPECT_EQ((*document->root().Get("SessionsTrades").begin()).size(), 0u) << "Sunday is closed";
}

TEST_F(MarketCommandTest, ListsSymbols) {
  const std::string total = Parameter(Run("SYMBOL_TOTAL|"), "TOTAL");
  EXPECT_EQ(absl::StrCat(Size(Run("SYMBOL_LIST|"))), total);
  EXPECT_EQ(Member(Run("SYMBOL_NEXT|INDEX=0|"), "Symbol"), "EURUSD");
  EXPECT_EQ(Run(absl::StrCat("SYMBOL_NEXT|INDEX=", total, "|")).retcode, 13);
  EXPECT_EQ(Run("SYMBOL_GET|SYMBOL=NOPE|").retcode, 13);
  EXPECT_EQ(Member(Run("SYMBOL_GET_GROUP|SYMBOL=EURUSD|GROUP=real\\standard-usd|"), "SpreadDiff"), "4");
}

// What SYMBOL_GET sends, SYMBOL_ADD takes, and nothing is lost on the way.
TEST_F(MarketCommandTest, ReadsBackWhatItWrites) {
  const std::string body = Run("SYMBOL_GET|SYMBOL=DE40|").body;
  const Reply stored = Run("SYMBOL_ADD|", body);
  ASSERT_EQ(stored.retcode, 0);
  EXPECT_EQ(stored.body, body);
  const std::string group = Run("GROUP_GET|GROUP=real\\standard-usd|").body;
  EXPECT_EQ(Run("GROUP_ADD|", group).body, group);
}

TEST_F(MarketCommandTest, AddsAndDeletesASymbol) {
  std::string body = Run("SYMBOL_GET|SYMBOL=EURUSD|").body;
  body.replace(body.find("EURUSD"), 6, "EURXXX");
  EXPECT_EQ(Run("SYMBOL_ADD|", body).retcode, 0);
  EXPECT_EQ(Run("SYMBOL_GET|SYMBOL=EURXXX|").retcode, 0);
  EXPECT_EQ(Run("SYMBOL_DELETE|SYMBOL=EURXXX|").retcode, 0);
  EXPECT_EQ(Run("SYMBOL_DELETE|SYMBOL=EURXXX|").retcode, 13);
}

TEST_F(MarketCommandTest, TellsTheTimeOfTheServer) {
  EXPECT_EQ(Parameter(Run("TIME_SERVER|"), "TIME"), "1705500000 0");
  const Reply time = Run("TIME_GET|");
  EXPECT_EQ(Member(time, "TimeZone"), "120");
  EXPECT_EQ(Member(time, "Daylight"), "1");
  EXPECT_EQ(Member(time, "DaylightState"), "0");
  clock_.AdvanceTime(absl::Hours(24 * 180));
  EXPECT_EQ(Member(Run("TIME_GET|"), "DaylightState"), "1");
  EXPECT_EQ(Member(Run("TIME_GET|"), "TimeZone"), "120");
}

TEST_F(MarketCommandTest, AnswersCommandsWithoutEffect) {
  EXPECT_EQ(Run("TEST_ACCESS|").retcode, 0);
  EXPECT_EQ(Member(Run("COMMON_GET|"), "TotalUsers"), "0");
  EXPECT_EQ(Run("SERVER_RESTART|").retcode, 0);
  EXPECT_TRUE(restart_requested_);
}

TEST_F(MarketCommandTest, KeepsMailAndNews) {
  EXPECT_EQ(Run("MAIL_SEND|TO=demo\\*|SUBJECT=Hello|", "<b>Hi</b>").retcode, 0);
  EXPECT_EQ(Run("NEWS_SEND|SUBJECT=ECB|CATEGORY=Economy|LANGUAGE=1033|PRIORITY=0|", "Rates").retcode, 0);
  EXPECT_EQ(Run("MAIL_SEND|SUBJECT=x|").retcode, 3);
  ASSERT_EQ(bulletin_.messages().size(), 2u);
  EXPECT_EQ(bulletin_.messages()[0].text, "<b>Hi</b>");
  EXPECT_EQ(bulletin_.messages()[1].recipient, "Economy");
  for (size_t i = 0; i < Bulletin::kMessagesMax; ++i) Run("NEWS_SEND|SUBJECT=x|");
  EXPECT_EQ(bulletin_.messages().size(), Bulletin::kMessagesMax);
}

TEST_F(MarketCommandTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Run("BOOK_GET|").retcode, 12002);
  EXPECT_EQ(Run("MY_PLUGIN|A=1|").retcode, 12002);
}

}  // namespace
}  // namespace mtsuite::mtsim
