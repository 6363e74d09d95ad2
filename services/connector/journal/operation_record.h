#ifndef SERVICES_CONNECTOR_JOURNAL_OPERATION_RECORD_H_
#define SERVICES_CONNECTOR_JOURNAL_OPERATION_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "mtsuite/operations/v1/operation_service.pb.h"
#include "services/connector/journal/operation.pb.h"

namespace mtsuite::connector {

using Command = journal::v1::Command;
using OperationResult = journal::v1::Result;
using OperationKind = operations::v1::Operation::Kind;
using OperationState = operations::v1::Operation::State;

// One row of the journal: a mutation, and what is durably known about it. Written as a whole each time.
struct OperationRecord {
  std::string server;
  std::string operation_id;
  OperationKind kind = operations::v1::Operation::KIND_UNSPECIFIED;
  OperationState state = operations::v1::Operation::STATE_UNSPECIFIED;
  // Account it is about; chosen by the connector for new accounts.
  int64_t login = 0;
  // Mark that the operation leaves on the trading server; unique per server.
  std::string tag;
  // Keyed hash of the content, see fingerprint.h.
  std::string fingerprint;
  // Without secrets.
  Command command;
  journal::v1::Baseline baseline;
  // How often it was recorded in order to be sent.
  int32_t attempt = 0;
  // Of an APPLIED operation.
  OperationResult result;
  // Of a REJECTED or NOT_APPLIED operation; code 0 otherwise.
  google::rpc::Status error;
  // Who asked first, and in which call.
  std::string principal;
  std::string request_id;
  absl::Time create_time;
  absl::Time update_time;
  // When the last attempt was recorded; it was sent after that, if at all.
  absl::Time sent_time;
};

// APPLIED and REJECTED never change again; NOT_APPLIED changes only when the caller repeats the operation.
inline bool IsUnresolved(OperationState state) {
  return state == operations::v1::Operation::PENDING || state == operations::v1::Operation::UNCONFIRMED;
}

// Whether an operation that was carried out shows its tag on the trading server, in the comment of what it
// left there.
inline bool LeavesTag(OperationKind kind) {
  using operations::v1::Operation;
  return kind == Operation::BALANCE_OPERATION || kind == Operation::PLACE_ORDER ||
         kind == Operation::CLOSE_POSITION || kind == Operation::CLOSE_POSITION_BY;
}

// What the public API tells of a record.
operations::v1::Operation ToPublic(const OperationRecord& record);

// Kind of a command; KIND_UNSPECIFIED when it is empty.
OperationKind KindOf(const Command& command);

// The login that a command names; 0 when it leaves the choice to the connector.
int64_t LoginOf(const Command& command);

// The command with all passwords removed: what may be stored.
Command WithoutSecrets(Command command);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_OPERATION_RECORD_H_
