#include "services/accounts/booking_comment.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace mtsuite::accounts {

std::string_view WithoutOperationTag(std::string_view stored) {
  constexpr size_t kTagLength = 12;
  if (stored.size() < kTagLength) {
    return stored;
  }
  const std::string_view tag = stored.substr(stored.size() - kTagLength);
  if (tag[0] != '#' ||
      !std::all_of(tag.begin() + 1, tag.end(), [](unsigned char c) { return absl::ascii_isalnum(c); })) {
    return stored;
  }
  const std::string_view rest = stored.substr(0, stored.size() - kTagLength);
  if (rest.empty()) {
    return rest;
  }
  return rest.back() == ' ' ? rest.substr(0, rest.size() - 1) : stored;
}

}  // namespace mtsuite::accounts
