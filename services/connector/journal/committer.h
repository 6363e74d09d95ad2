#ifndef SERVICES_CONNECTOR_JOURNAL_COMMITTER_H_
#define SERVICES_CONNECTOR_JOURNAL_COMMITTER_H_

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace mtsuite::connector {

// Makes writes durable, in the order in which they were submitted. All writes of a connector go through one
// committer, so stores need no locks and many writes share one fsync. Reads that need not see writes still
// under way have a committer of their own, and do not wait for the disk.
class Committer {
 public:
  struct Write {
    // Reads or writes through a store. Called on the committer's thread within a transaction; called again,
    // in a transaction of its own, when a transaction that it shared with others failed.
    absl::AnyInvocable<absl::Status()> apply;
    // Called once after the commit, in the order of submission: OK means durable. It must not block. An error
    // of the commit itself may hide that the write took place.
    absl::AnyInvocable<void(const absl::Status&)> done;
    // Nobody waits for it: it may stay queued for some milliseconds, and share the transaction of a write
    // that somebody waits for.
    bool patient = false;
  };

  virtual ~Committer() = default;

  // Queues a write. The queue has no limit of its own: whoever submits bounds what it has in flight.
  virtual void Submit(Write write) = 0;
};

// The transactions of the database behind the stores. Used by one thread.
class TransactionRunner {
 public:
  virtual ~TransactionRunner() = default;
  // Runs `body` in one transaction: durable when both return OK, else undone.
  virtual absl::Status Run(absl::FunctionRef<absl::Status()> body) = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_COMMITTER_H_
