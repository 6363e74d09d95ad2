#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/decimal/decimal.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

// Whatever either parser accepts must print to text that parses back to the same value; the lenient parser
// accepts everything the strict one does, with the same result.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using mtsuite::Decimal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<Decimal> strict = Decimal::Parse(text);
  const absl::StatusOr<Decimal> lenient = Decimal::ParseWire(text);
  if (strict.ok()) {
    Require(lenient.ok() && *lenient == *strict);
    Require(Decimal::Parse(strict->ToString()).value() == *strict);
  }
  if (lenient.ok()) {
    Require(Decimal::ParseWire(lenient->ToString()).value() == *lenient);
    Require(Decimal::ParseWire(lenient->ToString(Decimal::kMaxScale)).value() == *lenient);
    Require((*lenient - *lenient).IsZero());
    for (int scale = 0; scale <= Decimal::kMaxScale; ++scale) {
      const Decimal rounded = lenient->Rescale(scale, mtsuite::Rounding::kHalfEven);
      Require(rounded.digits() <= scale);
      Require((rounded - *lenient).Abs() <= Decimal::FromScaled(1, scale));
    }
  }
  return 0;
}
