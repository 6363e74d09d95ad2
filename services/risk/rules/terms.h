// Checks and compiles the terms of single rules.
#ifndef SERVICES_RISK_RULES_TERMS_H_
#define SERVICES_RISK_RULES_TERMS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "mtsuite/risk/v1/rule_set.pb.h"
#include "services/risk/rules/compiled.h"

namespace mtsuite::risk {

// The terms of `rule`, whose path is `path`. INVALID_ARGUMENT, as from Compile.
absl::StatusOr<Terms> CompileTerms(const v1::Rule& rule, std::string_view path, absl::TimeZone server_zone);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_RULES_TERMS_H_
