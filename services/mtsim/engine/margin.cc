#include "services/mtsim/engine/margin.h"

#include <algorithm>

namespace mtsuite::mtsim {
namespace {

// (a * wa + b * wb) / (wa + wb); the weights are not negative and not both zero.
Fixed WeightedMean(Fixed a, Fixed wa, Fixed b, Fixed wb) {
  const __int128 sum =
      static_cast<__int128>(a.units()) * wa.units() + static_cast<__int128>(b.units()) * wb.units();
  return Fixed::Saturated(DivideRounded(sum, (wa + wb).units()));
}

// Maintenance settings apply to open positions; zero means that the initial ones do.
Fixed SideRate(const Symbol& symbol, Side side) {
  const auto index = static_cast<size_t>(side);
  const Fixed maintenance = symbol.margin_rates_maintenance[index];
  return maintenance.IsZero() ? symbol.margin_rates_initial[index] : maintenance;
}

struct Part {
  Fixed volume;
  Fixed price;
  Fixed rate;
  Fixed margin_rate;
  Fixed contract;
};

Fixed MarginOf(const MarginQuery& query, const Part& part) {
  const Symbol& symbol = query.symbol;
  const Fixed fixed = symbol.margin_maintenance.IsZero() ? symbol.margin_initial : symbol.margin_maintenance;
  const bool priced = symbol.calc_mode != CalcMode::kForex && symbol.calc_mode != CalcMode::kForexNoLeverage;
  const bool leveraged = symbol.calc_mode == CalcMode::kForex || symbol.calc_mode == CalcMode::kCfdLeverage;
  Fixed base;
  if (fixed.IsPositive() || symbol.calc_mode == CalcMode::kFutures) {
    base = Multiply(part.volume, fixed);
  } else {
    base = priced ? Multiply(part.volume, part.contract, part.price) : Multiply(part.volume, part.contract);
    if (symbol.calc_mode == CalcMode::kCfdIndex && symbol.tick_size.IsPositive() &&
        symbol.tick_value.IsPositive()) {
      base = Divide(Multiply(base, symbol.tick_value), symbol.tick_size);
    }
  }
  const Fixed margin = Multiply(base, part.rate, part.margin_rate);
  return leveraged ? Fixed::FromUnits(
                         static_cast<int64_t>(DivideRounded(margin.units(), std::max(query.leverage, 1))))
                   : margin;
}

Fixed LegMargin(const MarginQuery& query, const MarginLeg& leg, Side side, Fixed volume) {
  if (!volume.IsPositive()) return Fixed();
  return MarginOf(query, {.volume = volume,
                          .price = leg.price,
                          .rate = leg.rate,
                          .margin_rate = SideRate(query.symbol, side),
                          .contract = query.symbol.contract_size});
}

}  // namespace

void MarginLeg::Add(Fixed added_volume, Fixed added_price, Fixed added_rate) {
  price = WeightedMean(price, volume, added_price, added_volume);
  rate = WeightedMean(rate, volume, added_rate, added_volume);
  volume += added_volume;
}

Fixed PositionMargin(const MarginQuery& query) {
  const MarginLeg& buys = query.buys;
  const MarginLeg& sells = query.sells;
  if (query.mode != MarginMode::kHedging) {
    return LegMargin(query, buys, Side::kBuy, buys.volume) +
           LegMargin(query, sells, Side::kSell, sells.volume);
  }
  if (query.symbol.margin_flags & kMarginHedgeLargerLeg) {
    return std::max(LegMargin(query, buys, Side::kBuy, buys.volume),
                    LegMargin(query, sells, Side::kSell, sells.volume));
  }
  const Fixed covered = std::min(buys.volume, sells.volume);
  const Fixed uncovered = buys.volume >= sells.volume
                              ? LegMargin(query, buys, Side::kBuy, buys.volume - covered)
                              : LegMargin(query, sells, Side::kSell, sells.volume - covered);
  if (!covered.IsPositive() || query.symbol.margin_hedged.IsZero()) return uncovered;
  const Fixed rates = SideRate(query.symbol, Side::kBuy) + SideRate(query.symbol, Side::kSell);
  return uncovered +
         MarginOf(query, {.volume = covered,
                          .price = WeightedMean(buys.price, buys.volume, sells.price, sells.volume),
                          .rate = WeightedMean(buys.rate, buys.volume, sells.rate, sells.volume),
                          .margin_rate = Divide(rates, Fixed::FromInteger(2)),
                          .contract = query.symbol.margin_hedged});
}

}  // namespace mtsuite::mtsim
