#include <charconv>
#include <cmath>
#include <limits>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/decimal/decimal.h"
#include "common/status/check.h"
#include "common/strings/view.h"

namespace mtsuite {
namespace {

constexpr int kMaxPublicIntegerDigits = 15;
constexpr int kMaxPublicFractionDigits = 8;
constexpr int kMaxWireIntegerDigits = 18;
constexpr size_t kMaxWireLength = 400;  // the longest fixed notation of a double has 327 characters
constexpr size_t kMaxQuoted = 40;

// An error that quotes the (shortened, escaped) text and names the 1-based position of the fault.
absl::Status ParseError(std::string_view text, size_t position, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "not a decimal: \"", absl::CHexEscape(AbslView(text.substr(0, kMaxQuoted))),
      text.size() > kMaxQuoted ? "...\"" : "\"", ": ", AbslView(what), " at position ", position + 1));
}

// The index of the first character at or after `from` that is not a digit.
size_t SkipDigits(std::string_view text, size_t from) {
  while (from < text.size() && absl::ascii_isdigit(text[from])) ++from;
  return from;
}

}  // namespace

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("not a decimal: the text is empty");
  const size_t begin = text[0] == '-' ? 1 : 0;
  const size_t point = SkipDigits(text, begin);
  if (point == begin) return ParseError(text, begin, "expected a digit");
  if (point - begin > kMaxPublicIntegerDigits) {
    return ParseError(text, begin + kMaxPublicIntegerDigits, "more than 15 digits before the point");
  }
  if (point == text.size()) return FromDigits(text, 0, text);
  if (text[point] != '.') return ParseError(text, point, "expected a digit or '.'");
  const size_t end = SkipDigits(text, point + 1);
  if (end - point - 1 > kMaxPublicFractionDigits) {
    return ParseError(text, point + 1 + kMaxPublicFractionDigits, "more than 8 digits after the point");
  }
  if (end == point + 1 || end != text.size()) return ParseError(text, end, "expected a digit");
  return FromDigits(text, 0, text);
}

absl::StatusOr<Decimal> Decimal::ParseWire(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("not a decimal: the text is empty");
  if (text.size() > kMaxWireLength) return ParseError(text, kMaxWireLength, "too long");
  size_t end = text[0] == '-' ? 1 : 0;
  const size_t begin = end;
  end = SkipDigits(text, begin);
  if (end == begin) return ParseError(text, begin, "expected a digit");
  if (end < text.size() && text[end] == '.') {
    const size_t fraction = end + 1;
    end = SkipDigits(text, fraction);
    if (end == fraction) return ParseError(text, end, "expected a digit");
  }
  const std::string_view mantissa = text.substr(0, end);
  int exponent = 0;
  if (end < text.size()) {
    if (text[end] != 'e' && text[end] != 'E') return ParseError(text, end, "expected a digit, '.' or 'e'");
    ++end;
    // from_chars knows '-' but not '+'; "+-5" must not slip through.
    if (end < text.size() && text[end] == '+') ++end;
    const size_t first_digit = end + (end < text.size() && text[end] == '-' && text[end - 1] != '+' ? 1 : 0);
    const size_t last = SkipDigits(text, first_digit);
    if (last == first_digit || last != text.size()) return ParseError(text, last, "expected a digit");
    const auto result = std::from_chars(text.data() + end, text.data() + text.size(), exponent);
    // Beyond this no mantissa within the length limit can come back into range, except that of zero.
    if (result.ec != std::errc() || exponent > 1000 || exponent < -1000) {
      return ParseError(text, end, "exponent out of range");
    }
  }
  return FromDigits(mantissa, exponent, text);
}

absl::StatusOr<Decimal> Decimal::FromDigits(std::string_view mantissa, int exponent, std::string_view text) {
  const bool negative = mantissa[0] == '-';
  if (negative) mantissa.remove_prefix(1);
  Int128 coefficient = 0;
  int scale = -exponent;
  int zeros = 0;  // held back: they count only if another digit follows
  int significant = 0;
  bool fraction = false;
  for (const char c : mantissa) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    if (fraction) ++scale;
    if (c == '0') {
      if (significant > 0) ++zeros;
      continue;
    }
    significant += zeros + 1;
    if (significant > kMaxWireIntegerDigits + kMaxScale) return ParseError(text, 0, "too many digits");
    for (; zeros > 0; --zeros) coefficient *= 10;
    coefficient = coefficient * 10 + (c - '0');
  }
  if (coefficient == 0) return Decimal();
  scale -= zeros;
  if (scale > kMaxScale) return ParseError(text, 0, "more than 18 digits after the point");
  if (significant - scale > kMaxWireIntegerDigits)
    return ParseError(text, 0, "more than 18 digits before the point");
  for (; scale < 0; ++scale) coefficient *= 10;
  return Decimal(negative ? -coefficient : coefficient, scale);
}

absl::StatusOr<Decimal> Decimal::FromDouble(double value, int digits) {
  MTSUITE_CHECK(digits >= 0 && digits <= kMaxScale, "the scale of a decimal is 0 to 18");
  if (!std::isfinite(value) || std::abs(value) >= 1e18) {
    return absl::InvalidArgumentError(absl::StrCat("not a decimal: ", value));
  }
  char buffer[64];
  // Prints the exact binary value correctly rounded to `digits`, ties to even.
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::fixed, digits);
  MTSUITE_CHECK(result.ec == std::errc(), "the buffer holds every value below 10^18");
  const std::string_view text(buffer, result.ptr - buffer);
  return FromDigits(text, 0, text);
}

double Decimal::ToDouble() const {
  const std::string text = ToString();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string Decimal::ToString() const { return ToString(scale_); }

std::string Decimal::ToString(int scale) const {
  MTSUITE_CHECK(scale >= scale_ && scale <= kMaxScale, "the value needs more fraction digits than asked for");
  // Written from the back: padding zeros, the digits with the point among them, the sign.
  char buffer[64];
  char* const end = buffer + sizeof(buffer);
  char* begin = end;
  int fraction = scale;
  for (int padding = scale - scale_; padding > 0; --padding, --fraction) *--begin = '0';
  auto rest = static_cast<unsigned __int128>(coefficient_ < 0 ? -coefficient_ : coefficient_);
  const auto put_digit = [&](int digit) {
    if (fraction == 0 && scale > 0) *--begin = '.';
    --fraction;
    *--begin = static_cast<char>('0' + digit);
  };
  while (rest > std::numeric_limits<uint64_t>::max()) {
    put_digit(static_cast<int>(rest % 10));
    rest /= 10;
  }
  for (auto small = static_cast<uint64_t>(rest); small > 0 || fraction >= 0; small /= 10) {
    put_digit(static_cast<int>(small % 10));
  }
  if (coefficient_ < 0) *--begin = '-';
  return std::string(begin, end);
}

std::ostream& operator<<(std::ostream& out, Decimal value) { return out << value.ToString(); }

}  // namespace mtsuite
