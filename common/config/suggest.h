#ifndef COMMON_CONFIG_SUGGEST_H_
#define COMMON_CONFIG_SUGGEST_H_

#include <string>
#include <string_view>
#include <vector>

namespace mtsuite::config {

// Ends an error about a name that does not exist: "; did you mean 'x'?" when one of `known` is near (at most
// a third of its letters differ), else "; known are a, b, c".
std::string Suggestion(std::string_view name, const std::vector<std::string>& known);

}  // namespace mtsuite::config

#endif  // COMMON_CONFIG_SUGGEST_H_
