#include "services/mtsim/engine/conversion.h"

namespace mtsuite::mtsim {
namespace {

constexpr __int128 kOne = 1'000'000'000'000;

}  // namespace

Rate Rate::Inverse(Fixed price) {
  // 1 / (units / 10^8) in units of 10^-12.
  return Rate(DivideRounded(static_cast<__int128>(Fixed::kUnitsPerOne) * kOne, price.units()));
}

Rate Rate::Chain(Rate a, Rate b) {
  __int128 product;
  // Prices are below 10^11, so only a chain of two enormous rates gets here; it is capped like Fixed.
  if (__builtin_mul_overflow(a.units_, b.units_, &product))
    return Rate(static_cast<__int128>(INT64_MAX) * 10'000);
  return Rate(DivideRounded(product, kOne));
}

Fixed Rate::Convert(Fixed amount, int digits) const {
  __int128 product;
  if (__builtin_mul_overflow(static_cast<__int128>(amount.units()), units_, &product)) {
    return Fixed::FromUnits(amount.IsNegative() ? -INT64_MAX : INT64_MAX).Round(digits);
  }
  // One rounding only: from 8 + 12 digits to those of the currency.
  const int64_t step = PowerOfTen(Fixed::kScale - digits);
  return Fixed::Saturated(DivideRounded(product, kOne * step) * step);
}

Fixed Rate::ToFixed() const { return Fixed::Saturated(DivideRounded(units_, 10'000)); }

std::optional<Rate> CurrencyConverter::Find(std::string_view from, std::string_view to, Side side) const {
  if (from == to) return Rate::One();
  if (const std::optional<Rate> direct = FindPair(from, to, side)) return direct;
  constexpr std::string_view kHub = "USD";
  if (from == kHub || to == kHub) return std::nullopt;
  const std::optional<Rate> in = FindPair(from, kHub, side);
  const std::optional<Rate> out = FindPair(kHub, to, side);
  if (!in.has_value() || !out.has_value()) return std::nullopt;
  return Rate::Chain(*in, *out);
}

std::optional<Rate> CurrencyConverter::FindPair(std::string_view from, std::string_view to, Side side) const {
  if (const SymbolRef direct = symbols_.ForexPair(from, to)) {
    const Quote* quote = feed_.Last(direct->id);
    if (quote != nullptr && quote->bid.IsPositive())
      return Rate::Of(side == Side::kBuy ? quote->ask : quote->bid);
  }
  if (const SymbolRef inverse = symbols_.ForexPair(to, from)) {
    const Quote* quote = feed_.Last(inverse->id);
    if (quote != nullptr && quote->bid.IsPositive()) {
      return Rate::Inverse(side == Side::kBuy ? quote->bid : quote->ask);
    }
  }
  return std::nullopt;
}

}  // namespace mtsuite::mtsim
