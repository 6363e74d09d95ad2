#ifndef SERVICES_CONNECTOR_JOURNAL_JOURNAL_ERRORS_H_
#define SERVICES_CONNECTOR_JOURNAL_JOURNAL_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "services/connector/journal/operation_record.h"

// What callers of the journal are told. An UNCONFIRMED outcome never has the code UNAVAILABLE, which clients
// retry by themselves.
namespace mtsuite::connector::journal_errors {

// The id belongs to a request of other content.
absl::Status OperationIdReused(const std::string& operation_id);
// The caller's time is over and the outcome is not known.
absl::Status Unconfirmed(const std::string& operation_id);
// The caller's time is over and the operation was dropped before it was recorded.
absl::Status NotStartedInTime();
// Too many operations are unfinished; this one is known to be new.
absl::Status TooManyOperations(int limit);
// Too many calls: whether this operation is known could not be looked up.
absl::Status TooManyCalls(const std::string& operation_id, int limit);
// The journal's table could not be read, so whether the operation is known is not known.
absl::Status LookupFailed(const std::string& operation_id, const absl::Status& cause);
// This connector no longer drives the server. `possibly_sent` decides the outcome.
absl::Status Stopped(const std::string& operation_id, bool possibly_sent);
absl::Status OperationNotFound(const std::string& server, const std::string& operation_id);

// The error of a record that is REJECTED or NOT_APPLIED, with its outcome.
absl::Status OfRecord(const OperationRecord& record);

}  // namespace mtsuite::connector::journal_errors

#endif  // SERVICES_CONNECTOR_JOURNAL_JOURNAL_ERRORS_H_
