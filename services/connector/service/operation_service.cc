#include "services/connector/service/operation_service.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/paging/page_token.h"
#include "common/status/macros.h"
#include "services/connector/service/request_checks.h"

namespace mtsuite::connector {

using operations::v1::GetOperationRequest;
using operations::v1::ListOperationsRequest;
using operations::v1::ListOperationsResponse;
using operations::v1::Operation;

namespace {

constexpr int32_t kStandardPage = 100;
constexpr int32_t kMaxPage = 500;

// "<1 or 0>/<microseconds>/<operation id>": the place of the last operation shown.
std::string ToPosition(const OperationRecord& record) {
  return absl::StrCat(IsUnresolved(record.state) ? 1 : 0, "/", absl::ToUnixMicros(record.create_time), "/",
                      record.operation_id);
}

absl::StatusOr<std::optional<OperationCursor>> ParsePosition(const std::string& position) {
  if (position.empty()) return std::optional<OperationCursor>();
  const std::vector<std::string> parts = absl::StrSplit(position, absl::MaxSplits('/', 2));
  int64_t micros = 0;
  // The token's digest was right, so it is ours; a wrong form can only come from another version.
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &micros))
    return absl::InternalError("a strange page position");
  return std::optional<OperationCursor>(
      OperationCursor{parts[0] == "1", absl::FromUnixMicros(micros), parts[2]});
}

absl::StatusOr<OperationQuery> ToQuery(const ListOperationsRequest& request) {
  OperationQuery query;
  query.state = request.state();
  query.login = request.login();
  ASSIGN_OR_RETURN(query.limit, paging::PageSize(request.page_size(), kStandardPage, kMaxPage));
  ASSIGN_OR_RETURN(const std::string position, paging::ReadPageToken(request));
  ASSIGN_OR_RETURN(query.after, ParsePosition(position));
  return query;
}

}  // namespace

grpc::ServerUnaryReactor* OperationServiceImpl::GetOperation(grpc::CallbackServerContext* context,
                                                             const GetOperationRequest* request,
                                                             Operation* response) {
  return gate_.Unary(context, "/mtsuite.operations.v1.OperationService/GetOperation", request, response,
                     [this](rpc::CallPtr call, const GetOperationRequest& request, Operation* response) {
                       const auto runtime = [&]() -> absl::StatusOr<std::shared_ptr<ServerRuntime>> {
                         RETURN_IF_ERROR(call->CheckServerAllowed(request.server()));
                         RETURN_IF_ERROR(CheckOperationId(request.operation_id()));
                         return servers_.Find(request.server());
                       }();
                       if (!runtime.ok()) return (void)call->Finish(runtime.status());
                       (*runtime)->journal().Get(
                           request.operation_id(),
                           [runtime = *runtime, call, response](absl::StatusOr<Operation> operation) {
                             if (operation.ok()) *response = *std::move(operation);
                             call->Finish(operation.status());
                           });
                     });
}

grpc::ServerUnaryReactor* OperationServiceImpl::ListOperations(grpc::CallbackServerContext* context,
                                                               const ListOperationsRequest* request,
                                                               ListOperationsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.operations.v1.OperationService/ListOperations", request, response,
      [this](rpc::CallPtr call, const ListOperationsRequest& request, ListOperationsResponse* response) {
        if (const absl::Status status = call->CheckServerAllowed(request.server()); !status.ok()) {
          return (void)call->Finish(status);
        }
        const auto runtime = servers_.Find(request.server());
        if (!runtime.ok()) return (void)call->Finish(runtime.status());
        absl::StatusOr<OperationQuery> query = ToQuery(request);
        if (!query.ok()) return (void)call->Finish(query.status());
        const auto page_size = static_cast<size_t>(query->limit);
        // One more than shown tells whether another page follows.
        ++query->limit;
        (*runtime)->journal().List(*query, [runtime = *runtime, call, request, response, page_size](
                                               const absl::StatusOr<std::vector<OperationRecord>>& records) {
          if (!records.ok()) return (void)call->Finish(records.status());
          for (size_t i = 0; i < records->size() && i < page_size; ++i) {
            *response->add_operations() = ToPublic((*records)[i]);
          }
          if (records->size() > page_size) {
            response->set_next_page_token(
                paging::MakePageToken(request, ToPosition((*records)[page_size - 1])));
          }
          call->Finish(absl::OkStatus());
        });
      });
}

}  // namespace mtsuite::connector
