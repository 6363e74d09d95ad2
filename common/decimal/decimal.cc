#include "common/decimal/decimal.h"

#include <array>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/status/check.h"

namespace mtsuite {
namespace {

using Int128 = __int128;
using UInt128 = unsigned __int128;

constexpr int kMaxPower = 38;

constexpr std::array<Int128, kMaxPower + 1> MakePowersOfTen() {
  std::array<Int128, kMaxPower + 1> powers{};
  Int128 power = 1;
  for (int i = 0; i < kMaxPower; ++i) {
    powers[i] = power;
    power *= 10;
  }
  powers[kMaxPower] = power;
  return powers;
}

constexpr std::array<Int128, kMaxPower + 1> kPowersOfTen = MakePowersOfTen();

constexpr Int128 kMostNegative = static_cast<Int128>(UInt128{1} << 127);

UInt128 Magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

bool ValidScale(int scale) { return scale >= 0 && scale <= Decimal::kMaxScale; }

// value * 10^power, or nullopt when it does not fit.
std::optional<Int128> ScaleUp(Int128 value, int power) {
  Int128 result;
  if (__builtin_mul_overflow(value, kPowersOfTen[power], &result) || result == kMostNegative)
    return std::nullopt;
  return result;
}

// A magnitude that was divided: quotient, and the remainder of a divisor that decides how to round.
struct Division {
  UInt128 quotient;
  UInt128 remainder;
  UInt128 divisor;
};

bool RoundsAwayFromZero(const Division& division, bool negative, Rounding rounding) {
  if (division.remainder == 0) return false;
  // remainder < divisor, so the difference below cannot wrap, while twice the remainder could.
  const UInt128 rest = division.divisor - division.remainder;
  switch (rounding) {
    case Rounding::kDown:
      return false;
    case Rounding::kFloor:
      return negative;
    case Rounding::kCeiling:
      return !negative;
    case Rounding::kHalfUp:
      return division.remainder >= rest;
    case Rounding::kHalfEven:
      return division.remainder > rest || (division.remainder == rest && division.quotient % 2 == 1);
  }
  MTSUITE_CHECK(false, "unknown rounding mode");
}

absl::Status QuotientOutOfRange() { return absl::OutOfRangeError("the quotient is too large for a decimal"); }

}  // namespace

std::optional<Decimal> Decimal::Normalized(Int128 coefficient, int scale) {
  if (coefficient == 0) return Decimal();
  if (coefficient == kMostNegative) return std::nullopt;
  // Nearly all values fit 64 bits, where division is several times faster.
  while (scale > 0) {
    if (coefficient >= std::numeric_limits<int64_t>::min() &&
        coefficient <= std::numeric_limits<int64_t>::max()) {
      auto small = static_cast<int64_t>(coefficient);
      while (scale > 0 && small % 10 == 0) {
        small /= 10;
        --scale;
      }
      coefficient = small;
      break;
    }
    if (coefficient % 10 != 0) break;
    coefficient /= 10;
    --scale;
  }
  if (scale > kMaxScale) return std::nullopt;
  return Decimal(coefficient, scale);
}

Decimal Decimal::FromInteger(int64_t value) { return Decimal(value, 0); }

Decimal Decimal::FromScaled(int64_t coefficient, int scale) {
  MTSUITE_CHECK(ValidScale(scale), "the scale of a decimal is 0 to 18");
  return *Normalized(coefficient, scale);
}

absl::StatusOr<int64_t> Decimal::ToScaled(int scale) const {
  MTSUITE_CHECK(ValidScale(scale), "the scale of a decimal is 0 to 18");
  if (scale_ > scale) {
    return absl::OutOfRangeError(
        absl::StrCat(ToString(), " has ", scale_, " fraction digits, allowed are ", scale));
  }
  const std::optional<Int128> scaled = ScaleUp(coefficient_, scale - scale_);
  if (!scaled || *scaled < std::numeric_limits<int64_t>::min() ||
      *scaled > std::numeric_limits<int64_t>::max()) {
    return absl::OutOfRangeError(
        absl::StrCat(ToString(), " is too large for 64 bits with ", scale, " fraction digits"));
  }
  return static_cast<int64_t>(*scaled);
}

Decimal Decimal::Abs() const { return coefficient_ < 0 ? -*this : *this; }

Decimal Decimal::operator-() const { return Decimal(-coefficient_, scale_); }

Decimal Decimal::Rescale(int scale, Rounding rounding) const {
  MTSUITE_CHECK(ValidScale(scale), "the scale of a decimal is 0 to 18");
  if (scale_ <= scale) return *this;
  const auto divisor = static_cast<UInt128>(kPowersOfTen[scale_ - scale]);
  const UInt128 magnitude = Magnitude(coefficient_);
  Division division{magnitude / divisor, magnitude % divisor, divisor};
  const bool negative = coefficient_ < 0;
  if (RoundsAwayFromZero(division, negative, rounding)) ++division.quotient;
  const auto rounded = static_cast<Int128>(division.quotient);
  return *Normalized(negative ? -rounded : rounded, scale);
}

std::optional<Decimal> Decimal::CheckedAdd(Decimal a, Decimal b) {
  if (a.scale_ < b.scale_) std::swap(a, b);
  const std::optional<Int128> aligned = ScaleUp(b.coefficient_, a.scale_ - b.scale_);
  Int128 sum;
  if (!aligned || __builtin_add_overflow(a.coefficient_, *aligned, &sum)) return std::nullopt;
  return Normalized(sum, a.scale_);
}

std::optional<Decimal> Decimal::CheckedMultiply(Decimal a, Decimal b) {
  Int128 product;
  if (__builtin_mul_overflow(a.coefficient_, b.coefficient_, &product)) return std::nullopt;
  return Normalized(product, a.scale_ + b.scale_);
}

Decimal operator+(Decimal a, Decimal b) {
  const std::optional<Decimal> sum = Decimal::CheckedAdd(a, b);
  MTSUITE_CHECK(sum.has_value(), "decimal addition overflows");
  return *sum;
}

Decimal operator-(Decimal a, Decimal b) { return a + -b; }

Decimal operator*(Decimal a, Decimal b) {
  const std::optional<Decimal> product = Decimal::CheckedMultiply(a, b);
  MTSUITE_CHECK(product.has_value(), "decimal multiplication overflows");
  return *product;
}

absl::StatusOr<Decimal> Decimal::Divide(Decimal a, Decimal b, int scale, Rounding rounding) {
  MTSUITE_CHECK(ValidScale(scale), "the scale of a decimal is 0 to 18");
  if (b.IsZero()) return absl::InvalidArgumentError("division by zero");
  UInt128 divisor = Magnitude(b.coefficient_);
  // a/10^sa : b/10^sb at `scale` digits is a * 10^(scale + sb - sa) / b.
  int power = scale + b.scale_ - a.scale_;
  if (power < 0) {
    const std::optional<Int128> scaled = ScaleUp(static_cast<Int128>(divisor), -power);
    if (!scaled) return QuotientOutOfRange();
    divisor = static_cast<UInt128>(*scaled);
    power = 0;
  }
  const UInt128 dividend = Magnitude(a.coefficient_);
  Division division{dividend / divisor, dividend % divisor, divisor};
  // Long division, digit by digit: the dividend times 10^power need not fit.
  constexpr UInt128 kLargest = static_cast<UInt128>(-(kMostNegative + 1));
  for (; power > 0; --power) {
    if (division.quotient > kLargest / 10 || division.remainder > ~UInt128{0} / 10)
      return QuotientOutOfRange();
    division.remainder *= 10;
    division.quotient = division.quotient * 10 + division.remainder / divisor;
    division.remainder %= divisor;
  }
  const bool negative = (a.coefficient_ < 0) != (b.coefficient_ < 0);
  if (RoundsAwayFromZero(division, negative, rounding)) ++division.quotient;
  if (division.quotient > kLargest) return QuotientOutOfRange();
  const auto quotient = static_cast<Int128>(division.quotient);
  return *Normalized(negative ? -quotient : quotient, scale);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.scale_ == b.scale_) return a.coefficient_ <=> b.coefficient_;
  if (a.scale_ > b.scale_) return 0 <=> (b <=> a);
  const std::optional<Int128> aligned = ScaleUp(a.coefficient_, b.scale_ - a.scale_);
  // What cannot be brought to the larger scale is larger in magnitude than anything that has it.
  if (!aligned) return a.coefficient_ <=> Int128{0};
  return *aligned <=> b.coefficient_;
}

}  // namespace mtsuite
