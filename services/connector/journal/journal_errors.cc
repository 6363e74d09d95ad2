#include "services/connector/journal/journal_errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/rpc_status.h"

namespace mtsuite::connector::journal_errors {

using absl::StatusCode;

absl::Status OperationIdReused(const std::string& operation_id) {
  // Nothing of *this* request was sent. What became of the operation that owns the id is another question.
  return MakeError(StatusCode::kAlreadyExists, type::v1::OPERATION_ID_REUSED,
                   absl::StrCat("the operation id \"", operation_id,
                                "\" was used before for another request; use a new id for a new operation"))
      .With("operation_id", operation_id)
      .Outcome(type::v1::REJECTED);
}

absl::Status Unconfirmed(const std::string& operation_id) {
  return MakeError(
             StatusCode::kDeadlineExceeded, type::v1::OPERATION_UNCONFIRMED,
             absl::StrCat(
                 "the outcome of operation \"", operation_id,
                 "\" is not known yet; ask GetOperation, or repeat the call with the same operation id"))
      .With("operation_id", operation_id)
      .Outcome(type::v1::UNCONFIRMED)
      .RetryAfter(absl::Seconds(1));
}

absl::Status NotStartedInTime() {
  return MakeError(StatusCode::kDeadlineExceeded, type::v1::DEADLINE_EXCEEDED,
                   "the deadline passed before the operation was sent; repeat it with more time")
      .Outcome(type::v1::NOT_SENT);
}

absl::Status TooManyOperations(int limit) {
  return MakeError(
             StatusCode::kResourceExhausted, type::v1::TOO_MANY_OPERATIONS,
             absl::StrCat(limit, " operations are waiting for the trading server; repeat the call later"))
      .With("limit", limit)
      .Outcome(type::v1::NOT_SENT)
      .RetryAfter(absl::Seconds(1));
}

absl::Status TooManyCalls(const std::string& operation_id, int limit) {
  // A repeat must not be told NOT_SENT: its first try may have been carried out.
  return MakeError(
             StatusCode::kResourceExhausted, type::v1::TOO_MANY_OPERATIONS,
             absl::StrCat(
                 "too many calls are waiting (limit ", limit,
                 ") to look up what is known of this operation; repeat the call with the same operation id"))
      .With("operation_id", operation_id)
      .With("limit", limit)
      .Outcome(type::v1::UNCONFIRMED)
      .RetryAfter(absl::Seconds(1));
}

absl::Status LookupFailed(const std::string& operation_id, const absl::Status& cause) {
  return MakeError(StatusCode::kInternal, type::v1::INTERNAL,
                   absl::StrCat("what is known of operation \"", operation_id,
                                "\" could not be read; repeat the call with the same operation id (",
                                absl::StatusCodeToString(cause.code()), ")"))
      .With("operation_id", operation_id)
      .Outcome(type::v1::UNCONFIRMED);
}

absl::Status Stopped(const std::string& operation_id, bool possibly_sent) {
  if (possibly_sent) return Unconfirmed(operation_id);
  return MakeError(StatusCode::kUnavailable, type::v1::SERVICE_UNAVAILABLE,
                   "the connector is stopping; repeat the call with the same operation id")
      .Outcome(type::v1::NOT_SENT)
      .RetryAfter(absl::Seconds(1));
}

absl::Status OperationNotFound(const std::string& server, const std::string& operation_id) {
  return MakeError(StatusCode::kNotFound, type::v1::OPERATION_NOT_FOUND,
                   absl::StrCat("no operation \"", operation_id, "\" is known on server \"", server,
                                "\": it never arrived, or it is older than the retention period"))
      .With("server", server)
      .With("operation_id", operation_id);
}

absl::Status OfRecord(const OperationRecord& record) {
  const bool rejected = record.state == operations::v1::Operation::REJECTED;
  absl::Status error = FromRpcStatus(record.error);
  if (error.ok()) error = absl::InternalError("the journal holds no error for an operation that failed");
  return WithOutcome(error, rejected ? type::v1::REJECTED : type::v1::NOT_SENT);
}

}  // namespace mtsuite::connector::journal_errors
