#ifndef SERVICES_CONNECTOR_BASE_SCHEDULER_H_
#define SERVICES_CONNECTOR_BASE_SCHEDULER_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace mtsuite::connector {

// Runs functions later, on one thread, in the order of their times. Implementations are thread-safe.
class Scheduler {
 public:
  using TimerId = uint64_t;
  // Never given to a timer.
  static constexpr TimerId kNoTimer = 0;

  virtual ~Scheduler() = default;

  // Time that never jumps, for measuring spans; its distance from the wall clock means nothing.
  virtual absl::Time MonotonicNow() const = 0;

  // Runs `function`, which must not block, once `delay` has passed (at once, but not in this call, when it is
  // not positive).
  virtual TimerId After(absl::Duration delay, absl::AnyInvocable<void()> function) = 0;

  // Forgets a timer. Does nothing when it has run, is running, or is kNoTimer.
  virtual void Cancel(TimerId id) = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_BASE_SCHEDULER_H_
