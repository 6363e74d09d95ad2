#ifndef COMMON_RPC_CALL_CONTEXT_H_
#define COMMON_RPC_CALL_CONTEXT_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"

namespace mtsuite::rpc {

class CallGate;
struct CallLane;
struct MethodState;

// What is known about one incoming call once it is admitted: who calls, until when, under which id. Valid
// until the call is finished. The reading functions may be called from any thread.
class CallContext {
 public:
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  // Full name, "/package.Service/Method".
  std::string_view method() const;
  // The caller's `x-request-id`, or one made here. Already sent back in the initial metadata.
  const std::string& request_id() const { return request_id_; }
  // The caller's W3C `traceparent`; empty when there was none.
  const std::string& traceparent() const { return traceparent_; }
  // When the answer is of no more use. Always finite: callers without a deadline get the server's default.
  // Whatever the handler waits for must end by then.
  absl::Time deadline() const { return deadline_; }
  // Who calls.
  const auth::Principal& principal() const { return *principal_; }
  // Value of the `authorization` metadata, to be passed on to other services of the suite. A secret.
  const std::string& authorization() const { return authorization_; }
  // Whether the caller hung up or its deadline passed. A mutation goes on regardless.
  bool IsCancelled() const { return context_->IsCancelled(); }

  // OK if the caller's key has `scope`; else PERMISSION_DENIED / SCOPE_MISSING. For what a call needs beyond
  // the scope of its method.
  absl::Status RequireScope(std::string_view scope) const;
  // OK if the caller's key may use the trading server; else PERMISSION_DENIED / SERVER_NOT_ALLOWED. Asked
  // before the server's existence is checked.
  absl::Status CheckServerAllowed(std::string_view server) const;

  // Adds to the metadata that precede the answer. Not concurrently with itself; before the first Write and
  // before Finish.
  void AddInitialMetadata(std::string_view key, std::string_view value);

  // The transport's own object, for contexts of calls made on behalf of this one.
  const grpc::CallbackServerContext& transport() const { return *context_; }

 protected:
  CallContext(CallGate& gate, grpc::CallbackServerContext* context) : gate_(gate), context_(context) {}
  ~CallContext() = default;

  // Accounts for the end of the call (metrics, the access log line) and makes the status that goes on the
  // wire. Once per call.
  grpc::Status Complete(const absl::Status& status);

 private:
  friend class CallGate;

  CallGate& gate_;
  grpc::CallbackServerContext* const context_;
  MethodState* method_ = nullptr;
  CallLane* lane_ = nullptr;
  std::chrono::steady_clock::time_point start_;
  absl::Time deadline_;
  std::string request_id_;
  std::string traceparent_;
  std::string authorization_;
  std::shared_ptr<const auth::Principal> principal_;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_CALL_CONTEXT_H_
