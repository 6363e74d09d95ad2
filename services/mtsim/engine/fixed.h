#ifndef SERVICES_MTSIM_ENGINE_FIXED_H_
#define SERVICES_MTSIM_ENGINE_FIXED_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/decimal/decimal.h"

namespace mtsuite::mtsim {

// An exact decimal of eight fraction digits in 64 bits: what the engine stores for money, prices, lots and
// rates. Eight digits are what the platform itself keeps (volumes of 1e-8 lots, rates of eight decimals), and
// a record holds some fifteen of them, so eight bytes instead of the 32 of a Decimal decide how many deals
// fit into memory. The range is about +-92 billion; arithmetic saturates at its ends and never wraps.
class Fixed {
 public:
  static constexpr int kScale = 8;
  static constexpr int64_t kUnitsPerOne = 100'000'000;

  constexpr Fixed() = default;

  // `units` counts 1e-8.
  static constexpr Fixed FromUnits(int64_t units) { return Fixed(units); }
  // A whole number of at most 92 billion.
  static constexpr Fixed FromInteger(int64_t whole) {
    return Saturated(static_cast<__int128>(whole) * kUnitsPerOne);
  }
  // The nearest representable number to `units` of 1e-8.
  static constexpr Fixed Saturated(__int128 units) {
    if (units > kMaxUnits) return Fixed(kMaxUnits);
    if (units < -kMaxUnits) return Fixed(-kMaxUnits);
    return Fixed(static_cast<int64_t>(units));
  }
  // OUT_OF_RANGE when `value` has more than eight fraction digits or does not fit.
  static absl::StatusOr<Fixed> FromDecimal(const Decimal& value);
  // Reads plain notation ("-12.5"); INVALID_ARGUMENT or OUT_OF_RANGE otherwise.
  static absl::StatusOr<Fixed> Parse(std::string_view text);

  Decimal ToDecimal() const { return Decimal::FromScaled(units_, kScale); }
  // Plain notation with exactly `digits` (0 to 8) fraction digits, rounded half away from zero.
  std::string ToString(int digits) const;

  constexpr int64_t units() const { return units_; }
  constexpr bool IsZero() const { return units_ == 0; }
  constexpr bool IsNegative() const { return units_ < 0; }
  constexpr bool IsPositive() const { return units_ > 0; }
  constexpr Fixed Abs() const { return units_ < 0 ? Fixed(-units_) : *this; }
  // Half away from zero to `digits` (0 to 8) fraction digits, as the platform normalises money and prices.
  Fixed Round(int digits) const;

  constexpr Fixed operator-() const { return Fixed(-units_); }
  friend constexpr Fixed operator+(Fixed a, Fixed b) {
    return Saturated(static_cast<__int128>(a.units_) + b.units_);
  }
  friend constexpr Fixed operator-(Fixed a, Fixed b) { return a + -b; }
  Fixed& operator+=(Fixed other) { return *this = *this + other; }
  Fixed& operator-=(Fixed other) { return *this = *this - other; }
  friend constexpr bool operator==(Fixed a, Fixed b) = default;
  friend constexpr auto operator<=>(Fixed a, Fixed b) = default;

 private:
  // Symmetric, so that negation never overflows.
  static constexpr int64_t kMaxUnits = INT64_MAX;

  explicit constexpr Fixed(int64_t units) : units_(units) {}

  int64_t units_ = 0;
};

// `value` / `divisor` (positive), rounded half away from zero.
__int128 DivideRounded(__int128 value, __int128 divisor);

// 10^exponent for 0 to 18.
int64_t PowerOfTen(int exponent);

// a * b, rounded half away from zero to eight digits.
Fixed Multiply(Fixed a, Fixed b);

// a / b, rounded half away from zero to eight digits; zero when b is zero.
Fixed Divide(Fixed a, Fixed b);

// a * b * c with one rounding at the end, half away from zero to eight digits.
Fixed Multiply(Fixed a, Fixed b, Fixed c);

namespace fixed_internal {
// Not constexpr: reaching it turns a malformed literal into a compile error.
inline void MalformedLiteral() {}

consteval Fixed ParseLiteral(const char* text, size_t size) {
  int64_t units = 0;
  int fraction = -1;
  size_t i = 0;
  const bool negative = size > 0 && text[0] == '-';
  if (negative) i = 1;
  if (i == size) MalformedLiteral();
  for (; i < size; ++i) {
    if (text[i] == '.' && fraction < 0) {
      fraction = 0;
      continue;
    }
    if (text[i] < '0' || text[i] > '9' || fraction >= Fixed::kScale) MalformedLiteral();
    units = units * 10 + (text[i] - '0');
    if (fraction >= 0) ++fraction;
  }
  for (int digits = fraction < 0 ? 0 : fraction; digits < Fixed::kScale; ++digits) units *= 10;
  return Fixed::FromUnits(negative ? -units : units);
}
}  // namespace fixed_internal

inline namespace literals {
// "1.08432"_fx, checked at compile time.
consteval Fixed operator""_fx(const char* text, size_t size) {
  return fixed_internal::ParseLiteral(text, size);
}
}  // namespace literals

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_FIXED_H_
