// mtsuite.accounts.v1.AccountService: checks requests, asks the connector, shapes its answers. Holds no state
// of its own.
#ifndef SERVICES_ACCOUNTS_ACCOUNT_SERVICE_H_
#define SERVICES_ACCOUNTS_ACCOUNT_SERVICE_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/unary_call.h"
#include "mtsuite/accounts/v1/account_service.grpc.pb.h"
#include "services/accounts/connector_client.h"

namespace mtsuite::accounts {

class AccountService final : public v1::AccountService::CallbackService {
 public:
  // All must outlive the service.
  AccountService(rpc::CallGate& gate, ConnectorClient& connector, Clock& clock);

  // The result of one mutation, and whether it is an earlier one again. Called once, on any thread.
  template <class Response>
  using MutationDone = absl::AnyInvocable<void(absl::StatusOr<Response>, bool replayed)>;

  // Life cycle: account_service.cc.
  grpc::ServerUnaryReactor* CreateAccount(grpc::CallbackServerContext* context,
                                          const v1::CreateAccountRequest* request,
                                          v1::Account* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request, v1::Account* response) override;
  grpc::ServerUnaryReactor* UpdateAccount(grpc::CallbackServerContext* context,
                                          const v1::UpdateAccountRequest* request,
                                          v1::Account* response) override;
  grpc::ServerUnaryReactor* DeleteAccount(grpc::CallbackServerContext* context,
                                          const v1::DeleteAccountRequest* request,
                                          google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* SetPassword(grpc::CallbackServerContext* context,
                                        const v1::SetPasswordRequest* request,
                                        google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* CheckPassword(grpc::CallbackServerContext* context,
                                          const v1::CheckPasswordRequest* request,
                                          v1::CheckPasswordResponse* response) override;
  grpc::ServerUnaryReactor* EnableAccount(grpc::CallbackServerContext* context,
                                          const v1::EnableAccountRequest* request,
                                          v1::Account* response) override;
  grpc::ServerUnaryReactor* DisableAccount(grpc::CallbackServerContext* context,
                                           const v1::DisableAccountRequest* request,
                                           v1::Account* response) override;
  grpc::ServerUnaryReactor* SetAccountReadOnly(grpc::CallbackServerContext* context,
                                               const v1::SetAccountReadOnlyRequest* request,
                                               v1::Account* response) override;

  // Lists: account_service_lists.cc.
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const v1::ListAccountsRequest* request,
                                         v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* ListGroups(grpc::CallbackServerContext* context,
                                       const v1::ListGroupsRequest* request,
                                       v1::ListGroupsResponse* response) override;

  // Money and reports: account_service_money.cc.
  grpc::ServerUnaryReactor* CreateBalanceOperation(grpc::CallbackServerContext* context,
                                                   const v1::CreateBalanceOperationRequest* request,
                                                   v1::BalanceOperation* response) override;
  grpc::ServerUnaryReactor* ListBalanceOperations(grpc::CallbackServerContext* context,
                                                  const v1::ListBalanceOperationsRequest* request,
                                                  v1::ListBalanceOperationsResponse* response) override;
  grpc::ServerUnaryReactor* ListDeals(grpc::CallbackServerContext* context,
                                      const v1::ListDealsRequest* request,
                                      v1::ListDealsResponse* response) override;
  grpc::ServerUnaryReactor* GetTradeState(grpc::CallbackServerContext* context,
                                          const v1::GetTradeStateRequest* request,
                                          v1::TradeState* response) override;
  grpc::ServerUnaryReactor* GetStatistics(grpc::CallbackServerContext* context,
                                          const v1::GetStatisticsRequest* request,
                                          v1::Statistics* response) override;

  // Batches: account_service_batch.cc.
  grpc::ServerUnaryReactor* BatchCreateAccounts(grpc::CallbackServerContext* context,
                                                const v1::BatchCreateAccountsRequest* request,
                                                v1::BatchCreateAccountsResponse* response) override;
  grpc::ServerUnaryReactor* BatchGetAccounts(grpc::CallbackServerContext* context,
                                             const v1::BatchGetAccountsRequest* request,
                                             v1::BatchGetAccountsResponse* response) override;
  grpc::ServerUnaryReactor* BatchCreateBalanceOperations(
      grpc::CallbackServerContext* context, const v1::BatchCreateBalanceOperationsRequest* request,
      v1::BatchCreateBalanceOperationsResponse* response) override;

 private:
  // Who and what a mutation of rights is about; the three verbs differ only in the rights that they set.
  struct RightsChange {
    std::string server;
    int64_t login = 0;
    std::string operation_id;
    bool validate_only = false;
    bool enabled = false;
    bool read_only = false;
    bool changes_read_only = false;
  };
  void ChangeRights(rpc::CallPtr call, const RightsChange& change, v1::Account* response);

  // Sends a checked update on, or finishes the call with what the check found.
  void Update(rpc::CallPtr call, absl::StatusOr<connector::v1::UpdateAccountRequest> change,
              v1::Account* response);
  // A dry run answers with the account as it would be after the change.
  void AnswerDryRun(rpc::CallPtr call, const connector::v1::UpdateAccountRequest& change,
                    v1::Account* response);

  // One mutation of a checked server, with its operation id set; shared by the single call and the batch.
  void CreateOneAccount(const rpc::Call& call, const v1::CreateAccountRequest& request,
                        MutationDone<v1::Account> done);
  void CreateOneBalanceOperation(const rpc::Call& call, const v1::CreateBalanceOperationRequest& request,
                                 MutationDone<v1::BalanceOperation> done);

  rpc::CallGate& gate_;
  ConnectorClient& connector_;
  Clock& clock_;
};

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_ACCOUNT_SERVICE_H_
