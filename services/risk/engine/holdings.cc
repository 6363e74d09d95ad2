#include "services/risk/engine/holdings.h"

#include <algorithm>
#include <cmath>

namespace mtsuite::risk {
namespace {

// Sums of amounts stay below this, so that nothing overflows while prices stay below their limits.
constexpr double kMaxUnits = static_cast<double>(int64_t{1} << 60);

// The positions of one symbol and side, which prices move together.
struct Group {
  SymbolId symbol;
  Side side;
  RateId rate;
  Decimal per_point;  // money of the profit currency
  Decimal raw;
  bool fits = true;
};

std::vector<Group> GroupPositions(const Market& market, const std::vector<Position>& positions) {
  std::vector<Group> groups;
  for (const Position& position : positions) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& other) {
      return other.symbol == position.symbol && other.side == position.side;
    });
    if (group == groups.end()) {
      group = groups.insert(group, {position.symbol, position.side, position.rate, {}, {}});
    }
    const SymbolInfo& symbol = market.symbol(position.symbol);
    const Decimal units = symbol.contract_size * position.volume;
    const Decimal signed_units = position.side == Side::kBuy ? units : -units;
    group->per_point += signed_units * Decimal::FromScaled(1, symbol.digits);
    if (!symbol.quote.has_value()) continue;
    const Decimal move = symbol.Price(symbol.ClosePoints(position.side)) - position.open_price;
    // What does not multiply is too large to be estimated, too.
    const std::optional<Decimal> raw = Decimal::CheckedMultiply(move, signed_units);
    group->fits = group->fits && raw.has_value();
    // In whole units: a rounding less than the slack has for it.
    if (raw.has_value()) group->raw += raw->Rescale(Estimates::kDigits, Rounding::kHalfUp);
  }
  return groups;
}

// Half of the smallest amount of a currency, in units.
int64_t HalfDigit(int currency_digits) {
  int64_t half = 1'000'000;
  for (int i = 0; i < currency_digits; ++i) half /= 10;
  return std::max<int64_t>(1, half / 2);
}

// Adds a group; false when estimates cannot hold it.
bool Add(const Group& group, const Market& market, int64_t price_limit, EstimatedHoldings& estimated) {
  const absl::StatusOr<int64_t> per_point = group.per_point.ToScaled(Estimates::kDigits);
  const absl::StatusOr<int64_t> raw = group.raw.ToScaled(Estimates::kDigits);
  if (!group.fits || !per_point.ok() || !raw.ok()) return false;
  const double largest = std::abs(static_cast<double>(*per_point)) * static_cast<double>(price_limit);
  if (largest + std::abs(static_cast<double>(*raw)) > kMaxUnits / 16) return false;
  if (group.rate != kIdentityRate) {
    const double rate = market.FastRate(group.rate);
    if (rate > kMaxFastRate) return false;
    // The rounding of the raw profit, converted; that of the rate to 12 places or fewer; that of doubles.
    estimated.slack += static_cast<int64_t>(kMaxFastRate) + 16 + static_cast<int64_t>(largest / 4e9);
  }
  estimated.holdings.push_back({group.symbol, group.side, group.rate, *per_point, *raw});
  return true;
}

}  // namespace

EstimatedHoldings EstimateHoldings(const Market& market, const std::vector<Position>& positions,
                                   int currency_digits, const std::vector<int64_t>& price_limits) {
  EstimatedHoldings estimated;
  Decimal base;
  for (const Position& position : positions) base += position.swap + position.commission;
  const absl::StatusOr<int64_t> base_units =
      base.Rescale(Estimates::kDigits, Rounding::kHalfUp).ToScaled(Estimates::kDigits);
  // Of each position: its profit is rounded, and so is what the estimate starts from.
  estimated.slack = static_cast<int64_t>(positions.size()) * (HalfDigit(currency_digits) + 1) + 1;
  const std::vector<Group> groups = GroupPositions(market, positions);
  // Sixteen groups share what fits; accounts with more are rare, and right, only slower.
  bool fits = base_units.ok() && groups.size() <= 16;
  for (const Group& group : groups) fits = fits && Add(group, market, price_limits[group.symbol], estimated);
  if (fits) {
    estimated.base = *base_units;
    return estimated;
  }
  estimated = {.holdings = {}, .base = 0, .slack = 0, .always_exact = true};
  for (const Group& group : groups)
    estimated.holdings.push_back({group.symbol, group.side, group.rate, 0, 0});
  return estimated;
}

}  // namespace mtsuite::risk
