// The lists of what is open of ConnectorTradingService: from memory, or of one account as it is now.
#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/base/trade_errors.h"
#include "services/connector/directory/group_mask.h"
#include "services/connector/service/request_errors.h"
#include "services/connector/service/trading_service.h"

namespace mtsuite::connector {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using orders::v1::Order;
using orders::v1::Position;
using request_errors::Invalid;
using rpc::CallPtr;
using RuntimePtr = std::shared_ptr<ServerRuntime>;

namespace {

constexpr int kMaxPage = 1000;
constexpr int kMaxLogins = 1000;

// What the two lists differ in.
struct Orders {
  using Record = Order;
  static Record* Add(v1::ListOrdersResponse& page) { return page.add_orders(); }
  static int Count(const v1::ListOrdersResponse& page) { return page.orders_size(); }
  static void Read(TradeServer& server, int64_t login, absl::Time deadline, Done<std::vector<Order>> done) {
    server.ListOrders(login, deadline, std::move(done));
  }
  static std::vector<Order> FromMemory(const TradeBook& book, const TradeBook::Filter& filter, bool* more) {
    return book.ListOrders(filter, more);
  }
  static int64_t Revision(const TradeBook& book, int64_t ticket) { return book.OrderRevision(ticket); }
};

struct Positions {
  using Record = Position;
  static Record* Add(v1::ListPositionsResponse& page) { return page.add_positions(); }
  static int Count(const v1::ListPositionsResponse& page) { return page.positions_size(); }
  static void Read(TradeServer& server, int64_t login, absl::Time deadline,
                   Done<std::vector<Position>> done) {
    server.ListPositions(login, deadline, std::move(done));
  }
  static std::vector<Position> FromMemory(const TradeBook& book, const TradeBook::Filter& filter,
                                          bool* more) {
    return book.ListPositions(filter, more);
  }
  static int64_t Revision(const TradeBook& book, int64_t ticket) { return book.PositionRevision(ticket); }
};

template <class Request>
absl::Status CheckList(const Request& request) {
  if (request.limit() < 1 || request.limit() > kMaxPage) {
    return Invalid(type::v1::FIELD_INVALID,
                   absl::StrCat("the limit is ", request.limit(), "; it must be 1 to ", kMaxPage))
        .Field("limit", absl::StrCat("1 to ", kMaxPage));
  }
  if (request.logins_size() > kMaxLogins) {
    return Invalid(type::v1::BATCH_TOO_LARGE,
                   absl::StrCat(request.logins_size(), " logins, at most ", kMaxLogins))
        .With("max_items", kMaxLogins)
        .Field("logins", absl::StrCat("at most ", kMaxLogins));
  }
  if (request.fresh() && (request.logins_size() != 1 || !request.group_mask().empty())) {
    return Invalid(type::v1::FIELD_INVALID, "only the list of one login can be read fresh")
        .Field("fresh", "one login, no group mask");
  }
  return absl::OkStatus();
}

// `runtime` must outlive the filter.
template <class Request>
TradeBook::Filter ToFilter(const ServerRuntime& runtime, const Request& request) {
  TradeBook::Filter filter;
  filter.after_ticket = request.after_ticket();
  filter.limit = request.limit();
  filter.symbol = request.symbol();
  if (request.logins().empty() && request.group_mask().empty()) return filter;
  filter.login = [&directory = runtime.directory(), mask = GroupMask(request.group_mask()),
                  by_group = !request.group_mask().empty(), by_login = !request.logins().empty(),
                  logins =
                      std::set<int64_t>(request.logins().begin(), request.logins().end())](int64_t login) {
    if (by_login && !logins.contains(login)) return false;
    if (!by_group) return true;
    const auto group = directory.GroupOf(login);
    return group.has_value() && mask.Matches(*group);
  };
  return filter;
}

// ACCOUNT_NOT_FOUND for one login that does not exist, then `then`.
template <class Request>
void CheckOneLogin(const RuntimePtr& runtime, const CallPtr& call, const Request& request,
                   absl::AnyInvocable<void()> then) {
  const bool known = request.logins_size() != 1 || runtime->directory().Contains(request.logins(0));
  if (known) return then();
  runtime->trade_server().GetAccount(
      request.logins(0), call->deadline(),
      [call, then = std::move(then)](const absl::StatusOr<accounts::v1::Account>& account) mutable {
        if (!account.ok()) return (void)call->Finish(account.status());
        then();
      });
}

template <class Kind, class Request, class Response>
void ListFromMemory(const RuntimePtr& runtime, const CallPtr& call, const Request& request,
                    Response* response) {
  // The place is taken before the records are read: events up to there are in them, later ones may be.
  *response->mutable_read_at() = runtime->events().last();
  *response->mutable_read_time() = ToProto(runtime->trades().read_time());
  bool more = false;
  int64_t last = 0;
  for (auto& record : Kind::FromMemory(runtime->trades(), ToFilter(*runtime, request), &more)) {
    last = record.ticket();
    *Kind::Add(*response) = std::move(record);
  }
  if (more) response->set_next_after_ticket(last);
  call->Finish(absl::OkStatus());
}

template <class Kind, class Request, class Response>
void ListFresh(const RuntimePtr& runtime, const CallPtr& call, const Request& request, Response* response) {
  Kind::Read(runtime->trade_server(), request.logins(0), call->deadline(),
             [runtime, call, &request, response,
              now = runtime->clock().TimeNow()](absl::StatusOr<std::vector<typename Kind::Record>> records) {
               if (!records.ok()) return (void)call->Finish(records.status());
               std::sort(records->begin(), records->end(),
                         [](const auto& a, const auto& b) { return a.ticket() < b.ticket(); });
               int64_t last = 0;
               for (auto& record : *records) {
                 if (record.ticket() <= request.after_ticket()) continue;
                 if (!request.symbol().empty() && record.symbol() != request.symbol()) continue;
                 if (Kind::Count(*response) == request.limit()) {
                   response->set_next_after_ticket(last);
                   break;
                 }
                 last = record.ticket();
                 record.set_revision(Kind::Revision(runtime->trades(), last));
                 *Kind::Add(*response) = std::move(record);
               }
               *response->mutable_read_time() = ToProto(now);
               call->Finish(absl::OkStatus());
             });
}

template <class Kind, class Request, class Response>
void List(const absl::StatusOr<RuntimePtr>& found, const CallPtr& call, const Request& request,
          Response* response) {
  if (!found.ok()) return (void)call->Finish(found.status());
  if (absl::Status status = CheckList(request); !status.ok()) return (void)call->Finish(status);
  const RuntimePtr& runtime = *found;
  if (!request.fresh() && !runtime->trades().loaded()) {
    return (void)call->Finish(trade_errors::DirectoryLoading());
  }
  CheckOneLogin(runtime, call, request, [runtime, call, &request, response] {
    if (request.fresh()) return ListFresh<Kind>(runtime, call, request, response);
    ListFromMemory<Kind>(runtime, call, request, response);
  });
}

}  // namespace

ServerUnaryReactor* ConnectorTradingServiceImpl::ListOrders(CallbackServerContext* context,
                                                            const v1::ListOrdersRequest* request,
                                                            v1::ListOrdersResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorTradingService/ListOrders", request, response,
      [this](CallPtr call, const v1::ListOrdersRequest& request, v1::ListOrdersResponse* response) {
        List<Orders>(Enter(*call, request.server()), call, request, response);
      });
}

ServerUnaryReactor* ConnectorTradingServiceImpl::ListPositions(CallbackServerContext* context,
                                                               const v1::ListPositionsRequest* request,
                                                               v1::ListPositionsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorTradingService/ListPositions", request, response,
      [this](CallPtr call, const v1::ListPositionsRequest& request, v1::ListPositionsResponse* response) {
        List<Positions>(Enter(*call, request.server()), call, request, response);
      });
}

}  // namespace mtsuite::connector
