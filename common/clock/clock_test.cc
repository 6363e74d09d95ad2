#include "common/clock/clock.h"

#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace mtsuite {
namespace {

TEST(RealClockTest, FollowsTheWallClock) {
  const absl::Time before = absl::Now();
  const absl::Time now = RealClock().TimeNow();
  EXPECT_GE(now, before - absl::Minutes(1));
  EXPECT_LE(now, absl::Now() + absl::Minutes(1));
  EXPECT_EQ(&RealClock(), &RealClock());
}

TEST(SimulatedClockTest, MovesOnlyWhenTold) {
  SimulatedClock clock(absl::FromUnixSeconds(1000));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixSeconds(1000));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixSeconds(1000));
  clock.AdvanceTime(absl::Milliseconds(2500));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixMillis(1002500));
  clock.AdvanceTime(-absl::Seconds(2));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixMillis(1000500));
  clock.SetTime(absl::FromUnixSeconds(7));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixSeconds(7));
  EXPECT_EQ(SimulatedClock().TimeNow(), absl::UnixEpoch());
}

TEST(SimulatedClockTest, LosesNoConcurrentAdvance) {
  SimulatedClock clock;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&clock] {
      for (int j = 0; j < 1000; ++j) clock.AdvanceTime(absl::Milliseconds(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clock.TimeNow(), absl::UnixEpoch() + absl::Seconds(4));
}

}  // namespace
}  // namespace mtsuite
