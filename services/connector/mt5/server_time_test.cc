#include "services/connector/mt5/server_time.h"

#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

// The count of seconds that a server writes when its wall clock shows this.
int64_t Wall(int year, int month, int day, int hour, int minute = 0, int second = 0) {
  return absl::CivilSecond(year, month, day, hour, minute, second) - absl::CivilSecond(1970, 1, 1);
}

absl::Time Utc(int year, int month, int day, int hour, int minute = 0, int second = 0) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, second), absl::UTCTimeZone());
}

ServerTime Athens() { return ServerTime::FromName("Europe/Athens").value(); }

TEST(ServerTimeTest, FollowsTheZoneInWinterAndSummer) {
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 1, 15, 12)), Utc(2026, 1, 15, 10));
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 7, 15, 12)), Utc(2026, 7, 15, 9));
  EXPECT_EQ(Athens().FromUtc(Utc(2026, 1, 15, 10)), Wall(2026, 1, 15, 12));
  EXPECT_EQ(Athens().FromUtc(Utc(2026, 7, 15, 9)), Wall(2026, 7, 15, 12));
  EXPECT_EQ(Athens().OffsetMinutes(Utc(2026, 1, 15, 10)), 120);
  EXPECT_EQ(Athens().OffsetMinutes(Utc(2026, 7, 15, 9)), 180);
}

TEST(ServerTimeTest, MillisecondsAlsoBeforeTheEpoch) {
  const ServerTime time = ServerTime::FromOffset(120);
  EXPECT_EQ(time.ToUtcMillis(Wall(2026, 1, 15, 12) * 1000 + 123),
            Utc(2026, 1, 15, 10) + absl::Milliseconds(123));
  EXPECT_EQ(ServerTime::FromOffset(0).ToUtcMillis(-1), absl::UnixEpoch() - absl::Milliseconds(1));
}

// Athens went back from 04:00 to 03:00 on 2026-10-25 at 01:00 UTC.
TEST(ServerTimeTest, AmbiguousTimesAreTheFirstOccurrence) {
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 10, 25, 2, 59, 59)), Utc(2026, 10, 24, 23, 59, 59));
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 10, 25, 3, 30)), Utc(2026, 10, 25, 0, 30));
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 10, 25, 3, 59, 59)), Utc(2026, 10, 25, 0, 59, 59));
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 10, 25, 4)), Utc(2026, 10, 25, 2));
}

TEST(ServerTimeTest, BoundsInTheRepeatedHour) {
  EXPECT_EQ(Athens().FromUtc(Utc(2026, 10, 25, 0, 30)), Wall(2026, 10, 25, 3, 30));
  EXPECT_EQ(Athens().FromUtc(Utc(2026, 10, 25, 1)), Wall(2026, 10, 25, 4));
  EXPECT_EQ(Athens().FromUtc(Utc(2026, 10, 25, 1, 30)), Wall(2026, 10, 25, 4));
  EXPECT_EQ(Athens().FromUtc(Utc(2026, 10, 25, 2)), Wall(2026, 10, 25, 4));
  EXPECT_EQ(Athens().WallClock(Utc(2026, 10, 25, 1, 30)), Wall(2026, 10, 25, 3, 30));
}

// Athens went on from 03:00 to 04:00 on 2026-03-29 at 01:00 UTC.
TEST(ServerTimeTest, SkippedTimesAreTheInstantOfTheChange) {
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 3, 29, 2, 59, 59)), Utc(2026, 3, 29, 0, 59, 59));
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 3, 29, 3, 30)), Utc(2026, 3, 29, 1));
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 3, 29, 4)), Utc(2026, 3, 29, 1));
  EXPECT_EQ(Athens().ToUtc(Wall(2026, 3, 29, 4, 0, 1)), Utc(2026, 3, 29, 1, 0, 1));
}

TEST(ServerTimeTest, BoundsRoundUpToTheNextWholeSecond) {
  EXPECT_EQ(Athens().FromUtc(Utc(2026, 1, 15, 10) + absl::Milliseconds(1)), Wall(2026, 1, 15, 12, 0, 1));
}

// The property that spans rely on, at every minute around both changes.
TEST(ServerTimeTest, NeverGoesBackAndBoundsAreItsInverse) {
  for (const auto& [month, day] : std::vector<std::pair<int, int>>{{3, 29}, {10, 25}}) {
    const int64_t first = Wall(2026, month, day, 0);
    for (int64_t wall = first; wall < first + 8 * 3600; wall += 60) {
      EXPECT_LE(Athens().ToUtc(wall - 60), Athens().ToUtc(wall)) << wall;
    }
    for (int minute = -120; minute < 360; ++minute) {
      const absl::Time instant = Utc(2026, month, day, 0) + absl::Minutes(minute);
      const int64_t bound = Athens().FromUtc(instant);
      EXPECT_GE(Athens().ToUtc(bound), instant) << instant;
      // Skipped wall clock times all mean the change itself and are never written by a server.
      const bool is_change = instant == Utc(2026, 3, 29, 1);
      EXPECT_TRUE(is_change || Athens().ToUtc(bound - 1) < instant) << instant;
    }
  }
}

TEST(ServerTimeTest, InfiniteAndAbsurdTimesAreClamped) {
  EXPECT_GT(Athens().FromUtc(absl::InfiniteFuture()), Wall(9000, 1, 1, 0));
  EXPECT_LT(Athens().FromUtc(absl::InfinitePast()), 0);
  EXPECT_GT(Athens().ToUtc(INT64_MAX), Utc(9000, 1, 1, 0));
  EXPECT_LT(Athens().ToUtc(INT64_MIN), absl::UnixEpoch());
}

TEST(ServerTimeTest, UnknownZonesAreRefused) {
  EXPECT_EQ(ServerTime::FromName("Europe/Atlantis").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ServerTime::FromName("").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ServerTimeTest, FixedOffsets) {
  EXPECT_EQ(ServerTime::FromOffset(120).ToUtc(Wall(2026, 7, 15, 12)), Utc(2026, 7, 15, 10));
  EXPECT_EQ(ServerTime::FromOffset(-330).OffsetMinutes(Utc(2026, 7, 15, 10)), -330);
}

}  // namespace
}  // namespace mtsuite::connector::mt5
