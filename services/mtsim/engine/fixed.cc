#include "services/mtsim/engine/fixed.h"

#include <algorithm>
#include <array>

#include "common/status/macros.h"

namespace mtsuite::mtsim {
namespace {

constexpr auto kPowersOfTen = [] {
  std::array<int64_t, 19> powers{};
  int64_t power = 1;
  for (int i = 0; i < 18; ++i, power *= 10) powers[i] = power;
  powers[18] = power;
  return powers;
}();

constexpr __int128 kUnits = Fixed::kUnitsPerOne;

}  // namespace

int64_t PowerOfTen(int exponent) { return kPowersOfTen[exponent]; }

__int128 DivideRounded(__int128 value, __int128 divisor) {
  const __int128 quotient = value / divisor;
  const __int128 remainder = value % divisor;
  const __int128 magnitude = remainder < 0 ? -remainder : remainder;
  // Compared with the rest of the divisor, because twice the remainder could overflow.
  if (magnitude < divisor - magnitude) return quotient;
  return value < 0 ? quotient - 1 : quotient + 1;
}

absl::StatusOr<Fixed> Fixed::FromDecimal(const Decimal& value) {
  ASSIGN_OR_RETURN(const int64_t units, value.ToScaled(kScale));
  return Saturated(units);
}

absl::StatusOr<Fixed> Fixed::Parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(text));
  return FromDecimal(value);
}

std::string Fixed::ToString(int digits) const { return Round(digits).ToDecimal().ToString(digits); }

Fixed Fixed::Round(int digits) const {
  const int64_t step = PowerOfTen(kScale - digits);
  // The ends of the range are no multiples of the step themselves.
  const __int128 last = kMaxUnits - kMaxUnits % step;
  return Saturated(std::clamp(DivideRounded(units_, step) * step, -last, last));
}

Fixed Multiply(Fixed a, Fixed b) {
  return Fixed::Saturated(DivideRounded(static_cast<__int128>(a.units()) * b.units(), kUnits));
}

Fixed Divide(Fixed a, Fixed b) {
  if (b.IsZero()) return Fixed();
  const __int128 scaled = static_cast<__int128>(a.units()) * kUnits;
  return Fixed::Saturated(b.IsNegative() ? DivideRounded(-scaled, -static_cast<__int128>(b.units()))
                                         : DivideRounded(scaled, b.units()));
}

Fixed Multiply(Fixed a, Fixed b, Fixed c) {
  const __int128 pair = static_cast<__int128>(a.units()) * b.units();
  __int128 product;
  if (__builtin_mul_overflow(pair, static_cast<__int128>(c.units()), &product)) {
    // A product that leaves 128 bits is beyond 1e14, far outside the range.
    const bool negative = (pair < 0) != c.IsNegative();
    return Fixed::FromUnits(negative ? -INT64_MAX : INT64_MAX);
  }
  return Fixed::Saturated(DivideRounded(product, kUnits * kUnits));
}

}  // namespace mtsuite::mtsim
