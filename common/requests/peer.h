#ifndef COMMON_REQUESTS_PEER_H_
#define COMMON_REQUESTS_PEER_H_

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call_unary.h"
#include "common/rpc/outgoing.h"
#include "common/rpc/unary_call.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

namespace mtsuite::requests {

// Calls to another service of the suite on behalf of a call being served, with the error rules of reads and
// mutations in one place. Thread-safe; must outlive its calls, as must the stubs.
class Peer {
 public:
  // `name` is how errors call the other service: "connector".
  Peer(std::shared_ptr<grpc::Channel> channel, std::string name)
      : channel_(std::move(channel)), name_(std::move(name)) {}

  // A unary method, as in `&Async::GetAccount`.
  template <class Async, class Request, class Response>
  using Method = void (Async::*)(grpc::ClientContext*, const Request*, Response*,
                                 std::function<void(grpc::Status)>);

  // Asks; `done` is `void(absl::StatusOr<Response>)`. A failure of the transport gets a reason.
  template <class Stub, class Async, class Request, class Response, class Done>
  void Read(Stub* async, const rpc::CallContext& call, Method<Async, Request, Response> method,
            std::type_identity_t<Request> request, Done done) const {
    rpc::CallUnary(
        async, method, rpc::ReadContext(call), std::move(request),
        [this, done = std::move(done)](absl::StatusOr<Response> response, const rpc::ReplyMetadata&) mutable {
          done(response.ok() ? std::move(response) : WithTransportReason(response.status()));
        });
  }

  // Sends a mutation; `done` is `void(absl::StatusOr<Response>, bool replayed)`. Its error always says the
  // outcome: NOT_SENT when the other service is known to be out of reach or too busy, REJECTED when it
  // refused the call at its door, UNCONFIRMED when the transport failed with the call under way.
  template <class Stub, class Async, class Request, class Response, class Done>
  void Mutate(Stub* async, const rpc::CallContext& call, Method<Async, Request, Response> method,
              std::type_identity_t<Request> request, Done done) const {
    if (const absl::Status down = CheckReachable(); !down.ok()) {
      done(absl::StatusOr<Response>(down), false);
      return;
    }
    const std::string operation_id = request.operation_id();
    rpc::CallUnary(
        async, method, rpc::MutationContext(call), std::move(request),
        [done = std::move(done), operation_id](absl::StatusOr<Response> response,
                                               const rpc::ReplyMetadata& metadata) mutable {
          const bool replayed = metadata.Initial("operation-replayed").has_value();
          done(response.ok() ? std::move(response) : WithMutationOutcome(response.status(), operation_id),
               replayed);
        });
  }

  // The two rules: for calls that are made otherwise (streams), and for tests.
  absl::Status WithTransportReason(const absl::Status& status) const;
  static absl::Status WithMutationOutcome(const absl::Status& status, const std::string& operation_id);

 private:
  absl::Status CheckReachable() const;

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string name_;
};

}  // namespace mtsuite::requests

#endif  // COMMON_REQUESTS_PEER_H_
