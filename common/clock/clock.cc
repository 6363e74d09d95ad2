#include "common/clock/clock.h"

#include "absl/time/clock.h"

namespace mtsuite {
namespace {

class WallClock final : public Clock {
 public:
  absl::Time TimeNow() override { return absl::Now(); }
};

}  // namespace

Clock& RealClock() {
  // Never destroyed: threads may still ask for the time while static objects are torn down.
  static Clock* const clock = new WallClock();
  return *clock;
}

SimulatedClock::SimulatedClock(absl::Time start) : now_(start) {}

absl::Time SimulatedClock::TimeNow() {
  absl::MutexLock lock(&mutex_);
  return now_;
}

void SimulatedClock::SetTime(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  now_ = now;
}

void SimulatedClock::AdvanceTime(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  now_ += duration;
}

}  // namespace mtsuite
