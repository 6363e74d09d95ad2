#include "services/mtsim/engine/quote.h"

#include <algorithm>

#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {
namespace {

void Extend(PriceRange& range, Fixed price, Fixed previous) {
  range.low = range.low.IsZero() ? price : std::min(range.low, price);
  range.high = std::max(range.high, price);
  if (previous.IsZero() || price == previous) return;
  range.direction = price > previous ? PriceDirection::kUp : PriceDirection::kDown;
}

}  // namespace

void ApplyTick(const Tick& tick, absl::Time day_start, Quote& quote, TickStatistics& statistics) {
  if (day_start > statistics.day_start) {
    statistics = TickStatistics{.price_open = tick.bid, .price_close = quote.bid, .day_start = day_start};
  }
  Extend(statistics.bid, tick.bid, quote.bid);
  Extend(statistics.ask, tick.ask, quote.ask);
  ++statistics.ticks;
  const Fixed change = tick.bid - statistics.price_close;
  if (!statistics.price_close.IsZero()) {
    statistics.price_change =
        Multiply(Divide(change, statistics.price_close), Fixed::FromInteger(100)).Round(2);
  }
  quote.time = tick.time;
  quote.bid = tick.bid;
  quote.ask = tick.ask;
}

Quote QuoteForGroup(const Quote& quote, const Symbol& symbol, const Group& group) {
  int diff = symbol.spread_diff;
  int balance = symbol.spread_diff_balance;
  for (const GroupSymbol& entry : group.symbols) {
    if (!SymbolMaskList(entry.path).Matches(symbol.name, symbol.path)) continue;
    diff = entry.spread_diff;
    balance = entry.spread_diff_balance;
    break;
  }
  Quote adjusted = quote;
  if (quote.bid.IsZero()) return adjusted;
  adjusted.bid -= Multiply(symbol.point(), Fixed::FromInteger(balance));
  adjusted.ask += Multiply(symbol.point(), Fixed::FromInteger(diff - balance));
  return adjusted;
}

}  // namespace mtsuite::mtsim
