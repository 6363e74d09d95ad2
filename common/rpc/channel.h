#ifndef COMMON_RPC_CHANNEL_H_
#define COMMON_RPC_CHANNEL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/rpc/client_config.pb.h"
#include "grpcpp/channel.h"

namespace mtsuite::rpc {

// A channel to another service of the suite: keepalive, TLS as configured, and retries of reads (scopes.h)
// that were answered with UNAVAILABLE. Connects when first used. Fails when the target is missing or a
// certificate cannot be read.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Channel(const config::v1::ClientConfig& config);

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_CHANNEL_H_
