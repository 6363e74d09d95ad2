#ifndef SERVICES_CONNECTOR_SERVICE_QUOTE_SERVICE_H_
#define SERVICES_CONNECTOR_SERVICE_QUOTE_SERVICE_H_

#include "common/rpc/call_gate.h"
#include "mtsuite/connector/v1/quote_service.grpc.pb.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/server/server_directory.h"

namespace mtsuite::connector {

// mtsuite.connector.v1.ConnectorQuoteService over gRPC: parse, authorise, call, format. Thread-safe.
class ConnectorQuoteServiceImpl final : public v1::ConnectorQuoteService::CallbackService {
 public:
  // All must outlive the service.
  ConnectorQuoteServiceImpl(rpc::CallGate& gate, const ServerDirectory& servers, Scheduler& scheduler)
      : gate_(gate), servers_(servers), scheduler_(scheduler) {}

  grpc::ServerUnaryReactor* GetSymbol(grpc::CallbackServerContext* context,
                                      const v1::GetSymbolRequest* request,
                                      quotes::v1::Symbol* response) override;
  grpc::ServerUnaryReactor* ListCandles(grpc::CallbackServerContext* context,
                                        const v1::ListCandlesRequest* request,
                                        v1::ListCandlesResponse* response) override;
  grpc::ServerWriteReactor<v1::TickBatch>* StreamTicks(grpc::CallbackServerContext* context,
                                                       const v1::StreamTicksRequest* request) override;

 private:
  rpc::CallGate& gate_;
  const ServerDirectory& servers_;
  Scheduler& scheduler_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_QUOTE_SERVICE_H_
