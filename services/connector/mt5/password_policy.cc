#include "services/connector/mt5/password_policy.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/strings/utf8.h"

namespace mtsuite::connector::mt5 {
std::optional<BrokenPasswordRule> FindBrokenPasswordRule(std::string_view password, int group_min_length) {
  const int min_length = std::clamp(group_min_length, kMinPasswordLength, kMaxPasswordLength);
  const int length = Utf16Length(password);
  if (length < min_length) return BrokenPasswordRule{"min_length", "characters at least", min_length};
  if (length > kMaxPasswordLength) {
    return BrokenPasswordRule{"max_length", "characters at most", kMaxPasswordLength};
  }
  bool lower = false, upper = false, digit = false, special = false;
  for (const char c : password) {
    const auto byte = static_cast<unsigned char>(c);
    lower = lower || absl::ascii_islower(byte);
    upper = upper || absl::ascii_isupper(byte);
    digit = digit || absl::ascii_isdigit(byte);
    special = special || absl::ascii_ispunct(byte);
  }
  if (!lower) return BrokenPasswordRule{"lower", "a lower case letter (a-z)"};
  if (!upper) return BrokenPasswordRule{"upper", "an upper case letter (A-Z)"};
  if (!digit) return BrokenPasswordRule{"digit", "a digit (0-9)"};
  if (!special) return BrokenPasswordRule{"special", "a special character such as # or !"};
  return std::nullopt;
}

}  // namespace mtsuite::connector::mt5
