// Between the messages of mtsuite.sim.v1 and the types of the simulation.
#ifndef SERVICES_MTSIM_CONTROL_CONVERT_H_
#define SERVICES_MTSIM_CONTROL_CONVERT_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "mtsuite/sim/v1/sim_service.pb.h"
#include "services/mtsim/engine/engine.h"
#include "services/mtsim/faults.h"

namespace mtsuite::mtsim {

// INVALID_ARGUMENT unless both parts are in protobuf's range; an unset duration is zero.
absl::StatusOr<absl::Duration> FromProto(const google::protobuf::Duration& duration, std::string_view field);
absl::StatusOr<absl::Time> FromProto(const google::protobuf::Timestamp& time, std::string_view field);
google::protobuf::Duration ToProto(absl::Duration duration);
google::protobuf::Timestamp ToProto(absl::Time time);

// A decimal field. INVALID_ARGUMENT with its name.
absl::StatusOr<Fixed> FixedFromProto(const std::string& text, std::string_view field);

absl::StatusOr<Fault> FromProto(const sim::v1::Fault& fault);
sim::v1::Fault ToProto(const Fault& fault);
sim::v1::Position ToProto(const Position& position, const PositionState& state);
// An order that is open.
sim::v1::Order ToProto(const Order& order);
sim::v1::Deal ToProto(const Deal& deal);

// Gives an error the reason that all errors of the suite carry; errors that have one stay.
absl::Status WithReason(const absl::Status& status);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_CONTROL_CONVERT_H_
