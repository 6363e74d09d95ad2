// Trading behind the back of the platform protocol.
#ifndef SERVICES_MTSIM_CONTROL_TRADING_CONTROL_H_
#define SERVICES_MTSIM_CONTROL_TRADING_CONTROL_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "mtsuite/sim/v1/sim_service.pb.h"
#include "services/mtsim/engine/engine.h"

namespace mtsuite::mtsim {

// INVALID_ARGUMENT unless it is above 0.
absl::StatusOr<uint64_t> LoginFrom(int64_t login);

// What the rpcs of the same names do; see the proto. INVALID_ARGUMENT for malformed members, NOT_FOUND for an
// unknown record, else the status that stands for the server's retcode.
absl::Status OpenAt(Engine& engine, const sim::v1::OpenPositionRequest& request, sim::v1::Position& response);
absl::Status CloseAt(Engine& engine, const sim::v1::ClosePositionRequest& request,
                     sim::v1::ClosePositionResponse& response);
absl::Status EditAt(Engine& engine, const sim::v1::EditPositionRequest& request, sim::v1::Position& response);
absl::Status PlaceAt(Engine& engine, const sim::v1::PlaceOrderRequest& request, sim::v1::Order& response);
absl::Status CancelAt(Engine& engine, const sim::v1::CancelOrderRequest& request);
absl::Status FillPositions(const Engine& engine, const sim::v1::ListPositionsRequest& request,
                           sim::v1::ListPositionsResponse& response);
absl::Status FillOrders(const Engine& engine, const sim::v1::ListOrdersRequest& request,
                        sim::v1::ListOrdersResponse& response);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_CONTROL_TRADING_CONTROL_H_
