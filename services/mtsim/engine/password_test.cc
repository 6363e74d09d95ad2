#include "services/mtsim/engine/password.h"

#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

TEST(PasswordPolicyTest, NeedsAllFourKindsOfCharacters) {
  EXPECT_TRUE(IsAcceptablePassword("Passw0rd!", 8));
  EXPECT_FALSE(IsAcceptablePassword("passw0rd!", 8));
  EXPECT_FALSE(IsAcceptablePassword("PASSW0RD!", 8));
  EXPECT_FALSE(IsAcceptablePassword("Password!", 8));
  EXPECT_FALSE(IsAcceptablePassword("Passw0rdX", 8));
  EXPECT_TRUE(IsAcceptablePassword("Passw0rdä", 8));
}

TEST(PasswordPolicyTest, LengthIsBetweenTheGroupsMinimumAndSixteen) {
  EXPECT_FALSE(IsAcceptablePassword("Pass0r!", 0));
  EXPECT_TRUE(IsAcceptablePassword("Passw0r!", 0));
  EXPECT_FALSE(IsAcceptablePassword("Passw0r!", 9));
  EXPECT_TRUE(IsAcceptablePassword("Passw0rd!Passw0r", 8));
  EXPECT_FALSE(IsAcceptablePassword("Passw0rd!Passw0rd", 8));
  EXPECT_FALSE(IsAcceptablePassword("", 0));
}

TEST(PasswordHashTest, MatchesOnlyThePassword) {
  SplitMix64 random(1);
  const PasswordHash hash("Passw0rd!", random);
  EXPECT_TRUE(hash.Matches("Passw0rd!"));
  EXPECT_FALSE(hash.Matches("Passw0rd"));
  EXPECT_FALSE(hash.Matches(""));
  EXPECT_FALSE(PasswordHash().Matches(""));
  EXPECT_FALSE(PasswordHash().IsSet());
}

TEST(SplitMix64Test, GivesThePublishedSequence) {
  // First outputs for seed 1234567 of the reference implementation.
  SplitMix64 random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(SplitMix64Test, BellHasTheStatedMoments) {
  SplitMix64 random(42);
  double sum = 0;
  double squares = 0;
  constexpr int kCount = 200'000;
  for (int i = 0; i < kCount; ++i) {
    const auto value = static_cast<double>(random.Bell()) / 65536;
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.01);
  EXPECT_NEAR(squares / kCount, 1, 0.02);
}

}  // namespace
}  // namespace mtsuite::mtsim
