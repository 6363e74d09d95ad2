// Start, stop and housekeeping of the journal.
#include <utility>

#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/connector/journal/journal.h"
#include "services/connector/journal/journal_errors.h"

namespace mtsuite::connector {
namespace {

// Small, so that no caller's write waits long behind housekeeping.
constexpr int kDeleteBatch = 200;
// How often the searches that wait for the trading server are tried, should nobody tell that it is back.
constexpr absl::Duration kTickInterval = absl::Seconds(1);

}  // namespace

void Journal::Start(DoneStatus done) {
  Sweep([weak = weak_from_this(), done = std::move(done)](const absl::Status& status) mutable {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (status.ok()) {
      self->ScheduleSweep(self->options_.sweep_interval);
      self->Tick();
    }
    done(status);
  });
}

void Journal::Stop() {
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    stopped_ = true;
    for (auto& [id, active] : active_) {
      tools_.scheduler.Cancel(active.wait_timer);
      const bool possibly_sent = !active.machine.has_value() || active.machine->possibly_sent();
      AnswerAll(active, {journal_errors::Stopped(id, possibly_sent), {}, false}, effects);
    }
    active_.clear();
    search_queue_.clear();
  }
  Run(effects);
}

void Journal::ScheduleSweep(absl::Duration delay) {
  tools_.scheduler.After(delay, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->Sweep([weak](const absl::Status& status) {
      const auto again = weak.lock();
      if (again == nullptr) return;
      if (!status.ok()) LOG_EVENT(kWarning, "journal_sweep_failed", {"cause", status.ToString()});
      again->ScheduleSweep(again->options_.sweep_interval);
    });
  });
}

// Takes up what the store holds as unresolved but nobody works on: at the start everything; later what a
// failed write left behind, since an error of a commit may hide that it took place.
void Journal::Sweep(absl::AnyInvocable<void(const absl::Status&)> done) {
  struct Found {
    std::vector<OperationRecord> unresolved;
    int deleted = 0;
  };
  auto found = std::make_shared<Found>();
  const absl::Time before = tools_.clock.TimeNow() - options_.retention;
  // One more than can be active, so that there is always one that is new.
  const int limit = options_.operations_max + 1;
  tools_.committer.Submit(
      {[&store = tools_.store, server = options_.server, found, before, limit]() -> absl::Status {
         ASSIGN_OR_RETURN(found->unresolved, store.ListUnresolved(server, limit));
         ASSIGN_OR_RETURN(found->deleted, store.DeleteFinal(server, before, kDeleteBatch));
         return absl::OkStatus();
       },
       [weak = weak_from_this(), found, done = std::move(done)](const absl::Status& status) mutable {
         const auto self = weak.lock();
         if (self == nullptr) return;
         if (status.ok()) self->OnSwept(found->unresolved);
         // More to delete: soon, but not at once, so that callers come first.
         if (found->deleted == kDeleteBatch) {
           self->tools_.scheduler.After(absl::Milliseconds(100), [weak = self->weak_from_this()] {
             if (const auto again = weak.lock()) again->Sweep([](const absl::Status&) {});
           });
         }
         done(status);
       }});
}

void Journal::OnSwept(const std::vector<OperationRecord>& unresolved) {
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    for (const OperationRecord& record : unresolved) {
      if (active_.contains(record.operation_id) ||
          static_cast<int>(active_.size()) >= options_.operations_max)
        continue;
      // Read once more by id: an operation that was concluded while this list was on its way must not be
      // taken up again.
      tools_.commands.Resume(record);
      Lookup(record.operation_id, active_[record.operation_id], effects);
    }
  }
  Run(effects);
}

void Journal::Tick() {
  tools_.scheduler.After(kTickInterval, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->OnAvailable();
    self->Tick();
  });
}

}  // namespace mtsuite::connector
