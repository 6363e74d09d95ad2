#include "services/risk/calendar/zone.h"

#include <string>

#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::risk {
namespace {

using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using testing::StatusIs;

int OffsetMinutes(const std::string& name) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
  EXPECT_OK(zone);
  return zone->At(absl::FromUnixSeconds(1'768'000'000)).offset / 60;  // in January
}

TEST(LoadZone, KnowsNamesAndOffsets) {
  EXPECT_EQ(OffsetMinutes("Europe/Prague"), 60);
  EXPECT_EQ(OffsetMinutes("America/New_York"), -300);
  EXPECT_EQ(OffsetMinutes("Asia/Nicosia"), 120);
  EXPECT_EQ(OffsetMinutes("UTC"), 0);
  EXPECT_EQ(OffsetMinutes("UTC+3"), 180);
  EXPECT_EQ(OffsetMinutes("UTC-03:30"), -210);
}

TEST(LoadZone, RefusesTheRest) {
  for (const char* name : {"", "Europe/Atlantis", "CEST?", "UTC+15", "UTC+3:60", "UTC+", "UTC+003", "UTC3",
                           ":/etc/localtime", "/etc/localtime", "../etc/localtime", "localtime"}) {
    EXPECT_THAT(LoadZone(name), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Europe/Prague")))
        << name;
  }
}

TEST(ParseLocalTime, TakesHoursAndMinutes) {
  EXPECT_THAT(ParseLocalTime("00:00"), IsOkAndHolds(0));
  EXPECT_THAT(ParseLocalTime("17:05"), IsOkAndHolds(17 * 60 + 5));
  EXPECT_THAT(ParseLocalTime("23:59"), IsOkAndHolds(1439));
  for (const char* text :
       {"", "24:00", "12:60", "7:00", "07:0", "07-00", "0700", "-1:00", "07:00 ", "ab:cd"}) {
    EXPECT_THAT(ParseLocalTime(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(InstantOf, TakesTheEndOfAGapAndTheFirstOfTwo) {
  const absl::TimeZone prague = *LoadZone("Europe/Prague");
  // Clocks go from 02:00 to 03:00 at 01:00 UTC, and from 03:00 back to 02:00 at 01:00 UTC.
  EXPECT_EQ(absl::FormatTime(InstantOf(absl::CivilDay(2026, 3, 29), 150, prague), absl::UTCTimeZone()),
            "2026-03-29T01:00:00+00:00");
  EXPECT_EQ(absl::FormatTime(InstantOf(absl::CivilDay(2026, 10, 25), 150, prague), absl::UTCTimeZone()),
            "2026-10-25T00:30:00+00:00");
}

}  // namespace
}  // namespace mtsuite::risk
