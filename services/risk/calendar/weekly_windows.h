#ifndef SERVICES_RISK_CALENDAR_WEEKLY_WINDOWS_H_
#define SERVICES_RISK_CALENDAR_WEEKLY_WINDOWS_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace mtsuite::risk {

// A span of local time that comes again every week: from `start_minute` of `start_day` to `end_minute` of the
// date `days` (0 to 7) later, the end excluded. Minutes count from midnight, 0 to 1439.
struct WeeklyWindow {
  absl::Weekday start_day;
  int start_minute;
  int days;
  int end_minute;
};

// Weekly spans of a zone's local time. Local times that clocks skip or repeat are as in InstantOf. Immutable.
class WeeklyWindows {
 public:
  WeeklyWindows() = default;
  WeeklyWindows(std::vector<WeeklyWindow> windows, absl::TimeZone zone)
      : windows_(std::move(windows)), zone_(zone) {}

  // Whether a window is open at `time`.
  bool Contains(absl::Time time) const;

  // When the next window begins after `time`; the infinite future without windows.
  absl::Time NextStart(absl::Time time) const;

  // Whether there is no minute of a week, one without changes of the clocks, that is outside all windows.
  bool CoverWholeWeek() const;

 private:
  struct Span {
    absl::Time start;
    absl::Time end;
  };
  // The window as it begins on `date`, a date of its weekday.
  Span SpanOn(const WeeklyWindow& window, absl::CivilDay date) const;

  std::vector<WeeklyWindow> windows_;
  absl::TimeZone zone_ = absl::UTCTimeZone();
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CALENDAR_WEEKLY_WINDOWS_H_
