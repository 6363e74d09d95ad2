#ifndef COMMON_STATUS_GRPC_CONVERT_H_
#define COMMON_STATUS_GRPC_CONVERT_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace mtsuite {

// The status a server answers a call with: ToRpcStatus (see there for what callers get to see) with its
// details as the binary error details of gRPC. Log the original before: the cause of an internal error ends
// here.
grpc::Status ToGrpc(const absl::Status& status);

// The status of a call to another service with its reason, metadata and outcome. Details that are missing or
// damaged leave a plain status of the same code and message, which counts as internal when it is passed on.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace mtsuite

#endif  // COMMON_STATUS_GRPC_CONVERT_H_
