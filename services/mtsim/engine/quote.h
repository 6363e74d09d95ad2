#ifndef SERVICES_MTSIM_ENGINE_QUOTE_H_
#define SERVICES_MTSIM_ENGINE_QUOTE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/fixed.h"
#include "services/mtsim/engine/group.h"
#include "services/mtsim/engine/symbol.h"

namespace mtsuite::mtsim {

// One price change.
struct Tick {
  absl::Time time = {};
  Fixed bid = {};
  Fixed ask = {};
};

// The newest prices of a symbol. `last` and `volume` stay zero: quotes of a dealing desk have no last trade.
struct Quote {
  absl::Time time = {};
  Fixed bid = {};
  Fixed ask = {};
  Fixed last = {};
  Fixed volume = {};
  // Number of the tick that made this quote.
  uint64_t trans_id = 0;
};

// A price over one server day.
struct PriceRange {
  Fixed low = {};
  Fixed high = {};
  PriceDirection direction = PriceDirection::kNone;
};

// What a symbol did since the start of the server day of its newest quote.
struct TickStatistics {
  PriceRange bid = {};
  PriceRange ask = {};
  // First bid of the day and the last bid of the day before it.
  Fixed price_open = {};
  Fixed price_close = {};
  // From price_close to the newest bid in percent, two decimals; 0 without a day before.
  Fixed price_change = {};
  uint64_t ticks = 0;
  absl::Time day_start = absl::InfinitePast();
};

// Takes a tick into `quote` and `statistics`. `day_start` is the start of the server day of the tick.
void ApplyTick(const Tick& tick, absl::Time day_start, Quote& quote, TickStatistics& statistics);

// `quote` as accounts of `group` see it: the spread of the first entry of the group that matches `symbol` is
// added. SpreadDiff points widen the spread, SpreadDiffBalance says how many of them go to the bid
// (downwards).
Quote QuoteForGroup(const Quote& quote, const Symbol& symbol, const Group& group);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_QUOTE_H_
