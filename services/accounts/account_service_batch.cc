// Batches of mtsuite.accounts.v1.AccountService: every item on its own, with a result per item.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/requests/batch.h"
#include "common/requests/flow.h"
#include "common/status/macros.h"
#include "common/status/rpc_status.h"
#include "services/accounts/account_service.h"
#include "services/accounts/validation.h"

namespace mtsuite::accounts {

using requests::AdmitOperation;
using requests::AdmitServer;
using requests::AsRejected;
using requests::Batch;
using requests::RunBatch;
namespace {

// What all items of a batch of mutations take from it.
template <class BatchRequest>
absl::StatusOr<std::string> AdmitBatch(rpc::Call& call, const BatchRequest& request) {
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(std::string id, AdmitOperation(call, request.operation_id(), kMaxBatchOperationIdLength));
  RETURN_IF_ERROR(ValidateBatchSize(request.requests_size(), kMaxBatchMutations, "requests"));
  for (int i = 0; i < request.requests_size(); ++i) {
    const auto& item = request.requests(i);
    if (!item.server().empty() || !item.operation_id().empty() || item.validate_only()) {
      return InvalidField(
          absl::StrCat("requests[", i, "]"),
          "server, operation_id and validate_only belong to the batch; leave them out of its items");
    }
  }
  return id;
}

void SetResult(v1::BatchCreateAccountsResponse::Result& slot, v1::Account account) {
  *slot.mutable_account() = std::move(account);
}

void SetResult(v1::BatchCreateBalanceOperationsResponse::Result& slot, v1::BalanceOperation operation) {
  *slot.mutable_balance_operation() = std::move(operation);
}

// Runs `one` for every item of an admitted batch and finishes the call. Result N of the response is item N's.
template <class Item, class Result, class Request, class Response, class One>
void RunMutations(rpc::CallPtr call, const std::string& id, const Request& request, Response* response,
                  One one) {
  for (int i = 0; i < request.requests_size(); ++i) {
    response->add_results()->set_operation_id(absl::StrCat(id, ".", i));
  }
  Batch batch;
  batch.count = request.requests_size();
  batch.start = [call, &request, response, one](int i, absl::AnyInvocable<void()> finished) {
    Item item = request.requests(i);
    item.set_server(request.server());
    item.set_operation_id(response->results(i).operation_id());
    item.set_validate_only(request.validate_only());
    one(*call, item,
        [slot = response->mutable_results(i), finished = std::move(finished)](absl::StatusOr<Result> result,
                                                                              bool /*replayed*/) mutable {
          if (result.ok()) {
            SetResult(*slot, *std::move(result));
          } else {
            *slot->mutable_error() = ToRpcStatus(result.status());
          }
          finished();
        });
  };
  batch.done = [call] { call->Finish(absl::OkStatus()); };
  RunBatch(std::move(batch));
}

}  // namespace

grpc::ServerUnaryReactor* AccountService::BatchCreateAccounts(grpc::CallbackServerContext* context,
                                                              const v1::BatchCreateAccountsRequest* request,
                                                              v1::BatchCreateAccountsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/BatchCreateAccounts", request, response,
      [this](rpc::CallPtr call, const v1::BatchCreateAccountsRequest& request,
             v1::BatchCreateAccountsResponse* response) {
        const absl::StatusOr<std::string> id = AdmitBatch(*call, request);
        if (!id.ok()) {
          call->Finish(AsRejected(id.status()));
          return;
        }
        RunMutations<v1::CreateAccountRequest, v1::Account>(
            call, *id, request, response,
            [this](const rpc::Call& call, const v1::CreateAccountRequest& item,
                   MutationDone<v1::Account> done) { CreateOneAccount(call, item, std::move(done)); });
      });
}

grpc::ServerUnaryReactor* AccountService::BatchCreateBalanceOperations(
    grpc::CallbackServerContext* context, const v1::BatchCreateBalanceOperationsRequest* request,
    v1::BatchCreateBalanceOperationsResponse* response) {
  return gate_.Unary(context, "/mtsuite.accounts.v1.AccountService/BatchCreateBalanceOperations", request,
                     response,
                     [this](rpc::CallPtr call, const v1::BatchCreateBalanceOperationsRequest& request,
                            v1::BatchCreateBalanceOperationsResponse* response) {
                       const absl::StatusOr<std::string> id = AdmitBatch(*call, request);
                       if (!id.ok()) {
                         call->Finish(AsRejected(id.status()));
                         return;
                       }
                       RunMutations<v1::CreateBalanceOperationRequest, v1::BalanceOperation>(
                           call, *id, request, response,
                           [this](const rpc::Call& call, const v1::CreateBalanceOperationRequest& item,
                                  MutationDone<v1::BalanceOperation> done) {
                             CreateOneBalanceOperation(call, item, std::move(done));
                           });
                     });
}

grpc::ServerUnaryReactor* AccountService::BatchGetAccounts(grpc::CallbackServerContext* context,
                                                           const v1::BatchGetAccountsRequest* request,
                                                           v1::BatchGetAccountsResponse* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/BatchGetAccounts", request, response,
      [this](rpc::CallPtr call, const v1::BatchGetAccountsRequest& request,
             v1::BatchGetAccountsResponse* response) {
        absl::Status status = AdmitServer(*call, request.server());
        status.Update(ValidateBatchSize(request.logins_size(), kMaxBatchGets, "logins"));
        connector::v1::BatchGetAccountsRequest out;
        out.set_server(request.server());
        for (int i = 0; i < request.logins_size(); ++i) {
          status.Update(ValidateLogin(request.logins(i), absl::StrCat("logins[", i, "]")));
          out.add_logins(request.logins(i));
        }
        if (!status.ok()) {
          call->Finish(status);
          return;
        }
        connector_.Read(*call, &ConnectorAsync::BatchGetAccounts, std::move(out),
                        [call, response](absl::StatusOr<connector::v1::BatchGetAccountsResponse> accounts) {
                          if (accounts.ok()) {
                            for (auto& result : *accounts->mutable_results()) {
                              auto& slot = *response->add_results();
                              if (result.has_account()) {
                                slot.mutable_account()->Swap(result.mutable_account());
                              } else {
                                slot.mutable_error()->Swap(result.mutable_error());
                              }
                            }
                          }
                          call->Finish(accounts.status());
                        });
      });
}

}  // namespace mtsuite::accounts
