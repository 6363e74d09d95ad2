#include "services/risk/calendar/weekly_windows.h"

#include <string>

#include "gtest/gtest.h"
#include "services/risk/calendar/zone.h"

namespace mtsuite::risk {
namespace {

constexpr int kDay = 24 * 60;

absl::Time Local(const std::string& text, absl::TimeZone zone) {
  absl::CivilMinute minute;
  EXPECT_TRUE(absl::ParseCivilTime(text, &minute)) << text;
  return absl::FromCivil(minute, zone);
}

class WeekendTest : public ::testing::Test {
 protected:
  absl::Time At(const std::string& text) const { return Local(text, prague_); }

  const absl::TimeZone prague_ = *LoadZone("Europe/Prague");
  // Friday 22:00 to Sunday 23:00.
  const WeeklyWindows weekend_{{{absl::Weekday::friday, 22 * 60, 2, 23 * 60}}, prague_};
};

TEST_F(WeekendTest, ContainsItsStartAndNotItsEnd) {
  EXPECT_FALSE(weekend_.Contains(At("2026-11-20T21:59")));
  EXPECT_TRUE(weekend_.Contains(At("2026-11-20T22:00")));
  EXPECT_TRUE(weekend_.Contains(At("2026-11-21T12:00")));
  EXPECT_TRUE(weekend_.Contains(At("2026-11-22T22:59")));
  EXPECT_FALSE(weekend_.Contains(At("2026-11-22T23:00")));
  EXPECT_FALSE(weekend_.Contains(At("2026-11-25T12:00")));
}

TEST_F(WeekendTest, BeginsEveryWeekAtTheLocalTime) {
  EXPECT_EQ(weekend_.NextStart(At("2026-11-20T21:59")), At("2026-11-20T22:00"));
  EXPECT_EQ(weekend_.NextStart(At("2026-11-20T22:00")), At("2026-11-27T22:00"));
  EXPECT_EQ(weekend_.NextStart(At("2026-12-31T12:00")), At("2027-01-01T22:00"));
  // The weeks of the changes are an hour shorter and longer.
  EXPECT_EQ(weekend_.NextStart(At("2026-03-27T22:00")) - At("2026-03-27T22:00"), absl::Hours(7 * 24 - 1));
  EXPECT_EQ(weekend_.NextStart(At("2026-10-23T22:00")) - At("2026-10-23T22:00"), absl::Hours(7 * 24 + 1));
}

TEST_F(WeekendTest, IsNeverOutsideBetweenStartAndEndOfAYear) {
  for (absl::Time time = At("2026-01-01T00:00"); time < At("2027-01-01T00:00"); time += absl::Minutes(30)) {
    const absl::CivilMinute now = absl::ToCivilMinute(time, prague_);
    const absl::Weekday day = absl::GetWeekday(now);
    const bool inside = (day == absl::Weekday::friday && now.hour() >= 22) ||
                        day == absl::Weekday::saturday || (day == absl::Weekday::sunday && now.hour() < 23);
    ASSERT_EQ(weekend_.Contains(time), inside) << time;
    ASSERT_GT(weekend_.NextStart(time), time);
    ASSERT_TRUE(weekend_.Contains(weekend_.NextStart(time)));
  }
}

TEST(WeeklyWindows, MayLastAllWeek) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const WeeklyWindows window({{absl::Weekday::monday, 60, 7, 59}}, utc);
  EXPECT_TRUE(window.Contains(Local("2026-11-23T01:00", utc)));
  EXPECT_TRUE(window.Contains(Local("2026-11-23T00:58", utc)));
  EXPECT_FALSE(window.Contains(Local("2026-11-23T00:59", utc)));
}

TEST(WeeklyWindows, KnowWhetherTheyLeaveNothing) {
  const auto covers = [](std::vector<WeeklyWindow> windows) {
    return WeeklyWindows(std::move(windows), absl::UTCTimeZone()).CoverWholeWeek();
  };
  EXPECT_FALSE(covers({}));
  EXPECT_TRUE(covers({{absl::Weekday::monday, 0, 7, 0}}));
  EXPECT_FALSE(covers({{absl::Weekday::monday, 0, 6, kDay - 1}}));
  EXPECT_TRUE(covers({{absl::Weekday::friday, 60, 3, 60}, {absl::Weekday::monday, 30, 4, 60}}));
}

TEST(WeeklyWindows, WithoutAnyNeverBegin) {
  EXPECT_FALSE(WeeklyWindows().Contains(absl::UnixEpoch()));
  EXPECT_EQ(WeeklyWindows().NextStart(absl::UnixEpoch()), absl::InfiniteFuture());
}

}  // namespace
}  // namespace mtsuite::risk
