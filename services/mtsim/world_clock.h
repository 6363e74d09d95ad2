// The time of the simulated world.
#ifndef SERVICES_MTSIM_WORLD_CLOCK_H_
#define SERVICES_MTSIM_WORLD_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace mtsuite::mtsim {

// Runs with another clock until it is pushed ahead of it or made to stand still. Thread-safe.
class WorldClock final : public Clock {
 public:
  // `real` must outlive this clock.
  explicit WorldClock(Clock& real) : real_(real) {}

  absl::Time TimeNow() override ABSL_LOCKS_EXCLUDED(mutex_);

  // Adds `duration` to the simulated time. INVALID_ARGUMENT unless it is 0 to ten years.
  absl::Status Advance(absl::Duration duration) ABSL_LOCKS_EXCLUDED(mutex_);
  // Stands still at `time`. INVALID_ARGUMENT when that is before the present simulated time.
  absl::Status FreezeAt(absl::Time time) ABSL_LOCKS_EXCLUDED(mutex_);
  // Runs with the real clock again, which may take the simulated time back.
  void Reset() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Time NowLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Clock& real_;
  absl::Mutex mutex_;
  absl::Duration ahead_ ABSL_GUARDED_BY(mutex_);
  // InfinitePast while the clock runs.
  absl::Time frozen_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_WORLD_CLOCK_H_
