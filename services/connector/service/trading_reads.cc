// The reads of ConnectorTradingService.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/connector/base/order_errors.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/base/trade_errors.h"
#include "services/connector/commands/order_checks.h"
#include "services/connector/commands/trade_terms.h"
#include "services/connector/service/request_checks.h"
#include "services/connector/service/request_errors.h"
#include "services/connector/service/trade_checks.h"
#include "services/connector/service/trading_service.h"

namespace mtsuite::connector {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using orders::v1::Order;
using orders::v1::Position;
using request_errors::Invalid;
using rpc::CallPtr;
using RuntimePtr = std::shared_ptr<ServerRuntime>;

absl::StatusOr<RuntimePtr> ConnectorTradingServiceImpl::Enter(const rpc::CallContext& call,
                                                              const std::string& server) const {
  RETURN_IF_ERROR(call.CheckServerAllowed(server));
  return servers_.Find(server);
}

ServerUnaryReactor* ConnectorTradingServiceImpl::GetOrder(CallbackServerContext* context,
                                                          const v1::GetOrderRequest* request,
                                                          Order* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorTradingService/GetOrder", request, response,
                     [this](CallPtr call, const v1::GetOrderRequest& request, Order* response) {
                       const auto runtime = [&]() -> absl::StatusOr<RuntimePtr> {
                         RETURN_IF_ERROR(CheckLogin(request.login()));
                         RETURN_IF_ERROR(CheckTicket(request.ticket(), "ticket"));
                         return Enter(*call, request.server());
                       }();
                       if (!runtime.ok()) return (void)call->Finish(runtime.status());
                       (*runtime)->trade_server().GetOrder(
                           request.login(), request.ticket(), call->deadline(),
                           [runtime = *runtime, call, response](absl::StatusOr<Order> order) {
                             if (order.ok()) {
                               *response = *std::move(order);
                               response->set_revision(runtime->trades().OrderRevision(response->ticket()));
                             }
                             call->Finish(order.status());
                           });
                     });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::ListOrderHistory(CallbackServerContext* context,
                                                                  const v1::ListOrderHistoryRequest* request,
                                                                  v1::ListOrderHistoryResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorTradingService/ListOrderHistory", request, response,
      [this](CallPtr call, const v1::ListOrderHistoryRequest& request,
             v1::ListOrderHistoryResponse* response) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        const absl::StatusOr<DealQuery> query = ToHistoryQuery(request);
        if (!query.ok()) return (void)call->Finish(query.status());
        (*runtime)->trade_server().ListOrderHistory(
            *query, call->deadline(),
            [runtime = *runtime, call, response, query = *query](absl::StatusOr<OrderPage> page) {
              if (!page.ok()) return (void)call->Finish(page.status());
              const auto count = static_cast<int64_t>(page->orders.size());
              for (Order& order : page->orders) *response->add_orders() = std::move(order);
              if (!page->end_reached && count > 0) response->set_next_offset(query.offset + count);
              call->Finish(absl::OkStatus());
            });
      });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::GetPosition(CallbackServerContext* context,
                                                             const v1::GetPositionRequest* request,
                                                             Position* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorTradingService/GetPosition", request, response,
                     [this](CallPtr call, const v1::GetPositionRequest& request, Position* response) {
                       const auto runtime = [&]() -> absl::StatusOr<RuntimePtr> {
                         RETURN_IF_ERROR(CheckLogin(request.login()));
                         RETURN_IF_ERROR(CheckTicket(request.ticket(), "ticket"));
                         return Enter(*call, request.server());
                       }();
                       if (!runtime.ok()) return (void)call->Finish(runtime.status());
                       (*runtime)->commands().orders().ReadOpenPosition(
                           request.login(), request.ticket(), call->deadline(),
                           [runtime = *runtime, call, response](absl::StatusOr<Position> position) {
                             if (position.ok()) {
                               *response = *std::move(position);
                               response->set_revision(runtime->trades().PositionRevision(response->ticket()));
                             }
                             call->Finish(position.status());
                           });
                     });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::CheckMargin(CallbackServerContext* context,
                                                             const v1::CheckMarginRequest* request,
                                                             v1::CheckMarginResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorTradingService/CheckMargin", request, response,
      [this](CallPtr call, const v1::CheckMarginRequest& request, v1::CheckMarginResponse* response) {
        const auto runtime = [&]() -> absl::StatusOr<RuntimePtr> {
          RETURN_IF_ERROR(CheckLogin(request.login()));
          RETURN_IF_ERROR(CheckNewOrder(request.order()));
          return Enter(*call, request.server());
        }();
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        OperationRecord record;
        record.server = request.server();
        record.login = request.login();
        record.command.mutable_place_order()->set_login(request.login());
        *record.command.mutable_place_order()->mutable_order() = request.order();
        OrderCommands& orders = (*runtime)->commands().orders();
        orders.Prepare(
            record, call->deadline(),
            [runtime = *runtime, call, response, record,
             &orders](const absl::StatusOr<Preparation>& preparation) mutable {
              if (!preparation.ok()) return (void)call->Finish(preparation.status());
              record.baseline = preparation->baseline;
              const OrderPlacement placement = ToPlacement(record);
              response->set_price(
                  placement.price.ToString(std::max(placement.digits, placement.price.digits())));
              orders.CheckMargin(
                  record, call->deadline(),
                  [runtime, call, response, login = record.login](absl::StatusOr<MarginAnswer> margin) {
                    if (!margin.ok()) return (void)call->Finish(margin.status());
                    response->set_currency_digits(MoneyDigits(margin->current.balance()));
                    *response->mutable_current() = std::move(margin->current);
                    *response->mutable_after() = std::move(margin->after);
                    call->Finish(absl::OkStatus());
                  });
            });
      });
}

}  // namespace mtsuite::connector
