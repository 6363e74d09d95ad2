#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/mtsim/mt5/command_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kAdd[] =
    "USER_ADD|LOGIN=0|PASS_MAIN=Passw0rd!|PASS_INVESTOR=Invest0r!|RIGHTS=|GROUP=demo\\retail-usd|NAME=Ann "
    "Smith|"
    "COUNTRY=Germany|EMAIL=ann@clients.example|LEVERAGE=100|BALANCE=5000|";

using UserCommandTest = CommandTest;

TEST_F(UserCommandTest, AddsFromParametersAndReturnsLoginAndRecord) {
  const Reply reply = Run(kAdd);
  ASSERT_EQ(reply.retcode, 0);
  EXPECT_EQ(Parameter(reply, "LOGIN"), Member(reply, "Login"));
  EXPECT_EQ(Member(reply, "Group"), "demo\\retail-usd");
  EXPECT_EQ(Member(reply, "Name"), "Ann Smith");
  EXPECT_EQ(Member(reply, "Rights"), "355");
  EXPECT_EQ(Member(reply, "Leverage"), "100");
  // A new account has no money, whatever the request says.
  EXPECT_EQ(Member(reply, "Balance"), "0.00");
  // 2024-01-17 12:00 UTC is 14:00 on the server.
  EXPECT_EQ(Member(reply, "Registration"), "1705500000");
}

TEST_F(UserCommandTest, AnswersInTheStyleOfTheRealServer) {
  const Reply reply = Run(kAdd);
  EXPECT_THAT(reply.body, StartsWith(absl::StrCat("{\r\n\"Login\" : \"", Parameter(reply, "LOGIN"),
                                                  "\",\r\n\"Group\" : \"demo\\\\retail-usd\",\r\n")));
  EXPECT_THAT(reply.body, HasSubstr("\"ApiData\" : []\r\n}\r\n"));
}

TEST_F(UserCommandTest, MembersOfTheBodyOverrideParameters) {
  const Reply reply =
      Run(kAdd, R"({"Login":"777001","Name":"Béatrice","Leverage":50,"MainPassword":null,"City":"Köln"})");
  ASSERT_EQ(reply.retcode, 0);
  EXPECT_EQ(Member(reply, "Login"), "777001");
  EXPECT_EQ(Member(reply, "Name"), "Béatrice");
  EXPECT_EQ(Member(reply, "Leverage"), "50");
  EXPECT_EQ(Member(reply, "City"), "Köln");
  EXPECT_EQ(Run("USER_PASS_CHECK|LOGIN=777001|TYPE=MAIN|PASSWORD=Passw0rd!|").retcode, 0);
}

TEST_F(UserCommandTest, AcceptsBothSpellingsOfPasswordMembers) {
  for (const char* members : {R"("PassMain":"Passw0rd!","PassInvestor":"Invest0r!")",
                              R"("MainPassword":"Passw0rd!","InvestPassword":"Invest0r!")"}) {
    const Reply reply =
        Run("USER_ADD|",
            absl::StrCat("{", members, R"(,"Group":"demo\\retail-usd","Name":"N","Leverage":"100"})"));
    EXPECT_EQ(reply.retcode, 0) << members;
  }
}

TEST_F(UserCommandTest, RefusesBadAccounts) {
  EXPECT_EQ(Run(kAdd, R"({"Group":"no\\such"})").retcode, 8);
  EXPECT_EQ(Run(kAdd, R"({"Leverage":0})").retcode, 3);
  EXPECT_EQ(Run(kAdd, R"({"PassMain":"weak"})").retcode, 3006);
  EXPECT_EQ(Run(kAdd, R"([1])").retcode, 3);
  EXPECT_EQ(Run(kAdd, R"({"Login":888001})").retcode, 0);
  EXPECT_EQ(Run(kAdd, R"({"Login":888001})").retcode, 3004);
}

TEST_F(UserCommandTest, UpdatesOnlyWhatIsGiven) {
  const uint64_t login = AddAccount("demo\\retail-usd", "100"_fx);
  const Reply reply =
      Run("USER_UPDATE|",
          absl::StrCat(R"({"Login":)", login, R"(,"Leverage":"200","Comment":"vip","Balance":"1e6"})"));
  ASSERT_EQ(reply.retcode, 0);
  EXPECT_EQ(Member(reply, "Leverage"), "200");
  EXPECT_EQ(Member(reply, "Comment"), "vip");
  EXPECT_EQ(Member(reply, "Name"), "Test Trader");
  EXPECT_EQ(Member(reply, "Balance"), "100.00");
  // Out of range: left as it is, without an error. An empty text clears.
  const Reply again = Run(
      "USER_UPDATE|", absl::StrCat(R"({"Login":)", login, R"(,"Leverage":"0","Comment":"","Rights":""})"));
  EXPECT_EQ(again.retcode, 0);
  EXPECT_EQ(Member(again, "Leverage"), "200");
  EXPECT_EQ(Member(again, "Comment"), "");
  EXPECT_EQ(Member(again, "Rights"), "355");
}

TEST_F(UserCommandTest, GetsDeletesAndForgets) {
  const uint64_t login = AddAccount("demo\\retail-usd");
  EXPECT_EQ(Run(absl::StrCat("USER_GET|LOGIN=", login, "|")).retcode, 0);
  EXPECT_EQ(Run(absl::StrCat("USER_DELETE|LOGIN=", login, "|")).retcode, 0);
  EXPECT_EQ(Run(absl::StrCat("USER_GET|LOGIN=", login, "|")).retcode, 13);
  EXPECT_EQ(Run("USER_GET|").retcode, 3);
  EXPECT_EQ(Run("USER_GET|LOGIN=abc|").retcode, 3);
}

TEST_F(UserCommandTest, GetsBatchesByLoginOrByGroupButNotBoth) {
  const uint64_t a = AddAccount("demo\\retail-usd");
  const uint64_t b = AddAccount("demo\\retail-eur");
  Reply reply = Run(absl::StrCat("USER_GET_BATCH|LOGIN=", b, ",", a, ",5|"));
  EXPECT_EQ(Size(reply), 2u);
  EXPECT_EQ(Member(reply, "Login", 0), absl::StrCat(b));
  reply = Run("USER_GET_BATCH|GROUP=demo*,!demo\\retail-eur|");
  EXPECT_EQ(Size(reply), 1u);
  EXPECT_EQ(Run("USER_GET_BATCH|").retcode, 3);
  EXPECT_EQ(Run("USER_GET_BATCH|LOGIN=1|GROUP=*|").retcode, 3);
  EXPECT_EQ(Run("USER_GET_BATCH|LOGIN=1,x|").retcode, 3);
  reply = Run("USER_LOGINS|GROUP=*|");
  EXPECT_EQ(reply.body, absl::StrCat("[\r\n\"", a, "\",\r\n\"", b, "\"\r\n]\r\n"));
  EXPECT_EQ(Run("USER_LOGINS|GROUP=none|").body, "[]\r\n");
  EXPECT_EQ(Size(Run("USER_ACCOUNT_GET_BATCH|GROUP=*|")), 2u);
  EXPECT_EQ(Run("USER_ARCHIVE_GET_BATCH|GROUP=*|").body, "[]\r\n");
}

TEST_F(UserCommandTest, ChecksAndChangesPasswords) {
  const uint64_t login = AddAccount("demo\\retail-usd");
  const std::string check = absl::StrCat("USER_PASS_CHECK|LOGIN=", login, "|TYPE=INVESTOR|PASSWORD=");
  EXPECT_EQ(Run(check + kTestPassword + "|").retcode, 0);
  EXPECT_EQ(Run(check + "wrong|").retcode, 3006);
  EXPECT_EQ(Run(absl::StrCat("USER_PASS_CHANGE|LOGIN=", login, "|TYPE=INVESTOR|PASSWORD=weak|")).retcode,
            3006);
  EXPECT_EQ(
      Run(absl::StrCat("USER_PASS_CHANGE|LOGIN=", login, "|TYPE=INVESTOR|PASSWORD=N\\=w|Pass1|")).retcode,
      3006);
  EXPECT_EQ(
      Run(absl::StrCat("USER_PASS_CHANGE|LOGIN=", login, "|TYPE=INVESTOR|PASSWORD=New\\=Pass\\|1|")).retcode,
      0);
  EXPECT_EQ(Run(check + "New\\=Pass\\|1|").retcode, 0);
  EXPECT_EQ(Run(absl::StrCat("USER_PASS_CHECK|LOGIN=", login, "|TYPE=OTHER|PASSWORD=x|")).retcode, 3);
}

TEST_F(UserCommandTest, ShowsOnlyAllowedGroups) {
  const uint64_t login = AddAccount("demo\\netting-usd");
  manager_.groups = MaskList("demo\\retail-*");
  EXPECT_EQ(Run(absl::StrCat("USER_GET|LOGIN=", login, "|")).retcode, 13);
  EXPECT_EQ(Run(absl::StrCat("USER_DELETE|LOGIN=", login, "|")).retcode, 13);
  EXPECT_EQ(Run(absl::StrCat("TRADE_BALANCE|LOGIN=", login, "|TYPE=2|BALANCE=1|")).retcode, 13);
  EXPECT_EQ(Size(Run("USER_GET_BATCH|GROUP=*|")), 0u);
  EXPECT_EQ(Run(kAdd, R"({"Group":"demo\\netting-usd"})").retcode, 8);
  EXPECT_EQ(Run("GROUP_GET|GROUP=demo\\netting-usd|").retcode, 13);
  EXPECT_EQ(Parameter(Run("GROUP_TOTAL|"), "TOTAL"), "2");
}

TEST_F(UserCommandTest, RightsLimitWhatAManagerMayDo) {
  const uint64_t login = AddAccount("demo\\retail-usd");
  manager_.rights = 0;
  const std::string at = absl::StrCat("|LOGIN=", login, "|");
  EXPECT_EQ(Run("USER_GET" + at).retcode, 0);
  EXPECT_EQ(Member(Run("USER_GET" + at), "Name"), "");
  EXPECT_EQ(Run(kAdd).retcode, 8);
  EXPECT_EQ(Run("USER_UPDATE" + at).retcode, 8);
  EXPECT_EQ(Run("USER_DELETE" + at).retcode, 8);
  EXPECT_EQ(Run("USER_PASS_CHANGE" + at).retcode, 8);
  EXPECT_EQ(Run("TRADE_BALANCE" + at).retcode, 8);
  EXPECT_EQ(Run("GROUP_ADD|", "{}").retcode, 8);
  EXPECT_EQ(Run("SYMBOL_ADD|", "{}").retcode, 8);
  EXPECT_EQ(Run("POSITION_UPDATE|", "{}").retcode, 8);
  EXPECT_EQ(Run("MAIL_SEND|TO=1|SUBJECT=s|").retcode, 8);
  EXPECT_EQ(Run("SERVER_RESTART|").retcode, 8);
  EXPECT_FALSE(restart_requested_);
}

}  // namespace
}  // namespace mtsuite::mtsim
