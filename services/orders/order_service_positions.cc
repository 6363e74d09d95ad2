// Single positions of mtsuite.orders.v1.OrderService.
#include <string>
#include <utility>

#include "common/decimal/decimal.h"
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
using requests::kMaxOperationIdLength;
using requests::ValidateLogin;

namespace {

absl::StatusOr<connector::v1::UpdatePositionRequest> ToConnector(rpc::Call& call,
                                                                 const v1::UpdatePositionRequest& request) {
  connector::v1::UpdatePositionRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidateTicket(request.position().ticket(), "position.ticket"));
  ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                   ResolveUpdate(request.position(), request.update_mask()));
  out.set_server(request.server());
  out.set_login(request.login());
  out.mutable_position()->set_ticket(request.position().ticket());
  for (const std::string& path : paths) out.mutable_update_mask()->add_paths(path);
  Overwrite(request.position(), out.update_mask(), *out.mutable_position());
  out.set_validate_only(request.validate_only());
  return out;
}

absl::StatusOr<connector::v1::ClosePositionRequest> ToConnector(rpc::Call& call,
                                                                const v1::ClosePositionRequest& request) {
  connector::v1::ClosePositionRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidateTicket(request.ticket(), "ticket"));
  RETURN_IF_ERROR(ValidateClosing(request));
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_ticket(request.ticket());
  out.set_volume(request.volume());
  out.set_price(request.price());
  if (request.has_max_deviation_points()) out.set_max_deviation_points(request.max_deviation_points());
  out.set_comment(request.comment());
  out.set_validate_only(request.validate_only());
  return out;
}

absl::StatusOr<connector::v1::ClosePositionByRequest> ToConnector(rpc::Call& call,
                                                                  const v1::ClosePositionByRequest& request) {
  connector::v1::ClosePositionByRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidateTicket(request.ticket(), "ticket"));
  RETURN_IF_ERROR(ValidateTicket(request.opposite_ticket(), "opposite_ticket"));
  if (request.ticket() == request.opposite_ticket()) {
    return requests::InvalidField("opposite_ticket", "another position than `ticket`");
  }
  RETURN_IF_ERROR(ValidateComment(request.comment(), "comment"));
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_ticket(request.ticket());
  out.set_opposite_ticket(request.opposite_ticket());
  out.set_comment(request.comment());
  out.set_validate_only(request.validate_only());
  return out;
}

template <class Request>
connector::v1::GetPositionRequest Lookup(const Request& request, int64_t ticket) {
  connector::v1::GetPositionRequest out;
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_ticket(ticket);
  return out;
}

}  // namespace

grpc::ServerUnaryReactor* OrderService::GetPosition(grpc::CallbackServerContext* context,
                                                    const v1::GetPositionRequest* request,
                                                    v1::Position* response) {
  return gate_.Unary(
      context, "/mtsuite.orders.v1.OrderService/GetPosition", request, response,
      [this](rpc::CallPtr call, const v1::GetPositionRequest& request, v1::Position* response) {
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateLogin(request.login(), "login"));
        status.Update(ValidateTicket(request.ticket(), "ticket"));
        if (!status.ok()) {
          call->Finish(status);
          return;
        }
        connector_.Read(*call, &TradingAsync::GetPosition, Lookup(request, request.ticket()),
                        requests::ReplyToRead(call, response));
      });
}

grpc::ServerUnaryReactor* OrderService::UpdatePosition(grpc::CallbackServerContext* context,
                                                       const v1::UpdatePositionRequest* request,
                                                       v1::Position* response) {
  return gate_.Unary(
      context, "/mtsuite.orders.v1.OrderService/UpdatePosition", request, response,
      [this](rpc::CallPtr call, const v1::UpdatePositionRequest& request, v1::Position* response) {
        absl::StatusOr<connector::v1::UpdatePositionRequest> out = ToConnector(*call, request);
        if (!out.ok() || !out->validate_only()) {
          MutateOrRefuse(connector_, call, &TradingAsync::UpdatePosition, std::move(out), response);
          return;
        }
        // A dry run answers with the position as it would be after the change.
        CheckDryRun(connector_, call, &TradingAsync::UpdatePosition, *out,
                    [this, out = *out, response](const rpc::CallPtr& call) {
                      connector_.Read(*call, &TradingAsync::GetPosition, Lookup(out, out.position().ticket()),
                                      [call, out, response](absl::StatusOr<v1::Position> position) {
                                        if (position.ok())
                                          Overwrite(out.position(), out.update_mask(), *position);
                                        requests::Reply(*call, std::move(position), response);
                                      });
                    });
      });
}

grpc::ServerUnaryReactor* OrderService::ClosePosition(grpc::CallbackServerContext* context,
                                                      const v1::ClosePositionRequest* request,
                                                      v1::TradeResult* response) {
  return gate_.Unary(
      context, "/mtsuite.orders.v1.OrderService/ClosePosition", request, response,
      [this](rpc::CallPtr call, const v1::ClosePositionRequest& request, v1::TradeResult* response) {
        absl::StatusOr<connector::v1::ClosePositionRequest> out = ToConnector(*call, request);
        if (!out.ok() || !out->validate_only()) {
          MutateOrRefuse(connector_, call, &TradingAsync::ClosePosition, std::move(out), response);
          return;
        }
        CheckDryRun(connector_, call, &TradingAsync::ClosePosition, *out,
                    [this, out = *out, response](const rpc::CallPtr& call) {
                      connector_.Read(*call, &TradingAsync::GetPosition, Lookup(out, out.ticket()),
                                      [call, out, response](const absl::StatusOr<v1::Position>& position) {
                                        if (position.ok()) {
                                          *response = AsClosed(
                                              *position,
                                              out.volume().empty() ? position->volume() : out.volume(),
                                              out.operation_id());
                                        }
                                        call->Finish(position.status());
                                      });
                    });
      });
}

grpc::ServerUnaryReactor* OrderService::ClosePositionBy(grpc::CallbackServerContext* context,
                                                        const v1::ClosePositionByRequest* request,
                                                        v1::TradeResult* response) {
  return gate_.Unary(
      context, "/mtsuite.orders.v1.OrderService/ClosePositionBy", request, response,
      [this](rpc::CallPtr call, const v1::ClosePositionByRequest& request, v1::TradeResult* response) {
        absl::StatusOr<connector::v1::ClosePositionByRequest> out = ToConnector(*call, request);
        if (!out.ok() || !out->validate_only()) {
          MutateOrRefuse(connector_, call, &TradingAsync::ClosePositionBy, std::move(out), response);
          return;
        }
        // A dry run closes what the smaller of the two has; it tells of the position that was named first.
        CheckDryRun(connector_, call, &TradingAsync::ClosePositionBy, *out,
                    [this, out = *out, response](const rpc::CallPtr& call) {
                      connector_.Read(
                          *call, &TradingAsync::GetPosition, Lookup(out, out.ticket()),
                          [this, call, out, response](const absl::StatusOr<v1::Position>& position) {
                            if (!position.ok()) return (void)call->Finish(position.status());
                            connector_.Read(
                                *call, &TradingAsync::GetPosition, Lookup(out, out.opposite_ticket()),
                                [call, out, response,
                                 position = *position](const absl::StatusOr<v1::Position>& opposite) {
                                  if (opposite.ok()) {
                                    const auto own = Decimal::Parse(position.volume());
                                    const auto other = Decimal::Parse(opposite->volume());
                                    const bool less = own.ok() && other.ok() && *own < *other;
                                    *response =
                                        AsClosed(position, less ? position.volume() : opposite->volume(),
                                                 out.operation_id());
                                  }
                                  call->Finish(opposite.status());
                                });
                          });
                    });
      });
}

}  // namespace mtsuite::orders
