// Single orders of mtsuite.orders.v1.OrderService.
#include <string>
#include <utility>

#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/macros.h"
#include "services/orders/dry_run.h"
#include "services/orders/handler_steps.h"
#include "services/orders/order_service.h"
#include "services/orders/validation.h"

namespace mtsuite::orders {

using requests::AdmitOperation;
using requests::AdmitServer;
using requests::AsRejected;
using requests::kMaxOperationIdLength;
using requests::ValidateLogin;

namespace {

absl::StatusOr<connector::v1::PlaceOrderRequest> ToConnector(rpc::Call& call,
                                                             const v1::PlaceOrderRequest& request) {
  connector::v1::PlaceOrderRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidateNewOrder(request.order()));
  RETURN_IF_ERROR(ValidateDeviation(request.has_max_deviation_points(), request.max_deviation_points()));
  if (request.has_max_deviation_points() && request.order().type() != type::v1::MARKET) {
    return requests::InvalidField("max_deviation_points", "for MARKET orders only");
  }
  out.set_server(request.server());
  out.set_login(request.login());
  *out.mutable_order() = request.order();
  if (request.has_max_deviation_points()) out.set_max_deviation_points(request.max_deviation_points());
  out.set_validate_only(request.validate_only());
  return out;
}

absl::StatusOr<connector::v1::UpdateOrderRequest> ToConnector(rpc::Call& call,
                                                              const v1::UpdateOrderRequest& request) {
  connector::v1::UpdateOrderRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidateTicket(request.order().ticket(), "order.ticket"));
  ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                   ResolveUpdate(request.order(), request.update_mask()));
  out.set_server(request.server());
  out.set_login(request.login());
  out.mutable_order()->set_ticket(request.order().ticket());
  for (const std::string& path : paths) out.mutable_update_mask()->add_paths(path);
  Overwrite(request.order(), out.update_mask(), *out.mutable_order());
  out.set_validate_only(request.validate_only());
  return out;
}

absl::StatusOr<connector::v1::CancelOrderRequest> ToConnector(rpc::Call& call,
                                                              const v1::CancelOrderRequest& request) {
  connector::v1::CancelOrderRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidateTicket(request.ticket(), "ticket"));
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_ticket(request.ticket());
  out.set_validate_only(request.validate_only());
  return out;
}

connector::v1::GetOrderRequest Lookup(const std::string& server, int64_t login, int64_t ticket) {
  connector::v1::GetOrderRequest request;
  request.set_server(server);
  request.set_login(login);
  request.set_ticket(ticket);
  return request;
}

}  // namespace

grpc::ServerUnaryReactor* OrderService::PlaceOrder(grpc::CallbackServerContext* context,
                                                   const v1::PlaceOrderRequest* request,
                                                   v1::TradeResult* response) {
  return gate_.Unary(
      context, "/mtsuite.orders.v1.OrderService/PlaceOrder", request, response,
      [this](rpc::CallPtr call, const v1::PlaceOrderRequest& request, v1::TradeResult* response) {
        absl::StatusOr<connector::v1::PlaceOrderRequest> out = ToConnector(*call, request);
        if (!out.ok() || !out->validate_only()) {
          MutateOrRefuse(connector_, call, &TradingAsync::PlaceOrder, std::move(out), response);
          return;
        }
        CheckDryRun(connector_, call, &TradingAsync::PlaceOrder, *out,
                    [out = *out, response](const rpc::CallPtr& call) {
                      *response = AsPlaced(out);
                      call->Finish(absl::OkStatus());
                    });
      });
}

grpc::ServerUnaryReactor* OrderService::GetOrder(grpc::CallbackServerContext* context,
                                                 const v1::GetOrderRequest* request, v1::Order* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/GetOrder", request, response,
                     [this](rpc::CallPtr call, const v1::GetOrderRequest& request, v1::Order* response) {
                       absl::Status status = AdmitServer(*call, request.server());
                       status.Update(ValidateLogin(request.login(), "login"));
                       status.Update(ValidateTicket(request.ticket(), "ticket"));
                       if (!status.ok()) {
                         call->Finish(status);
                         return;
                       }
                       connector_.Read(*call, &TradingAsync::GetOrder,
                                       Lookup(request.server(), request.login(), request.ticket()),
                                       requests::ReplyToRead(call, response));
                     });
}

grpc::ServerUnaryReactor* OrderService::UpdateOrder(grpc::CallbackServerContext* context,
                                                    const v1::UpdateOrderRequest* request,
                                                    v1::Order* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/UpdateOrder", request, response,
                     [this](rpc::CallPtr call, const v1::UpdateOrderRequest& request, v1::Order* response) {
                       absl::StatusOr<connector::v1::UpdateOrderRequest> out = ToConnector(*call, request);
                       if (!out.ok() || !out->validate_only()) {
                         MutateOrRefuse(connector_, call, &TradingAsync::UpdateOrder, std::move(out),
                                        response);
                         return;
                       }
                       // A dry run answers with the order as it would be after the change.
                       CheckDryRun(connector_, call, &TradingAsync::UpdateOrder, *out,
                                   [this, out = *out, response](const rpc::CallPtr& call) {
                                     connector_.Read(*call, &TradingAsync::GetOrder,
                                                     Lookup(out.server(), out.login(), out.order().ticket()),
                                                     [call, out, response](absl::StatusOr<v1::Order> order) {
                                                       if (order.ok())
                                                         Overwrite(out.order(), out.update_mask(), *order);
                                                       requests::Reply(*call, std::move(order), response);
                                                     });
                                   });
                     });
}

grpc::ServerUnaryReactor* OrderService::CancelOrder(grpc::CallbackServerContext* context,
                                                    const v1::CancelOrderRequest* request,
                                                    v1::Order* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/CancelOrder", request, response,
                     [this](rpc::CallPtr call, const v1::CancelOrderRequest& request, v1::Order* response) {
                       absl::StatusOr<connector::v1::CancelOrderRequest> out = ToConnector(*call, request);
                       if (!out.ok() || !out->validate_only()) {
                         MutateOrRefuse(connector_, call, &TradingAsync::CancelOrder, std::move(out),
                                        response);
                         return;
                       }
                       // A dry run answers with the order that would be cancelled.
                       CheckDryRun(connector_, call, &TradingAsync::CancelOrder, *out,
                                   [this, out = *out, response](const rpc::CallPtr& call) {
                                     connector_.Read(*call, &TradingAsync::GetOrder,
                                                     Lookup(out.server(), out.login(), out.ticket()),
                                                     [call, response](absl::StatusOr<v1::Order> order) {
                                                       if (order.ok()) order->clear_state();
                                                       requests::Reply(*call, std::move(order), response);
                                                     });
                                   });
                     });
}

}  // namespace mtsuite::orders
