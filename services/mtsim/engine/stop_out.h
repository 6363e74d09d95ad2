#ifndef SERVICES_MTSIM_ENGINE_STOP_OUT_H_
#define SERVICES_MTSIM_ENGINE_STOP_OUT_H_

#include <cstdint>

#include "absl/time/time.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/trade_operations.h"
#include "services/mtsim/engine/valuation.h"

namespace mtsuite::mtsim {

// Closes positions of accounts that cannot carry them any longer.
class StopOut {
 public:
  // All must outlive this.
  StopOut(State& state, const Valuation& valuation, TradeOperations& trades)
      : state_(state), valuation_(valuation), trades_(trades) {}

  // While the account is at or below its stop-out level: closes the position with the worst result, swap
  // included, at the market; of equal ones the oldest. Positions whose market is closed or not quoted stay.
  // Pending orders stay too, because they hold no margin. An account that ends flat and in debt is set to
  // zero where its group says so.
  void Run(uint64_t login, absl::Time time);

 private:
  const Position* Worst(uint64_t login, absl::Time time) const;
  void Compensate(Account& account, absl::Time time);

  State& state_;
  const Valuation& valuation_;
  TradeOperations& trades_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_STOP_OUT_H_
