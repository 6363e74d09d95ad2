// The mutations of ConnectorService.
#include <utility>

#include "services/connector/service/connector_service.h"
#include "services/connector/service/mutation.h"

namespace mtsuite::connector {

using accounts::v1::Account;
using accounts::v1::BalanceOperation;
using google::protobuf::Empty;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

namespace {

// A dry run answers with what was asked for.
BalanceOperation Asked(const v1::CreateBalanceOperationRequest& request) {
  BalanceOperation operation;
  operation.set_type(request.balance_operation().type());
  operation.set_amount(request.balance_operation().amount());
  operation.set_comment(request.balance_operation().comment());
  operation.set_login(request.login());
  return operation;
}

}  // namespace

ServerUnaryReactor* ConnectorServiceImpl::CreateAccount(CallbackServerContext* context,
                                                        const v1::CreateAccountRequest* request,
                                                        Account* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/CreateAccount", request, response,
                     [this](rpc::CallPtr call, const v1::CreateAccountRequest& request, Account* response) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_create_account() = request;
                       *response = request.account();
                       Mutate(servers_, std::move(call), std::move(mutation),
                              [response](const OperationResult& result) { *response = result.account(); });
                     });
}

ServerUnaryReactor* ConnectorServiceImpl::UpdateAccount(CallbackServerContext* context,
                                                        const v1::UpdateAccountRequest* request,
                                                        Account* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/UpdateAccount", request, response,
                     [this](rpc::CallPtr call, const v1::UpdateAccountRequest& request, Account* response) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_update_account() = request;
                       *response = request.account();
                       Mutate(servers_, std::move(call), std::move(mutation),
                              [response](const OperationResult& result) { *response = result.account(); });
                     });
}

ServerUnaryReactor* ConnectorServiceImpl::DeleteAccount(CallbackServerContext* context,
                                                        const v1::DeleteAccountRequest* request,
                                                        Empty* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/DeleteAccount", request, response,
                     [this](rpc::CallPtr call, const v1::DeleteAccountRequest& request, Empty*) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_delete_account() = request;
                       Mutate(servers_, std::move(call), std::move(mutation), [](const OperationResult&) {});
                     });
}

ServerUnaryReactor* ConnectorServiceImpl::SetPassword(CallbackServerContext* context,
                                                      const v1::SetPasswordRequest* request,
                                                      Empty* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/SetPassword", request, response,
                     [this](rpc::CallPtr call, const v1::SetPasswordRequest& request, Empty*) {
                       Mutation mutation = ToMutation(request);
                       *mutation.command.mutable_set_password() = request;
                       Mutate(servers_, std::move(call), std::move(mutation), [](const OperationResult&) {});
                     });
}

ServerUnaryReactor* ConnectorServiceImpl::CreateBalanceOperation(
    CallbackServerContext* context, const v1::CreateBalanceOperationRequest* request,
    BalanceOperation* response) {
  return gate_.Unary(
      context, "/mtsuite.connector.v1.ConnectorService/CreateBalanceOperation", request, response,
      [this](rpc::CallPtr call, const v1::CreateBalanceOperationRequest& request,
             BalanceOperation* response) {
        Mutation mutation = ToMutation(request);
        *mutation.command.mutable_book() = request;
        *response = Asked(request);
        Mutate(servers_, std::move(call), std::move(mutation),
               [response](const OperationResult& result) { *response = result.balance_operation(); });
      });
}

}  // namespace mtsuite::connector
