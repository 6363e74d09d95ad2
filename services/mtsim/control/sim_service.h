// mtsuite.sim.v1.SimService: what tests and demos do behind the platform protocol's back.
#ifndef SERVICES_MTSIM_CONTROL_SIM_SERVICE_H_
#define SERVICES_MTSIM_CONTROL_SIM_SERVICE_H_

#include <string_view>
#include <utility>

#include "common/rpc/call_gate.h"
#include "mtsuite/sim/v1/sim_service.grpc.pb.h"
#include "services/mtsim/control/convert.h"
#include "services/mtsim/server/server.h"

namespace mtsuite::mtsim {

// Every rpc is a task on the server's thread, so it sees the world between two commands. The contract is in
// the proto.
class SimService final : public sim::v1::SimService::CallbackService {
 public:
  // `feed_rate_percent` is the speed of prices that SetFeed goes back to. Gate and server must outlive the
  // service.
  SimService(rpc::CallGate& gate, Server& server, int feed_rate_percent)
      : gate_(gate), server_(server), feed_rate_percent_(feed_rate_percent) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const sim::v1::GetStatusRequest* request,
                                      sim::v1::Status* response) override;
  grpc::ServerUnaryReactor* SeedAccounts(grpc::CallbackServerContext* context,
                                         const sim::v1::SeedAccountsRequest* request,
                                         sim::v1::SeedAccountsResponse* response) override;
  grpc::ServerUnaryReactor* SeedHistory(grpc::CallbackServerContext* context,
                                        const sim::v1::SeedHistoryRequest* request,
                                        sim::v1::SeedHistoryResponse* response) override;
  grpc::ServerUnaryReactor* OpenPosition(grpc::CallbackServerContext* context,
                                         const sim::v1::OpenPositionRequest* request,
                                         sim::v1::Position* response) override;
  grpc::ServerUnaryReactor* ClosePosition(grpc::CallbackServerContext* context,
                                          const sim::v1::ClosePositionRequest* request,
                                          sim::v1::ClosePositionResponse* response) override;
  grpc::ServerUnaryReactor* EditPosition(grpc::CallbackServerContext* context,
                                         const sim::v1::EditPositionRequest* request,
                                         sim::v1::Position* response) override;
  grpc::ServerUnaryReactor* PlaceOrder(grpc::CallbackServerContext* context,
                                       const sim::v1::PlaceOrderRequest* request,
                                       sim::v1::Order* response) override;
  grpc::ServerUnaryReactor* CancelOrder(grpc::CallbackServerContext* context,
                                        const sim::v1::CancelOrderRequest* request,
                                        google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* ListPositions(grpc::CallbackServerContext* context,
                                          const sim::v1::ListPositionsRequest* request,
                                          sim::v1::ListPositionsResponse* response) override;
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context,
                                       const sim::v1::ListOrdersRequest* request,
                                       sim::v1::ListOrdersResponse* response) override;
  grpc::ServerUnaryReactor* StepFeed(grpc::CallbackServerContext* context,
                                     const sim::v1::StepFeedRequest* request,
                                     sim::v1::Quote* response) override;
  grpc::ServerUnaryReactor* SetPrice(grpc::CallbackServerContext* context,
                                     const sim::v1::SetPriceRequest* request,
                                     google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* SetFeed(grpc::CallbackServerContext* context,
                                    const sim::v1::SetFeedRequest* request,
                                    google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* SetClock(grpc::CallbackServerContext* context,
                                     const sim::v1::SetClockRequest* request,
                                     google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* AddFault(grpc::CallbackServerContext* context,
                                     const sim::v1::AddFaultRequest* request,
                                     sim::v1::Fault* response) override;
  grpc::ServerUnaryReactor* ListFaults(grpc::CallbackServerContext* context,
                                       const sim::v1::ListFaultsRequest* request,
                                       sim::v1::ListFaultsResponse* response) override;
  grpc::ServerUnaryReactor* ClearFaults(grpc::CallbackServerContext* context,
                                        const sim::v1::ClearFaultsRequest* request,
                                        google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* RestartServer(grpc::CallbackServerContext* context,
                                          const sim::v1::RestartServerRequest* request,
                                          google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* ListDeals(grpc::CallbackServerContext* context,
                                      const sim::v1::ListDealsRequest* request,
                                      sim::v1::ListDealsResponse* response) override;

 private:
  // Admits the call, then runs `handler`, an absl::Status(World&, Server&), on the server's thread and
  // finishes the call with its result. The request and the response, which it refers to, live until then.
  template <class Request, class Response, class Handler>
  grpc::ServerUnaryReactor* OnServer(grpc::CallbackServerContext* context, std::string_view method,
                                     const Request* request, Response* response, Handler handler);

  rpc::CallGate& gate_;
  Server& server_;
  const int feed_rate_percent_;
};

template <class Request, class Response, class Handler>
grpc::ServerUnaryReactor* SimService::OnServer(grpc::CallbackServerContext* context, std::string_view method,
                                               const Request* request, Response* response, Handler handler) {
  return gate_.Unary(
      context, method, request, response, [this, &handler](rpc::CallPtr call, const Request&, Response*) {
        server_.Post(
            [call = std::move(call), handler = std::move(handler)](World& world, Server& server) mutable {
              call->Finish(WithReason(handler(world, server)));
            });
      });
}

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_CONTROL_SIM_SERVICE_H_
