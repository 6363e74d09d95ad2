#ifndef SERVICES_MTSIM_ENGINE_ROLLOVER_H_
#define SERVICES_MTSIM_ENGINE_ROLLOVER_H_

#include "absl/time/time.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/valuation.h"

namespace mtsuite::mtsim {

// The swap of holding `position` over one night in the account's currency, not rounded, by the swap mode of
// its symbol: points of the volume, money per lot in some currency, or percent a year (of 360 days) of the
// value at the current or the opening price. Zero when there is no rate to the account's currency.
Fixed SwapPerNight(const Position& position, const Symbol& symbol, const Group& group,
                   const Valuation& valuation);

// Adds the swaps of the night that begins at `midnight` to all open positions: as many nights as the symbol
// counts for the weekday that ends. Groups without swaps pay none.
void ChargeSwaps(State& state, const Valuation& valuation, absl::Time midnight);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ROLLOVER_H_
