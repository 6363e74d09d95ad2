#ifndef SERVICES_CONNECTOR_MT5_PASSWORD_POLICY_H_
#define SERVICES_CONNECTOR_MT5_PASSWORD_POLICY_H_

#include <optional>
#include <string_view>

namespace mtsuite::connector::mt5 {

// The rule of MT5's password policy that a main or investor password breaks.
struct BrokenPasswordRule {
  std::string_view name;  // For metadata: "min_length", "max_length", "lower", "upper", "digit", "special".
  std::string_view requirement;  // For people: "a lower case letter"; lengths without their number.
  int limit = 0;                 // The length of min_length and max_length, in UTF-16 units.
};

// No group allows shorter passwords, and none takes longer ones (source: the Web API manual).
inline constexpr int kMinPasswordLength = 8;
inline constexpr int kMaxPasswordLength = 16;

// The first rule that `password` (UTF-8) breaks in a group whose minimum is `group_min_length` (0 when
// unknown), or nothing. Letters and digits of other alphabets are allowed but satisfy no rule.
std::optional<BrokenPasswordRule> FindBrokenPasswordRule(std::string_view password, int group_min_length);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_PASSWORD_POLICY_H_
