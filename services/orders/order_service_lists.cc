// Lists of what is there: orders that wait and open positions, of an account or a whole server.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/paging/page_token.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/macros.h"
#include "services/orders/order_service.h"
#include "services/orders/validation.h"

namespace mtsuite::orders {

using requests::AdmitServer;

namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;

// The parts of the connector's query that all four lists have.
template <class Query, class Request>
absl::StatusOr<Query> ToQuery(const rpc::Call& call, const Request& request) {
  Query out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  RETURN_IF_ERROR(ValidateSymbolFilter(request.symbol()));
  ASSIGN_OR_RETURN(const int32_t limit,
                   paging::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const int64_t after, requests::ReadPagePosition(request));
  out.set_server(request.server());
  out.set_symbol(request.symbol());
  out.set_limit(limit);
  out.set_after_ticket(after);
  return out;
}

template <class Query, class Request>
absl::StatusOr<Query> OfAccount(const rpc::Call& call, const Request& request) {
  ASSIGN_OR_RETURN(Query out, (ToQuery<Query>(call, request)));
  RETURN_IF_ERROR(requests::ValidateLogin(request.login(), "login"));
  out.add_logins(request.login());
  out.set_fresh(true);
  return out;
}

template <class Query, class Request>
absl::StatusOr<Query> OfServer(const rpc::Call& call, const Request& request) {
  ASSIGN_OR_RETURN(Query out, (ToQuery<Query>(call, request)));
  RETURN_IF_ERROR(ValidateLogins(request.logins(), kMaxListLogins));
  RETURN_IF_ERROR(ValidateGroupMask(request.group_mask()));
  *out.mutable_logins() = request.logins();
  out.set_group_mask(request.group_mask());
  return out;
}

void MoveRecords(connector::v1::ListOrdersResponse& page, auto* response) {
  response->mutable_orders()->Swap(page.mutable_orders());
}

void MoveRecords(connector::v1::ListPositionsResponse& page, auto* response) {
  response->mutable_positions()->Swap(page.mutable_positions());
}

// Asks for a page and answers with it.
template <class Query, class Page, class Request, class Response>
void List(ConnectorClient& connector, const rpc::CallPtr& call,
          requests::Peer::Method<TradingAsync, Query, Page> method, absl::StatusOr<Query> query,
          const Request& request, Response* response) {
  if (!query.ok()) {
    call->Finish(query.status());
    return;
  }
  connector.Read(*call, method, *std::move(query), [call, &request, response](absl::StatusOr<Page> page) {
    if (page.ok()) {
      MoveRecords(*page, response);
      *response->mutable_read_time() = page->read_time();
      if (page->next_after_ticket() != 0) {
        response->set_next_page_token(
            paging::MakePageToken(request, absl::StrCat(page->next_after_ticket())));
      }
    }
    call->Finish(page.status());
  });
}

using OrderQuery = connector::v1::ListOrdersRequest;
using PositionQuery = connector::v1::ListPositionsRequest;

}  // namespace

grpc::ServerUnaryReactor* OrderService::ListOrders(grpc::CallbackServerContext* context,
                                                   const v1::ListOrdersRequest* request,
                                                   v1::ListOrdersResponse* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/ListOrders", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       List(connector_, call, &TradingAsync::ListOrders,
                            OfAccount<OrderQuery>(*call, request), request, response);
                     });
}

grpc::ServerUnaryReactor* OrderService::ListServerOrders(grpc::CallbackServerContext* context,
                                                         const v1::ListServerOrdersRequest* request,
                                                         v1::ListServerOrdersResponse* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/ListServerOrders", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       List(connector_, call, &TradingAsync::ListOrders, OfServer<OrderQuery>(*call, request),
                            request, response);
                     });
}

grpc::ServerUnaryReactor* OrderService::ListPositions(grpc::CallbackServerContext* context,
                                                      const v1::ListPositionsRequest* request,
                                                      v1::ListPositionsResponse* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/ListPositions", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       List(connector_, call, &TradingAsync::ListPositions,
                            OfAccount<PositionQuery>(*call, request), request, response);
                     });
}

grpc::ServerUnaryReactor* OrderService::ListServerPositions(grpc::CallbackServerContext* context,
                                                            const v1::ListServerPositionsRequest* request,
                                                            v1::ListServerPositionsResponse* response) {
  return gate_.Unary(context, "/mtsuite.orders.v1.OrderService/ListServerPositions", request, response,
                     [this](const rpc::CallPtr& call, const auto& request, auto* response) {
                       List(connector_, call, &TradingAsync::ListPositions,
                            OfServer<PositionQuery>(*call, request), request, response);
                     });
}

}  // namespace mtsuite::orders
