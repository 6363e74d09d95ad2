#ifndef SERVICES_CONNECTOR_SERVICE_SERVER_SERVICE_H_
#define SERVICES_CONNECTOR_SERVICE_SERVER_SERVICE_H_

#include "common/rpc/call_gate.h"
#include "mtsuite/operations/v1/server_service.grpc.pb.h"
#include "services/connector/server/server_directory.h"

namespace mtsuite::connector {

// mtsuite.operations.v1.ServerService: the trading servers of this process. Thread-safe.
class ServerServiceImpl final : public operations::v1::ServerService::CallbackService {
 public:
  // All must outlive the service.
  ServerServiceImpl(rpc::CallGate& gate, const ServerDirectory& servers) : gate_(gate), servers_(servers) {}

  grpc::ServerUnaryReactor* ListServers(grpc::CallbackServerContext* context,
                                        const operations::v1::ListServersRequest* request,
                                        operations::v1::ListServersResponse* response) override;
  grpc::ServerUnaryReactor* GetServer(grpc::CallbackServerContext* context,
                                      const operations::v1::GetServerRequest* request,
                                      operations::v1::Server* response) override;

 private:
  rpc::CallGate& gate_;
  const ServerDirectory& servers_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_SERVER_SERVICE_H_
