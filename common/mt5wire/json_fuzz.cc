#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/mt5wire/json.h"

namespace {

// Visits every element, and reads every scalar in every way.
size_t Visit(mtsuite::mt5wire::JsonView view, int depth) {
  if (depth > 16) std::abort();
  size_t count = 1;
  for (const mtsuite::mt5wire::JsonView element : view) count += Visit(element, depth + 1);
  count += view.Get("Login").exists() + view.Get("Group").exists() + view.Get("Login").exists();
  count += view.Int64().ok() + view.Uint64().ok();
  const auto decimal = view.ToDecimal();
  // A number that reads as an integer reads as the same decimal, within the decimal's range.
  const auto integer = view.Int64();
  if (integer.ok() && integer->has_value() && decimal.ok() && decimal->has_value() &&
      *decimal != mtsuite::Decimal::FromInteger(**integer)) {
    std::abort();
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = mtsuite::mt5wire::JsonDocument::Parse(text, {.max_bytes = 1 << 16});
  if (document.ok() && Visit(document->root(), 0) == 0) std::abort();
  return 0;
}
