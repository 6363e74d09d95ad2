// Times as the Web API writes them.
#ifndef SERVICES_MTSIM_MT5_JSON_TIME_H_
#define SERVICES_MTSIM_MT5_JSON_TIME_H_

#include <cstdint>

#include "absl/time/time.h"
#include "services/mtsim/engine/state.h"

namespace mtsuite::mtsim {

// Seconds and milliseconds since 1970 in server time. A time that was never set (1970-01-01 UTC or before) is
// 0, not the zone's offset.
inline int64_t ServerSeconds(const State& state, absl::Time time) {
  return time <= absl::UnixEpoch() ? 0 : state.server_time.ToServerSeconds(time);
}
inline int64_t ServerMilliseconds(const State& state, absl::Time time) {
  return time <= absl::UnixEpoch() ? 0 : state.server_time.ToServerMilliseconds(time);
}

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_JSON_TIME_H_
