// The orders service over real gRPC, with a connector whose answers each test decides.
#ifndef SERVICES_ORDERS_ORDER_SERVICE_FIXTURE_H_
#define SERVICES_ORDERS_ORDER_SERVICE_FIXTURE_H_

#include <memory>
#include <string>

#include "common/clock/clock.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/error.h"
#include "common/status/grpc_convert.h"
#include "gtest/gtest.h"
#include "services/orders/fake_connector.h"
#include "services/orders/order_service.h"

namespace mtsuite::orders {

class OrderServiceFixture : public ::testing::Test {
 protected:
  explicit OrderServiceFixture(const TradeEventSession::Options& options = {})
      : server_({}, {{.id = "reader", .scopes = {"trading.read"}},
                     {.id = "elsewhere", .scopes = {"trading.read", "trading.write"}, .servers = {"other"}}}),
        client_(connector_.Channel()),
        service_(server_.gate(), client_, RealClock(), options) {
    server_.Start(v1::OrderService::service_full_name(), service_);
  }

  // What serves streams uses the client, so they end first.
  ~OrderServiceFixture() override { server_.server().Stop(); }

  // One call: its status, its answer and the metadata that came with it.
  template <class Response>
  struct Outcome {
    absl::Status status;
    Response response;
    std::string operation_id;
  };

  template <class Request, class Response>
  Outcome<Response> Call(grpc::Status (v1::OrderService::StubInterface::*method)(grpc::ClientContext*,
                                                                                 const Request&, Response*),
                         const Request& request, const std::string& key = rpc::TestServer::kAdmin) {
    const std::unique_ptr<v1::OrderService::StubInterface> stub =
        v1::OrderService::NewStub(server_.Channel(key));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(RealClock().TimeNow() + absl::Seconds(20)));
    Outcome<Response> outcome;
    outcome.status = FromGrpc(((*stub).*method)(&context, request, &outcome.response));
    const auto& metadata = context.GetServerInitialMetadata();
    if (const auto id = metadata.find("operation-id"); id != metadata.end()) {
      outcome.operation_id = std::string(id->second.data(), id->second.size());
    }
    return outcome;
  }

  // A request about account 1000 of the demo server.
  template <class Request>
  static Request About() {
    Request request;
    request.set_server("mt5-demo");
    request.set_login(1000);
    return request;
  }

  FakeConnector connector_;
  rpc::TestServer server_;
  ConnectorClient client_;
  OrderService service_;
};

class OrderServiceTest : public OrderServiceFixture {
 protected:
  static v1::PlaceOrderRequest Buy(const std::string& volume = "0.10") {
    auto request = About<v1::PlaceOrderRequest>();
    request.mutable_order()->set_symbol("EURUSD");
    request.mutable_order()->set_side(type::v1::BUY);
    request.mutable_order()->set_type(type::v1::MARKET);
    request.mutable_order()->set_volume(volume);
    return request;
  }
};

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_ORDER_SERVICE_FIXTURE_H_
