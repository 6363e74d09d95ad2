#ifndef COMMON_RPC_TESTING_PROBE_SERVICE_H_
#define COMMON_RPC_TESTING_PROBE_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/call_gate.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"

namespace mtsuite::rpc {

// Three rpcs of a real service, one of each kind (read, mutation, stream), whose behaviour the test decides:
// it sets what is done with each call. Without that, calls are answered at once with an empty message and
// streams are left open.
class ProbeService final : public connector::v1::ConnectorService::CallbackService {
 public:
  using Stream = std::shared_ptr<ServerStream<connector::v1::Event>>;

  explicit ProbeService(CallGate& gate) : gate_(gate) {}

  // Set before the first call.
  absl::AnyInvocable<void(CallPtr, const connector::v1::GetAccountRequest&, accounts::v1::Account*)> on_read;
  absl::AnyInvocable<void(CallPtr, const connector::v1::CreateBalanceOperationRequest&,
                          accounts::v1::BalanceOperation*)>
      on_mutation;
  absl::AnyInvocable<void(Stream)> on_stream;

  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const connector::v1::GetAccountRequest* request,
                                       accounts::v1::Account* response) override {
    return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/GetAccount", request, response,
                       [this](CallPtr call, const auto& request, auto* response) {
                         if (!on_read) {
                           call->Finish(absl::OkStatus());
                           return;
                         }
                         on_read(std::move(call), request, response);
                       });
  }

  grpc::ServerUnaryReactor* CreateBalanceOperation(
      grpc::CallbackServerContext* context, const connector::v1::CreateBalanceOperationRequest* request,
      accounts::v1::BalanceOperation* response) override {
    return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorService/CreateBalanceOperation", request,
                       response, [this](CallPtr call, const auto& request, auto* response) {
                         if (!on_mutation) {
                           call->Finish(absl::OkStatus());
                           return;
                         }
                         on_mutation(std::move(call), request, response);
                       });
  }

  grpc::ServerWriteReactor<connector::v1::Event>* StreamEvents(
      grpc::CallbackServerContext* context, const connector::v1::StreamEventsRequest* request) override {
    return gate_.Stream<connector::v1::Event>(context, "/mtsuite.connector.v1.ConnectorService/StreamEvents",
                                              request, kPendingMax, [this](Stream stream, const auto&) {
                                                if (on_stream) on_stream(std::move(stream));
                                              });
  }

  static constexpr size_t kPendingMax = 4;

 private:
  CallGate& gate_;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_TESTING_PROBE_SERVICE_H_
