#ifndef SERVICES_CONNECTOR_SERVICE_QUOTE_SERVICE_H_
#define SERVICES_CONNECTOR_SERVICE_QUOTE_SERVICE_H_

#include "common/rpc/call_gate.h"
#include "mtsuite/connector/v1/quote_service.grpc.pb.h"
#include "services/connector/server/server_directory.h"

namespace mtsuite::connector {

// mtsuite.connector.v1.ConnectorQuoteService over gRPC: parse, authorise, call, format. Thread-safe.
class ConnectorQuoteServiceImpl final : public v1::ConnectorQuoteService::CallbackService {
 public:
  // All must outlive the service.
  ConnectorQuoteServiceImpl(rpc::CallGate& gate, const ServerDirectory& servers)
      : gate_(gate), servers_(servers) {}

  grpc::ServerUnaryReactor* GetSymbol(grpc::CallbackServerContext* context,
                                      const v1::GetSymbolRequest* request,
                                      quotes::v1::Symbol* response) override;

 private:
  rpc::CallGate& gate_;
  const ServerDirectory& servers_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_QUOTE_SERVICE_H_
