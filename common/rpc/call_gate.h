#ifndef COMMON_RPC_CALL_GATE_H_
#define COMMON_RPC_CALL_GATE_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/key_file.h"
#include "common/metrics/metrics.h"
#include "common/rpc/call_context.h"
#include "common/rpc/server_stream.h"
#include "common/rpc/unary_call.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"

namespace mtsuite::rpc {

// What unary calls, and what streams, have in common on one server.
struct CallLane {
  const char* name;
  int running_max;
  // For callers without a deadline, and the longest one.
  absl::Duration default_deadline;
  absl::Duration max_deadline;
  metrics::Gauge gauge;
  std::atomic<int> running{0};
};

// The one door that every call of a server goes through. On the way in: limit, request id, trace,
// authentication, scope, deadline. On the way out: one log line, metrics, conversion of the error. Service
// methods become short:
//
//   grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context, const GetAccountRequest*
//   request,
//                                        Account* response) override {
//     return gate_.Unary(context, "/mtsuite.accounts.v1.AccountService/GetAccount", request, response,
//                        [this](rpc::CallPtr call, const GetAccountRequest& request, Account* response) {
//                          ...
//                          call->Finish(absl::OkStatus());
//                        });
//   }
//
// Handlers run on gRPC's few threads and must not block; they hand the CallPtr on and finish it later.
class CallGate {
 public:
  struct Options {
    // Required; outlives the gate.
    auth::KeyFile* keys = nullptr;
    // May be null.
    metrics::Registry* registry = nullptr;
    int concurrent_calls_max = 1000;
    int concurrent_streams_max = 1000;
    absl::Duration default_deadline = absl::Seconds(10);
    absl::Duration max_deadline = absl::Seconds(120);
  };

  explicit CallGate(const Options& options);
  ~CallGate();
  CallGate(const CallGate&) = delete;
  CallGate& operator=(const CallGate&) = delete;

  // Makes the rpcs of a service known, by its full name ("mtsuite.accounts.v1.AccountService"). Aborts when
  // the scope table has none of it. Before the first call only.
  void AddService(std::string_view full_name);

  // Serves one unary call. `handler` is `void(CallPtr, const Request&, Response*)` and is not called when the
  // call is refused.
  template <class Request, class Response, class Handler>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, std::string_view method,
                                  const Request* request, Response* response, Handler&& handler) {
    auto call = std::make_shared<Call>(*this, context);
    grpc::ServerUnaryReactor* const reactor = call->reactor_;
    if (const absl::Status refusal = Admit(*call, method, calls_); refusal.ok()) {
      std::forward<Handler>(handler)(std::move(call), *request, response);
    } else {
      call->Finish(refusal);
    }
    return reactor;
  }

  // Serves one server-streaming call. `handler` is `void(std::shared_ptr<ServerStream<Response>>, const
  // Request&)`; the request is valid until the stream is finished. `pending_max` bounds the messages that
  // wait for a slow reader.
  template <class Response, class Request, class Handler>
  grpc::ServerWriteReactor<Response>* Stream(grpc::CallbackServerContext* context, std::string_view method,
                                             const Request* request, size_t pending_max, Handler&& handler) {
    std::shared_ptr<ServerStream<Response>> stream =
        ServerStream<Response>::Make(*this, context, pending_max);
    grpc::ServerWriteReactor<Response>* const reactor = &stream->reactor_;
    if (const absl::Status refusal = AdmitStream(stream, method); refusal.ok()) {
      std::forward<Handler>(handler)(stream, *request);
    } else {
      stream->Finish(refusal);
    }
    return reactor;
  }

  // Ends all open streams and refuses new ones; for the drain.
  void FinishStreams(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);

  // Unary calls and streams in progress.
  int calls_running() const { return calls_.running.load(std::memory_order_relaxed); }
  int streams_running() const { return streams_.running.load(std::memory_order_relaxed); }

 private:
  friend class CallContext;

  absl::Status Admit(CallContext& call, std::string_view method, CallLane& lane);
  absl::Status AdmitStream(const std::shared_ptr<StreamBase>& stream, std::string_view method)
      ABSL_LOCKS_EXCLUDED(mutex_);
  static void ReadMetadata(CallContext& call);
  static void SetDeadline(CallContext& call, const CallLane& lane);
  absl::Status Authenticate(CallContext& call);
  grpc::Status Complete(CallContext& call, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);

  auth::KeyFile& keys_;
  metrics::Registry* const registry_;
  // Fixed once calls come in; read without a lock.
  absl::flat_hash_map<std::string, std::unique_ptr<MethodState>> methods_;
  const std::unique_ptr<MethodState> unknown_method_;
  CallLane calls_;
  CallLane streams_;

  absl::Mutex mutex_;
  absl::flat_hash_map<const CallContext*, std::weak_ptr<StreamBase>> open_streams_ ABSL_GUARDED_BY(mutex_);
  bool streams_closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_CALL_GATE_H_
