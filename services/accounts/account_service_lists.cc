// Lists of mtsuite.accounts.v1.AccountService.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/paging/page_token.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/status/macros.h"
#include "services/accounts/account_service.h"

namespace mtsuite::accounts {

using requests::AdmitServer;
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxAccountPage = 500;
constexpr int kMaxGroupPage = 1000;

absl::StatusOr<connector::v1::ListAccountsRequest> ToConnector(const v1::ListAccountsRequest& request) {
  connector::v1::ListAccountsRequest out;
  ASSIGN_OR_RETURN(const int32_t limit,
                   paging::PageSize(request.page_size(), kDefaultPageSize, kMaxAccountPage));
  ASSIGN_OR_RETURN(const int64_t after_login, requests::ReadPagePosition(request));
  out.set_server(request.server());
  out.set_after_login(after_login);
  out.set_limit(limit);
  out.set_group_mask(request.group_mask());
  out.set_name(request.name());
  out.set_email(request.email());
  out.set_country(request.country());
  if (request.has_enabled()) {
    out.set_enabled(request.enabled());
  }
  return out;
}

}  // namespace

grpc::ServerUnaryReactor* AccountService::ListAccounts(grpc::CallbackServerContext* context,
                                                       const v1::ListAccountsRequest* request,
                                                       v1::ListAccountsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/ListAccounts", request, response,
      [this](rpc::CallPtr call, const v1::ListAccountsRequest& request, v1::ListAccountsResponse* response) {
        absl::StatusOr<connector::v1::ListAccountsRequest> out = ToConnector(request);
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(out.status());
        if (!status.ok()) {
          call->Finish(status);
          return;
        }
        connector_.Read(*call, &ConnectorAsync::ListAccounts, *std::move(out),
                        [call, &request, response](absl::StatusOr<connector::v1::ListAccountsResponse> page) {
                          if (page.ok()) {
                            response->mutable_accounts()->Swap(page->mutable_accounts());
                            if (page->next_after_login() != 0) {
                              response->set_next_page_token(
                                  paging::MakePageToken(request, absl::StrCat(page->next_after_login())));
                            }
                          }
                          call->Finish(page.status());
                        });
      });
}

grpc::ServerUnaryReactor* AccountService::ListGroups(grpc::CallbackServerContext* context,
                                                     const v1::ListGroupsRequest* request,
                                                     v1::ListGroupsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/ListGroups", request, response,
      [this](rpc::CallPtr call, const v1::ListGroupsRequest& request, v1::ListGroupsResponse* response) {
        const absl::StatusOr<int32_t> limit =
            paging::PageSize(request.page_size(), kDefaultPageSize, kMaxGroupPage);
        const absl::StatusOr<std::string> after = paging::ReadPageToken(request);
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(limit.status());
        status.Update(after.status());
        if (!status.ok()) {
          call->Finish(status);
          return;
        }
        connector::v1::ListGroupsRequest out;
        out.set_server(request.server());
        out.set_group_mask(request.group_mask());
        connector_.Read(*call, &ConnectorAsync::ListGroups, std::move(out),
                        [call, &request, response, limit = *limit,
                         after = *after](absl::StatusOr<connector::v1::ListGroupsResponse> all) {
                          if (all.ok()) {
                            for (v1::Group& group : *all->mutable_groups()) {
                              if (group.name() <= after) {
                                continue;
                              }
                              if (response->groups_size() == limit) {
                                const std::string& last = response->groups(limit - 1).name();
                                response->set_next_page_token(paging::MakePageToken(request, last));
                                break;
                              }
                              response->add_groups()->Swap(&group);
                            }
                          }
                          call->Finish(all.status());
                        });
      });
}

}  // namespace mtsuite::accounts
