// A connector for tests, over real gRPC: answers as the test says.
#ifndef SERVICES_ORDERS_FAKE_CONNECTOR_H_
#define SERVICES_ORDERS_FAKE_CONNECTOR_H_

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/clock/clock.h"
#include "common/rpc/testing/fake_peer.h"
#include "grpcpp/grpcpp.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"
#include "mtsuite/connector/v1/quote_service.grpc.pb.h"
#include "mtsuite/connector/v1/trading_service.grpc.pb.h"

namespace mtsuite::orders {

class FakeAccounts final : public connector::v1::ConnectorService::CallbackService {
 public:
  MTSUITE_FAKE_RPC(ListDeals, connector::v1::ListDealsRequest, connector::v1::ListDealsResponse,
                   on_list_deals);
  MTSUITE_FAKE_RPC(ListSymbols, connector::v1::ListSymbolsRequest, connector::v1::ListSymbolsResponse,
                   on_list_symbols);
  MTSUITE_FAKE_RPC(ListAccounts, connector::v1::ListAccountsRequest, connector::v1::ListAccountsResponse,
                   on_list_accounts);
  MTSUITE_FAKE_RPC(BatchGetAccounts, connector::v1::BatchGetAccountsRequest,
                   connector::v1::BatchGetAccountsResponse, on_get_accounts);
  grpc::ServerWriteReactor<connector::v1::Event>* StreamEvents(
      grpc::CallbackServerContext*, const connector::v1::StreamEventsRequest* request) override {
    return events.Open(*request);
  }
  rpc::FakeStreams<connector::v1::StreamEventsRequest, connector::v1::Event> events;
};

class FakeTrading final : public connector::v1::ConnectorTradingService::CallbackService {
 public:
  MTSUITE_FAKE_RPC(PlaceOrder, connector::v1::PlaceOrderRequest, v1::TradeResult, on_place);
  MTSUITE_FAKE_RPC(UpdateOrder, connector::v1::UpdateOrderRequest, v1::Order, on_update_order);
  MTSUITE_FAKE_RPC(CancelOrder, connector::v1::CancelOrderRequest, v1::Order, on_cancel);
  MTSUITE_FAKE_RPC(UpdatePosition, connector::v1::UpdatePositionRequest, v1::Position, on_update_position);
  MTSUITE_FAKE_RPC(ClosePosition, connector::v1::ClosePositionRequest, v1::TradeResult, on_close);
  MTSUITE_FAKE_RPC(ClosePositionBy, connector::v1::ClosePositionByRequest, v1::TradeResult, on_close_by);
  MTSUITE_FAKE_RPC(GetOrder, connector::v1::GetOrderRequest, v1::Order, on_get_order);
  MTSUITE_FAKE_RPC(GetPosition, connector::v1::GetPositionRequest, v1::Position, on_get_position);
  MTSUITE_FAKE_RPC(ListOrders, connector::v1::ListOrdersRequest, connector::v1::ListOrdersResponse,
                   on_list_orders);
  MTSUITE_FAKE_RPC(ListPositions, connector::v1::ListPositionsRequest, connector::v1::ListPositionsResponse,
                   on_list_positions);
  MTSUITE_FAKE_RPC(ListOrderHistory, connector::v1::ListOrderHistoryRequest,
                   connector::v1::ListOrderHistoryResponse, on_history);
  MTSUITE_FAKE_RPC(CheckMargin, connector::v1::CheckMarginRequest, connector::v1::CheckMarginResponse,
                   on_check_margin);
};

class FakeQuotes final : public connector::v1::ConnectorQuoteService::CallbackService {
 public:
  MTSUITE_FAKE_RPC(GetSymbol, connector::v1::GetSymbolRequest, quotes::v1::Symbol, on_get_symbol);
  grpc::ServerWriteReactor<connector::v1::TickBatch>* StreamTicks(
      grpc::CallbackServerContext*, const connector::v1::StreamTicksRequest* request) override {
    return ticks.Open(*request);
  }
  rpc::FakeStreams<connector::v1::StreamTicksRequest, connector::v1::TickBatch> ticks;
};

class FakeConnector {
 public:
  FakeConnector() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&accounts);
    builder.RegisterService(&trading);
    builder.RegisterService(&quotes);
    server_ = builder.BuildAndStart();
  }
  ~FakeConnector() { server_->Shutdown(absl::ToChronoTime(RealClock().TimeNow())); }

  std::shared_ptr<grpc::Channel> Channel() const {
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  }

  FakeAccounts accounts;
  FakeTrading trading;
  FakeQuotes quotes;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_FAKE_CONNECTOR_H_
