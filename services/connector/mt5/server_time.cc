#include "services/connector/mt5/server_time.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {
namespace {

const absl::CivilSecond kEpoch(1970, 1, 1, 0, 0, 0);

// Beyond these (years 1 and 9999) no server has data; the clamp keeps the arithmetic below free of overflow.
constexpr int64_t kMinSeconds = -62'135'596'800;
constexpr int64_t kMaxSeconds = 253'402'300'799;

}  // namespace

absl::StatusOr<ServerTime> ServerTime::FromName(std::string_view name) {
  absl::TimeZone zone;
  if (name.empty() || !absl::LoadTimeZone(AbslView(name), &zone)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "time zone '", AbslView(name), "' is unknown here; use an IANA name such as Europe/Athens"));
  }
  return ServerTime(zone);
}

ServerTime ServerTime::FromOffset(int minutes) { return ServerTime(absl::FixedTimeZone(minutes * 60)); }

absl::Time ServerTime::ToUtc(int64_t server_seconds) const {
  const absl::CivilSecond wall = kEpoch + std::clamp(server_seconds, kMinSeconds, kMaxSeconds);
  const absl::TimeZone::TimeInfo info = zone_.At(wall);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

absl::Time ServerTime::ToUtcMillis(int64_t server_millis) const {
  int64_t seconds = server_millis / 1000;
  int64_t millis = server_millis % 1000;
  if (millis < 0) {
    millis += 1000;
    --seconds;
  }
  return ToUtc(seconds) + absl::Milliseconds(millis);
}

int64_t ServerTime::WallClock(absl::Time time) const {
  const absl::Time clamped =
      std::clamp(time, absl::FromUnixSeconds(kMinSeconds), absl::FromUnixSeconds(kMaxSeconds));
  return absl::ToCivilSecond(clamped, zone_) - kEpoch;
}

int64_t ServerTime::FromUtc(absl::Time time) const {
  const int64_t wall = WallClock(time);
  const absl::TimeZone::TimeInfo info = zone_.At(kEpoch + wall);
  // In the second pass of a repeated hour: nothing means this instant, and what comes after the hour is the
  // first that means a later one. The hour is as long as the two readings of one wall clock time are apart.
  if (info.kind == absl::TimeZone::TimeInfo::REPEATED && time >= info.trans) {
    const int64_t repeated = absl::ToInt64Seconds(info.post - info.pre);
    return absl::ToCivilSecond(info.trans, zone_) - kEpoch + repeated;
  }
  return ToUtc(wall) < time ? wall + 1 : wall;
}

int ServerTime::OffsetMinutes(absl::Time time) const { return zone_.At(time).offset / 60; }

}  // namespace mtsuite::connector::mt5
