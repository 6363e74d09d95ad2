#include "common/rpc/server.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/config/files.h"
#include "common/log/log.h"
#include "common/rpc/tls.h"
#include "common/status/check.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "mtsuite/type/v1/errors.pb.h"
#include "nlohmann/json.hpp"

namespace mtsuite::rpc {
namespace {

constexpr int kReceiveBytesDefault = 1024 * 1024;
constexpr int kSendBytesDefault = 4 * 1024 * 1024;
constexpr int kConcurrencyDefault = 1000;
constexpr absl::Duration kDrainTimeoutDefault = absl::Seconds(10);
constexpr int kKeepaliveTimeMillis = 60'000;
constexpr int kKeepaliveTimeoutMillis = 20'000;
// Our clients ping every 30 s; anything up to three times as often is not yet abuse.
constexpr int kPingIntervalMinMillis = 10'000;

int OrDefault(int value, int fallback) { return value > 0 ? value : fallback; }

absl::Duration OrDefault(const google::protobuf::Duration& value, absl::Duration fallback) {
  const absl::Duration duration = absl::Seconds(value.seconds()) + absl::Nanoseconds(value.nanos());
  return duration > absl::ZeroDuration() ? duration : fallback;
}

absl::Status CheckConfig(const config::v1::ServerConfig& config) {
  if (config.listen().empty())
    return absl::InvalidArgumentError("server.listen is required, such as 127.0.0.1:9001");
  if (config.key_file().empty())
    return absl::InvalidArgumentError("server.key_file is required (see the tool apikey)");
  if (!config.log_level().empty() && !log::ParseLevel(config.log_level())) {
    return absl::InvalidArgumentError(absl::StrCat("server.log_level is '", config.log_level(),
                                                   "', must be debug, info, warning or error"));
  }
  return absl::OkStatus();
}

CallGate::Options GateOptions(const config::v1::CallLimits& limits) {
  return {.concurrent_calls_max = OrDefault(limits.concurrent_calls(), kConcurrencyDefault),
          .concurrent_streams_max = OrDefault(limits.concurrent_streams(), kConcurrencyDefault),
          .default_deadline = OrDefault(limits.default_deadline(), absl::Seconds(10)),
          .max_deadline = OrDefault(limits.max_deadline(), absl::Seconds(120))};
}

void SetTransport(const config::v1::ServerConfig& config, grpc::ServerBuilder& builder) {
  const config::v1::CallLimits& limits = config.limits();
  builder.SetMaxReceiveMessageSize(OrDefault(limits.receive_bytes(), kReceiveBytesDefault));
  builder.SetMaxSendMessageSize(OrDefault(limits.send_bytes(), kSendBytesDefault));
  // Two processes on one port would share its calls at random; the second must fail to start.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingIntervalMinMillis);
  if (limits.has_max_connection_age()) {
    const absl::Duration grace = OrDefault(config.drain().timeout(), kDrainTimeoutDefault);
    const absl::Duration age = OrDefault(limits.max_connection_age(), absl::Minutes(30));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(age)));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(grace)));
  }
}

// Debian builds Abseil with the search for lock-order cycles switched on, for every lock of gRPC too: 5 % of
// the processor time of a small call. Debug builds and tests keep it.
void SkipDeadlockDetection() {
#ifdef NDEBUG
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Create(std::string name, config::v1::ServerConfig config) {
  RETURN_IF_ERROR(CheckConfig(config));
  SkipDeadlockDetection();
  log::Configure(name, log::ParseLevel(config.log_level()).value_or(log::Level::kInfo));
  ASSIGN_OR_RETURN(std::unique_ptr<auth::KeyFile> keys, auth::KeyFile::Open(config.key_file(), RealClock()));
  // The file of an earlier run would name ports of a process that is gone.
  if (!config.port_file().empty()) unlink(config.port_file().c_str());
  return std::unique_ptr<Server>(new Server(std::move(name), std::move(config), std::move(keys)));
}

Server::Server(std::string name, config::v1::ServerConfig config, std::unique_ptr<auth::KeyFile> keys)
    : name_(std::move(name)), config_(std::move(config)), keys_(std::move(keys)) {
  CallGate::Options options = GateOptions(config_.limits());
  options.keys = keys_.get();
  options.registry = &metrics_;
  gate_ = std::make_unique<CallGate>(options);
}

Server::~Server() { Stop(); }

void Server::Register(std::string_view full_name, grpc::Service& service) {
  MTSUITE_CHECK(server_ == nullptr, "register services before Start");
  gate_->AddService(full_name);
  services_.emplace_back(std::string(full_name), &service);
  absl::MutexLock lock(&mutex_);
  serving_.emplace(std::string(full_name), true);
}

void Server::SetServing(std::string_view full_name, bool serving) {
  absl::MutexLock lock(&mutex_);
  const auto found = serving_.find(AbslView(full_name));
  MTSUITE_CHECK(found != serving_.end(), "only a registered service has a health");
  if (found->second == serving) return;
  found->second = serving;
  LOG_EVENT(kInfo, "health", {"name", full_name}, {"serving", serving});
  PublishHealth();
}

void Server::PublishHealth() {
  if (server_ == nullptr) return;
  grpc::HealthCheckServiceInterface& health = *server_->GetHealthCheckService();
  bool all = true;
  for (const auto& [name, serving] : serving_) {
    health.SetServingStatus(name, serving && !draining_);
    all = all && serving;
  }
  health.SetServingStatus("", all && !draining_);
}

void Server::ReportPort(std::string name, int port) { extra_ports_.emplace_back(std::move(name), port); }

void Server::OnDrain(std::string name, absl::AnyInvocable<void()> callback) {
  drain_hooks_.push_back({std::move(name), std::move(callback)});
}

void Server::OnStop(std::string name, absl::AnyInvocable<void()> callback) {
  stop_hooks_.push_back({std::move(name), std::move(callback)});
}

absl::Status Server::Start() {
  RETURN_IF_ERROR(Listen());
  if (!config_.metrics_listen().empty()) {
    ASSIGN_OR_RETURN(exposer_, metrics::Exposer::Start(config_.metrics_listen(), metrics_));
  }
  RETURN_IF_ERROR(WritePortFile());
  LOG_EVENT(kInfo, "server_started", {"listen", config_.listen()}, {"port", port_},
            {"metrics_port", metrics_port()}, {"tls", config_.has_tls()});
  return absl::OkStatus();
}

absl::Status Server::Listen() {
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (config_.has_tls()) {
    ASSIGN_OR_RETURN(credentials, TlsServerCredentials(config_.tls()));
  }
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetTransport(config_, builder);
  builder.AddListeningPort(config_.listen(), credentials, &port_);
  for (const auto& [name, service] : services_) builder.RegisterService(service);
  absl::MutexLock lock(&mutex_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    server_ = nullptr;
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", config_.listen(), " (is the port taken?)"));
  }
  PublishHealth();
  return absl::OkStatus();
}

absl::Status Server::WritePortFile() const {
  if (config_.port_file().empty()) return absl::OkStatus();
  nlohmann::json ports = {
      {"service", name_}, {"pid", getpid()}, {"port", port_}, {"metrics_port", metrics_port()}};
  for (const auto& [name, port] : extra_ports_) ports[name] = port;
  return config::WriteFileAtomically(config_.port_file(), ports.dump() + "\n", 0644);
}

int Server::Run() {
  if (server_ == nullptr) {
    if (const absl::Status started = Start(); !started.ok()) {
      LOG_EVENT(kError, "start_failed", {"error", StdView(started.message())});
      return 1;
    }
  }
  signals_.Wait();
  Stop();
  return 0;
}

void Server::RunHooks(std::vector<Hook>& hooks) {
  for (auto hook = hooks.rbegin(); hook != hooks.rend(); ++hook) {
    LOG_EVENT(kDebug, "shutdown_step", {"name", hook->name});
    hook->callback();
  }
}

void Server::Stop() {
  if (server_ == nullptr || stopped_) return;
  stopped_ = true;
  const absl::Duration pause = OrDefault(config_.drain().pause(), absl::ZeroDuration());
  const absl::Duration timeout = OrDefault(config_.drain().timeout(), kDrainTimeoutDefault);
  LOG_EVENT(kInfo, "draining", {"calls", gate_->calls_running()}, {"streams", gate_->streams_running()});
  {
    absl::MutexLock lock(&mutex_);
    draining_ = true;
    PublishHealth();
  }
  absl::SleepFor(pause);
  RunHooks(drain_hooks_);
  gate_->FinishStreams(MakeError(absl::StatusCode::kUnavailable, type::v1::SHUTTING_DOWN,
                                 "the server is shutting down; connect again and resume"));
  server_->Shutdown(absl::ToChronoTime(absl::Now() + timeout));
  server_->Wait();
  RunHooks(stop_hooks_);
  exposer_ = nullptr;
  if (!config_.port_file().empty()) unlink(config_.port_file().c_str());
  LOG_EVENT(kInfo, "server_stopped");
}

}  // namespace mtsuite::rpc
