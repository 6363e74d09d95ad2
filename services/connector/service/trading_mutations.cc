// The mutations of ConnectorTradingService.
#include <utility>

#include "services/connector/service/mutation.h"
#include "services/connector/service/trading_service.h"

namespace mtsuite::connector {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using orders::v1::Order;
using orders::v1::Position;
using orders::v1::TradeResult;

ServerUnaryReactor* ConnectorTradingServiceImpl::PlaceOrder(CallbackServerContext* context,
                                                            const v1::PlaceOrderRequest* request,
                                                            TradeResult* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorTradingService/PlaceOrder", request, response,
                     [this](rpc::CallPtr call, const v1::PlaceOrderRequest& request, TradeResult* response) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_place_order() = request;
                       Mutate(servers_, std::move(call), std::move(mutation),
                              [response](const OperationResult& result) { *response = result.trade(); });
                     });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::UpdateOrder(CallbackServerContext* context,
                                                             const v1::UpdateOrderRequest* request,
                                                             Order* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorTradingService/UpdateOrder", request, response,
                     [this](rpc::CallPtr call, const v1::UpdateOrderRequest& request, Order* response) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_update_order() = request;
                       Mutate(servers_, std::move(call), std::move(mutation),
                              [response](const OperationResult& result) { *response = result.order(); });
                     });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::CancelOrder(CallbackServerContext* context,
                                                             const v1::CancelOrderRequest* request,
                                                             Order* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorTradingService/CancelOrder", request, response,
                     [this](rpc::CallPtr call, const v1::CancelOrderRequest& request, Order* response) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_cancel_order() = request;
                       Mutate(servers_, std::move(call), std::move(mutation),
                              [response](const OperationResult& result) { *response = result.order(); });
                     });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::UpdatePosition(CallbackServerContext* context,
                                                                const v1::UpdatePositionRequest* request,
                                                                Position* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorTradingService/UpdatePosition", request,
                     response,
                     [this](rpc::CallPtr call, const v1::UpdatePositionRequest& request, Position* response) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_update_position() = request;
                       Mutate(servers_, std::move(call), std::move(mutation),
                              [response](const OperationResult& result) { *response = result.position(); });
                     });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::ClosePosition(CallbackServerContext* context,
                                                               const v1::ClosePositionRequest* request,
                                                               TradeResult* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorTradingService/ClosePosition", request, response,
      [this](rpc::CallPtr call, const v1::ClosePositionRequest& request, TradeResult* response) {
        Mutation mutation = ToMutation(request);
        *mutation.command.mutable_close_position() = request;
        Mutate(servers_, std::move(call), std::move(mutation),
               [response](const OperationResult& result) { *response = result.trade(); });
      });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::ClosePositionBy(CallbackServerContext* context,
                                                                 const v1::ClosePositionByRequest* request,
                                                                 TradeResult* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorTradingService/ClosePositionBy", request, response,
      [this](rpc::CallPtr call, const v1::ClosePositionByRequest& request, TradeResult* response) {
        Mutation mutation = ToMutation(request);
        *mutation.command.mutable_close_position_by() = request;
        Mutate(servers_, std::move(call), std::move(mutation),
               [response](const OperationResult& result) { *response = result.trade(); });
      });
}

}  // namespace mtsuite::connector
