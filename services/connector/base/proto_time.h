#ifndef SERVICES_CONNECTOR_BASE_PROTO_TIME_H_
#define SERVICES_CONNECTOR_BASE_PROTO_TIME_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace mtsuite::connector {

// Exact to the microsecond, the finest that the database keeps. `time` must be finite.
inline google::protobuf::Timestamp ToProto(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  google::protobuf::Timestamp result;
  int64_t seconds = micros / 1'000'000;
  int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  result.set_seconds(seconds);
  result.set_nanos(static_cast<int32_t>(rest * 1'000));
  return result;
}

inline absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_BASE_PROTO_TIME_H_
