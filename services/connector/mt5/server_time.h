#ifndef SERVICES_CONNECTOR_MT5_SERVER_TIME_H_
#define SERVICES_CONNECTOR_MT5_SERVER_TIME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mtsuite::connector::mt5 {

// Translates between UTC and what an MT5 server writes into its time members: the wall clock of its zone,
// counted in seconds (or milliseconds) since 1970-01-01 as if that zone were UTC. Immutable, cheap to copy,
// thread-safe.
//
// Where clocks change, the wall clock alone does not tell the instant, so there is one fixed rule, and both
// directions follow it: ToUtc never goes backwards, and FromUtc is its inverse.
//  * A wall clock time that happens twice (autumn) means its first occurrence. What happens in the second
//  hour
//    therefore reads as one hour too early.
//  * A wall clock time that never happens (spring) means the instant of the change.
class ServerTime {
 public:
  explicit ServerTime(absl::TimeZone zone) : zone_(zone) {}

  // The zone of an IANA name such as "Europe/Athens". INVALID_ARGUMENT when this machine does not know it.
  static absl::StatusOr<ServerTime> FromName(std::string_view name);
  // A zone that is always `minutes` east of UTC.
  static ServerTime FromOffset(int minutes);

  absl::Time ToUtc(int64_t server_seconds) const;
  absl::Time ToUtcMillis(int64_t server_millis) const;

  // The earliest server second whose meaning is `time` or later. For the bounds of a time span: exactly the
  // seconds from FromUtc(start) to FromUtc(end) - 1 mean instants of [start, end), if both are whole seconds.
  int64_t FromUtc(absl::Time time) const;

  // What the server's clock shows at `time`. Goes back by an hour in autumn.
  int64_t WallClock(absl::Time time) const;

  // Minutes east of UTC at `time`.
  int OffsetMinutes(absl::Time time) const;

  std::string name() const { return zone_.name(); }

 private:
  absl::TimeZone zone_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_SERVER_TIME_H_
