// Calls of the orders service to the connector.
#ifndef SERVICES_ORDERS_CONNECTOR_CLIENT_H_
#define SERVICES_ORDERS_CONNECTOR_CLIENT_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "common/requests/peer.h"
#include "grpcpp/channel.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"
#include "mtsuite/connector/v1/quote_service.grpc.pb.h"
#include "mtsuite/connector/v1/trading_service.grpc.pb.h"

namespace mtsuite::orders {

using ConnectorAsync = connector::v1::ConnectorService::StubInterface::async_interface;
using TradingAsync = connector::v1::ConnectorTradingService::StubInterface::async_interface;
using QuoteAsync = connector::v1::ConnectorQuoteService::StubInterface::async_interface;

// Thread-safe; must outlive its calls. The rules for errors are Peer's. Methods are named as in
// `&TradingAsync::PlaceOrder`.
class ConnectorClient {
 public:
  explicit ConnectorClient(const std::shared_ptr<grpc::Channel>& channel)
      : peer_(channel, "connector"),
        accounts_(connector::v1::ConnectorService::NewStub(channel)),
        trading_(connector::v1::ConnectorTradingService::NewStub(channel)),
        quotes_(connector::v1::ConnectorQuoteService::NewStub(channel)) {}

  // Asks the connector; `done` is `void(absl::StatusOr<Response>)`.
  template <class Async, class Request, class Response, class Done>
  void Read(const rpc::Call& call, requests::Peer::Method<Async, Request, Response> method,
            std::type_identity_t<Request> request, Done done) {
    peer_.Read(StubOf<Async>(), call, method, std::move(request), std::move(done));
  }

  // Sends a mutation; `done` is `void(absl::StatusOr<Response>, bool replayed)`.
  template <class Async, class Request, class Response, class Done>
  void Mutate(const rpc::Call& call, requests::Peer::Method<Async, Request, Response> method,
              std::type_identity_t<Request> request, Done done) {
    peer_.Mutate(StubOf<Async>(), call, method, std::move(request), std::move(done));
  }

  // The stub of an interface, for calls with a context of their own.
  template <class Async>
  Async* StubOf() const {
    if constexpr (std::is_same_v<Async, ConnectorAsync>) {
      return static_cast<connector::v1::ConnectorService::StubInterface&>(*accounts_).async();
    } else if constexpr (std::is_same_v<Async, TradingAsync>) {
      return static_cast<connector::v1::ConnectorTradingService::StubInterface&>(*trading_).async();
    } else {
      return static_cast<connector::v1::ConnectorQuoteService::StubInterface&>(*quotes_).async();
    }
  }

  const requests::Peer& peer() const { return peer_; }

 private:
  const requests::Peer peer_;
  const std::unique_ptr<connector::v1::ConnectorService::Stub> accounts_;
  const std::unique_ptr<connector::v1::ConnectorTradingService::Stub> trading_;
  const std::unique_ptr<connector::v1::ConnectorQuoteService::Stub> quotes_;
};

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_CONNECTOR_CLIENT_H_
