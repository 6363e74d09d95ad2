#ifndef COMMON_RPC_TLS_H_
#define COMMON_RPC_TLS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/rpc/client_config.pb.h"
#include "common/rpc/server_config.pb.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"

namespace mtsuite::rpc {

// What a server shows and asks for; with a client CA, only callers whose certificate it signed are let in.
// Reads the files now.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> TlsServerCredentials(
    const config::v1::ServerTls& tls);

// What a client trusts and shows. Reads the files now.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsChannelCredentials(
    const config::v1::ClientTls& tls);

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_TLS_H_
