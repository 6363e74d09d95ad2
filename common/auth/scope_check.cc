#include "common/auth/scope_check.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/auth/scopes.h"
#include "common/config/suggest.h"

namespace mtsuite::auth {

absl::Status CheckScope(const std::string& scope) {
  const absl::Span<const std::string_view> all = AllScopes();
  if (std::find(all.begin(), all.end(), scope) != all.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("unknown scope '", absl::Utf8SafeCHexEscape(scope), "'",
                                                 config::Suggestion(scope, {all.begin(), all.end()})));
}

}  // namespace mtsuite::auth
