// Calls of the accounts service to the connector, with the error rules of both kinds of call in one place.
#ifndef SERVICES_ACCOUNTS_CONNECTOR_CLIENT_H_
#define SERVICES_ACCOUNTS_CONNECTOR_CLIENT_H_

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
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"

namespace mtsuite::accounts {

using ConnectorAsync = connector::v1::ConnectorService::StubInterface::async_interface;

// A unary method of the connector, as in `&ConnectorAsync::GetAccount`.
template <class Request, class Response>
using ConnectorMethod = void (ConnectorAsync::*)(grpc::ClientContext*, const Request*, Response*,
                                                 std::function<void(grpc::Status)>);

// Thread-safe; must outlive its calls.
class ConnectorClient {
 public:
  explicit ConnectorClient(std::shared_ptr<grpc::Channel> channel);

  // Asks the connector; `done` is `void(absl::StatusOr<Response>)`. A failure of the transport gets a reason.
  template <class Request, class Response, class Done>
  void Read(const rpc::Call& call, ConnectorMethod<Request, Response> method,
            std::type_identity_t<Request> request, Done done) {
    rpc::CallUnary(
        stub_->async(), method, rpc::ReadContext(call), std::move(request),
        [done = std::move(done)](absl::StatusOr<Response> response, const rpc::ReplyMetadata&) mutable {
          done(response.ok() ? std::move(response) : WithTransportReason(response.status()));
        });
  }

  // Sends a mutation; `done` is `void(absl::StatusOr<Response>, bool replayed)`. Its error always says the
  // outcome: NOT_SENT when the connector is known to be out of reach or too busy, REJECTED when it refused
  // the call at its door, UNCONFIRMED when the transport failed with the call under way.
  template <class Request, class Response, class Done>
  void Mutate(const rpc::Call& call, ConnectorMethod<Request, Response> method,
              std::type_identity_t<Request> request, Done done) {
    if (const absl::Status down = CheckReachable(); !down.ok()) {
      done(absl::StatusOr<Response>(down), false);
      return;
    }
    const std::string operation_id = request.operation_id();
    rpc::CallUnary(
        stub_->async(), method, rpc::MutationContext(call), std::move(request),
        [done = std::move(done), operation_id](absl::StatusOr<Response> response,
                                               const rpc::ReplyMetadata& metadata) mutable {
          const bool replayed = metadata.Initial("operation-replayed").has_value();
          done(response.ok() ? std::move(response) : WithMutationOutcome(response.status(), operation_id),
               replayed);
        });
  }

 private:
  absl::Status CheckReachable() const;

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<connector::v1::ConnectorService::Stub> stub_;

 public:
  // The two rules, exposed for their tests.
  static absl::Status WithTransportReason(const absl::Status& status);
  static absl::Status WithMutationOutcome(const absl::Status& status, const std::string& operation_id);
};

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_CONNECTOR_CLIENT_H_
