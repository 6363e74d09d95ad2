// The reads of ConnectorService.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/status/rpc_status.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/base/trade_errors.h"
#include "services/connector/directory/group_mask.h"
#include "services/connector/service/connector_service.h"
#include "services/connector/service/event_streamer.h"
#include "services/connector/service/request_checks.h"

namespace mtsuite::connector {

using accounts::v1::Account;
using accounts::v1::Group;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using rpc::CallPtr;
using RuntimePtr = std::shared_ptr<ServerRuntime>;

namespace {

constexpr int kMaxBatch = 500;
constexpr size_t kStreamBuffer = 1000;

absl::Status LimitError(int limit) {
  return MakeError(absl::StatusCode::kInvalidArgument, type::v1::FIELD_INVALID,
                   absl::StrCat("the limit is ", limit, "; it must be 1 to ", kMaxBatch))
      .Field("limit", absl::StrCat("1 to ", kMaxBatch));
}

AccountFilter ToFilter(const v1::ListAccountsRequest& request) {
  AccountFilter filter{request.group_mask(), request.name(), request.email(), request.country(),
                       std::nullopt};
  if (request.has_enabled()) filter.enabled = request.enabled();
  return filter;
}

// Group of an account: from the directory, or for accounts that are not in it (yet) from the trading server.
void FindGroupOf(const RuntimePtr& runtime, int64_t login, absl::Time deadline, Done<Group> done) {
  if (const auto group = runtime->directory().GroupOf(login); group.has_value()) {
    return runtime->groups().Find(*group, deadline, std::move(done));
  }
  runtime->trade_server().GetAccount(
      login, deadline,
      [runtime, deadline, done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
        if (!account.ok()) return done(account.status());
        runtime->groups().Find(account->group(), deadline, std::move(done));
      });
}

template <class T>
void SortByName(std::vector<T>& items) {
  std::sort(items.begin(), items.end(), [](const T& a, const T& b) { return a.name() < b.name(); });
}

}  // namespace

absl::StatusOr<RuntimePtr> ConnectorServiceImpl::Enter(const rpc::CallContext& call,
                                                       const std::string& server) const {
  RETURN_IF_ERROR(call.CheckServerAllowed(server));
  return servers_.Find(server);
}

ServerUnaryReactor* ConnectorServiceImpl::GetAccount(CallbackServerContext* context,
                                                     const v1::GetAccountRequest* request,
                                                     Account* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/GetAccount", request, response,
                     [this](CallPtr call, const v1::GetAccountRequest& request, Account* response) {
                       const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
                       if (!runtime.ok()) return (void)call->Finish(runtime.status());
                       (*runtime)->trade_server().GetAccount(
                           request.login(), call->deadline(),
                           [runtime = *runtime, call, response](absl::StatusOr<Account> account) {
                             if (account.ok()) *response = *std::move(account);
                             call->Finish(account.status());
                           });
                     });
}

ServerUnaryReactor* ConnectorServiceImpl::BatchGetAccounts(CallbackServerContext* context,
                                                           const v1::BatchGetAccountsRequest* request,
                                                           v1::BatchGetAccountsResponse* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/BatchGetAccounts", request, response,
                     [this](CallPtr call, const v1::BatchGetAccountsRequest& request,
                            v1::BatchGetAccountsResponse* response) {
                       const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
                       if (!runtime.ok()) return (void)call->Finish(runtime.status());
                       if (request.logins_size() > kMaxBatch) {
                         return (void)call->Finish(
                             MakeError(absl::StatusCode::kInvalidArgument, type::v1::BATCH_TOO_LARGE,
                                       absl::StrCat(request.logins_size(), " logins, at most ", kMaxBatch))
                                 .With("max_items", kMaxBatch)
                                 .Field("logins", absl::StrCat("at most ", kMaxBatch)));
                       }
                       const std::vector<int64_t> logins(request.logins().begin(), request.logins().end());
                       (*runtime)->trade_server().GetAccounts(
                           logins, call->deadline(),
                           [runtime = *runtime, call, response,
                            logins](const absl::StatusOr<std::vector<Account>>& accounts) {
                             if (!accounts.ok()) return (void)call->Finish(accounts.status());
                             std::map<int64_t, const Account*> found;
                             for (const Account& account : *accounts) found[account.login()] = &account;
                             for (const int64_t login : logins) {
                               auto* result = response->add_results();
                               if (const auto known = found.find(login); known != found.end()) {
                                 *result->mutable_account() = *known->second;
                               } else {
                                 *result->mutable_error() = ToRpcStatus(trade_errors::AccountNotFound(login));
                               }
                             }
                             call->Finish(absl::OkStatus());
                           });
                     });
}

ServerUnaryReactor* ConnectorServiceImpl::ListAccounts(CallbackServerContext* context,
                                                       const v1::ListAccountsRequest* request,
                                                       v1::ListAccountsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorService/ListAccounts", request, response,
      [this](CallPtr call, const v1::ListAccountsRequest& request, v1::ListAccountsResponse* response) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        if (request.limit() < 1 || request.limit() > kMaxBatch)
          return (void)call->Finish(LimitError(request.limit()));
        const Directory& directory = (*runtime)->directory();
        if (!directory.loaded()) return (void)call->Finish(trade_errors::DirectoryLoading());
        AccountFilter filter = ToFilter(request);
        const AccountPage page = directory.Search(filter, request.after_login(), request.limit());
        response->set_next_after_login(page.next_after_login);
        if (page.logins.empty()) return (void)call->Finish(absl::OkStatus());
        // Read afresh; what no longer matches or exists is left out.
        (*runtime)->trade_server().GetAccounts(
            page.logins, call->deadline(),
            [runtime = *runtime, call, response,
             filter = std::move(filter)](absl::StatusOr<std::vector<Account>> accounts) {
              if (!accounts.ok()) return (void)call->Finish(accounts.status());
              std::sort(accounts->begin(), accounts->end(),
                        [](const Account& a, const Account& b) { return a.login() < b.login(); });
              for (Account& account : *accounts) {
                if (filter.Matches(account)) *response->add_accounts() = std::move(account);
              }
              call->Finish(absl::OkStatus());
            });
      });
}

ServerUnaryReactor* ConnectorServiceImpl::CheckPassword(CallbackServerContext* context,
                                                        const v1::CheckPasswordRequest* request,
                                                        v1::CheckPasswordResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorService/CheckPassword", request, response,
      [this](CallPtr call, const v1::CheckPasswordRequest& request, v1::CheckPasswordResponse* response) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        (*runtime)->trade_server().CheckPassword(
            {request.login(), request.type(), request.password()}, call->deadline(),
            [runtime = *runtime, call, response](const absl::StatusOr<bool>& valid) {
              if (valid.ok()) response->set_valid(*valid);
              call->Finish(valid.status());
            });
      });
}

ServerUnaryReactor* ConnectorServiceImpl::GetTradeState(CallbackServerContext* context,
                                                        const v1::GetTradeStateRequest* request,
                                                        accounts::v1::TradeState* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorService/GetTradeState", request, response,
      [this](CallPtr call, const v1::GetTradeStateRequest& request, accounts::v1::TradeState* response) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        (*runtime)->trade_server().GetTradeState(
            request.login(), call->deadline(),
            [runtime = *runtime, call, response](absl::StatusOr<accounts::v1::TradeState> state) {
              if (state.ok()) *response = *std::move(state);
              call->Finish(state.status());
            });
      });
}

ServerUnaryReactor* ConnectorServiceImpl::ListDeals(CallbackServerContext* context,
                                                    const v1::ListDealsRequest* request,
                                                    v1::ListDealsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorService/ListDeals", request, response,
      [this](CallPtr call, const v1::ListDealsRequest& request, v1::ListDealsResponse* response) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        if (const absl::Status status = CheckDealQuery(request); !status.ok())
          return (void)call->Finish(status);
        DealQuery query;
        query.login = request.login();
        if (request.has_start_time()) query.start = FromProto(request.start_time());
        if (request.has_end_time()) query.end = FromProto(request.end_time());
        query.offset = request.offset();
        query.limit = request.limit();
        FindGroupOf(*runtime, query.login, call->deadline(),
                    [runtime = *runtime, call, response, query](const absl::StatusOr<Group>& group) {
                      if (!group.ok()) return (void)call->Finish(group.status());
                      response->set_currency_code(group->currency_code());
                      response->set_currency_digits(group->currency_digits());
                      response->set_time_zone(runtime->trade_server().Describe().time_zone());
                      runtime->trade_server().ListDeals(
                          query, call->deadline(),
                          [runtime, call, response, query](absl::StatusOr<DealPage> page) {
                            if (!page.ok()) return (void)call->Finish(page.status());
                            const auto count = static_cast<int64_t>(page->deals.size());
                            for (type::v1::Deal& deal : page->deals) *response->add_deals() = std::move(deal);
                            if (!page->end_reached && count > 0)
                              response->set_next_offset(query.offset + count);
                            call->Finish(absl::OkStatus());
                          });
                    });
      });
}

ServerUnaryReactor* ConnectorServiceImpl::ListGroups(CallbackServerContext* context,
                                                     const v1::ListGroupsRequest* request,
                                                     v1::ListGroupsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorService/ListGroups", request, response,
      [this](CallPtr call, const v1::ListGroupsRequest& request, v1::ListGroupsResponse* response) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        (*runtime)->trade_server().ListGroups(
            call->deadline(), [runtime = *runtime, call, response, mask = GroupMask(request.group_mask())](
                                  absl::StatusOr<std::vector<Group>> groups) {
              if (!groups.ok()) return (void)call->Finish(groups.status());
              SortByName(*groups);
              for (Group& group : *groups) {
                if (mask.Matches(group.name())) *response->add_groups() = std::move(group);
              }
              call->Finish(absl::OkStatus());
            });
      });
}

ServerUnaryReactor* ConnectorServiceImpl::ListSymbols(CallbackServerContext* context,
                                                      const v1::ListSymbolsRequest* request,
                                                      v1::ListSymbolsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorService/ListSymbols", request, response,
      [this](CallPtr call, const v1::ListSymbolsRequest& request, v1::ListSymbolsResponse* response) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*call, request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        (*runtime)->trade_server().ListSymbols(
            call->deadline(),
            [runtime = *runtime, call, response](absl::StatusOr<std::vector<quotes::v1::Symbol>> symbols) {
              if (!symbols.ok()) return (void)call->Finish(symbols.status());
              SortByName(*symbols);
              for (quotes::v1::Symbol& symbol : *symbols) *response->add_symbols() = std::move(symbol);
              call->Finish(absl::OkStatus());
            });
      });
}

grpc::ServerWriteReactor<v1::Event>* ConnectorServiceImpl::StreamEvents(
    CallbackServerContext* context, const v1::StreamEventsRequest* request) {
  return gate_.Stream<v1::Event>(
      context, "/mtsuite.connector.v1.ConnectorService/StreamEvents", request, kStreamBuffer,
      [this](const std::shared_ptr<rpc::ServerStream<v1::Event>>& stream,
             const v1::StreamEventsRequest& request) {
        const absl::StatusOr<RuntimePtr> runtime = Enter(*stream, request.server());
        if (!runtime.ok()) return stream->Finish(runtime.status());
        std::optional<v1::EventPosition> after;
        if (request.has_resume_after()) after = request.resume_after();
        EventStreamer::Start(*runtime, scheduler_, stream, after);
      });
}

}  // namespace mtsuite::connector
