#ifndef SERVICES_MTSIM_ENGINE_MARGIN_H_
#define SERVICES_MTSIM_ENGINE_MARGIN_H_

#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/fixed.h"
#include "services/mtsim/engine/symbol.h"

namespace mtsuite::mtsim {

// All open volume of an account on one symbol and side.
struct MarginLeg {
  Fixed volume = {};
  // Averages weighted by volume: opening price, and margin currency to account currency.
  Fixed price = {};
  Fixed rate = {};

  // Adds a position to the sums.
  void Add(Fixed added_volume, Fixed added_price, Fixed added_rate);
};

// What the margin of one symbol depends on.
struct MarginQuery {
  const Symbol& symbol;
  MarginMode mode;
  int leverage;
  MarginLeg buys = {};
  MarginLeg sells = {};
};

// The margin that open positions of a symbol hold, in account currency with eight digits. By the platform's
// formulas, lots V, contract C, price P, leverage L, times margin rate and conversion rate: forex V*C/L;
// forex without leverage V*C; CFD V*C*P; CFD with leverage V*C*P/L; CFD index V*C*P*tick value/tick size;
// futures V*initial margin. A fixed initial (or maintenance) margin replaces C, and P where there is one. On
// hedging accounts the larger leg beyond the smaller one counts at the larger leg's averages; the covered
// part uses margin_hedged as the contract size at the averages of both legs, or nothing counts but the larger
// leg if the symbol's flags say so.
Fixed PositionMargin(const MarginQuery& query);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_MARGIN_H_
