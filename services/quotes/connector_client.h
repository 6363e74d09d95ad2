// Calls of the quotes service to the connector: on behalf of callers, and with a key of its own.
#ifndef SERVICES_QUOTES_CONNECTOR_CLIENT_H_
#define SERVICES_QUOTES_CONNECTOR_CLIENT_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "common/requests/peer.h"
#include "grpcpp/channel.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"
#include "mtsuite/connector/v1/quote_service.grpc.pb.h"

namespace mtsuite::quotes {

using ConnectorAsync = connector::v1::ConnectorService::StubInterface::async_interface;
using QuoteAsync = connector::v1::ConnectorQuoteService::StubInterface::async_interface;

// Thread-safe; must outlive its calls. The rules for errors are Peer's.
class ConnectorClient {
 public:
  // `api_key` is this service's own: for what serves many callers at once.
  ConnectorClient(const std::shared_ptr<grpc::Channel>& channel, std::string api_key)
      : peer_(channel, "connector"),
        symbols_(connector::v1::ConnectorService::NewStub(channel)),
        quotes_(connector::v1::ConnectorQuoteService::NewStub(channel)),
        api_key_(std::move(api_key)) {}

  // Asks the connector with the caller's key; `done` is `void(absl::StatusOr<Response>)`.
  template <class Request, class Response, class Done>
  void Read(const rpc::Call& call, requests::Peer::Method<QuoteAsync, Request, Response> method,
            std::type_identity_t<Request> request, Done done) {
    peer_.Read(quotes(), call, method, std::move(request), std::move(done));
  }

  ConnectorAsync* symbols() const {
    return static_cast<connector::v1::ConnectorService::StubInterface&>(*symbols_).async();
  }
  QuoteAsync* quotes() const {
    return static_cast<connector::v1::ConnectorQuoteService::StubInterface&>(*quotes_).async();
  }
  // Of a call with this service's own key.
  std::unique_ptr<grpc::ClientContext> OwnContext(absl::Time deadline) const {
    return rpc::BackgroundContext({.deadline = deadline, .request_id = "", .api_key = api_key_});
  }
  const requests::Peer& peer() const { return peer_; }

 private:
  const requests::Peer peer_;
  const std::unique_ptr<connector::v1::ConnectorService::Stub> symbols_;
  const std::unique_ptr<connector::v1::ConnectorQuoteService::Stub> quotes_;
  const std::string api_key_;
};

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_CONNECTOR_CLIENT_H_
