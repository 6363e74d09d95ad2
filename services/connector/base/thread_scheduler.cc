#include "services/connector/base/thread_scheduler.h"

#include <chrono>

namespace mtsuite::connector {

ThreadScheduler::ThreadScheduler() : thread_([this] { Run(); }) {}

ThreadScheduler::~ThreadScheduler() { Stop(); }

absl::Time ThreadScheduler::MonotonicNow() const {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

Scheduler::TimerId ThreadScheduler::After(absl::Duration delay, absl::AnyInvocable<void()> function) {
  const absl::Time time = MonotonicNow() + std::max(delay, absl::ZeroDuration());
  absl::MutexLock lock(&mutex_);
  if (stopping_) return kNoTimer;
  const TimerId id = ++last_id_;
  timers_.emplace(Key(time, id), std::move(function));
  times_.emplace(id, time);
  return id;
}

void ThreadScheduler::Cancel(TimerId id) {
  // Destroyed outside of the lock: what it holds may want to use the scheduler.
  absl::AnyInvocable<void()> dropped;
  absl::MutexLock lock(&mutex_);
  const auto found = times_.find(id);
  if (found == times_.end()) return;
  const auto timer = timers_.find(Key(found->second, id));
  dropped = std::move(timer->second);
  timers_.erase(timer);
  times_.erase(found);
}

void ThreadScheduler::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  thread_.join();
  std::map<Key, absl::AnyInvocable<void()>> dropped;
  absl::MutexLock lock(&mutex_);
  dropped.swap(timers_);
  times_.clear();
}

bool ThreadScheduler::Changed() const {
  return stopping_ || (!timers_.empty() && timers_.begin()->first.first < waiting_for_);
}

void ThreadScheduler::Run() {
  mutex_.Lock();
  while (!stopping_) {
    const absl::Time now = MonotonicNow();
    if (timers_.empty() || timers_.begin()->first.first > now) {
      waiting_for_ = timers_.empty() ? absl::InfiniteFuture() : timers_.begin()->first.first;
      mutex_.AwaitWithTimeout(absl::Condition(this, &ThreadScheduler::Changed), waiting_for_ - now);
      continue;
    }
    const auto timer = timers_.begin();
    absl::AnyInvocable<void()> function = std::move(timer->second);
    times_.erase(timer->first.second);
    timers_.erase(timer);
    mutex_.Unlock();
    function();
    function = nullptr;
    mutex_.Lock();
  }
  mutex_.Unlock();
}

}  // namespace mtsuite::connector
