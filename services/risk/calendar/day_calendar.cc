#include "services/risk/calendar/day_calendar.h"

#include "services/risk/calendar/zone.h"

namespace mtsuite::risk {
namespace {

constexpr int kNoon = 12 * 60;

}  // namespace

TradingDay DayCalendar::DayOf(absl::Time time) const {
  // The reset of a date can lie before the clocks show that date for good: they may be put back over
  // midnight.
  absl::CivilDay date = absl::ToCivilDay(time, zone_) + 1;
  absl::Time start = InstantOf(date, minute_, zone_);
  while (start > time) start = InstantOf(--date, minute_, zone_);
  // A date that a zone left out altogether has its reset together with the next one's.
  absl::CivilDay next = date + 1;
  absl::Time end = InstantOf(next, minute_, zone_);
  while (end <= start) end = InstantOf(++next, minute_, zone_);
  return {.date = minute_ < kNoon ? date : date + 1, .start = start, .end = end};
}

}  // namespace mtsuite::risk
