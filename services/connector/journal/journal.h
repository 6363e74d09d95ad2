#ifndef SERVICES_CONNECTOR_JOURNAL_JOURNAL_H_
#define SERVICES_CONNECTOR_JOURNAL_JOURNAL_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/node_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "common/metrics/metrics.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/journal/commands.h"
#include "services/connector/journal/committer.h"
#include "services/connector/journal/fingerprint.h"
#include "services/connector/journal/journal_store.h"
#include "services/connector/journal/operation_machine.h"

namespace mtsuite::connector {

// A caller's wish that a mutation be carried out exactly once.
struct OperationRequest {
  // 1 to 64 visible ASCII characters; checked by the caller.
  std::string operation_id;
  Command command;
  // Key of the caller and id of its call, for the record.
  std::string principal;
  std::string request_id;
  // When the caller stops waiting. It never stops the operation once that is recorded.
  absl::Time deadline;
};

// How a request ended.
struct OperationReply {
  // OK when the operation is APPLIED; otherwise why not, with an outcome.
  absl::Status status;
  // Holds the result when `status` is OK.
  OperationRecord record;
  // An earlier request's outcome is told again.
  bool replayed = false;
};

// The command journal of one trading server: every mutation goes through it, and it is the place where
// "exactly once" is kept. OperationMachine decides, this class does: it looks up, stores, sends, searches,
// waits, and answers callers.
//
// Thread-safe. Everything outside (store, trading server, callers) is called without the lock held, and calls
// back through weak pointers: dropping the journal at any moment is as safe as a crash.
class Journal : public std::enable_shared_from_this<Journal> {
 public:
  struct Options {
    std::string server;
    OperationMachine::Limits limits;
    // How long one command may take on the trading server before its outcome counts as unknown. Not the
    // caller's deadline.
    absl::Duration command_timeout = absl::Seconds(20);
    // The same for checks before sending, and for searches.
    absl::Duration read_timeout = absl::Seconds(20);
    // Unfinished operations, recorded or about to be.
    int operations_max = 10'000;
    // Requests whose id is being looked up.
    int lookups_max = 10'000;
    // Requests that wait for one operation.
    int waiters_max = 32;
    // Searches of the resolver at a time.
    int searches_max = 8;
    // Operations with a known outcome are remembered this long.
    absl::Duration retention = absl::Hours(24 * 7);
    // How often old operations are deleted and forgotten ones looked for.
    absl::Duration sweep_interval = absl::Minutes(1);
    // May be null.
    metrics::Registry* registry = nullptr;
  };

  // What the journal works with; all outlive it.
  struct Tools {
    Clock& clock;
    Scheduler& scheduler;
    Committer& committer;
    JournalStore& store;
    // For requests that only read: lookups need not see what is being written, as that is still in memory.
    Committer& reader;
    JournalStore& read_store;
    Commands& commands;
    const Fingerprinter& fingerprinter;
  };

  static std::shared_ptr<Journal> Create(const Options& options, const Tools& tools);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Takes up every operation that the store holds as PENDING or UNCONFIRMED, then calls `done`: all of them
  // are counted as possibly sent, and what they reserved is reserved again. Requests are welcome from then
  // on.
  void Start(DoneStatus done);

  // Answers whoever waits and does nothing more. Operations in flight stay in the store as they are, for the
  // next Start.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  // Carries the operation out, or tells what became of it when its id is known. `done` runs once, at the
  // deadline at the latest.
  void Execute(OperationRequest request, absl::AnyInvocable<void(OperationReply)> done)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // What is known of one operation. OPERATION_NOT_FOUND.
  void Get(const std::string& operation_id, Done<operations::v1::Operation> done) ABSL_LOCKS_EXCLUDED(mutex_);
  // One page of operations; the query's server is set here.
  void List(OperationQuery query, Done<std::vector<OperationRecord>> done);

  // The trading server can be reached again: searches go on.
  void OnAvailable() ABSL_LOCKS_EXCLUDED(mutex_);
  // Bookings with these tags were seen: whoever waits to search for one of them searches now.
  void OnTags(const std::vector<std::string>& tags) ABSL_LOCKS_EXCLUDED(mutex_);

  // Operations whose outcome is not known and which the resolver works on.
  int unconfirmed_count() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Effects = std::vector<absl::AnyInvocable<void()>>;

  struct Waiter {
    uint64_t id;
    OperationRequest request;
    std::string fingerprint;
    absl::AnyInvocable<void(OperationReply)> done;
    Scheduler::TimerId timer;
    bool is_first;
  };

  // An operation that something is being done for.
  struct Active {
    // With passwords, where they are known.
    Command command;
    // Empty while the store is asked for the id.
    std::optional<OperationMachine> machine;
    std::vector<Waiter> waiters;
    // Which of the steps is awaited; callbacks of any other are stale.
    uint64_t turn = 0;
    Scheduler::TimerId wait_timer = Scheduler::kNoTimer;
    bool counted_unconfirmed = false;
    bool searching = false;
  };
  using ActiveMap = absl::node_hash_map<std::string, Active>;

  Journal(const Options& options, const Tools& tools);

  // Requests (journal.cc).
  void Attach(const std::string& id, Active& active, Waiter waiter, Effects& effects)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddWaiter(const std::string& id, Active& active, Waiter waiter) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Lookup(const std::string& id, Active& active, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnLookedUp(const std::string& id, uint64_t turn, const absl::Status& status,
                  std::optional<OperationRecord> record) ABSL_LOCKS_EXCLUDED(mutex_);
  void Begin(ActiveMap::iterator entry, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Resume(ActiveMap::iterator entry, OperationRecord record, Effects& effects)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnDeadline(const std::string& id, uint64_t waiter_id) ABSL_LOCKS_EXCLUDED(mutex_);
  void Answer(Waiter waiter, OperationReply reply, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AnswerAll(Active& active, const OperationReply& reply, Effects& effects)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropOthers(Active& active, const std::string& fingerprint, Effects& effects)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Steps (journal_steps.cc).
  void Advance(ActiveMap::iterator entry, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Prepare(const std::string& id, Active& active, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Store(const std::string& id, Active& active, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Send(const std::string& id, Active& active, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Search(const std::string& id, Active& active, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wait(const std::string& id, Active& active) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Conclude(ActiveMap::iterator entry, Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PumpSearches(Effects& effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountUnconfirmed(Active& active) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Tells the machine of `id` what happened, unless the turn is over, and goes on.
  void Tell(const std::string& id, uint64_t turn,
            absl::AnyInvocable<void(OperationMachine&, absl::Time)> event) ABSL_LOCKS_EXCLUDED(mutex_);

  // Housekeeping (journal_sweep.cc).
  void ScheduleSweep(absl::Duration delay);
  void Sweep(absl::AnyInvocable<void(const absl::Status&)> done);
  void OnSwept(const std::vector<OperationRecord>& unresolved) ABSL_LOCKS_EXCLUDED(mutex_);
  void Tick();

  static void Run(Effects& effects);

  const Options options_;
  const Tools tools_;
  metrics::Counter applied_;
  metrics::Counter rejected_;
  metrics::Counter not_applied_;
  metrics::Counter doubted_;
  metrics::Counter replayed_;
  metrics::Counter searches_;
  metrics::Counter late_;
  metrics::Gauge unconfirmed_gauge_;
  metrics::Gauge active_gauge_;

  mutable absl::Mutex mutex_;
  ActiveMap active_ ABSL_GUARDED_BY(mutex_);
  // Ids whose step is kSearch, in the order they are served.
  std::deque<std::string> search_queue_ ABSL_GUARDED_BY(mutex_);
  int searches_running_ ABSL_GUARDED_BY(mutex_) = 0;
  // Active entries with a machine; the others are being looked up.
  int machines_ ABSL_GUARDED_BY(mutex_) = 0;
  int unconfirmed_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t last_turn_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t last_waiter_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_JOURNAL_H_
