#ifndef COMMON_AUTH_SCOPE_CHECK_H_
#define COMMON_AUTH_SCOPE_CHECK_H_

#include <string>

#include "absl/status/status.h"

namespace mtsuite::auth {

// INVALID_ARGUMENT, with the nearest name, unless `scope` is one of AllScopes().
absl::Status CheckScope(const std::string& scope);

}  // namespace mtsuite::auth

#endif  // COMMON_AUTH_SCOPE_CHECK_H_
