#ifndef SERVICES_RISK_RULES_CONTRADICTIONS_H_
#define SERVICES_RISK_RULES_CONTRADICTIONS_H_

#include "absl/status/status.h"
#include "services/risk/rules/compiled.h"

namespace mtsuite::risk {

// INVALID_ARGUMENT when two enforced rules of the set cannot hold together: of two hard ones of the same kind
// and sort (as two daily losses from the same basis) only the tighter could ever be breached, and a soft one
// whose limit is not below that of a hard one of its sort could never pause anything. Rules in shadow may say
// what they like.
absl::Status CheckContradictions(const CompiledRuleSet& rules);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_RULES_CONTRADICTIONS_H_
