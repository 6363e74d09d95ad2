#include "common/rpc/channel.h"

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/scopes.h"
#include "common/rpc/tls.h"
#include "common/status/macros.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "nlohmann/json.hpp"

namespace mtsuite::rpc {
namespace {

constexpr int kKeepaliveTimeMillis = 30'000;
constexpr int kKeepaliveTimeoutMillis = 10'000;
constexpr int kResponseBytesMax = 4 * 1024 * 1024;

// Which calls gRPC may repeat by itself: those that the scope table calls reads, and only when they were
// answered with UNAVAILABLE. Mutations are repeated by whoever holds their operation id, or not at all.
std::string ServiceConfig() {
  nlohmann::json names = nlohmann::json::array();
  for (const auth::MethodRule& rule : auth::AllMethodRules()) {
    if (!rule.is_read) continue;
    const size_t slash = rule.method.rfind('/');
    names.push_back(
        {{"service", rule.method.substr(1, slash - 1)}, {"method", rule.method.substr(slash + 1)}});
  }
  nlohmann::json retry;
  retry["maxAttempts"] = 3;
  retry["initialBackoff"] = "0.05s";
  retry["maxBackoff"] = "0.5s";
  retry["backoffMultiplier"] = 2;
  retry["retryableStatusCodes"].push_back("UNAVAILABLE");
  nlohmann::json config;
  config["loadBalancingConfig"].push_back({{"round_robin", nlohmann::json::object()}});
  config["methodConfig"].push_back({{"name", names}, {"retryPolicy", retry}});
  // Stops retries while more than a few fail: a service in trouble is not helped by twice the load.
  config["retryThrottling"] = {{"maxTokens", 10}, {"tokenRatio", 0.1}};
  return config.dump();
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> Channel(const config::v1::ClientConfig& config) {
  if (config.target().empty())
    return absl::InvalidArgumentError("a client needs a target, such as 127.0.0.1:9001");
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  grpc::ChannelArguments arguments;
  if (config.has_tls()) {
    ASSIGN_OR_RETURN(credentials, TlsChannelCredentials(config.tls()));
    if (!config.tls().server_name().empty()) arguments.SetSslTargetNameOverride(config.tls().server_name());
  }
  arguments.SetServiceConfigJSON(ServiceConfig());
  arguments.SetMaxReceiveMessageSize(kResponseBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A restarted service is found again within a second, not after the default's two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  return grpc::CreateCustomChannel(config.target(), credentials, arguments);
}

}  // namespace mtsuite::rpc
