#ifndef SERVICES_RISK_CALENDAR_DAY_CALENDAR_H_
#define SERVICES_RISK_CALENDAR_DAY_CALENDAR_H_

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace mtsuite::risk {

// One day between two resets.
struct TradingDay {
  // Its name: the local date that most of it falls on. A day from 17:00 on Sunday is Monday's.
  absl::CivilDay date;
  // Belongs to it.
  absl::Time start;
  // Belongs to the next one. 23 to 25 hours after `start` where clocks change by an hour.
  absl::Time end;

  friend bool operator==(const TradingDay&, const TradingDay&) = default;
};

// Cuts time into days at a local time of a zone. Every instant belongs to exactly one day, whatever the
// clocks do: see InstantOf for times that they skip or repeat. Immutable.
class DayCalendar {
 public:
  // Midnight UTC.
  DayCalendar() = default;
  // `minute` is the local time of the reset in minutes since midnight, 0 to 1439.
  DayCalendar(int minute, absl::TimeZone zone) : minute_(minute), zone_(zone) {}

  // The day that `time` belongs to; `time` is finite.
  TradingDay DayOf(absl::Time time) const;

  absl::TimeZone zone() const { return zone_; }

 private:
  int minute_ = 0;
  absl::TimeZone zone_ = absl::UTCTimeZone();
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CALENDAR_DAY_CALENDAR_H_
