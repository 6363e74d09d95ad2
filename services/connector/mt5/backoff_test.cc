#include "services/connector/mt5/backoff.h"

#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

TEST(BackoffTest, DoublesUpToTheMaximum) {
  Backoff backoff({absl::Milliseconds(250), absl::Seconds(1), 0, 1});
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(250));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
  EXPECT_EQ(backoff.Next(), absl::Seconds(1));
  EXPECT_EQ(backoff.Next(), absl::Seconds(1));
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(250));
  backoff.JumpToMax();
  EXPECT_EQ(backoff.Next(), absl::Seconds(1));
}

TEST(BackoffTest, JitterTakesAPartOffAndDependsOnTheSeedOnly) {
  Backoff one({absl::Seconds(1), absl::Seconds(1), 0.5, 42});
  Backoff same({absl::Seconds(1), absl::Seconds(1), 0.5, 42});
  Backoff other({absl::Seconds(1), absl::Seconds(1), 0.5, 43});
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const absl::Duration wait = one.Next();
    EXPECT_GE(wait, absl::Milliseconds(500));
    EXPECT_LE(wait, absl::Seconds(1));
    EXPECT_EQ(wait, same.Next());
    differs = differs || wait != other.Next();
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace mtsuite::connector::mt5
