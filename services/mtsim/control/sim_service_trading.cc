// The calls about positions and orders.
#include "services/mtsim/control/sim_service.h"
#include "services/mtsim/control/trading_control.h"

namespace mtsuite::mtsim {

grpc::ServerUnaryReactor* SimService::OpenPosition(grpc::CallbackServerContext* context,
                                                   const sim::v1::OpenPositionRequest* request,
                                                   sim::v1::Position* response) {
  return OnServer(
      context, "/mtsuite.sim.v1.SimService/OpenPosition", request, response,
      [request, response](World& world, Server&) { return OpenAt(world.engine, *request, *response); });
}

grpc::ServerUnaryReactor* SimService::ClosePosition(grpc::CallbackServerContext* context,
                                                    const sim::v1::ClosePositionRequest* request,
                                                    sim::v1::ClosePositionResponse* response) {
  return OnServer(
      context, "/mtsuite.sim.v1.SimService/ClosePosition", request, response,
      [request, response](World& world, Server&) { return CloseAt(world.engine, *request, *response); });
}

grpc::ServerUnaryReactor* SimService::EditPosition(grpc::CallbackServerContext* context,
                                                   const sim::v1::EditPositionRequest* request,
                                                   sim::v1::Position* response) {
  return OnServer(
      context, "/mtsuite.sim.v1.SimService/EditPosition", request, response,
      [request, response](World& world, Server&) { return EditAt(world.engine, *request, *response); });
}

grpc::ServerUnaryReactor* SimService::PlaceOrder(grpc::CallbackServerContext* context,
                                                 const sim::v1::PlaceOrderRequest* request,
                                                 sim::v1::Order* response) {
  return OnServer(
      context, "/mtsuite.sim.v1.SimService/PlaceOrder", request, response,
      [request, response](World& world, Server&) { return PlaceAt(world.engine, *request, *response); });
}

grpc::ServerUnaryReactor* SimService::CancelOrder(grpc::CallbackServerContext* context,
                                                  const sim::v1::CancelOrderRequest* request,
                                                  google::protobuf::Empty* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/CancelOrder", request, response,
                  [request](World& world, Server&) { return CancelAt(world.engine, *request); });
}

grpc::ServerUnaryReactor* SimService::ListPositions(grpc::CallbackServerContext* context,
                                                    const sim::v1::ListPositionsRequest* request,
                                                    sim::v1::ListPositionsResponse* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/ListPositions", request, response,
                  [request, response](World& world, Server&) {
                    return FillPositions(world.engine, *request, *response);
                  });
}

grpc::ServerUnaryReactor* SimService::ListOrders(grpc::CallbackServerContext* context,
                                                 const sim::v1::ListOrdersRequest* request,
                                                 sim::v1::ListOrdersResponse* response) {
  return OnServer(
      context, "/mtsuite.sim.v1.SimService/ListOrders", request, response,
      [request, response](World& world, Server&) { return FillOrders(world.engine, *request, *response); });
}

}  // namespace mtsuite::mtsim
