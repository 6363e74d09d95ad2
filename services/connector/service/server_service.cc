#include "services/connector/service/server_service.h"

#include <utility>

#include "common/paging/page_token.h"
#include "common/status/macros.h"

namespace mtsuite::connector {

using operations::v1::GetServerRequest;
using operations::v1::ListServersRequest;
using operations::v1::ListServersResponse;
using operations::v1::Server;

namespace {

constexpr int32_t kStandardPage = 100;
constexpr int32_t kMaxPage = 500;

absl::Status FillPage(const ServerDirectory& servers, const auth::Principal& principal,
                      const ListServersRequest& request, ListServersResponse* response) {
  ASSIGN_OR_RETURN(const int32_t size, paging::PageSize(request.page_size(), kStandardPage, kMaxPage));
  ASSIGN_OR_RETURN(const std::string after, paging::ReadPageToken(request));
  for (const std::string& id : servers.Ids()) {
    if (id <= after || !principal.AllowsServer(id)) continue;
    if (response->servers_size() == size) {
      response->set_next_page_token(paging::MakePageToken(request, response->servers(size - 1).server()));
      break;
    }
    ASSIGN_OR_RETURN(*response->add_servers(), servers.Describe(id));
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* ServerServiceImpl::ListServers(grpc::CallbackServerContext* context,
                                                         const ListServersRequest* request,
                                                         ListServersResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.operations.v1.ServerService/ListServers", request, response,
      [this](rpc::CallPtr call, const ListServersRequest& request, ListServersResponse* response) {
        call->Finish(FillPage(servers_, call->principal(), request, response));
      });
}

grpc::ServerUnaryReactor* ServerServiceImpl::GetServer(grpc::CallbackServerContext* context,
                                                       const GetServerRequest* request, Server* response) {
  return gate_.Unary(context, "/mtsuite.operations.v1.ServerService/GetServer", request, response,
                     [this](rpc::CallPtr call, const GetServerRequest& request, Server* response) {
                       const absl::Status allowed = call->CheckServerAllowed(request.server());
                       if (!allowed.ok()) return (void)call->Finish(allowed);
                       absl::StatusOr<Server> server = servers_.Describe(request.server());
                       if (server.ok()) *response = *std::move(server);
                       call->Finish(server.status());
                     });
}

}  // namespace mtsuite::connector
