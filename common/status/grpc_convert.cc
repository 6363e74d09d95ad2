#include "common/status/grpc_convert.h"

#include "common/status/rpc_status.h"

namespace mtsuite {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc_status = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc_status.code()), rpc_status.message(),
                      rpc_status.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rpc_status;
  if (!rpc_status.ParseFromString(status.error_details())) rpc_status.Clear();
  // gRPC's own code and message count: proxies may change them without touching the details.
  rpc_status.set_code(status.error_code());
  rpc_status.set_message(status.error_message());
  return FromRpcStatus(rpc_status);
}

}  // namespace mtsuite
