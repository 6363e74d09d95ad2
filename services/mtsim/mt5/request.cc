#include "services/mtsim/mt5/request.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/decimal/decimal.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

// Numbers beyond plain digits go by way of Decimal, whose range (below 10^18) is enough for them.
std::optional<int64_t> ParseIntegralDecimal(std::string_view text) {
  const absl::StatusOr<Decimal> value = Decimal::ParseWire(text);
  if (!value.ok()) return std::nullopt;
  const absl::StatusOr<int64_t> whole = value->ToScaled(0);
  if (!whole.ok()) return std::nullopt;
  return *whole;
}

}  // namespace

std::optional<uint64_t> ParseUnsigned(std::string_view text) {
  uint64_t value = 0;
  if (absl::SimpleAtoi(AbslView(text), &value)) return value;
  const std::optional<int64_t> whole = ParseIntegralDecimal(text);
  if (!whole || *whole < 0) return std::nullopt;
  return static_cast<uint64_t>(*whole);
}

std::optional<int64_t> ParseSigned(std::string_view text) {
  int64_t value = 0;
  if (absl::SimpleAtoi(AbslView(text), &value)) return value;
  return ParseIntegralDecimal(text);
}

std::optional<Fixed> ParseFixed(std::string_view text) {
  const absl::StatusOr<Decimal> value = Decimal::ParseWire(text);
  if (!value.ok()) return std::nullopt;
  const absl::StatusOr<Fixed> fixed = Fixed::FromDecimal(value->Rescale(Fixed::kScale, Rounding::kHalfEven));
  if (!fixed.ok()) return std::nullopt;
  return *fixed;
}

std::optional<std::string_view> Request::Text(std::string_view parameter) const {
  const std::optional<std::string_view> value = line.Find(parameter);
  return value && !value->empty() ? value : std::nullopt;
}

std::optional<uint64_t> Request::Unsigned(std::string_view parameter) const {
  const auto text = Text(parameter);
  return text ? ParseUnsigned(*text) : std::nullopt;
}

std::optional<int64_t> Request::Signed(std::string_view parameter) const {
  const auto text = Text(parameter);
  return text ? ParseSigned(*text) : std::nullopt;
}

std::optional<Fixed> Request::Number(std::string_view parameter) const {
  const auto text = Text(parameter);
  return text ? ParseFixed(*text) : std::nullopt;
}

std::vector<std::string> SplitList(std::string_view list) {
  std::vector<std::string> items;
  for (absl::string_view item : absl::StrSplit(AbslView(list), ',')) {
    item = absl::StripAsciiWhitespace(item);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

}  // namespace mtsuite::mtsim
