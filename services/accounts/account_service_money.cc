// Money and reports of mtsuite.accounts.v1.AccountService.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "common/paging/page_token.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/accounts/account_service.h"
#include "services/accounts/bookings.h"
#include "services/accounts/deal_reader.h"
#include "services/accounts/statistics.h"
#include "services/accounts/validation.h"

namespace mtsuite::accounts {

using requests::AdmitOperation;
using requests::AdmitServer;
using requests::AsRejected;
using requests::ReplyToMutation;
using requests::ReplyToRead;
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxDealPage = 1000;
// Bookings are sought among all deals; a page of the list ends after this many pages of deals, full or not.
constexpr int kMaxPagesPerBookingList = 20;
// One million deals.
constexpr int kMaxPagesPerReport = 1000;

// The connector's query for a list of deals or bookings: same server, login, span; the page token holds the
// offset.
template <class Request>
absl::StatusOr<connector::v1::ListDealsRequest> ToDealQuery(const rpc::Call& call, const Request& request) {
  connector::v1::ListDealsRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ResolveTimeSpan(request.has_start_time() ? &request.start_time() : nullptr,
                                  request.has_end_time() ? &request.end_time() : nullptr)
                      .status());
  ASSIGN_OR_RETURN(const int32_t limit,
                   paging::PageSize(request.page_size(), kDefaultPageSize, kMaxDealPage));
  ASSIGN_OR_RETURN(const int64_t offset, requests::ReadPagePosition(request));
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_limit(limit);
  out.set_offset(offset);
  if (request.has_start_time()) {
    *out.mutable_start_time() = request.start_time();
  }
  if (request.has_end_time()) {
    *out.mutable_end_time() = request.end_time();
  }
  return out;
}

// Collects statistics page by page. Made at the first page, which tells the zone and the currency.
struct Report {
  TimeSpan span;
  std::optional<StatisticsBuilder> builder;
  std::string currency_code;
  bool complete = false;

  absl::StatusOr<bool> Add(const connector::v1::ListDealsResponse& page) {
    if (!builder.has_value()) {
      StatisticsOptions options{.start = span.start, .end = span.end};
      options.currency_digits = page.currency_digits();
      if (!absl::LoadTimeZone(page.time_zone(), &options.zone)) {
        return absl::InternalError(
            absl::StrCat("the connector names an unknown time zone: ", page.time_zone()));
      }
      builder.emplace(options);
      currency_code = page.currency_code();
    }
    for (const type::v1::Deal& deal : page.deals()) {
      RETURN_IF_ERROR(builder->Add(deal));
    }
    complete = page.next_offset() == 0;
    return true;
  }
};

}  // namespace

grpc::ServerUnaryReactor* AccountService::CreateBalanceOperation(
    grpc::CallbackServerContext* context, const v1::CreateBalanceOperationRequest* request,
    v1::BalanceOperation* response) {
  return gate_.Unary(context, "/mtsuite.accounts.v1.AccountService/CreateBalanceOperation", request, response,
                     [this](rpc::CallPtr call, const v1::CreateBalanceOperationRequest& request,
                            v1::BalanceOperation* response) {
                       v1::CreateBalanceOperationRequest admitted = request;
                       const absl::Status status = [&]() -> absl::Status {
                         RETURN_IF_ERROR(AdmitServer(*call, request.server()));
                         ASSIGN_OR_RETURN(
                             *admitted.mutable_operation_id(),
                             AdmitOperation(*call, request.operation_id(), kMaxOperationIdLength));
                         return absl::OkStatus();
                       }();
                       if (!status.ok()) {
                         call->Finish(AsRejected(status));
                         return;
                       }
                       CreateOneBalanceOperation(*call, admitted, ReplyToMutation(call, response));
                     });
}

void AccountService::CreateOneBalanceOperation(const rpc::Call& call,
                                               const v1::CreateBalanceOperationRequest& request,
                                               MutationDone<v1::BalanceOperation> done) {
  const absl::Status status = [&]() -> absl::Status {
    RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
    RETURN_IF_ERROR(ValidateBalanceOperation(request.balance_operation(), "balance_operation"));
    return request.ignore_margin() ? call.RequireScope("funds.override") : absl::OkStatus();
  }();
  if (!status.ok()) {
    done(AsRejected(status), false);
    return;
  }
  connector::v1::CreateBalanceOperationRequest out;
  out.set_server(request.server());
  out.set_login(request.login());
  *out.mutable_balance_operation() = request.balance_operation();
  out.set_ignore_margin(request.ignore_margin());
  out.set_operation_id(request.operation_id());
  out.set_validate_only(request.validate_only());
  connector_.Mutate(call, &ConnectorAsync::CreateBalanceOperation, std::move(out), std::move(done));
}

grpc::ServerUnaryReactor* AccountService::ListBalanceOperations(
    grpc::CallbackServerContext* context, const v1::ListBalanceOperationsRequest* request,
    v1::ListBalanceOperationsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/ListBalanceOperations", request, response,
      [this](rpc::CallPtr call, const v1::ListBalanceOperationsRequest& request,
             v1::ListBalanceOperationsResponse* response) {
        absl::StatusOr<connector::v1::ListDealsRequest> query = ToDealQuery(*call, request);
        if (!query.ok()) {
          call->Finish(query.status());
          return;
        }
        // The offset of the first deal not looked at yet: where the next page of the list goes on.
        auto next_offset = std::make_shared<int64_t>(0);
        DealScan scan;
        scan.query = *query;
        scan.max_pages = kMaxPagesPerBookingList;
        scan.on_page = [response, next_offset, offset = query->offset(), limit = query->limit()](
                           const connector::v1::ListDealsResponse& page) mutable -> absl::StatusOr<bool> {
          for (const type::v1::Deal& deal : page.deals()) {
            if (response->balance_operations_size() == limit) {
              *next_offset = offset;
              return false;
            }
            ++offset;
            if (std::optional<v1::BalanceOperation> operation = ToBalanceOperation(deal)) {
              *response->add_balance_operations() = *std::move(operation);
            }
          }
          *next_offset = page.next_offset();
          return true;
        };
        scan.done = [call, &request, response, next_offset](const absl::Status& status) {
          if (status.ok() && *next_offset != 0) {
            response->set_next_page_token(paging::MakePageToken(request, absl::StrCat(*next_offset)));
          }
          call->Finish(status);
        };
        ScanDeals(call, connector_, std::move(scan));
      });
}

grpc::ServerUnaryReactor* AccountService::ListDeals(grpc::CallbackServerContext* context,
                                                    const v1::ListDealsRequest* request,
                                                    v1::ListDealsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/ListDeals", request, response,
      [this](rpc::CallPtr call, const v1::ListDealsRequest& request, v1::ListDealsResponse* response) {
        absl::StatusOr<connector::v1::ListDealsRequest> query = ToDealQuery(*call, request);
        if (!query.ok()) {
          call->Finish(query.status());
          return;
        }
        connector_.Read(*call, &ConnectorAsync::ListDeals, *std::move(query),
                        [call, &request, response](absl::StatusOr<connector::v1::ListDealsResponse> page) {
                          if (page.ok()) {
                            response->mutable_deals()->Swap(page->mutable_deals());
                            if (page->next_offset() != 0) {
                              response->set_next_page_token(
                                  paging::MakePageToken(request, absl::StrCat(page->next_offset())));
                            }
                          }
                          call->Finish(page.status());
                        });
      });
}

grpc::ServerUnaryReactor* AccountService::GetTradeState(grpc::CallbackServerContext* context,
                                                        const v1::GetTradeStateRequest* request,
                                                        v1::TradeState* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/GetTradeState", request, response,
      [this](rpc::CallPtr call, const v1::GetTradeStateRequest& request, v1::TradeState* response) {
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateLogin(request.login(), "login"));
        if (!status.ok()) {
          call->Finish(status);
          return;
        }
        connector::v1::GetTradeStateRequest out;
        out.set_server(request.server());
        out.set_login(request.login());
        connector_.Read(*call, &ConnectorAsync::GetTradeState, std::move(out), ReplyToRead(call, response));
      });
}

grpc::ServerUnaryReactor* AccountService::GetStatistics(grpc::CallbackServerContext* context,
                                                        const v1::GetStatisticsRequest* request,
                                                        v1::Statistics* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/GetStatistics", request, response,
      [this](rpc::CallPtr call, const v1::GetStatisticsRequest& request, v1::Statistics* response) {
        const absl::StatusOr<TimeSpan> span =
            ResolveTimeSpan(request.has_start_time() ? &request.start_time() : nullptr,
                            request.has_end_time() ? &request.end_time() : nullptr);
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateLogin(request.login(), "login"));
        status.Update(span.status());
        if (!status.ok()) {
          call->Finish(status);
          return;
        }
        auto report = std::make_shared<Report>();
        report->span = *span;
        DealScan scan;
        // Deals before the span set its opening balance, so the scan always starts at the account's first
        // deal.
        scan.query.set_server(request.server());
        scan.query.set_login(request.login());
        if (request.has_end_time()) {
          *scan.query.mutable_end_time() = request.end_time();
        }
        scan.max_pages = kMaxPagesPerReport;
        scan.on_page = [report](const connector::v1::ListDealsResponse& page) { return report->Add(page); };
        scan.done = [this, call, &request, response, report](absl::Status status) {
          if (status.ok() && !report->complete) {
            status = MakeError(absl::StatusCode::kFailedPrecondition, type::v1::TOO_MANY_DEALS,
                               "the account has more than 1000000 deals; list them and compute from the list")
                         .With("max_deals", 1'000'000);
          }
          if (status.ok()) {
            *response = report->builder->Build();
            response->set_login(request.login());
            response->set_currency_code(report->currency_code);
            *response->mutable_start_time() = request.start_time();
            *response->mutable_end_time() =
                request.has_end_time() ? request.end_time() : ToProtoTime(clock_.TimeNow());
          }
          call->Finish(status);
        };
        ScanDeals(call, connector_, std::move(scan));
      });
}

}  // namespace mtsuite::accounts
