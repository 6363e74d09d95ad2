#include "services/mtsim/world_clock.h"

#include "absl/strings/str_cat.h"

namespace mtsuite::mtsim {
namespace {

constexpr absl::Duration kAdvanceMax = absl::Hours(24 * 3653);

}  // namespace

absl::Time WorldClock::NowLocked() const {
  return frozen_at_ != absl::InfinitePast() ? frozen_at_ : real_.TimeNow() + ahead_;
}

absl::Time WorldClock::TimeNow() {
  absl::MutexLock lock(&mutex_);
  return NowLocked();
}

absl::Status WorldClock::Advance(absl::Duration duration) {
  if (duration < absl::ZeroDuration() || duration > kAdvanceMax) {
    return absl::InvalidArgumentError(absl::StrCat("advance is ", absl::FormatDuration(duration),
                                                   "; it must be 0 to ", absl::FormatDuration(kAdvanceMax)));
  }
  absl::MutexLock lock(&mutex_);
  if (frozen_at_ != absl::InfinitePast()) {
    frozen_at_ += duration;
  } else {
    ahead_ += duration;
  }
  return absl::OkStatus();
}

absl::Status WorldClock::FreezeAt(absl::Time time) {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = NowLocked();
  if (time < now || time > now + kAdvanceMax) {
    return absl::InvalidArgumentError(absl::StrCat("freeze_at is ",
                                                   absl::FormatTime(time, absl::UTCTimeZone()),
                                                   "; it must lie within ten years from the simulated time ",
                                                   absl::FormatTime(now, absl::UTCTimeZone())));
  }
  frozen_at_ = time;
  return absl::OkStatus();
}

void WorldClock::Reset() {
  absl::MutexLock lock(&mutex_);
  frozen_at_ = absl::InfinitePast();
  ahead_ = absl::ZeroDuration();
}

}  // namespace mtsuite::mtsim
