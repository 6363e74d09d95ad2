#include "services/connector/mt5/serials.h"

#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

TEST(SerialsTest, CountsFromOneAndWrapsAfterTheLastCommandNumber) {
  Serials serials;
  for (int expected = 1; expected <= 0x3FFF; ++expected) {
    ASSERT_EQ(serials.Take(), expected);
    serials.Release(expected);
  }
  EXPECT_EQ(serials.Take(), 1);
}

TEST(SerialsTest, SkipsNumbersWhoseAnswerNeverCame) {
  Serials serials;
  ASSERT_EQ(serials.Take(), 1);
  ASSERT_EQ(serials.Take(), 2);
  serials.Release(1);
  for (int expected = 3; expected <= 0x3FFF; ++expected) {
    ASSERT_EQ(serials.Take(), expected);
    serials.Release(expected);
  }
  EXPECT_EQ(serials.Take(), 1);
  EXPECT_EQ(serials.Take(), 3);
  serials.Release(2);
  serials.Release(3);
  EXPECT_EQ(serials.Take(), 4);
}

TEST(SerialsTest, RunsOutOnlyWhenAllAreTaken) {
  Serials serials;
  for (int i = 0; i < 0x3FFF; ++i) ASSERT_TRUE(serials.Take().has_value());
  EXPECT_EQ(serials.Take(), std::nullopt);
  serials.Release(77);
  EXPECT_EQ(serials.Take(), 77);
}

}  // namespace
}  // namespace mtsuite::connector::mt5
