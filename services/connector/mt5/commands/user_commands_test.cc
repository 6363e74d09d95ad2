#include "services/connector/mt5/commands/user_commands.h"

#include <string>

#include "common/mt5wire/command.h"
#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::mtsuite::testing::EqualsProto;
using ::mtsuite::testing::IsOkAndHolds;
using ::mtsuite::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// As a server writes it, with members that we do not read.
constexpr char kUser[] = R"({
"Login" : "1001",
"Group" : "demo\\retail-usd",
"CertSerialNumber" : "0",
"Rights" : "483",
"Registration" : "1768471200",
"LastAccess" : "0",
"LastPassChange" : "1768474800",
"Name" : "Zoë Müller",
"Company" : "ACME",
"Country" : "Germany",
"City" : "Köln",
"State" : "NRW",
"ZipCode" : "50667",
"Address" : "Domplatz 1",
"Phone" : "+49 221 1",
"Email" : "zoe@example.com",
"ID" : "doc-7",
"Status" : "VIP",
"Comment" : "note",
"Color" : "4278190080",
"PhonePassword" : "word",
"Leverage" : "200",
"Agent" : "77",
"Balance" : "1000.50",
"Credit" : "0.00",
"LeadCampaign" : "spring",
"LeadSource" : "ads",
"ApiData" : []
})";

Answer WithBody(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

ServerTime Time() { return ServerTime::FromOffset(120); }

accounts::v1::Group Usd() {
  accounts::v1::Group group;
  group.set_name("demo\\retail-usd");
  group.set_currency_code("USD");
  group.set_currency_digits(2);
  return group;
}

TEST(UserCommandsTest, ReadsAUser) {
  ASSERT_OK_AND_ASSIGN(const UserRecord record, ParseUser(WithBody(kUser), 1001, Time()));
  EXPECT_EQ(record.rights, 483u);
  EXPECT_EQ(record.phone_password, "word");
  const accounts::v1::Group group = Usd();
  EXPECT_THAT(FinishAccount(record, &group), EqualsProto(R"pb(
                login: 1001
                group: "demo\\retail-usd"
                leverage: 200
                name: "Zoë Müller"
                contact {
                  email: "zoe@example.com"
                  phone: "+49 221 1"
                  company: "ACME"
                  country: "Germany"
                  state: "NRW"
                  city: "Köln"
                  zip_code: "50667"
                  address: "Domplatz 1"
                }
                rights {
                  enabled: true
                  read_only: false
                  password_change_allowed: true
                  expert_advisors_allowed: true
                  trailing_stops_allowed: true
                  reports_enabled: true
                }
                comment: "note"
                document_id: "doc-7"
                agent_login: 77
                lead_source: "ads"
                lead_campaign: "spring"
                status: "VIP"
                currency_code: "USD"
                balance: "1000.50"
                credit: "0.00"
                create_time { seconds: 1768464000 }
                last_password_change_time { seconds: 1768467600 }
              )pb"));
}

TEST(UserCommandsTest, ToleratesOldAndBareWriting) {
  const char text[] =
      R"({"Login":1001,"Group":"demo\x","Rights":1,"FirstName":"Ann","LastName":"Lee","ZIPCode":"1","Balance":5.5})";
  ASSERT_OK_AND_ASSIGN(UserRecord record, ParseUser(WithBody(text), 1001, Time()));
  EXPECT_EQ(record.account.group(), "demo\\x");
  EXPECT_EQ(record.account.name(), "Ann Lee");
  EXPECT_EQ(record.account.contact().zip_code(), "1");
  const accounts::v1::Account account = FinishAccount(std::move(record), nullptr);
  EXPECT_EQ(account.balance(), "5.50");
  EXPECT_EQ(account.currency_code(), "");
}

TEST(UserCommandsTest, RefusesWhatIsNoUser) {
  for (const char* text :
       {"", "[]", "{", "{}", R"({"Login":"x"})", R"({"Login":"-1"})", R"({"Login":"1001","Rights":"many"})",
        R"({"Login":"1001","Balance":"1,000.00"})", R"({"Login":"1001","Leverage":"-5"})"}) {
    EXPECT_THAT(ParseUser(WithBody(text), 1001, Time()), StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
  EXPECT_THAT(ParseUser(WithBody(kUser), 1002, Time()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("account 1001 instead of 1002")));
}

TEST(UserCommandsTest, ReadsListsOfUsers) {
  ASSERT_OK_AND_ASSIGN(const auto two, ParseUsers(WithBody(R"([{"Login":"1"},{"Login":"2"}])"), Time()));
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[1].account.login(), 2);
  EXPECT_TRUE(ParseUsers(WithBody("[]"), Time())->empty());
  EXPECT_TRUE(ParseUsers(WithBody(""), Time())->empty());
  EXPECT_FALSE(ParseUsers(WithBody("{}"), Time()).ok());
  const Answer one_bad = WithBody(R"([{"Login":"1"},{"Login":"x"},{"Login":"3"}])");
  EXPECT_FALSE(ParseUsers(one_bad, Time()).ok());
  int unreadable = 0;
  ASSERT_OK_AND_ASSIGN(const auto good, ParseUsers(one_bad, Time(), &unreadable));
  EXPECT_EQ(good.size(), 2u);
  EXPECT_EQ(unreadable, 1);
}

TEST(UserCommandsTest, ReadsLogins) {
  EXPECT_THAT(ParseLogins(WithBody(R"(["1002","1000","1001","1000"])")),
              IsOkAndHolds(ElementsAre(1000, 1001, 1002)));
  EXPECT_THAT(ParseLogins(WithBody("[]")), IsOkAndHolds(ElementsAre()));
  EXPECT_THAT(ParseLogins(WithBody("")), IsOkAndHolds(ElementsAre()));
  EXPECT_FALSE(ParseLogins(WithBody(R"(["1000","x"])")).ok());
  EXPECT_FALSE(ParseLogins(WithBody(R"(["0"])")).ok());
}

TEST(UserCommandsTest, WritesRequests) {
  EXPECT_EQ(GetUser(1001).text, "USER_GET|LOGIN=1001|\r\n");
  EXPECT_EQ(GetUser(1001).context.command, "USER_GET");
  EXPECT_FALSE(GetUser(1001).context.mutation);
  EXPECT_EQ(GetUsers({1, 2, 3}).text, "USER_GET_BATCH|LOGIN=1,2,3|\r\n");
  EXPECT_EQ(ListLogins("demo*,!demo\\x").text, "USER_LOGINS|GROUP=demo*,!demo\\\\x|\r\n");
  EXPECT_EQ(DeleteUser(1001).text, "USER_DELETE|LOGIN=1001|\r\n");
  EXPECT_TRUE(DeleteUser(1001).context.mutation);
  EXPECT_EQ(UpdateUser(1001, "{}").text, "USER_UPDATE|LOGIN=1001|\r\n{}");
  const PasswordChange main{1001, accounts::v1::MAIN, "a|b=c\\D1"};
  EXPECT_EQ(CheckUserPassword(main).text,
            "USER_PASS_CHECK|LOGIN=1001|TYPE=MAIN|PASSWORD=a\\|b\\=c\\\\D1|\r\n");
  EXPECT_FALSE(CheckUserPassword(main).context.mutation);
  const PasswordChange investor{1001, accounts::v1::INVESTOR, "x"};
  EXPECT_EQ(ChangeUserPassword(investor).text, "USER_PASS_CHANGE|LOGIN=1001|TYPE=INVESTOR|PASSWORD=x|\r\n");
  EXPECT_TRUE(ChangeUserPassword(investor).context.mutation);
}

TEST(UserCommandsTest, WritesANewAccount) {
  NewAccount account;
  account.account.set_login(1001);
  account.account.set_group("demo\\retail-usd");
  account.account.set_name("A|B=C");
  account.account.mutable_contact()->set_email("a@b.c");
  account.main_password = "Passw0rd!";
  account.investor_password = "Invest0r!";
  const Request request = AddUser(account, 100, 0x163);
  EXPECT_EQ(request.text,
            "USER_ADD|LOGIN=1001|PASS_MAIN=Passw0rd!|PASS_INVESTOR=Invest0r!|RIGHTS=355|"
            "GROUP=demo\\\\retail-usd|NAME=A\\|B\\=C|COMPANY=|COUNTRY=|CITY=|STATE=|ZIPCODE=|ADDRESS=|PHONE=|"
            "EMAIL=a@b.c|ID=|STATUS=|COMMENT=|PASS_PHONE=|LEVERAGE=100|AGENT=0|\r\n");
  EXPECT_EQ(request.context.group, "demo\\retail-usd");
  account.account.set_lead_source("ads");
  EXPECT_THAT(AddUser(account, 100, 0x163).text, HasSubstr("|\r\n{\r\n\"LeadSource\" : \"ads\"\r\n}"));
}

}  // namespace
}  // namespace mtsuite::connector::mt5
