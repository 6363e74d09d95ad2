#ifndef COMMON_CLOCK_CLOCK_H_
#define COMMON_CLOCK_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace mtsuite {

// The source of the current time. Code that depends on time takes a `Clock&`, so that tests and the
// simulation decide what time it is. The names follow absl::Clock of newer Abseil releases, which can replace
// this class later. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // The current UTC time. May go backwards when the wall clock is adjusted.
  virtual absl::Time TimeNow() = 0;

 protected:
  Clock() = default;
  Clock(const Clock&) = default;
  Clock& operator=(const Clock&) = default;
};

// The machine's wall clock. Lives as long as the process.
Clock& RealClock();

// A clock that stands still until it is told otherwise. Thread-safe.
class SimulatedClock final : public Clock {
 public:
  // Starts at `start`.
  explicit SimulatedClock(absl::Time start = absl::UnixEpoch());

  SimulatedClock(const SimulatedClock&) = delete;
  SimulatedClock& operator=(const SimulatedClock&) = delete;

  absl::Time TimeNow() override ABSL_LOCKS_EXCLUDED(mutex_);

  // Jumps to `now`, which may lie in the past.
  void SetTime(absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);

  // Moves on by `duration` (negative durations go back).
  void AdvanceTime(absl::Duration duration) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite

#endif  // COMMON_CLOCK_CLOCK_H_
