#include "services/mtsim/world_clock.h"

#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

using ::mtsuite::testing::StatusIs;

TEST(WorldClockTest, RunsAheadStandsStillAndComesBack) {
  SimulatedClock real(absl::FromUnixSeconds(1'000'000));
  WorldClock clock(real);
  EXPECT_EQ(clock.TimeNow(), real.TimeNow());
  ASSERT_OK(clock.Advance(absl::Hours(1)));
  real.AdvanceTime(absl::Seconds(1));
  EXPECT_EQ(clock.TimeNow(), real.TimeNow() + absl::Hours(1));
  const absl::Time noon = clock.TimeNow() + absl::Hours(5);
  ASSERT_OK(clock.FreezeAt(noon));
  real.AdvanceTime(absl::Seconds(1));
  EXPECT_EQ(clock.TimeNow(), noon);
  ASSERT_OK(clock.Advance(absl::Minutes(1)));
  EXPECT_EQ(clock.TimeNow(), noon + absl::Minutes(1));
  clock.Reset();
  EXPECT_EQ(clock.TimeNow(), real.TimeNow());
}

TEST(WorldClockTest, NeverGoesBackByItself) {
  SimulatedClock real(absl::FromUnixSeconds(1'000'000));
  WorldClock clock(real);
  EXPECT_THAT(clock.Advance(-absl::Seconds(1)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(clock.Advance(absl::InfiniteDuration()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(clock.FreezeAt(real.TimeNow() - absl::Seconds(1)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(clock.FreezeAt(absl::InfiniteFuture()), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace mtsuite::mtsim
