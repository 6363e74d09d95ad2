#include "services/connector/mt5/commands/config_commands.h"

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

Answer WithBody(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

TEST(ConfigCommandsTest, WritesRequests) {
  EXPECT_EQ(CountGroups().text, "GROUP_TOTAL|\r\n");
  EXPECT_EQ(GetGroupAt(3).text, "GROUP_NEXT|INDEX=3|\r\n");
  EXPECT_EQ(GetGroup("demo\\a").text, "GROUP_GET|GROUP=demo\\\\a|\r\n");
  EXPECT_EQ(GetGroup("demo\\a").context.group, "demo\\a");
  EXPECT_EQ(GetTimeConfig().text, "TIME_GET|\r\n");
}

TEST(ConfigCommandsTest, ReadsAGroup) {
  EXPECT_THAT(ParseGroup(WithBody(R"({"Group":"demo\\retail-usd","Server":"1","AuthPasswordMin":"8",
                "Company":"ACME Ltd","Currency":"USD","CurrencyDigits":"2","MarginMode":"2","MarginSOMode":"0",
                "MarginCall":"50.00","MarginStopOut":"30.00","DemoLeverage":"100","Symbols":[],"Commissions":[]})"))
                  .value(),
              EqualsProto(R"pb(
                name: "demo\\retail-usd"
                currency_code: "USD"
                currency_digits: 2
                default_leverage: 100
                margin_call_level: "50.00"
                stop_out_level: "30.00"
                position_mode: HEDGING
                min_password_length: 8
                company: "ACME Ltd"
              )pb"));
}

TEST(ConfigCommandsTest, LevelsInMoneyAreNoPercentages) {
  const auto group = ParseGroup(WithBody(
      R"({"Group":"g","Currency":"JPY","MarginSOMode":"1","MarginCall":"500","MarginStopOut":"300","MarginMode":"0"})"));
  ASSERT_TRUE(group.ok());
  EXPECT_EQ(group->margin_call_level(), "");
  EXPECT_EQ(group->stop_out_level(), "");
  EXPECT_EQ(group->position_mode(), accounts::v1::Group::NETTING);
}

TEST(ConfigCommandsTest, RefusesWhatIsNoGroup) {
  for (const char* text :
       {"", "[]", "{}", R"({"Group":"g"})", R"({"Group":"g","Currency":"USD","CurrencyDigits":"x"})"}) {
    EXPECT_FALSE(ParseGroup(WithBody(text)).ok()) << text;
  }
}

TEST(ConfigCommandsTest, ReadsTheOffsetOfTheServersClock) {
  EXPECT_THAT(ParseTimeOffset(WithBody(R"({"Daylight":"0","DaylightState":"0","TimeZone":"120","Days":[]})")),
              IsOkAndHolds(120));
  EXPECT_THAT(ParseTimeOffset(WithBody(R"({"Daylight":"1","DaylightState":"1","TimeZone":"120"})")),
              IsOkAndHolds(180));
  EXPECT_THAT(ParseTimeOffset(WithBody(R"({"Daylight":"1","DaylightState":"0","TimeZone":"-300"})")),
              IsOkAndHolds(-300));
  EXPECT_THAT(ParseTimeOffset(WithBody(R"({"TimeZone":"7200"})")), IsOkAndHolds(120)) << "in seconds";
  EXPECT_FALSE(ParseTimeOffset(WithBody(R"({"TimeZone":"720000"})")).ok());
  EXPECT_FALSE(ParseTimeOffset(WithBody("")).ok());
}

}  // namespace
}  // namespace mtsuite::connector::mt5
