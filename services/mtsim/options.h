// From the configuration file to what the parts of mtsim take.
#ifndef SERVICES_MTSIM_OPTIONS_H_
#define SERVICES_MTSIM_OPTIONS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/mtsim/config.pb.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/mt5/manager.h"
#include "services/mtsim/server/server.h"

namespace mtsuite::mtsim {

// Everything but the control service's own configuration.
struct Options {
  EngineOptions engine;
  ServerOptions server;
  std::vector<Manager> managers;
  std::string server_name;
  bool demo_world = false;
  // 0 = prices stand still.
  int feed_rate_percent = 100;
};

// INVALID_ARGUMENT names the field that is missing or wrong. Reads password files.
absl::StatusOr<Options> ReadOptions(const config::v1::MtsimConfig& config);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_OPTIONS_H_
