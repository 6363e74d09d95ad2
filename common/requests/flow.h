// The steps that handlers of all services share.
#ifndef COMMON_REQUESTS_FLOW_H_
#define COMMON_REQUESTS_FLOW_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/unary_call.h"

namespace mtsuite::requests {

// Whether `server` is named and the caller may use it.
absl::Status AdmitServer(const rpc::Call& call, std::string_view server);

// The operation id of a mutation: the caller's, or a new random one (UUID version 4). Announced in the
// initial metadata, so that the caller can ask for the operation even when the call fails.
absl::StatusOr<std::string> AdmitOperation(rpc::Call& call, std::string_view requested, int max_length);

// `status` of a check that failed before anything was sent: the mutation is REJECTED unless it says
// otherwise.
absl::Status AsRejected(const absl::Status& status);

// Finishes a read or mutation with its answer.
template <class Response>
void Reply(rpc::Call& call, absl::StatusOr<Response> result, Response* response) {
  if (result.ok()) {
    *response = *std::move(result);
  }
  call.Finish(result.status());
}

// Receives a mutation's answer and finishes its call.
template <class Response>
auto ReplyToMutation(rpc::CallPtr call, Response* response) {
  return [call = std::move(call), response](absl::StatusOr<Response> result, bool replayed) {
    if (replayed) {
      call->AddInitialMetadata("operation-replayed", "true");
    }
    Reply(*call, std::move(result), response);
  };
}

// Receives a read's answer and finishes its call.
template <class Response>
auto ReplyToRead(rpc::CallPtr call, Response* response) {
  return [call = std::move(call), response](absl::StatusOr<Response> result) {
    Reply(*call, std::move(result), response);
  };
}

}  // namespace mtsuite::requests

#endif  // COMMON_REQUESTS_FLOW_H_
