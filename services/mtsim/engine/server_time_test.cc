#include "services/mtsim/engine/server_time.h"

#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

absl::Time Utc(int year, int month, int day, int hour, int minute = 0, int second = 0) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, second), absl::UTCTimeZone());
}

int64_t Civil(int year, int month, int day, int hour, int minute = 0, int second = 0) {
  return absl::ToUnixSeconds(Utc(year, month, day, hour, minute, second));
}

class ServerTimeTest : public testing::Test {
 protected:
  const ServerTime athens_ = *ServerTime::Load("Europe/Athens");
};

TEST_F(ServerTimeTest, AddsTwoHoursInWinterAndThreeInSummer) {
  EXPECT_EQ(athens_.ToServerSeconds(Utc(2024, 1, 17, 12)), Civil(2024, 1, 17, 14));
  EXPECT_EQ(athens_.ToServerSeconds(Utc(2024, 7, 17, 12)), Civil(2024, 7, 17, 15));
  EXPECT_EQ(athens_.ToServerMilliseconds(Utc(2024, 7, 17, 12) + absl::Milliseconds(7)),
            Civil(2024, 7, 17, 15) * 1000 + 7);
  EXPECT_FALSE(athens_.IsDaylightSaving(Utc(2024, 1, 17, 12)));
  EXPECT_TRUE(athens_.IsDaylightSaving(Utc(2024, 7, 17, 12)));
}

TEST_F(ServerTimeTest, ConvertsBack) {
  for (const absl::Time time : {Utc(2024, 1, 17, 12), Utc(2024, 7, 17, 12), Utc(1999, 12, 31, 23, 59, 59)}) {
    EXPECT_EQ(athens_.FromServerSeconds(athens_.ToServerSeconds(time)), time);
  }
}

// On 2024-10-27 at 04:00 the server's clock goes back to 03:00, which is 01:00 UTC.
TEST_F(ServerTimeTest, RepeatedHourIsCoveredWhole) {
  const TimeWindow window = athens_.Window(Civil(2024, 10, 27, 3), Civil(2024, 10, 27, 3, 59, 59));
  EXPECT_EQ(window.from, Utc(2024, 10, 27, 0));
  EXPECT_EQ(window.to, Utc(2024, 10, 27, 1, 59, 59) + absl::Milliseconds(999));
}

// On 2024-03-31 at 03:00 the server's clock goes forward to 04:00, which is 01:00 UTC.
TEST_F(ServerTimeTest, SkippedHourIsEmpty) {
  EXPECT_EQ(athens_.FromServerSeconds(Civil(2024, 3, 31, 3, 30)), Utc(2024, 3, 31, 1));
  const TimeWindow window = athens_.Window(Civil(2024, 3, 31, 3, 10), Civil(2024, 3, 31, 3, 20));
  EXPECT_LT(window.to, window.from);
}

TEST_F(ServerTimeTest, WindowTakesAllMillisecondsOfItsLastSecond) {
  const TimeWindow window = athens_.Window(Civil(2024, 1, 17, 14), Civil(2024, 1, 17, 14));
  EXPECT_EQ(window.from, Utc(2024, 1, 17, 12));
  EXPECT_EQ(window.to, Utc(2024, 1, 17, 12) + absl::Milliseconds(999));
}

TEST_F(ServerTimeTest, DaysAreTheServersDays) {
  EXPECT_EQ(athens_.DayStart(Utc(2024, 1, 17, 23)), Utc(2024, 1, 17, 22));
  EXPECT_EQ(athens_.NextDayStart(Utc(2024, 1, 17, 21)), Utc(2024, 1, 17, 22));
  EXPECT_EQ(athens_.NextDayStart(Utc(2024, 1, 17, 22)), Utc(2024, 1, 18, 22));
  EXPECT_EQ(athens_.MonthStart(Utc(2024, 1, 31, 22)), Utc(2024, 1, 31, 22));
  EXPECT_EQ(athens_.MonthStart(Utc(2024, 1, 31, 21)), Utc(2023, 12, 31, 22));
}

TEST_F(ServerTimeTest, WeekdayAndMinute) {
  const auto at = athens_.WeekMinuteOf(Utc(2024, 1, 20, 22, 30));
  EXPECT_EQ(at.weekday, 0);
  EXPECT_EQ(at.minute, 30);
  const auto early = ServerTime::Load("UTC-3")->WeekMinuteOf(absl::UnixEpoch());
  EXPECT_EQ(early.weekday, 3);
  EXPECT_EQ(early.minute, 21 * 60);
}

TEST(ServerTimeLoadTest, TakesNamesAndOffsets) {
  EXPECT_EQ(ServerTime::Load("UTC+2")->Offset(Utc(2024, 7, 1, 0)), absl::Hours(2));
  EXPECT_EQ(ServerTime::Load("UTC-03:30")->Offset(Utc(2024, 7, 1, 0)), -absl::Minutes(210));
  EXPECT_EQ(ServerTime::Load("UTC")->Offset(Utc(2024, 7, 1, 0)), absl::ZeroDuration());
  for (const char* bad : {"", "Europe/Nowhere", "UTC+15", "UTC2", "UTC+2:99", "UTC+x"}) {
    EXPECT_EQ(ServerTime::Load(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace mtsuite::mtsim
