// mtsuite.orders.v1.OrderService: checks requests, asks the connector, shapes its answers. Holds no state of
// its own.
#ifndef SERVICES_ORDERS_ORDER_SERVICE_H_
#define SERVICES_ORDERS_ORDER_SERVICE_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/unary_call.h"
#include "mtsuite/orders/v1/order_service.grpc.pb.h"
#include "services/orders/connector_client.h"
#include "services/orders/trade_event_session.h"

namespace mtsuite::orders {

class OrderService final : public v1::OrderService::CallbackService {
 public:
  // All must outlive the service.
  OrderService(rpc::CallGate& gate, ConnectorClient& connector, Clock& clock,
               const TradeEventSession::Options& stream_options = {})
      : gate_(gate), connector_(connector), clock_(clock), stream_options_(stream_options) {}

  // Orders: order_service_orders.cc.
  grpc::ServerUnaryReactor* PlaceOrder(grpc::CallbackServerContext* context,
                                       const v1::PlaceOrderRequest* request,
                                       v1::TradeResult* response) override;
  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context, const v1::GetOrderRequest* request,
                                     v1::Order* response) override;
  grpc::ServerUnaryReactor* UpdateOrder(grpc::CallbackServerContext* context,
                                        const v1::UpdateOrderRequest* request, v1::Order* response) override;
  grpc::ServerUnaryReactor* CancelOrder(grpc::CallbackServerContext* context,
                                        const v1::CancelOrderRequest* request, v1::Order* response) override;

  // Positions: order_service_positions.cc.
  grpc::ServerUnaryReactor* GetPosition(grpc::CallbackServerContext* context,
                                        const v1::GetPositionRequest* request,
                                        v1::Position* response) override;
  grpc::ServerUnaryReactor* UpdatePosition(grpc::CallbackServerContext* context,
                                           const v1::UpdatePositionRequest* request,
                                           v1::Position* response) override;
  grpc::ServerUnaryReactor* ClosePosition(grpc::CallbackServerContext* context,
                                          const v1::ClosePositionRequest* request,
                                          v1::TradeResult* response) override;
  grpc::ServerUnaryReactor* ClosePositionBy(grpc::CallbackServerContext* context,
                                            const v1::ClosePositionByRequest* request,
                                            v1::TradeResult* response) override;

  // order_service_close_all.cc.
  grpc::ServerUnaryReactor* CloseAllPositions(grpc::CallbackServerContext* context,
                                              const v1::CloseAllPositionsRequest* request,
                                              v1::CloseAllPositionsResponse* response) override;

  // What is there: order_service_lists.cc.
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context,
                                       const v1::ListOrdersRequest* request,
                                       v1::ListOrdersResponse* response) override;
  grpc::ServerUnaryReactor* ListServerOrders(grpc::CallbackServerContext* context,
                                             const v1::ListServerOrdersRequest* request,
                                             v1::ListServerOrdersResponse* response) override;
  grpc::ServerUnaryReactor* ListPositions(grpc::CallbackServerContext* context,
                                          const v1::ListPositionsRequest* request,
                                          v1::ListPositionsResponse* response) override;
  grpc::ServerUnaryReactor* ListServerPositions(grpc::CallbackServerContext* context,
                                                const v1::ListServerPositionsRequest* request,
                                                v1::ListServerPositionsResponse* response) override;

  // What was: order_service_history.cc.
  grpc::ServerUnaryReactor* ListOrderHistory(grpc::CallbackServerContext* context,
                                             const v1::ListOrderHistoryRequest* request,
                                             v1::ListOrderHistoryResponse* response) override;
  grpc::ServerUnaryReactor* ListClosedPositions(grpc::CallbackServerContext* context,
                                                const v1::ListClosedPositionsRequest* request,
                                                v1::ListClosedPositionsResponse* response) override;

  // order_service_preview.cc.
  grpc::ServerUnaryReactor* PreviewOrder(grpc::CallbackServerContext* context,
                                         const v1::PreviewOrderRequest* request,
                                         v1::OrderPreview* response) override;

  // trade_event_session.cc.
  grpc::ServerWriteReactor<v1::StreamTradeEventsResponse>* StreamTradeEvents(
      grpc::CallbackServerContext* context, const v1::StreamTradeEventsRequest* request) override;

 private:
  rpc::CallGate& gate_;
  ConnectorClient& connector_;
  Clock& clock_;
  const TradeEventSession::Options stream_options_;
};

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_ORDER_SERVICE_H_
