#ifndef SERVICES_RISK_CERTIFICATE_DECISION_H_
#define SERVICES_RISK_CERTIFICATE_DECISION_H_

#include <vector>

#include "absl/status/statusor.h"
#include "mtsuite/risk/v1/certificate.pb.h"
#include "services/risk/rules/compiled.h"
#include "services/risk/tracker/state.h"

namespace mtsuite::risk {

// What the rules of an evidence are held against, as the tracker has it.
struct RiskInputs {
  CompiledRuleSet rules;
  State state;
};

// Reads the inputs of an evidence: rule set, references, balance, positions. Positions and floating profit
// must have been reckoned. INVALID_ARGUMENT when the rule set is none, or a number or reference is missing.
absl::StatusOr<RiskInputs> ReadInputs(const v1::BreachEvidence& evidence);

// Holds the rule that the evidence names against its inputs, by the tracker's own code for levels.
// INVALID_ARGUMENT when there is no such rule, FAILED_PRECONDITION when these inputs do not breach it.
absl::StatusOr<v1::BreachDecision> Decide(const v1::BreachEvidence& evidence, const RiskInputs& inputs);

// Floors and targets of all rules, in their order.
std::vector<v1::RiskLevel> LevelsOfAll(const RiskInputs& inputs, int currency_digits);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_DECISION_H_
