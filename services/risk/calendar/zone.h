#ifndef SERVICES_RISK_CALENDAR_ZONE_H_
#define SERVICES_RISK_CALENDAR_ZONE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace mtsuite::risk {

// The zone of an IANA name ("Europe/Prague") or of a fixed offset ("UTC", "UTC+3", "UTC-03:30"; at most 14
// hours). INVALID_ARGUMENT, with what is allowed, when it is neither or this machine does not know it.
absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name);

// Minutes since midnight of "HH:MM", 00:00 to 23:59; INVALID_ARGUMENT otherwise.
absl::StatusOr<int> ParseLocalTime(std::string_view text);

// The instant at which the clocks of `zone` show `minute` minutes after midnight on `date`. A time that the
// clocks skip gives the first instant after the gap, one that they show twice the first.
absl::Time InstantOf(absl::CivilDay date, int minute, absl::TimeZone zone);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CALENDAR_ZONE_H_
