#ifndef SERVICES_CONNECTOR_TESTING_SIMULATED_SCHEDULER_H_
#define SERVICES_CONNECTOR_TESTING_SIMULATED_SCHEDULER_H_

#include <map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "services/connector/base/scheduler.h"

namespace mtsuite::connector {

// A world in one thread: a queue of events by time, and a clock that jumps from one to the next.
// Deterministic.
class SimulatedTime {
 public:
  explicit SimulatedTime(absl::Time start) : clock_(start) {}

  Clock& clock() { return clock_; }
  absl::Time now() { return clock_.TimeNow(); }

  // Runs the next event; false when there is none up to `until`, and then the clock stands at `until`.
  bool Step(absl::Time until);
  // Runs everything of the next `duration`.
  void Advance(absl::Duration duration);

 private:
  friend class SimulatedScheduler;
  using Key = std::pair<absl::Time, Scheduler::TimerId>;
  struct Event {
    const Scheduler* owner;
    absl::AnyInvocable<void()> function;
  };

  SimulatedClock clock_;
  std::map<Key, Event> events_;
  std::map<Scheduler::TimerId, absl::Time> times_;
  Scheduler::TimerId last_id_ = Scheduler::kNoTimer;
};

// A part of the simulated world. Its events vanish with it: dropping the schedulers of a process is what a
// crash does.
class SimulatedScheduler final : public Scheduler {
 public:
  explicit SimulatedScheduler(SimulatedTime& time) : time_(time) {}
  ~SimulatedScheduler() override;

  absl::Time MonotonicNow() const override { return time_.now(); }
  TimerId After(absl::Duration delay, absl::AnyInvocable<void()> function) override;
  void Cancel(TimerId id) override;

 private:
  SimulatedTime& time_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_SIMULATED_SCHEDULER_H_
