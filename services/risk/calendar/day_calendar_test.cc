#include "services/risk/calendar/day_calendar.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"
#include "services/risk/calendar/zone.h"

namespace mtsuite::risk {
namespace {

DayCalendar Calendar(const std::string& reset, const std::string& zone) {
  return DayCalendar(*ParseLocalTime(reset), *LoadZone(zone));
}

absl::Time Utc(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return time;
}

// Changes of the clocks, month and year ends, as another implementation finds them by brute force.
TEST(DayCalendar, AgreesWithPythonOnDaysOfAllLengths) {
  std::ifstream file("services/risk/calendar/testdata/days.tsv");
  ASSERT_TRUE(file.is_open());
  int checked = 0;
  for (std::string line; std::getline(file, line); ++checked) {
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    ASSERT_EQ(cells.size(), 5u) << line;
    const DayCalendar calendar = Calendar(cells[1], cells[0]);
    const absl::Time start = Utc(cells[3]);
    int minutes = 0;
    ASSERT_TRUE(absl::SimpleAtoi(cells[4], &minutes));
    const absl::Time end = start + absl::Minutes(minutes);
    for (const absl::Time inside : {start, start + (end - start) / 2, end - absl::Nanoseconds(1)}) {
      const TradingDay day = calendar.DayOf(inside);
      EXPECT_EQ(absl::FormatCivilTime(day.date), cells[2]) << line << " at " << inside;
      EXPECT_EQ(day.start, start) << line << " at " << inside;
      EXPECT_EQ(day.end, end) << line << " at " << inside;
    }
    EXPECT_EQ(calendar.DayOf(end).start, end) << line;
  }
  EXPECT_GT(checked, 200);
}

TEST(DayCalendar, HasDaysOf23And25Hours) {
  const struct {
    const char* zone;
    const char* reset;
    const char* inside;
    int hours;
  } kCases[] = {
      {"Europe/Prague", "00:00", "2026-03-29T12:00:00Z", 23},
      {"Europe/Prague", "00:00", "2026-10-25T12:00:00Z", 25},
      {"America/New_York", "17:00", "2026-03-08T12:00:00Z", 23},
      {"America/New_York", "17:00", "2026-11-01T12:00:00Z", 25},
      {"Asia/Nicosia", "00:00", "2026-03-29T12:00:00Z", 23},
      {"Asia/Nicosia", "00:00", "2026-10-25T12:00:00Z", 25},
      {"UTC+3", "00:00", "2026-03-29T12:00:00Z", 24},
  };
  for (const auto& test : kCases) {
    const TradingDay day = Calendar(test.reset, test.zone).DayOf(Utc(test.inside));
    EXPECT_EQ(day.end - day.start, absl::Hours(test.hours)) << test.zone << " " << test.inside;
  }
}

TEST(DayCalendar, NamesADayAfterTheDateThatMostOfItFallsOn) {
  EXPECT_EQ(Calendar("17:00", "America/New_York").DayOf(Utc("2026-11-22T23:00:00Z")).date,
            absl::CivilDay(2026, 11, 23));
  EXPECT_EQ(Calendar("03:00", "UTC+3").DayOf(Utc("2026-11-22T23:00:00Z")).date, absl::CivilDay(2026, 11, 22));
}

TEST(DayCalendar, PutsEveryInstantIntoOneDay) {
  for (const char* zone : {"Europe/Prague", "America/Havana", "Africa/Cairo", "Pacific/Apia"}) {
    for (const char* reset : {"00:00", "00:30", "23:59"}) {
      const DayCalendar calendar = Calendar(reset, zone);
      TradingDay day = calendar.DayOf(Utc("2011-01-01T00:00:00Z"));
      for (int i = 0; i < 800; ++i) {
        const TradingDay next = calendar.DayOf(day.end);
        ASSERT_EQ(next.start, day.end) << zone << " " << reset;
        ASSERT_GT(next.end, next.start);
        ASSERT_GT(next.date, day.date);
        ASSERT_EQ(calendar.DayOf(next.end - absl::Nanoseconds(1)), next);
        day = next;
      }
    }
  }
}

}  // namespace
}  // namespace mtsuite::risk
