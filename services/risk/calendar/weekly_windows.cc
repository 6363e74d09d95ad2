#include "services/risk/calendar/weekly_windows.h"

#include <algorithm>
#include <bitset>

#include "services/risk/calendar/zone.h"

namespace mtsuite::risk {
namespace {

constexpr int kDay = 24 * 60;
constexpr int kWeek = 7 * kDay;

// The last date of this weekday up to `date`.
absl::CivilDay OnOrBefore(absl::CivilDay date, absl::Weekday day) { return absl::PrevWeekday(date + 1, day); }

}  // namespace

WeeklyWindows::Span WeeklyWindows::SpanOn(const WeeklyWindow& window, absl::CivilDay date) const {
  return {InstantOf(date, window.start_minute, zone_),
          InstantOf(date + window.days, window.end_minute, zone_)};
}

bool WeeklyWindows::Contains(absl::Time time) const {
  // One day ahead, as clocks may be put back over midnight.
  const absl::CivilDay tomorrow = absl::ToCivilDay(time, zone_) + 1;
  return std::any_of(windows_.begin(), windows_.end(), [&](const WeeklyWindow& window) {
    // A window lasts a week at most, so only its last two beginnings matter.
    const absl::CivilDay last = OnOrBefore(tomorrow, window.start_day);
    for (const absl::CivilDay date : {last, last - 7}) {
      const Span span = SpanOn(window, date);
      if (span.start <= time && time < span.end) return true;
    }
    return false;
  });
}

absl::Time WeeklyWindows::NextStart(absl::Time time) const {
  absl::Time next = absl::InfiniteFuture();
  const absl::CivilDay yesterday = absl::ToCivilDay(time, zone_) - 1;
  for (const WeeklyWindow& window : windows_) {
    absl::CivilDay date = OnOrBefore(yesterday, window.start_day);
    while (SpanOn(window, date).start <= time) date += 7;
    next = std::min(next, SpanOn(window, date).start);
  }
  return next;
}

bool WeeklyWindows::CoverWholeWeek() const {
  std::bitset<kWeek> covered;
  for (const WeeklyWindow& window : windows_) {
    const int start = static_cast<int>(window.start_day) * kDay + window.start_minute;
    const int length = std::min(kWeek, window.days * kDay + window.end_minute - window.start_minute);
    for (int i = 0; i < length; ++i) covered.set(static_cast<size_t>((start + i) % kWeek));
  }
  return covered.all();
}

}  // namespace mtsuite::risk
