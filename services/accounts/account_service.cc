#include "services/accounts/account_service.h"

#include <utility>

#include "common/requests/flow.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/accounts/validation.h"

namespace mtsuite::accounts {

using requests::AdmitOperation;
using requests::AdmitServer;
using requests::AsRejected;
using requests::Reply;
using requests::ReplyToMutation;
using requests::ReplyToRead;
namespace {

absl::StatusOr<connector::v1::UpdateAccountRequest> ToConnector(rpc::Call& call,
                                                                const v1::UpdateAccountRequest& request) {
  connector::v1::UpdateAccountRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.account().login(), "account.login"));
  ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                   ResolveUpdate(request.account(), request.update_mask()));
  out.set_server(request.server());
  *out.mutable_account() = request.account();
  for (const std::string& path : paths) {
    out.mutable_update_mask()->add_paths(path);
  }
  out.set_validate_only(request.validate_only());
  return out;
}

absl::StatusOr<connector::v1::DeleteAccountRequest> ToConnector(rpc::Call& call,
                                                                const v1::DeleteAccountRequest& request) {
  connector::v1::DeleteAccountRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_validate_only(request.validate_only());
  return out;
}

absl::StatusOr<connector::v1::SetPasswordRequest> ToConnector(rpc::Call& call,
                                                              const v1::SetPasswordRequest& request) {
  connector::v1::SetPasswordRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  ASSIGN_OR_RETURN(*out.mutable_operation_id(),
                   AdmitOperation(call, request.operation_id(), kMaxOperationIdLength));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidatePasswordType(request.type()));
  RETURN_IF_ERROR(ValidatePassword(request.password(), "password"));
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_type(request.type());
  out.set_password(request.password());
  out.set_validate_only(request.validate_only());
  return out;
}

absl::StatusOr<connector::v1::CheckPasswordRequest> ToConnector(rpc::Call& call,
                                                                const v1::CheckPasswordRequest& request) {
  connector::v1::CheckPasswordRequest out;
  RETURN_IF_ERROR(AdmitServer(call, request.server()));
  RETURN_IF_ERROR(ValidateLogin(request.login(), "login"));
  RETURN_IF_ERROR(ValidatePasswordType(request.type()));
  RETURN_IF_ERROR(ValidatePassword(request.password(), "password"));
  out.set_server(request.server());
  out.set_login(request.login());
  out.set_type(request.type());
  out.set_password(request.password());
  return out;
}

// Sends a checked mutation on, or finishes the call with what the check found.
template <class Request, class Response>
void MutateOrRefuse(ConnectorClient& connector, const rpc::CallPtr& call,
                    ConnectorMethod<Request, Response> method,
                    absl::StatusOr<std::type_identity_t<Request>> request, Response* response) {
  if (!request.ok()) {
    call->Finish(AsRejected(request.status()));
    return;
  }
  connector.Mutate(*call, method, *std::move(request), ReplyToMutation(call, response));
}

// What a dry run of an opening answers: the account as it would be, without what only the trading server
// gives it.
v1::Account AsOpened(const v1::Account& asked) {
  v1::Account account = asked;
  account.clear_currency_code();
  account.clear_create_time();
  account.clear_last_access_time();
  account.clear_last_password_change_time();
  account.set_balance("0");
  account.set_credit("0");
  return account;
}

}  // namespace

void AccountService::AnswerDryRun(rpc::CallPtr call, const connector::v1::UpdateAccountRequest& change,
                                  v1::Account* response) {
  connector::v1::GetAccountRequest request;
  request.set_server(change.server());
  request.set_login(change.account().login());
  connector_.Read(*call, &ConnectorAsync::GetAccount, std::move(request),
                  [call, change, response](absl::StatusOr<v1::Account> account) {
                    if (account.ok()) {
                      google::protobuf::util::FieldMaskUtil::MergeOptions options;
                      options.set_replace_message_fields(true);
                      google::protobuf::util::FieldMaskUtil::MergeMessageTo(
                          change.account(), change.update_mask(), options, &*account);
                    }
                    Reply(*call, std::move(account), response);
                  });
}

void AccountService::Update(rpc::CallPtr call, absl::StatusOr<connector::v1::UpdateAccountRequest> change,
                            v1::Account* response) {
  if (!change.ok() || !change->validate_only()) {
    MutateOrRefuse(connector_, call, &ConnectorAsync::UpdateAccount, std::move(change), response);
    return;
  }
  connector_.Mutate(
      *call, &ConnectorAsync::UpdateAccount, *change,
      [this, call, change = *change, response](const absl::StatusOr<v1::Account>& checked, bool) {
        if (!checked.ok()) {
          call->Finish(checked.status());
          return;
        }
        AnswerDryRun(call, change, response);
      });
}

AccountService::AccountService(rpc::CallGate& gate, ConnectorClient& connector, Clock& clock)
    : gate_(gate), connector_(connector), clock_(clock) {}

grpc::ServerUnaryReactor* AccountService::CreateAccount(grpc::CallbackServerContext* context,
                                                        const v1::CreateAccountRequest* request,
                                                        v1::Account* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/CreateAccount", request, response,
      [this](rpc::CallPtr call, const v1::CreateAccountRequest& request, v1::Account* response) {
        v1::CreateAccountRequest admitted = request;
        const absl::Status status = [&]() -> absl::Status {
          RETURN_IF_ERROR(AdmitServer(*call, request.server()));
          ASSIGN_OR_RETURN(*admitted.mutable_operation_id(),
                           AdmitOperation(*call, request.operation_id(), kMaxOperationIdLength));
          return absl::OkStatus();
        }();
        if (!status.ok()) {
          call->Finish(AsRejected(status));
          return;
        }
        CreateOneAccount(*call, admitted, ReplyToMutation(call, response));
      });
}

void AccountService::CreateOneAccount(const rpc::Call& call, const v1::CreateAccountRequest& request,
                                      MutationDone<v1::Account> done) {
  const absl::Status status = [&]() -> absl::Status {
    RETURN_IF_ERROR(ValidateNewAccount(request.account(), "account"));
    RETURN_IF_ERROR(ValidatePassword(request.main_password(), "main_password"));
    RETURN_IF_ERROR(ValidatePassword(request.investor_password(), "investor_password"));
    return request.phone_password().empty() ? absl::OkStatus()
                                            : ValidatePassword(request.phone_password(), "phone_password");
  }();
  if (!status.ok()) {
    done(AsRejected(status), false);
    return;
  }
  connector::v1::CreateAccountRequest out;
  out.set_server(request.server());
  *out.mutable_account() = request.account();
  out.set_main_password(request.main_password());
  out.set_investor_password(request.investor_password());
  out.set_phone_password(request.phone_password());
  out.set_operation_id(request.operation_id());
  out.set_validate_only(request.validate_only());
  if (!request.validate_only()) {
    connector_.Mutate(call, &ConnectorAsync::CreateAccount, std::move(out), std::move(done));
    return;
  }
  connector_.Mutate(call, &ConnectorAsync::CreateAccount, std::move(out),
                    [done = std::move(done), asked = request.account()](absl::StatusOr<v1::Account> checked,
                                                                        bool replayed) mutable {
                      done(checked.ok() ? AsOpened(asked) : std::move(checked), replayed);
                    });
}

grpc::ServerUnaryReactor* AccountService::GetAccount(grpc::CallbackServerContext* context,
                                                     const v1::GetAccountRequest* request,
                                                     v1::Account* response) {
  return gate_.Unary(context, "/mtsuite.accounts.v1.AccountService/GetAccount", request, response,
                     [this](rpc::CallPtr call, const v1::GetAccountRequest& request, v1::Account* response) {
                       absl::Status status = AdmitServer(*call, request.server());
                       status.Update(ValidateLogin(request.login(), "login"));
                       if (!status.ok()) {
                         call->Finish(status);
                         return;
                       }
                       connector::v1::GetAccountRequest out;
                       out.set_server(request.server());
                       out.set_login(request.login());
                       connector_.Read(*call, &ConnectorAsync::GetAccount, std::move(out),
                                       ReplyToRead(call, response));
                     });
}

grpc::ServerUnaryReactor* AccountService::UpdateAccount(grpc::CallbackServerContext* context,
                                                        const v1::UpdateAccountRequest* request,
                                                        v1::Account* response) {
  return gate_.Unary(context, "/mtsuite.accounts.v1.AccountService/UpdateAccount", request, response,
                     [this](rpc::CallPtr call, const v1::UpdateAccountRequest& request,
                            v1::Account* response) { Update(call, ToConnector(*call, request), response); });
}

grpc::ServerUnaryReactor* AccountService::DeleteAccount(grpc::CallbackServerContext* context,
                                                        const v1::DeleteAccountRequest* request,
                                                        google::protobuf::Empty* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/DeleteAccount", request, response,
      [this](rpc::CallPtr call, const v1::DeleteAccountRequest& request, google::protobuf::Empty* response) {
        MutateOrRefuse(connector_, call, &ConnectorAsync::DeleteAccount, ToConnector(*call, request),
                       response);
      });
}

grpc::ServerUnaryReactor* AccountService::SetPassword(grpc::CallbackServerContext* context,
                                                      const v1::SetPasswordRequest* request,
                                                      google::protobuf::Empty* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/SetPassword", request, response,
      [this](rpc::CallPtr call, const v1::SetPasswordRequest& request, google::protobuf::Empty* response) {
        MutateOrRefuse(connector_, call, &ConnectorAsync::SetPassword, ToConnector(*call, request), response);
      });
}

grpc::ServerUnaryReactor* AccountService::CheckPassword(grpc::CallbackServerContext* context,
                                                        const v1::CheckPasswordRequest* request,
                                                        v1::CheckPasswordResponse* response) {
  return gate_.Unary(context, "/mtsuite.accounts.v1.AccountService/CheckPassword", request, response,
                     [this](rpc::CallPtr call, const v1::CheckPasswordRequest& request,
                            v1::CheckPasswordResponse* response) {
                       absl::StatusOr<connector::v1::CheckPasswordRequest> out = ToConnector(*call, request);
                       if (!out.ok()) {
                         call->Finish(out.status());
                         return;
                       }
                       connector_.Read(
                           *call, &ConnectorAsync::CheckPassword, *std::move(out),
                           [call, response](absl::StatusOr<connector::v1::CheckPasswordResponse> checked) {
                             response->set_valid(checked.ok() && checked->valid());
                             call->Finish(checked.status());
                           });
                     });
}

void AccountService::ChangeRights(rpc::CallPtr call, const RightsChange& change, v1::Account* response) {
  v1::UpdateAccountRequest request;
  request.set_server(change.server);
  request.mutable_account()->set_login(change.login);
  request.mutable_account()->mutable_rights()->set_enabled(change.enabled);
  request.mutable_update_mask()->add_paths("rights.enabled");
  if (change.changes_read_only) {
    request.mutable_account()->mutable_rights()->set_read_only(change.read_only);
    request.mutable_update_mask()->add_paths("rights.read_only");
  }
  request.set_operation_id(change.operation_id);
  request.set_validate_only(change.validate_only);
  Update(call, ToConnector(*call, request), response);
}

grpc::ServerUnaryReactor* AccountService::EnableAccount(grpc::CallbackServerContext* context,
                                                        const v1::EnableAccountRequest* request,
                                                        v1::Account* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/EnableAccount", request, response,
      [this](rpc::CallPtr call, const v1::EnableAccountRequest& request, v1::Account* response) {
        ChangeRights(std::move(call),
                     {.server = request.server(),
                      .login = request.login(),
                      .operation_id = request.operation_id(),
                      .validate_only = request.validate_only(),
                      .enabled = true,
                      .read_only = false,
                      .changes_read_only = true},
                     response);
      });
}

grpc::ServerUnaryReactor* AccountService::DisableAccount(grpc::CallbackServerContext* context,
                                                         const v1::DisableAccountRequest* request,
                                                         v1::Account* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/DisableAccount", request, response,
      [this](rpc::CallPtr call, const v1::DisableAccountRequest& request, v1::Account* response) {
        ChangeRights(std::move(call),
                     {.server = request.server(),
                      .login = request.login(),
                      .operation_id = request.operation_id(),
                      .validate_only = request.validate_only(),
                      .enabled = false},
                     response);
      });
}

grpc::ServerUnaryReactor* AccountService::SetAccountReadOnly(grpc::CallbackServerContext* context,
                                                             const v1::SetAccountReadOnlyRequest* request,
                                                             v1::Account* response) {
  return gate_.Unary(
      context, "/mtsuite.accounts.v1.AccountService/SetAccountReadOnly", request, response,
      [this](rpc::CallPtr call, const v1::SetAccountReadOnlyRequest& request, v1::Account* response) {
        ChangeRights(std::move(call),
                     {.server = request.server(),
                      .login = request.login(),
                      .operation_id = request.operation_id(),
                      .validate_only = request.validate_only(),
                      .enabled = true,
                      .read_only = true,
                      .changes_read_only = true},
                     response);
      });
}

}  // namespace mtsuite::accounts
