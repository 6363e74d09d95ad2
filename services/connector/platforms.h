#ifndef SERVICES_CONNECTOR_PLATFORMS_H_
#define SERVICES_CONNECTOR_PLATFORMS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "services/connector/config.pb.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// The implementation of the platform that a server's configuration names. Reads the manager's password from
// its file each time, so a changed one is used with the next start or takeover. INVALID_ARGUMENT says what is
// wrong. `clock` outlives the result.
absl::StatusOr<std::unique_ptr<TradeServer>> MakeTradeServer(const config::v1::TradeServerConfig& config,
                                                             Clock& clock);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_PLATFORMS_H_
