#include "common/rpc/call_gate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/auth/scopes.h"
#include "common/rpc/access_log.h"
#include "common/rpc/metadata.h"
#include "common/rpc/method_state.h"
#include "common/status/check.h"
#include "common/status/error.h"
#include "common/status/grpc_convert.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "mtsuite/type/v1/errors.pb.h"

namespace mtsuite::rpc {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Long enough for a burst to pass, short enough not to be felt.
constexpr absl::Duration kOverloadRetryDelay = absl::Milliseconds(200);

// The value of a metadata key; empty when it is not there. Points into the context.
std::string_view FindMetadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view()
                                 : std::string_view(found->second.data(), found->second.size());
}

std::string CodeName(size_t code) { return absl::StatusCodeToString(static_cast<absl::StatusCode>(code)); }

std::unique_ptr<MethodState> NewMethodState(std::string_view method, const auth::MethodRule* rule,
                                            metrics::Registry* registry) {
  auto state = std::make_unique<MethodState>();
  state->name = std::string(method);
  state->rule = rule;
  for (size_t code = 0; code < state->handled.size(); ++code) {
    state->handled[code] = metrics::MakeCounter(
        registry, {"rpc_server_handled_total", "Calls answered, by method and status code."},
        {{"method", state->name}, {"code", CodeName(code)}});
  }
  state->latency_seconds = metrics::MakeHistogram(
      registry, {"rpc_server_latency_seconds", "Time from a call's arrival to its answer, by method."},
      metrics::LatencyBuckets(), {{"method", state->name}});
  return state;
}

bool HasOneOf(const auth::Principal& principal, const auth::MethodRule& rule) {
  for (const std::string_view scope : rule.scopes) {
    if (!scope.empty() && principal.HasScope(scope)) return true;
  }
  return false;
}

}  // namespace

CallGate::CallGate(const Options& options)
    : keys_(*options.keys),
      registry_(options.registry),
      unknown_method_(NewMethodState("unknown", nullptr, nullptr)),
      calls_{
          .name = "calls",
          .running_max = options.concurrent_calls_max,
          .default_deadline = options.default_deadline,
          .max_deadline = options.max_deadline,
          .gauge = metrics::MakeGauge(registry_, {"rpc_server_calls_running", "Unary calls in progress."})},
      streams_{
          .name = "streams",
          .running_max = options.concurrent_streams_max,
          .default_deadline = absl::InfiniteDuration(),
          .max_deadline = absl::InfiniteDuration(),
          .gauge = metrics::MakeGauge(registry_, {"rpc_server_streams_running", "Streams in progress."})} {}

CallGate::~CallGate() = default;

void CallGate::AddService(std::string_view full_name) {
  const std::string prefix = absl::StrCat("/", AbslView(full_name), "/");
  bool found = false;
  for (const auth::MethodRule& rule : auth::AllMethodRules()) {
    if (rule.method.substr(0, prefix.size()) != prefix) continue;
    methods_.emplace(std::string(rule.method), NewMethodState(rule.method, &rule, registry_));
    found = true;
  }
  MTSUITE_CHECK(found, "common/auth/scopes.cc has no rpc of this service");
}

void CallGate::FinishStreams(const absl::Status& status) {
  std::vector<std::weak_ptr<StreamBase>> open;
  {
    absl::MutexLock lock(&mutex_);
    streams_closed_ = true;
    for (const auto& [context, stream] : open_streams_) open.push_back(stream);
  }
  for (const std::weak_ptr<StreamBase>& weak : open) {
    if (const std::shared_ptr<StreamBase> stream = weak.lock(); stream != nullptr) stream->Finish(status);
  }
}

absl::Status CallGate::AdmitStream(const std::shared_ptr<StreamBase>& stream, std::string_view method) {
  RETURN_IF_ERROR(Admit(*stream, method, streams_));
  absl::MutexLock lock(&mutex_);
  if (streams_closed_) {
    return MakeError(absl::StatusCode::kUnavailable, type::v1::SHUTTING_DOWN,
                     "the server is shutting down; connect again");
  }
  open_streams_.emplace(stream.get(), stream);
  return absl::OkStatus();
}

absl::Status CallGate::Admit(CallContext& call, std::string_view method, CallLane& lane) {
  call.start_ = SteadyClock::now();
  const auto found = methods_.find(AbslView(method));
  call.method_ = found == methods_.end() ? unknown_method_.get() : found->second.get();
  ReadMetadata(call);
  SetDeadline(call, lane);
  // Counted before anything can be refused, so that the way out has one form only.
  call.lane_ = &lane;
  lane.gauge.Add(1);
  if (lane.running.fetch_add(1, std::memory_order_relaxed) >= lane.running_max) {
    return MakeError(
               absl::StatusCode::kResourceExhausted, type::v1::RATE_LIMITED,
               absl::StrCat("the server has its limit of ", lane.running_max, " ", lane.name, " in progress"))
        .RetryAfter(kOverloadRetryDelay);
  }
  if (call.method_->rule == nullptr) {
    return absl::InternalError(absl::StrCat("no rule in the scope table for ", AbslView(method)));
  }
  return Authenticate(call);
}

void CallGate::ReadMetadata(CallContext& call) {
  const std::string_view request_id = FindMetadata(*call.context_, kRequestIdKey);
  call.request_id_ = IsRequestId(request_id) ? std::string(request_id) : NewRequestId();
  call.context_->AddInitialMetadata(kRequestIdKey, call.request_id_);
  const std::string_view traceparent = FindMetadata(*call.context_, kTraceparentKey);
  if (IsTraceparent(traceparent)) call.traceparent_ = std::string(traceparent);
}

void CallGate::SetDeadline(CallContext& call, const CallLane& lane) {
  const absl::Time now = absl::Now();
  const auto wanted = call.context_->deadline();
  const bool has_deadline = wanted != std::chrono::system_clock::time_point::max();
  call.deadline_ = has_deadline ? std::min(absl::FromChrono(wanted), now + lane.max_deadline)
                                : now + lane.default_deadline;
}

absl::Status CallGate::Authenticate(CallContext& call) {
  const std::string_view authorization = FindMetadata(*call.context_, kAuthorizationKey);
  std::string_view key = BearerToken(authorization);
  if (key.empty() && authorization.empty()) key = FindMetadata(*call.context_, kApiKeyKey);
  if (key.empty()) {
    return MakeError(absl::StatusCode::kUnauthenticated, type::v1::API_KEY_MISSING,
                     "the call carries no API key; send 'authorization: Bearer <key>'");
  }
  call.principal_ = keys_.Verify(key);
  if (call.principal_ == nullptr) {
    return MakeError(absl::StatusCode::kUnauthenticated, type::v1::API_KEY_INVALID,
                     "the API key is unknown, revoked or expired");
  }
  call.authorization_ = absl::StrCat("Bearer ", AbslView(key));
  const auth::MethodRule& rule = *call.method_->rule;
  return HasOneOf(*call.principal_, rule) ? absl::OkStatus() : call.RequireScope(rule.scopes.front());
}

grpc::Status CallGate::Complete(CallContext& call, const absl::Status& status) {
  MethodState& method = *call.method_;
  const grpc::Status sent =
      status.ok() ? grpc::Status::OK : ToGrpc(WithMetadata(status, "request_id", call.request_id_));
  const auto duration = SteadyClock::now() - call.start_;
  method.handled[std::min<size_t>(static_cast<size_t>(sent.error_code()), method.handled.size() - 1)]
      .Increment();
  const bool is_read = method.rule != nullptr && method.rule->is_read;
  // A stream lasts as long as its reader likes; its length says nothing about the server.
  if (call.lane_ == &calls_) method.latency_seconds.Observe(std::chrono::duration<double>(duration).count());
  if (!status.ok() || LogsSuccess(is_read)) {
    LogCall({.method = method.name,
             .request_id = call.request_id_,
             .traceparent = call.traceparent_,
             .key_id = call.principal_ == nullptr ? std::string_view() : call.principal_->key_id,
             .peer = status.ok() ? std::string() : call.context_->peer(),
             .duration_micros = std::chrono::duration_cast<std::chrono::microseconds>(duration).count(),
             .is_read = is_read},
            status, sent);
  }
  if (call.lane_ == &streams_) {
    absl::MutexLock lock(&mutex_);
    open_streams_.erase(&call);
  }
  call.lane_->gauge.Add(-1);
  call.lane_->running.fetch_sub(1, std::memory_order_relaxed);
  return sent;
}

}  // namespace mtsuite::rpc
