// Readers of the log, and its trimming.
#include <algorithm>
#include <utility>

#include "common/status/macros.h"
#include "services/connector/eventlog/event_log.h"

namespace mtsuite::connector {
namespace {

constexpr int kTrimBatch = 500;

}  // namespace

EventLog::StartPoint EventLog::FindStart(const std::optional<v1::EventPosition>& after) const {
  absl::MutexLock lock(&mutex_);
  if (!after.has_value()) return {visible_, false};
  const bool held =
      after->epoch() == head_.epoch && after->sequence() >= first_held_ - 1 && after->sequence() <= visible_;
  if (held) return {after->sequence(), false};
  return {first_held_ - 1, true};
}

void EventLog::Read(int64_t sequence, int limit, Done<std::vector<EventPtr>> done) {
  std::optional<absl::StatusOr<std::vector<EventPtr>>> known;
  {
    absl::MutexLock lock(&mutex_);
    if (sequence >= visible_) {
      known = std::vector<EventPtr>();
    } else if (sequence < first_held_ - 1) {
      known = absl::OutOfRangeError("these events are no longer held");
    } else if (!memory_.empty() && memory_.front()->position().sequence() <= sequence + 1) {
      const auto first = memory_.begin() + (sequence + 1 - memory_.front()->position().sequence());
      const auto count = std::min<ptrdiff_t>(limit, memory_.end() - first);
      known = std::vector<EventPtr>(first, first + count);
    }
  }
  if (known.has_value()) return done(*std::move(known));
  auto stored = std::make_shared<std::vector<StoredEvent>>();
  tools_.committer.Submit(
      {[&store = tools_.store, server = options_.server, sequence, limit, stored]() -> absl::Status {
         ASSIGN_OR_RETURN(*stored, store.ReadAfter(server, sequence, limit));
         return absl::OkStatus();
       },
       [sequence, stored, done = std::move(done)](const absl::Status& status) mutable {
         if (!status.ok()) return done(status);
         std::vector<EventPtr> events;
         for (const StoredEvent& row : *stored) {
           auto event = std::make_shared<v1::Event>();
           if (!event->ParseFromString(row.payload)) return done(absl::DataLossError("a damaged event"));
           events.push_back(std::move(event));
         }
         const bool trimmed = events.empty() || events.front()->position().sequence() != sequence + 1;
         if (trimmed) return done(absl::OutOfRangeError("these events are no longer held"));
         done(std::move(events));
       }});
}

v1::EventPosition EventLog::last() const {
  absl::MutexLock lock(&mutex_);
  v1::EventPosition position;
  position.set_epoch(head_.epoch);
  position.set_sequence(visible_);
  return position;
}

uint64_t EventLog::Watch(std::function<void()> callback) {
  absl::MutexLock lock(&mutex_);
  watchers_.emplace(++last_watcher_, std::move(callback));
  return last_watcher_;
}

void EventLog::Unwatch(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  watchers_.erase(id);
}

void EventLog::ScheduleTrim(absl::Duration delay) {
  tools_.scheduler.After(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Trim();
  });
}

void EventLog::Trim() {
  struct Trimmed {
    int deleted = 0;
    int64_t first = 0;
  };
  auto trimmed = std::make_shared<Trimmed>();
  int64_t up_to = 0;
  {
    absl::MutexLock lock(&mutex_);
    up_to = visible_ - options_.events_max;
  }
  const absl::Time before = tools_.clock.TimeNow() - options_.age_max;
  tools_.committer.Submit(
      {[&store = tools_.store, server = options_.server, up_to, before, trimmed]() -> absl::Status {
         ASSIGN_OR_RETURN(trimmed->deleted, store.DeleteOld(server, up_to, before, kTrimBatch));
         ASSIGN_OR_RETURN(trimmed->first, store.FirstSequence(server));
         return absl::OkStatus();
       },
       [weak = weak_from_this(), trimmed](const absl::Status& status) {
         const auto self = weak.lock();
         if (self == nullptr) return;
         const bool more = status.ok() && trimmed->deleted == kTrimBatch;
         if (status.ok() && trimmed->deleted > 0) {
           absl::MutexLock lock(&self->mutex_);
           const int64_t first = trimmed->first == 0 ? self->visible_ + 1 : trimmed->first;
           self->first_held_ = std::max(self->first_held_, first);
         }
         self->ScheduleTrim(more ? absl::Milliseconds(100) : kTrimInterval);
       }});
}

}  // namespace mtsuite::connector
