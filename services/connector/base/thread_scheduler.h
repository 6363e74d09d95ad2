#ifndef SERVICES_CONNECTOR_BASE_THREAD_SCHEDULER_H_
#define SERVICES_CONNECTOR_BASE_THREAD_SCHEDULER_H_

#include <map>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/base/scheduler.h"

namespace mtsuite::connector {

// The scheduler of a running process: one thread, the machine's steady clock.
class ThreadScheduler final : public Scheduler {
 public:
  ThreadScheduler();
  // Stops.
  ~ThreadScheduler() override;
  ThreadScheduler(const ThreadScheduler&) = delete;
  ThreadScheduler& operator=(const ThreadScheduler&) = delete;

  absl::Time MonotonicNow() const override;
  TimerId After(absl::Duration delay, absl::AnyInvocable<void()> function) override
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Cancel(TimerId id) override ABSL_LOCKS_EXCLUDED(mutex_);

  // Forgets all timers, waits for the one that is running, ends the thread. Later timers are dropped. Not
  // from a timer.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Key = std::pair<absl::Time, TimerId>;

  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  bool Changed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::map<Key, absl::AnyInvocable<void()>> timers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<TimerId, absl::Time> times_ ABSL_GUARDED_BY(mutex_);
  TimerId last_id_ ABSL_GUARDED_BY(mutex_) = kNoTimer;
  // What the thread waits for; anything earlier must wake it.
  absl::Time waiting_for_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_BASE_THREAD_SCHEDULER_H_
