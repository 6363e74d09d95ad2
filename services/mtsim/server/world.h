// Everything that the server's thread owns.
#ifndef SERVICES_MTSIM_SERVER_WORLD_H_
#define SERVICES_MTSIM_SERVER_WORLD_H_

#include <cstdint>
#include <vector>

#include "services/mtsim/engine/engine.h"
#include "services/mtsim/faults.h"
#include "services/mtsim/mt5/bulletin.h"
#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/handshake.h"
#include "services/mtsim/mt5/manager.h"
#include "services/mtsim/world_clock.h"

namespace mtsuite::mtsim {

// The trade server with what surrounds it: managers, faults, mail. Used by one thread.
struct World final : ManagerDirectory {
  World(Engine& engine, WorldClock& clock, std::vector<Manager> managers, uint64_t seed)
      : engine(engine), clock(clock), managers(std::move(managers)), faults(seed), seed(seed) {}
  // The desk refers to the faults.
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Manager* FindManager(uint64_t login) const override {
    for (const Manager& manager : managers) {
      if (manager.login == login) return &manager;
    }
    return nullptr;
  }
  bool IsAccount(uint64_t login) const override { return engine.state().accounts.Find(login) != nullptr; }

  Engine& engine;
  // The engine's clock.
  WorldClock& clock;
  const std::vector<Manager> managers;
  FaultBook faults;
  DealerDesk desk{engine, [this](const TradeRequest& request) {
                    const TradeFault fault = faults.OnTrade(request.symbol, request.login);
                    TradeDisturbance disturbance{.delay = fault.delay, .fill_percent = fault.fill_percent};
                    if (fault.retcode != 0) disturbance.retcode = static_cast<Retcode>(fault.retcode);
                    return disturbance;
                  }};
  Bulletin bulletin;
  ServerIdentity identity;
  const uint64_t seed;
  // Commands carried out, pings left out.
  int64_t command_count = 0;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_SERVER_WORLD_H_
