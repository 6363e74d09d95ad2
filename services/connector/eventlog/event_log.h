#ifndef SERVICES_CONNECTOR_EVENTLOG_EVENT_LOG_H_
#define SERVICES_CONNECTOR_EVENTLOG_EVENT_LOG_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "common/metrics/metrics.h"
#include "mtsuite/connector/v1/event.pb.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/directory/directory.h"
#include "services/connector/eventlog/event_store.h"
#include "services/connector/journal/committer.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

using EventPtr = std::shared_ptr<const v1::Event>;

// What happened on one trading server, numbered without gaps, stored, and replayed from any number still
// held. An event is visible once it is durable. What was known (digests of accounts, tickets of deals) is
// stored with the events, in the same transaction: after a crash everything is told that was not, and nothing
// twice. Thread-safe.
class EventLog : public std::enable_shared_from_this<EventLog> {
 public:
  struct Options {
    std::string server;
    // Older or more events than these are deleted.
    int64_t events_max = 1'000'000;
    absl::Duration age_max = absl::Hours(24 * 7);
    // Newest events kept in memory, for readers that keep up.
    size_t memory_max = 20'000;
    // Events that wait for the database. Beyond, the log begins anew with another epoch.
    size_t pending_max = 200'000;
    // Deals are asked for again from this long before the last one known, and their tickets remembered for
    // twice as long, in deal time: covers deals that the trading server shows late.
    absl::Duration deal_overlap = absl::Hours(1);
    // May be null.
    metrics::Registry* registry = nullptr;
  };
  // What it works with; all outlive it. `new_epoch` makes unique texts.
  struct Tools {
    Clock& clock;
    Scheduler& scheduler;
    Committer& committer;
    EventStore& store;
    std::function<std::string()> new_epoch;
    // Group of an account, as far as it is known; unset for none.
    std::function<std::optional<std::string>(int64_t login)> group_of = nullptr;
  };

  // What was read from the store.
  struct Restored {
    // From when on deals must be told again.
    absl::Time deals_since;
    // What is known of accounts.
    std::vector<std::pair<int64_t, uint64_t>> digests;
    // What was open, as it was told last, and whether that is all of it.
    std::vector<orders::v1::Order> orders;
    std::vector<orders::v1::Position> positions;
    bool trades_baselined = false;
  };

  static std::shared_ptr<EventLog> Create(const Options& options, const Tools& tools);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // Reads the store, or begins a log. Before anything else.
  void Start(Done<Restored> done);

  // Accounts that changed. Before the baseline is set, only those of `own` mutations are told as events.
  void AppendAccounts(const AccountChanges& changes, bool own) ABSL_LOCKS_EXCLUDED(mutex_);
  // The accounts that were there when the log began have all been appended.
  void SetBaselined() ABSL_LOCKS_EXCLUDED(mutex_);
  // Deals; those known are left out. Returns the others.
  std::vector<type::v1::Deal> AppendDeals(const std::vector<type::v1::Deal>& deals)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Events of orders and positions, in order. Sets the revision of each record to its event's sequence, and
  // stores what is open with them, in the same transaction.
  void AppendTrades(std::vector<v1::Event>& events) ABSL_LOCKS_EXCLUDED(mutex_);
  // What is open when the log begins: stored as if these events had told it, but nothing is told.
  void AdoptTrades(std::vector<v1::Event>& events) ABSL_LOCKS_EXCLUDED(mutex_);
  // The orders and positions that were open when the log began have all been taken in.
  void SetTradesBaselined() ABSL_LOCKS_EXCLUDED(mutex_);
  void AppendServer(const operations::v1::Server& server) ABSL_LOCKS_EXCLUDED(mutex_);

  // Where a reader starts that has everything up to `after`: the place itself, or the one before the oldest
  // event held and `reset`. Without `after`: the end.
  struct StartPoint {
    int64_t sequence = 0;
    bool reset = false;
  };
  StartPoint FindStart(const std::optional<v1::EventPosition>& after) const ABSL_LOCKS_EXCLUDED(mutex_);
  // At most `limit` events after `sequence`; none at the end. OUT_OF_RANGE when they are no longer held.
  void Read(int64_t sequence, int limit, Done<std::vector<EventPtr>> done) ABSL_LOCKS_EXCLUDED(mutex_);
  // The place of the newest visible event.
  v1::EventPosition last() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Has `callback` called whenever events became visible, until Unwatch; on the committer's thread, and it
  // must not block.
  uint64_t Watch(std::function<void()> callback) ABSL_LOCKS_EXCLUDED(mutex_);
  void Unwatch(uint64_t id) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Digest {
    int64_t login;
    std::optional<uint64_t> value;  // Deleted when unset.
  };
  // What one transaction writes.
  struct Batch {
    std::vector<EventPtr> events;
    std::vector<Digest> digests;
    std::vector<OpenRecord> records;
    EventLogHead head;
    // What the store holds up to this sequence is deleted: the log begins anew after it.
    int64_t forget_up_to = 0;
    bool empty() const { return events.empty() && digests.empty() && records.empty(); }
  };

  static constexpr absl::Duration kTrimInterval = absl::Minutes(1);

  EventLog(const Options& options, const Tools& tools);

  void Add(v1::Event event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Notes what is open after an event.
  void Note(const v1::Event& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Flush() ABSL_LOCKS_EXCLUDED(mutex_);
  void Submit(std::shared_ptr<Batch> batch);
  void OnWritten(const std::shared_ptr<Batch>& batch, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status Write(const Batch& batch);
  void ForgetTickets() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ScheduleTrim(absl::Duration delay);
  void Trim();

  const Options options_;
  const Tools tools_;
  metrics::Counter events_counter_;
  metrics::Gauge pending_gauge_;
  metrics::Gauge lag_seconds_;

  mutable absl::Mutex mutex_;
  // The last sequence given out and what else the next batch stores.
  EventLogHead head_ ABSL_GUARDED_BY(mutex_);
  Batch pending_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool head_changed_ ABSL_GUARDED_BY(mutex_) = false;
  // The newest visible events, without gaps up to visible_.
  std::deque<EventPtr> memory_ ABSL_GUARDED_BY(mutex_);
  int64_t visible_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t first_held_ ABSL_GUARDED_BY(mutex_) = 1;
  absl::flat_hash_map<int64_t, absl::Time> tickets_ ABSL_GUARDED_BY(mutex_);
  size_t tickets_checked_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, std::function<void()>> watchers_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_watcher_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_EVENTLOG_EVENT_LOG_H_
