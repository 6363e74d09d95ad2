#ifndef COMMON_RPC_UNARY_CALL_H_
#define COMMON_RPC_UNARY_CALL_H_

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "common/rpc/call_context.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"

namespace mtsuite::rpc {

// One unary call in progress. The handler keeps it for as long as it takes, and finishes it once, from any
// thread; request and response live until then and not longer. A call that is dropped unfinished ends with
// INTERNAL and an ERROR log line.
class Call final : public CallContext {
 public:
  Call(CallGate& gate, grpc::CallbackServerContext* context);
  ~Call();

  // Sends the response (when `status` is OK) or the error. Later calls do nothing and return false.
  bool Finish(const absl::Status& status);

 private:
  friend class CallGate;

  // Made by gRPC in the call's own memory: a reactor of ours would cost one more hop between threads per
  // call.
  grpc::ServerUnaryReactor* const reactor_;
  std::atomic<bool> finished_{false};
};

using CallPtr = std::shared_ptr<Call>;

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_UNARY_CALL_H_
