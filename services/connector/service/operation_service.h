#ifndef SERVICES_CONNECTOR_SERVICE_OPERATION_SERVICE_H_
#define SERVICES_CONNECTOR_SERVICE_OPERATION_SERVICE_H_

#include "common/rpc/call_gate.h"
#include "mtsuite/operations/v1/operation_service.grpc.pb.h"
#include "services/connector/server/server_directory.h"

namespace mtsuite::connector {

// mtsuite.operations.v1.OperationService: what the journals know. Thread-safe.
class OperationServiceImpl final : public operations::v1::OperationService::CallbackService {
 public:
  // All must outlive the service.
  OperationServiceImpl(rpc::CallGate& gate, const ServerDirectory& servers)
      : gate_(gate), servers_(servers) {}

  grpc::ServerUnaryReactor* GetOperation(grpc::CallbackServerContext* context,
                                         const operations::v1::GetOperationRequest* request,
                                         operations::v1::Operation* response) override;
  grpc::ServerUnaryReactor* ListOperations(grpc::CallbackServerContext* context,
                                           const operations::v1::ListOperationsRequest* request,
                                           operations::v1::ListOperationsResponse* response) override;

 private:
  rpc::CallGate& gate_;
  const ServerDirectory& servers_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_OPERATION_SERVICE_H_
