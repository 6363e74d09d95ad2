// Calls of the accounts service to the connector.
#ifndef SERVICES_ACCOUNTS_CONNECTOR_CLIENT_H_
#define SERVICES_ACCOUNTS_CONNECTOR_CLIENT_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "common/requests/peer.h"
#include "grpcpp/channel.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"

namespace mtsuite::accounts {

using ConnectorAsync = connector::v1::ConnectorService::StubInterface::async_interface;

// A unary method of the connector, as in `&ConnectorAsync::GetAccount`.
template <class Request, class Response>
using ConnectorMethod = requests::Peer::Method<ConnectorAsync, Request, Response>;

// Thread-safe; must outlive its calls. The rules for errors are Peer's.
class ConnectorClient {
 public:
  explicit ConnectorClient(const std::shared_ptr<grpc::Channel>& channel)
      : peer_(channel, "connector"), stub_(connector::v1::ConnectorService::NewStub(channel)) {}

  // Asks the connector; `done` is `void(absl::StatusOr<Response>)`.
  template <class Request, class Response, class Done>
  void Read(const rpc::Call& call, ConnectorMethod<Request, Response> method,
            std::type_identity_t<Request> request, Done done) {
    peer_.Read(stub_->async(), call, method, std::move(request), std::move(done));
  }

  // Sends a mutation; `done` is `void(absl::StatusOr<Response>, bool replayed)`.
  template <class Request, class Response, class Done>
  void Mutate(const rpc::Call& call, ConnectorMethod<Request, Response> method,
              std::type_identity_t<Request> request, Done done) {
    peer_.Mutate(stub_->async(), call, method, std::move(request), std::move(done));
  }

 private:
  const requests::Peer peer_;
  const std::unique_ptr<connector::v1::ConnectorService::Stub> stub_;
};

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_CONNECTOR_CLIENT_H_
