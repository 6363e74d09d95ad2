#ifndef SERVICES_CONNECTOR_JOURNAL_COMMANDS_H_
#define SERVICES_CONNECTOR_JOURNAL_COMMANDS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/connector/journal/operation_record.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// What checks before sending found out.
struct Preparation {
  // Account that the operation is about; for a new account that names none, the login chosen for it.
  int64_t login = 0;
  journal::v1::Baseline baseline;
};

// What a look at the trading server says about an operation that may have been carried out.
struct Evidence {
  enum class Verdict {
    kApplied,     // Certainly carried out; `result` is what came of it.
    kRejected,    // Certainly not, and it never will be; `rejection` says why.
    kNotFound,    // No trace of it so far.
    kUnknowable,  // The trading server shows nothing by which it could be told.
  };
  Verdict verdict = Verdict::kNotFound;
  OperationResult result;
  absl::Status rejection;
};

// How the journal acts on one trading server. Asynchronous like TradeServer: every callback runs exactly
// once, at the deadline at the latest, possibly within the call. `command` is the record's command with its
// passwords, where they are known.
class Commands {
 public:
  virtual ~Commands() = default;

  // OK while mutations can be sent; otherwise the error to refuse them with (UNAVAILABLE, NOT_SENT). Like
  // Resume it is called with the journal's lock held: it answers at once and calls nobody back.
  virtual absl::Status CheckAvailable() const = 0;

  // Checks what only the trading server can know, and reads what Search needs later. Changes nothing. Errors
  // carry an outcome.
  virtual void Prepare(const OperationRecord& record, const Command& command, absl::Time deadline,
                       Done<Preparation> done) = 0;

  // Carries the operation out, once. Errors carry an outcome as TradeServer's do.
  virtual void Send(const OperationRecord& record, const Command& command, absl::Time deadline,
                    Done<OperationResult> done) = 0;

  // Looks for traces of the operation. Changes nothing. An error means that nothing was learnt.
  virtual void Search(const OperationRecord& record, const Command& command, absl::Time deadline,
                      Done<Evidence> done) = 0;

  // The operation was found unfinished in the journal: reserves again what Prepare had reserved.
  virtual void Resume(const OperationRecord& record) = 0;

  // The journal is done with what Prepare reserved for the operation.
  virtual void Release(const OperationRecord& record) = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_COMMANDS_H_
