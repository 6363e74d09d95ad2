#include "common/rpc/call_context.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/method_state.h"
#include "common/rpc/server_stream.h"
#include "common/rpc/unary_call.h"
#include "common/status/error.h"
#include "common/strings/view.h"
#include "mtsuite/type/v1/errors.pb.h"

namespace mtsuite::rpc {

std::string_view CallContext::method() const { return method_->name; }

absl::Status CallContext::RequireScope(std::string_view scope) const {
  if (principal_->HasScope(scope)) return absl::OkStatus();
  return MakeError(
             absl::StatusCode::kPermissionDenied, type::v1::SCOPE_MISSING,
             absl::StrCat("the API key '", principal_->key_id, "' lacks the scope '", AbslView(scope), "'"))
      .With("scope", scope);
}

absl::Status CallContext::CheckServerAllowed(std::string_view server) const {
  if (principal_->AllowsServer(server)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, type::v1::SERVER_NOT_ALLOWED,
                   absl::StrCat("the API key '", principal_->key_id, "' may not use the server '",
                                AbslView(server), "'"))
      .With("server", server);
}

void CallContext::AddInitialMetadata(std::string_view key, std::string_view value) {
  context_->AddInitialMetadata(std::string(key), std::string(value));
}

grpc::Status CallContext::Complete(const absl::Status& status) { return gate_.Complete(*this, status); }

absl::Status StreamBase::CancellationStatus() const {
  if (absl::Now() >= deadline()) return absl::DeadlineExceededError("the call's deadline passed");
  return absl::CancelledError("the caller hung up");
}

Call::Call(CallGate& gate, grpc::CallbackServerContext* context)
    : CallContext(gate, context), reactor_(context->DefaultReactor()) {}

Call::~Call() { Finish(absl::InternalError("the handler dropped the call without finishing it")); }

bool Call::Finish(const absl::Status& status) {
  if (finished_.exchange(true, std::memory_order_acq_rel)) return false;
  reactor_->Finish(Complete(status));
  return true;
}

}  // namespace mtsuite::rpc
