#ifndef COMMON_RPC_ACCESS_LOG_H_
#define COMMON_RPC_ACCESS_LOG_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace mtsuite::rpc {

// The end of one call, for its log line.
struct CallRecord {
  std::string_view method;
  std::string_view request_id;
  std::string_view traceparent;
  // Empty when the caller is not known.
  std::string_view key_id;
  std::string_view peer;
  int64_t duration_micros = 0;
  // Calls that change something are logged at info even when they succeed.
  bool is_read = false;
};

// Whether LogCall would write a line for a call that ended well; asked first, to spare the work.
bool LogsSuccess(bool is_read);

// Writes the line `rpc` of a call. `cause` is the full status, `sent` what the caller got. Successful reads
// are at level debug; INTERNAL, UNKNOWN and DATA_LOSS are errors of ours, at level error; the rest is info.
void LogCall(const CallRecord& record, const absl::Status& cause, const grpc::Status& sent);

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_ACCESS_LOG_H_
