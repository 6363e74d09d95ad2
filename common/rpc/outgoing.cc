#include "common/rpc/outgoing.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/metadata.h"

namespace mtsuite::rpc {
namespace {

// What is kept back for the way of the answer: a tenth of the time left, at most 50 ms.
absl::Time WithMargin(absl::Time deadline) {
  return deadline - std::clamp((deadline - absl::Now()) / 10, absl::ZeroDuration(), absl::Milliseconds(50));
}

void FillFrom(const CallContext& call, grpc::ClientContext& context) {
  if (call.deadline() != absl::InfiniteFuture())
    context.set_deadline(absl::ToChronoTime(WithMargin(call.deadline())));
  context.AddMetadata(kRequestIdKey, call.request_id());
  context.AddMetadata(kAuthorizationKey, call.authorization());
  if (!call.traceparent().empty()) context.AddMetadata(kTraceparentKey, call.traceparent());
}

std::optional<std::string> Find(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata,
                                std::string_view key) {
  const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
  if (found == metadata.end()) return std::nullopt;
  return std::string(found->second.data(), found->second.size());
}

}  // namespace

std::unique_ptr<grpc::ClientContext> ReadContext(const CallContext& call) {
  grpc::PropagationOptions options;
  options.disable_deadline_propagation()
      .disable_census_stats_propagation()
      .disable_census_tracing_propagation()
      .enable_cancellation_propagation();
  std::unique_ptr<grpc::ClientContext> context =
      grpc::ClientContext::FromCallbackServerContext(call.transport(), options);
  FillFrom(call, *context);
  return context;
}

std::unique_ptr<grpc::ClientContext> MutationContext(const CallContext& call) {
  auto context = std::make_unique<grpc::ClientContext>();
  FillFrom(call, *context);
  return context;
}

std::unique_ptr<grpc::ClientContext> BackgroundContext(const BackgroundCall& call) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(call.deadline));
  context->AddMetadata(kRequestIdKey, call.request_id.empty() ? NewRequestId() : call.request_id);
  if (!call.api_key.empty()) context->AddMetadata(kAuthorizationKey, absl::StrCat("Bearer ", call.api_key));
  return context;
}

std::optional<std::string> ReplyMetadata::Initial(std::string_view key) const {
  return Find(context_.GetServerInitialMetadata(), key);
}

std::optional<std::string> ReplyMetadata::Trailing(std::string_view key) const {
  return Find(context_.GetServerTrailingMetadata(), key);
}

}  // namespace mtsuite::rpc
