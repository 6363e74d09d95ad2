#ifndef SERVICES_CONNECTOR_SERVICE_CONNECTOR_SERVICE_H_
#define SERVICES_CONNECTOR_SERVICE_CONNECTOR_SERVICE_H_

#include "common/rpc/call_gate.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"
#include "services/connector/server/server_directory.h"

namespace mtsuite::connector {

// mtsuite.connector.v1 over gRPC: parse, authorise, call, format. Thread-safe.
class ConnectorServiceImpl final : public v1::ConnectorService::CallbackService {
 public:
  // All must outlive the service.
  ConnectorServiceImpl(rpc::CallGate& gate, const ServerDirectory& servers, Scheduler& scheduler)
      : gate_(gate), servers_(servers), scheduler_(scheduler) {}

  grpc::ServerUnaryReactor* CreateAccount(grpc::CallbackServerContext* context,
                                          const v1::CreateAccountRequest* request,
                                          accounts::v1::Account* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       accounts::v1::Account* response) override;
  grpc::ServerUnaryReactor* BatchGetAccounts(grpc::CallbackServerContext* context,
                                             const v1::BatchGetAccountsRequest* request,
                                             v1::BatchGetAccountsResponse* response) override;
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const v1::ListAccountsRequest* request,
                                         v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateAccount(grpc::CallbackServerContext* context,
                                          const v1::UpdateAccountRequest* request,
                                          accounts::v1::Account* response) override;
  grpc::ServerUnaryReactor* DeleteAccount(grpc::CallbackServerContext* context,
                                          const v1::DeleteAccountRequest* request,
                                          google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* SetPassword(grpc::CallbackServerContext* context,
                                        const v1::SetPasswordRequest* request,
                                        google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* CheckPassword(grpc::CallbackServerContext* context,
                                          const v1::CheckPasswordRequest* request,
                                          v1::CheckPasswordResponse* response) override;
  grpc::ServerUnaryReactor* CreateBalanceOperation(grpc::CallbackServerContext* context,
                                                   const v1::CreateBalanceOperationRequest* request,
                                                   accounts::v1::BalanceOperation* response) override;
  grpc::ServerUnaryReactor* GetTradeState(grpc::CallbackServerContext* context,
                                          const v1::GetTradeStateRequest* request,
                                          accounts::v1::TradeState* response) override;
  grpc::ServerUnaryReactor* ListDeals(grpc::CallbackServerContext* context,
                                      const v1::ListDealsRequest* request,
                                      v1::ListDealsResponse* response) override;
  grpc::ServerUnaryReactor* ListGroups(grpc::CallbackServerContext* context,
                                       const v1::ListGroupsRequest* request,
                                       v1::ListGroupsResponse* response) override;
  grpc::ServerUnaryReactor* ListSymbols(grpc::CallbackServerContext* context,
                                        const v1::ListSymbolsRequest* request,
                                        v1::ListSymbolsResponse* response) override;
  grpc::ServerWriteReactor<v1::Event>* StreamEvents(grpc::CallbackServerContext* context,
                                                    const v1::StreamEventsRequest* request) override;

 private:
  // The server's runtime, if the caller may use it.
  absl::StatusOr<std::shared_ptr<ServerRuntime>> Enter(const rpc::CallContext& call,
                                                       const std::string& server) const;

  rpc::CallGate& gate_;
  const ServerDirectory& servers_;
  Scheduler& scheduler_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_CONNECTOR_SERVICE_H_
