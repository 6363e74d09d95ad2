#include "services/connector/testing/simulated_scheduler.h"

#include <algorithm>

namespace mtsuite::connector {

bool SimulatedTime::Step(absl::Time until) {
  if (events_.empty() || events_.begin()->first.first > until) {
    clock_.SetTime(std::max(clock_.TimeNow(), until));
    return false;
  }
  const auto next = events_.begin();
  absl::AnyInvocable<void()> function = std::move(next->second.function);
  clock_.SetTime(std::max(clock_.TimeNow(), next->first.first));
  times_.erase(next->first.second);
  events_.erase(next);
  function();
  return true;
}

void SimulatedTime::Advance(absl::Duration duration) {
  const absl::Time until = now() + duration;
  while (Step(until)) {
  }
}

SimulatedScheduler::~SimulatedScheduler() {
  for (auto event = time_.events_.begin(); event != time_.events_.end();) {
    if (event->second.owner == this) {
      time_.times_.erase(event->first.second);
      event = time_.events_.erase(event);
    } else {
      ++event;
    }
  }
}

Scheduler::TimerId SimulatedScheduler::After(absl::Duration delay, absl::AnyInvocable<void()> function) {
  const TimerId id = ++time_.last_id_;
  const absl::Time time = time_.now() + std::max(delay, absl::ZeroDuration());
  time_.events_.emplace(SimulatedTime::Key(time, id), SimulatedTime::Event{this, std::move(function)});
  time_.times_.emplace(id, time);
  return id;
}

void SimulatedScheduler::Cancel(TimerId id) {
  const auto found = time_.times_.find(id);
  if (found == time_.times_.end()) return;
  time_.events_.erase(SimulatedTime::Key(found->second, id));
  time_.times_.erase(found);
}

}  // namespace mtsuite::connector
