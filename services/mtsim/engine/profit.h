#ifndef SERVICES_MTSIM_ENGINE_PROFIT_H_
#define SERVICES_MTSIM_ENGINE_PROFIT_H_

#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/fixed.h"
#include "services/mtsim/engine/symbol.h"

namespace mtsuite::mtsim {

// A trade whose result is asked for.
struct ProfitQuery {
  const Symbol& symbol;
  Side side;
  // Lots.
  Fixed volume = {};
  Fixed price_open = {};
  Fixed price_close = {};
};

// The result of a trade in the symbol's profit currency with eight digits, by the platform's formulas:
// futures (close - open) * lots * tick value / tick size, everything else (close - open) * contract size *
// lots; the opposite for sells.
Fixed RawProfit(const ProfitQuery& query);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_PROFIT_H_
