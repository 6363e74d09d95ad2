#ifndef SERVICES_RISK_CERTIFICATE_EVIDENCE_INPUTS_H_
#define SERVICES_RISK_CERTIFICATE_EVIDENCE_INPUTS_H_

#include "mtsuite/risk/v1/certificate.pb.h"
#include "services/risk/rules/compiled.h"
#include "services/risk/tracker/state.h"

namespace mtsuite::risk {

// Writes what a tracker knows into an evidence: the time, balance, credit and the references with how they
// came about. `state` is that of the tracker as it found the breach. The inverse of ReadInputs.
void WriteInputs(const CompiledRuleSet& rules, const State& state, v1::BreachEvidence& evidence);

// What a tracker calls the cause of something.
v1::BreachCause::Type CauseOf(v1::Cause cause);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_EVIDENCE_INPUTS_H_
