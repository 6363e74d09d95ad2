#include "common/strings/name_mask.h"

#include "gtest/gtest.h"

namespace mtsuite {
namespace {

TEST(NameMask, TheLastPatternThatMatchesDecides) {
  const NameMask mask("demo\\*,!demo\\test*,demo\\test-vip");
  EXPECT_TRUE(mask.Matches("demo\\retail"));
  EXPECT_FALSE(mask.Matches("demo\\test1"));
  EXPECT_TRUE(mask.Matches("DEMO\\Test-VIP"));
  EXPECT_FALSE(mask.Matches("real\\retail"));
  EXPECT_FALSE(mask.MatchesAll());
}

TEST(NameMask, StartsFromEverythingWhenItStartsWithAnExclusion) {
  const NameMask mask("!*.test");
  EXPECT_TRUE(mask.Matches("EURUSD"));
  EXPECT_FALSE(mask.Matches("EURUSD.test"));
}

TEST(NameMask, EmptyAndStarMatchAll) {
  EXPECT_TRUE(NameMask("").MatchesAll());
  EXPECT_TRUE(NameMask(" * ").MatchesAll());
  EXPECT_TRUE(NameMask("").Matches("anything"));
  EXPECT_FALSE(NameMask("!*").MatchesAll());
}

}  // namespace
}  // namespace mtsuite
