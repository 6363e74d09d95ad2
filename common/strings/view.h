#ifndef COMMON_STRINGS_VIEW_H_
#define COMMON_STRINGS_VIEW_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace mtsuite {

// Debian builds Abseil with a string_view of its own that neither converts from nor to std::string_view. Our
// interfaces take std::string_view; these two functions cross over at calls of Abseil (StrCat, StrSplit,
// SimpleAtoi, Status). They copy nothing and become no-ops where both types are the same.
inline absl::string_view AbslView(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}
inline std::string_view StdView(absl::string_view text) { return std::string_view(text.data(), text.size()); }

}  // namespace mtsuite

#endif  // COMMON_STRINGS_VIEW_H_
