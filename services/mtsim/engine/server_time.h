#ifndef SERVICES_MTSIM_ENGINE_SERVER_TIME_H_
#define SERVICES_MTSIM_ENGINE_SERVER_TIME_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mtsuite::mtsim {

// A span of time, both ends inclusive, at millisecond precision.
struct TimeWindow {
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();
};

// The server's zone. A trade server reports the wall-clock time of its zone, counted in seconds as if it were
// UTC
// ("server seconds"); in the engine every time is UTC and this class converts at the edges.
class ServerTime {
 public:
  explicit ServerTime(absl::TimeZone zone) : zone_(zone) {}

  // `zone` is an IANA name ("Europe/Athens", the usual UTC+2/+3 of FX servers) or a fixed offset ("UTC+2",
  // "UTC-03:30"). INVALID_ARGUMENT when it is neither or the machine has no such zone.
  static absl::StatusOr<ServerTime> Load(std::string_view zone);

  // Seconds and milliseconds since 1970-01-01 of the server's wall clock at `time`.
  int64_t ToServerSeconds(absl::Time time) const;
  int64_t ToServerMilliseconds(absl::Time time) const;

  // The instant at which the server's wall clock showed `seconds`. A wall-clock time that occurs twice gives
  // the first, one that is skipped gives the instant of the change.
  absl::Time FromServerSeconds(int64_t seconds) const;

  // All instants whose server seconds lie between `from` and `to`, both inclusive; both passes of a repeated
  // hour.
  TimeWindow Window(int64_t from, int64_t to) const;

  // East of UTC at `time`, daylight saving included.
  absl::Duration Offset(absl::Time time) const;
  bool IsDaylightSaving(absl::Time time) const;

  // Weekday (0 = Sunday) and minute of the day (0 to 1439) on the server's wall clock.
  struct WeekMinute {
    int weekday;
    int minute;
  };
  WeekMinute WeekMinuteOf(absl::Time time) const;

  // The start of the server day that contains `time`, and of the one after it.
  absl::Time DayStart(absl::Time time) const;
  absl::Time NextDayStart(absl::Time time) const;
  // The start of the server month that contains `time`.
  absl::Time MonthStart(absl::Time time) const;

  absl::TimeZone zone() const { return zone_; }

 private:
  absl::TimeZone zone_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_SERVER_TIME_H_
