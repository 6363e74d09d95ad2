#include "services/mtsim/engine/mask.h"

#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

TEST(PatternTest, StarStandsForAnyText) {
  EXPECT_TRUE(MatchesPattern("*", ""));
  EXPECT_TRUE(MatchesPattern("demo*", "demo"));
  EXPECT_TRUE(MatchesPattern("demo*", "demo\\retail"));
  EXPECT_TRUE(MatchesPattern("*retail*", "demo\\retail-usd"));
  EXPECT_TRUE(MatchesPattern("a*b*c", "a--b-bb-c"));
  EXPECT_FALSE(MatchesPattern("a*b*c", "a--c"));
  EXPECT_FALSE(MatchesPattern("demo", "demo\\retail"));
  EXPECT_FALSE(MatchesPattern("", "x"));
  EXPECT_TRUE(MatchesPattern("DEMO\\*", "demo\\x"));
}

TEST(PatternTest, ManyStarsStayQuick) {
  const std::string text(2000, 'a');
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(MatchesPattern(pattern + "b", text));
}

struct Case {
  const char* masks;
  const char* name;
  bool expected;
};

class MaskListTest : public testing::TestWithParam<Case> {};

TEST_P(MaskListTest, LastMatchDecides) {
  EXPECT_EQ(MaskList(GetParam().masks).Matches(GetParam().name), GetParam().expected)
      << GetParam().masks << " / " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Cases, MaskListTest,
                         testing::Values(Case{"demo*,!demo\\test*", "demo\\retail", true},
                                         Case{"demo*,!demo\\test*", "demo\\test1", false},
                                         Case{"demo*,!demo\\test*", "real\\x", false},
                                         Case{"demo*,!demo\\test*,demo\\test7", "demo\\test7", true},
                                         Case{"!demo*", "real\\x", true}, Case{"!demo*", "demo\\x", false},
                                         Case{" demo\\a , real\\b ", "real\\b", true},
                                         Case{"demo\\a,,", "demo\\a", true}, Case{"", "demo", false},
                                         Case{",", "demo", false}, Case{"!", "demo", false},
                                         Case{"demo\\a", "demo\\ab", false}));

TEST(SymbolMaskListTest, TakesNamesPathsAndMasks) {
  const auto matches = [](const char* masks) {
    return SymbolMaskList(masks).Matches("EURUSD", "Forex\\Major\\EURUSD");
  };
  EXPECT_TRUE(matches("EURUSD"));
  EXPECT_TRUE(matches("GBPUSD,EURUSD"));
  EXPECT_TRUE(matches("Forex\\Major\\EUR*"));
  EXPECT_TRUE(matches("*"));
  EXPECT_TRUE(matches("Forex\\*,!*JPY"));
  EXPECT_FALSE(matches("Forex\\*,!EURUSD"));
  EXPECT_FALSE(matches("USDEUR"));
  EXPECT_FALSE(matches("Forex"));
}

}  // namespace
}  // namespace mtsuite::mtsim
