#ifndef SERVICES_CONNECTOR_SERVICE_TRADING_SERVICE_H_
#define SERVICES_CONNECTOR_SERVICE_TRADING_SERVICE_H_

#include <memory>
#include <string>

#include "common/rpc/call_gate.h"
#include "mtsuite/connector/v1/trading_service.grpc.pb.h"
#include "services/connector/server/server_directory.h"

namespace mtsuite::connector {

// mtsuite.connector.v1.ConnectorTradingService over gRPC: parse, authorise, call, format. Thread-safe.
class ConnectorTradingServiceImpl final : public v1::ConnectorTradingService::CallbackService {
 public:
  // All must outlive the service.
  ConnectorTradingServiceImpl(rpc::CallGate& gate, const ServerDirectory& servers)
      : gate_(gate), servers_(servers) {}

  // trading_mutations.cc
  grpc::ServerUnaryReactor* PlaceOrder(grpc::CallbackServerContext* context,
                                       const v1::PlaceOrderRequest* request,
                                       orders::v1::TradeResult* response) override;
  grpc::ServerUnaryReactor* UpdateOrder(grpc::CallbackServerContext* context,
                                        const v1::UpdateOrderRequest* request,
                                        orders::v1::Order* response) override;
  grpc::ServerUnaryReactor* CancelOrder(grpc::CallbackServerContext* context,
                                        const v1::CancelOrderRequest* request,
                                        orders::v1::Order* response) override;
  grpc::ServerUnaryReactor* UpdatePosition(grpc::CallbackServerContext* context,
                                           const v1::UpdatePositionRequest* request,
                                           orders::v1::Position* response) override;
  grpc::ServerUnaryReactor* ClosePosition(grpc::CallbackServerContext* context,
                                          const v1::ClosePositionRequest* request,
                                          orders::v1::TradeResult* response) override;
  grpc::ServerUnaryReactor* ClosePositionBy(grpc::CallbackServerContext* context,
                                            const v1::ClosePositionByRequest* request,
                                            orders::v1::TradeResult* response) override;
  // trading_reads.cc
  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context, const v1::GetOrderRequest* request,
                                     orders::v1::Order* response) override;
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context,
                                       const v1::ListOrdersRequest* request,
                                       v1::ListOrdersResponse* response) override;
  grpc::ServerUnaryReactor* ListOrderHistory(grpc::CallbackServerContext* context,
                                             const v1::ListOrderHistoryRequest* request,
                                             v1::ListOrderHistoryResponse* response) override;
  grpc::ServerUnaryReactor* GetPosition(grpc::CallbackServerContext* context,
                                        const v1::GetPositionRequest* request,
                                        orders::v1::Position* response) override;
  grpc::ServerUnaryReactor* ListPositions(grpc::CallbackServerContext* context,
                                          const v1::ListPositionsRequest* request,
                                          v1::ListPositionsResponse* response) override;
  grpc::ServerUnaryReactor* CheckMargin(grpc::CallbackServerContext* context,
                                        const v1::CheckMarginRequest* request,
                                        v1::CheckMarginResponse* response) override;

 private:
  // The server's runtime, if the caller may use it.
  absl::StatusOr<std::shared_ptr<ServerRuntime>> Enter(const rpc::CallContext& call,
                                                       const std::string& server) const;

  rpc::CallGate& gate_;
  const ServerDirectory& servers_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_TRADING_SERVICE_H_
