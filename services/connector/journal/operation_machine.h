#ifndef SERVICES_CONNECTOR_JOURNAL_OPERATION_MACHINE_H_
#define SERVICES_CONNECTOR_JOURNAL_OPERATION_MACHINE_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/connector/journal/commands.h"
#include "services/connector/journal/operation_record.h"

namespace mtsuite::connector {

// The life of one operation, as a pure state machine: it says what to do next (`step`), is told how that
// ended, and never does anything itself. This is where exactly-once is decided.
//
//   new ──► kPrepare ──► kRecord(PENDING) ──► kSend ──► kConclude(APPLIED | REJECTED | NOT_APPLIED) ──► kDone
//                                               └─ doubt ──► kConclude(UNCONFIRMED) ──► kSearch ⇄ kWait ──►
//                                               kConclude ──► kDone
//   repeat of NOT_APPLIED ──► kVerify ──► kPrepare ...        after a crash, PENDING or UNCONFIRMED ──►
//   kConclude(UNCONFIRMED) ...
//
// Invariants:
//  * kSend follows only a successful kRecord, and each kRecord counts `attempt` up: nothing is sent that the
//  store does not
//    know, and nothing is sent twice for one record.
//  * An attempt that may have reached the trading server is followed by another one only after NOT_APPLIED
//  was stored and
//    kVerify, begun after that, found nothing.
//  * NOT_APPLIED after doubt needs `searches_needed` searches in a row that found nothing, each begun at
//  least `settle_window`
//    after the last moment at which the command may have left this machine.
//
// Why the settle window: a reply may be lost while the command still travels (socket buffers, retransmissions
// of TCP) or waits in the trading server (its queue, a gateway, a history database that lags behind), so "not
// there now" does not mean "will not be there". The window must exceed the longest time between the
// connection's end and the moment at which a command that was on its way shows up in the server's history.
// What arrives later still is caught by kVerify as long as it precedes the caller's repeat; only an arrival
// after the repeat's kVerify would book twice.
//
// `now` is monotonic time. Not thread-safe.
class OperationMachine {
 public:
  enum class Step {
    kPrepare,   // Commands::Prepare, then Prepared.
    kRecord,    // Store the record; then Stored. Nothing has been sent yet.
    kSend,      // Commands::Send, then Sent.
    kVerify,    // Commands::Search, then Searched.
    kConclude,  // Store the record, then Stored.
    kSearch,    // BeginSearch and Commands::Search once the trading server can be reached, then Searched.
    kWait,      // At wake_time(), or when a trace was seen: Wake.
    kDone,      // answer() holds.
  };

  struct Limits {
    absl::Duration settle_window = absl::Seconds(30);
    int searches_needed = 2;
    // Pause after the first search without a find, and after each write that failed; doubles up to
    // `backoff_max`.
    absl::Duration backoff_min = absl::Milliseconds(250);
    absl::Duration backoff_max = absl::Seconds(10);
  };

  // A new operation; `record` has no state yet.
  static OperationMachine New(OperationRecord record, const Limits& limits);
  // A repeat of an operation whose stored state is NOT_APPLIED.
  static OperationMachine Repeat(OperationRecord record, const Limits& limits);
  // An operation found PENDING or UNCONFIRMED in the store without being at work here: possibly sent, up to
  // `now`.
  static OperationMachine Interrupted(OperationRecord record, const Limits& limits, absl::Time now);

  Step step() const { return step_; }
  const OperationRecord& record() const { return record_; }
  // When a kWait ends.
  absl::Time wake_time() const { return wake_time_; }
  // Whether the operation may have been sent, now or in an earlier process: from kRecord on.
  bool possibly_sent() const { return possibly_sent_; }
  // Whether the record is (being) stored: it exists for GetOperation.
  bool recorded() const { return recorded_; }
  // Whether it waits for, or does, a search on behalf of the resolver.
  bool resolving() const;
  // A booking, account or deletion that came to light after it had been declared NOT_APPLIED: the settle
  // window is too short.
  bool arrived_late() const { return arrived_late_; }
  // At kDone: OK means that record() has the outcome (APPLIED, REJECTED, NOT_APPLIED); else why nothing came
  // of it.
  const absl::Status& answer() const { return answer_; }

  // Sets the record's times before it is stored; `wall_time` is UTC.
  void Stamp(absl::Time wall_time);

  void Prepared(const absl::StatusOr<Preparation>& preparation);
  void Stored(const absl::Status& status, absl::Time now);
  void Sent(const absl::StatusOr<OperationResult>& result, absl::Time now);
  void BeginSearch(absl::Time now) { search_started_ = now; }
  void Searched(const absl::StatusOr<Evidence>& evidence, absl::Time now);
  void Wake();

 private:
  // What a kVerify is for.
  enum class Purpose { kNone, kBeforeRepeat, kAfterRejection };

  OperationMachine(OperationRecord record, const Limits& limits)
      : record_(std::move(record)), limits_(limits) {}

  void Conclude(OperationState state, const absl::Status& error);
  void Applied(const OperationResult& result);
  void Doubt(absl::Time now);
  void Pause(absl::Time now, Step after);
  void Finish(const absl::Status& answer);
  void Verified(const absl::StatusOr<Evidence>& evidence, absl::Time now);
  void Found(const absl::StatusOr<Evidence>& evidence, absl::Time now);

  OperationRecord record_;
  Limits limits_;
  Step step_ = Step::kPrepare;
  Step after_wait_ = Step::kSearch;
  Purpose purpose_ = Purpose::kNone;
  absl::Time wake_time_;
  // Last moment at which the command may have left this machine.
  absl::Time doubt_time_;
  absl::Time search_started_;
  absl::Duration backoff_;
  int misses_ = 0;
  bool possibly_sent_ = false;
  bool recorded_ = false;
  bool arrived_late_ = false;
  // What the trading server said of a repeat, while kVerify looks whether the attempt before was carried out
  // after all.
  absl::Status rejection_;
  absl::Status answer_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_OPERATION_MACHINE_H_
