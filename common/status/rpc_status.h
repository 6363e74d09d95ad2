#ifndef COMMON_STATUS_RPC_STATUS_H_
#define COMMON_STATUS_RPC_STATUS_H_

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace mtsuite {

// The form in which an error leaves a process, alone or as the result of one item of a batch.
//
// An error with a reason (see MakeError) passes as it is. An error without one comes from the inside (a
// database, a library, a socket): its message is for the log only, so the caller gets a fixed text, and the
// code INTERNAL with the reason of that name, except that CANCELLED, DEADLINE_EXCEEDED and UNAVAILABLE keep
// their code and get their reason (UNAVAILABLE: SERVICE_UNAVAILABLE). Metadata such as the outcome is kept
// either way. OK gives an empty message.
//
// The result is small enough for HTTP/2 trailers: details beyond about 3 KiB are left out, field violations
// first.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The reverse: the details become payloads, which GetErrorReason and its siblings read. Codes that do not
// exist become UNKNOWN.
absl::Status FromRpcStatus(const google::rpc::Status& status);

}  // namespace mtsuite

#endif  // COMMON_STATUS_RPC_STATUS_H_
