#include "services/risk/engine/portfolio.h"

#include <algorithm>

namespace mtsuite::risk {
namespace {

// Results in the profit currency have these before they are converted.
constexpr int kProfitDigits = 8;

// A product of which so many places are kept as fit: all, unless its factors are absurd.
Decimal Product(Decimal a, Decimal b) {
  if (const std::optional<Decimal> exact = Decimal::CheckedMultiply(a, b)) return *exact;
  const auto shortened = [](Decimal d) { return d.Rescale(std::min(d.digits(), 4), Rounding::kHalfEven); };
  return shortened(a) * shortened(b);
}

Decimal Convert(Decimal amount, Decimal rate, int digits) {
  // A product may have 18 places in all: the rate gives way, which costs nothing that the rounding keeps.
  const int places = std::min(rate.digits(), Decimal::kMaxScale - amount.digits());
  return Product(amount, rate.Rescale(places, Rounding::kHalfEven)).Rescale(digits, Rounding::kHalfUp);
}

}  // namespace

Decimal RawProfit(Decimal move, Decimal units) {
  return Product(move, units).Rescale(kProfitDigits, Rounding::kHalfUp);
}

PositionValue ValueOf(const Market& market, const Position& position, int currency_digits) {
  const SymbolInfo& symbol = market.symbol(position.symbol);
  const std::optional<Decimal> rate = market.ExactRate(position.rate);
  PositionValue value{.close_price = position.open_price};
  if (!symbol.quote.has_value() || !rate.has_value()) return value;
  value.close_price = symbol.Price(symbol.ClosePoints(position.side));
  value.rate = *rate;
  value.priced = true;
  const Decimal move = position.side == Side::kBuy ? value.close_price - position.open_price
                                                   : position.open_price - value.close_price;
  value.profit = Convert(RawProfit(move, symbol.contract_size * position.volume), *rate, currency_digits);
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
    const Decimal worth = RawProfit(value.close_price, symbol.contract_size * position.volume);
    if (value.priced) holdings.exposure += Convert(worth, value.rate, currency_digits);
  }
  return holdings;
}

}  // namespace mtsuite::risk
