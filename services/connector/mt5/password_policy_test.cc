#include "services/connector/mt5/password_policy.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

TEST(PasswordPolicyTest, NamesTheFirstBrokenRule) {
  struct Case {
    std::string password;
    int group_min_length;
    std::string_view rule;  // Empty: none broken.
  };
  const std::vector<Case> cases = {
      {"Passw0rd!", 8, ""},
      {"Passw0rd!", 0, ""},
      {"Pass0r!", 8, "min_length"},
      {"Pass0r!", 5, "min_length"},
      {"", 0, "min_length"},
      {"Passw0rd!", 10, "min_length"},
      {"Passw0rd!1", 10, ""},
      {"Passw0rd!1234567", 8, ""},
      {"Passw0rd!12345678", 8, "max_length"},
      {"Passw0rd!1234567", 99, ""},
      {"PASSW0RD!", 8, "lower"},
      {"passw0rd!", 8, "upper"},
      {"Password!", 8, "digit"},
      {"Passw0rd1", 8, "special"},
      {"Passw0rd ", 8, "special"},
      {"Pässw0rd", 8, "special"},
      {"äßw0rD!!", 8, ""},
      {"Pw0!äöü", 8, "min_length"},
      // Two UTF-16 units for each emoji.
      {"Pw0!\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 8, ""},
  };
  for (const Case& c : cases) {
    const auto broken = FindBrokenPasswordRule(c.password, c.group_min_length);
    if (c.rule.empty()) {
      EXPECT_FALSE(broken.has_value()) << c.password << " breaks " << broken->name;
    } else {
      ASSERT_TRUE(broken.has_value()) << c.password;
      EXPECT_EQ(broken->name, c.rule) << c.password;
      EXPECT_FALSE(broken->requirement.empty());
    }
  }
}

TEST(PasswordPolicyTest, LengthRulesTellTheLimit) {
  EXPECT_EQ(FindBrokenPasswordRule("x", 12)->limit, 12);
  EXPECT_EQ(FindBrokenPasswordRule(std::string(17, 'x'), 12)->limit, 16);
}

}  // namespace
}  // namespace mtsuite::connector::mt5
