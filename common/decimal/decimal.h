#ifndef COMMON_DECIMAL_DECIMAL_H_
#define COMMON_DECIMAL_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace mtsuite {

// How a value that needs more fraction digits than allowed is brought to them.
enum class Rounding {
  kHalfEven,  // to the nearest, a tie to the even neighbour
  kHalfUp,    // to the nearest, a tie away from zero
  kDown,      // towards zero (truncates)
  kFloor,     // towards minus infinity
  kCeiling,   // towards plus infinity
};

// An exact decimal number: money, prices, volumes, rates. The value is coefficient / 10^scale with a 128-bit
// coefficient and a scale of 0 to 18. Values are kept in lowest terms (1.50 is stored as 15 / 10^1), so equal
// numbers are equal bytes, and the number of digits a value was written with is not remembered.
//
// Nothing is ever rounded unless a function that takes a Rounding says so. There is no operator/ for that
// reason. Trivially copyable; pass by value.
class Decimal {
 public:
  static constexpr int kMaxScale = 18;

  // Zero.
  constexpr Decimal() = default;

  // Parses public input: an optional '-', 1 to 15 digits and optionally '.' with 1 to 8 digits. No '+', no
  // exponent, no spaces, no thousands separators. The error (INVALID_ARGUMENT) says what is wrong and at
  // which position.
  static absl::StatusOr<Decimal> Parse(std::string_view text);

  // Parses numbers of trading servers and JSON, which may also have an exponent ("1e-05") and up to 18
  // fraction digits; more are accepted where they are zero. The magnitude must be below 10^18.
  // INVALID_ARGUMENT otherwise.
  static absl::StatusOr<Decimal> ParseWire(std::string_view text);

  static Decimal FromInteger(int64_t value);

  // coefficient / 10^scale; aborts unless 0 <= scale <= 18.
  static Decimal FromScaled(int64_t coefficient, int scale);

  // The nearest decimal with at most `digits` (0 to 18) fraction digits; an exact tie goes to the even
  // neighbour. Doubles carry no exact decimals, so this is for statistics and simulated prices only, never
  // for money that came in as text. INVALID_ARGUMENT for NaN, infinities and magnitudes of 10^18 and more.
  static absl::StatusOr<Decimal> FromDouble(double value, int digits);

  // This value as an integer count of 10^-scale units, exactly. OUT_OF_RANGE when it has more than `scale`
  // fraction digits or does not fit. Aborts unless 0 <= scale <= 18.
  absl::StatusOr<int64_t> ToScaled(int scale) const;

  // The nearest double, for statistics only: most decimals have no exact double.
  double ToDouble() const;

  // The shortest plain notation: no trailing zeros, no exponent, "0" for zero. Parses back to the same value.
  std::string ToString() const;

  // Plain notation with exactly `scale` fraction digits. Aborts when the value needs more: Rescale it first.
  std::string ToString(int scale) const;

  // The fewest fraction digits that hold this value exactly: 0 for 1.00, 2 for 1.05.
  constexpr int digits() const { return scale_; }

  // -1, 0 or 1.
  constexpr int sign() const { return coefficient_ == 0 ? 0 : (coefficient_ < 0 ? -1 : 1); }
  constexpr bool IsZero() const { return coefficient_ == 0; }

  Decimal Abs() const;
  Decimal operator-() const;

  // This value with at most `scale` (0 to 18) fraction digits, rounded as told.
  Decimal Rescale(int scale, Rounding rounding) const;

  // Exact arithmetic. The operators abort when the result does not fit, which is a programmer error; code
  // that computes with unbounded input uses CheckedAdd and CheckedMultiply, which answer nullopt then. Sums
  // may have 38 significant digits. A product may have 18 fraction digits, and the product of both
  // coefficients must stay below 2^127: the factors may have 38 significant digits together.
  friend Decimal operator+(Decimal a, Decimal b);
  friend Decimal operator-(Decimal a, Decimal b);
  friend Decimal operator*(Decimal a, Decimal b);
  Decimal& operator+=(Decimal other) { return *this = *this + other; }
  Decimal& operator-=(Decimal other) { return *this = *this - other; }
  Decimal& operator*=(Decimal other) { return *this = *this * other; }
  static std::optional<Decimal> CheckedAdd(Decimal a, Decimal b);
  static std::optional<Decimal> CheckedMultiply(Decimal a, Decimal b);

  // a / b with at most `scale` (0 to 18) fraction digits, rounded once from the exact quotient.
  // INVALID_ARGUMENT when b is zero, OUT_OF_RANGE when the quotient (or an intermediate) does not fit.
  static absl::StatusOr<Decimal> Divide(Decimal a, Decimal b, int scale, Rounding rounding);

  // Numeric order and equality: 1.0 == 1.00.
  friend constexpr bool operator==(const Decimal& a, const Decimal& b) {
    return a.coefficient_ == b.coefficient_ && a.scale_ == b.scale_;
  }
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

  template <typename H>
  friend H AbslHashValue(H state, const Decimal& value) {
    const auto bits = static_cast<unsigned __int128>(value.coefficient_);
    return H::combine(std::move(state), static_cast<uint64_t>(bits), static_cast<uint64_t>(bits >> 64),
                      value.scale_);
  }

 private:
  using Int128 = __int128;

  constexpr Decimal(Int128 coefficient, int scale) : coefficient_(coefficient), scale_(scale) {}

  // coefficient / 10^scale in lowest terms; nullopt when that needs more than kMaxScale digits.
  static std::optional<Decimal> Normalized(Int128 coefficient, int scale);

  // The exact digits of `text`, which passed a grammar check and may end in an exponent.
  static absl::StatusOr<Decimal> FromDigits(std::string_view mantissa, int exponent, std::string_view text);

  Int128 coefficient_ = 0;  // never the most negative value, so that negation cannot overflow
  int scale_ = 0;           // 0 when coefficient_ is 0; otherwise coefficient_ % 10 != 0 or scale_ == 0
};

// Writes ToString().
std::ostream& operator<<(std::ostream& out, Decimal value);

}  // namespace mtsuite

#endif  // COMMON_DECIMAL_DECIMAL_H_
