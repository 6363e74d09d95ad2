#include "common/rpc/tls.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/config/files.h"
#include "common/status/macros.h"

namespace mtsuite::rpc {
namespace {

constexpr size_t kPemBytesMax = 1024 * 1024;

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> TlsServerCredentials(
    const config::v1::ServerTls& tls) {
  if (tls.cert_file().empty() || tls.key_file().empty()) {
    return absl::InvalidArgumentError("tls needs both cert_file and key_file");
  }
  ASSIGN_OR_RETURN(const std::string certificate, config::ReadFile(tls.cert_file(), kPemBytesMax));
  ASSIGN_OR_RETURN(const std::string key, config::ReadSecretFile(tls.key_file()));
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({key, certificate});
  if (!tls.client_ca_file().empty()) {
    ASSIGN_OR_RETURN(options.pem_root_certs, config::ReadFile(tls.client_ca_file(), kPemBytesMax));
    options.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsChannelCredentials(
    const config::v1::ClientTls& tls) {
  if (tls.cert_file().empty() != tls.key_file().empty()) {
    return absl::InvalidArgumentError("tls needs cert_file and key_file together, or neither");
  }
  grpc::SslCredentialsOptions options;
  if (!tls.ca_file().empty()) {
    ASSIGN_OR_RETURN(options.pem_root_certs, config::ReadFile(tls.ca_file(), kPemBytesMax));
  }
  if (!tls.cert_file().empty()) {
    ASSIGN_OR_RETURN(options.pem_cert_chain, config::ReadFile(tls.cert_file(), kPemBytesMax));
    ASSIGN_OR_RETURN(options.pem_private_key, config::ReadSecretFile(tls.key_file()));
  }
  return grpc::SslCredentials(options);
}

}  // namespace mtsuite::rpc
