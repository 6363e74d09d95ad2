#include "services/risk/engine/portfolio.h"

#include <algorithm>

#include "services/risk/valuation/position_value.h"

namespace mtsuite::risk {
namespace {

PositionTerms TermsOf(const SymbolInfo& symbol, const Position& position, const PositionValue& value) {
  return {.side = position.side == Side::kBuy ? type::v1::BUY : type::v1::SELL,
          .volume = position.volume,
          .open_price = position.open_price,
          .close_price = value.close_price,
          .contract_size = symbol.contract_size,
          .calculation_mode = symbol.calculation_mode,
          .tick_size = {},
          .tick_value = {},
          .conversion_rate = value.rate};
}

}  // namespace

PositionValue ValueOf(const Market& market, const Position& position, int currency_digits) {
  const SymbolInfo& symbol = market.symbol(position.symbol);
  const std::optional<Decimal> rate = market.ExactRate(position.rate);
  PositionValue value{.close_price = position.open_price};
  if (!symbol.quote.has_value() || !rate.has_value()) return value;
  value.close_price = symbol.Price(symbol.ClosePoints(position.side));
  value.rate = *rate;
  const absl::StatusOr<Decimal> profit = PositionProfit(TermsOf(symbol, position, value), currency_digits);
  value.priced = profit.ok();
  if (profit.ok()) value.profit = *profit;
  return value;
}

Decimal FloatingOf(const Market& market, const std::vector<Position>& positions, int currency_digits) {
  Decimal sum;
  for (const Position& position : positions) {
    sum += ValueOf(market, position, currency_digits).profit + position.swap + position.commission;
  }
  return sum;
}

Holdings HoldingsOf(const Market& market, const std::vector<Position>& positions, int currency_digits) {
  Holdings holdings;
  for (const Position& position : positions) {
    const SymbolInfo& symbol = market.symbol(position.symbol);
    auto held = std::find_if(holdings.symbols.begin(), holdings.symbols.end(),
                             [&](const Holdings::Symbol& other) { return other.symbol == symbol.name; });
    if (held == holdings.symbols.end()) {
      held = holdings.symbols.insert(held, {.symbol = symbol.name, .lots = {}, .positions = 0});
    }
    held->lots += position.volume;
    ++held->positions;
    const PositionValue value = ValueOf(market, position, currency_digits);
    if (!value.priced) continue;
    const absl::StatusOr<Decimal> worth = PositionExposure(TermsOf(symbol, position, value), currency_digits);
    if (worth.ok()) holdings.exposure += *worth;
  }
  return holdings;
}

}  // namespace mtsuite::risk
