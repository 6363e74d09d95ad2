#ifndef SERVICES_RISK_CERTIFICATE_RECKONING_H_
#define SERVICES_RISK_CERTIFICATE_RECKONING_H_

#include "absl/status/status.h"
#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {

// How evidence is read and reckoned today. A change of either needs another name, and the code for this one
// stays.
inline constexpr char kEvidenceFormat[] = "mtsuite-breach-1";

// Works out everything that follows from the inputs of an evidence, and writes it into the fields that are
// marked as reckoned: profits, equity, trading day, levels, the decision, the id of the breach. The service
// makes evidence with it, and VerifyEvidence reckons recorded evidence again, so both agree to the byte.
//
// INVALID_ARGUMENT when inputs are missing, are no numbers or contradict one another, FAILED_PRECONDITION
// when they do not breach the rule.
absl::Status Reckon(v1::BreachEvidence& evidence);

// OK when reckoning the evidence again gives the same bytes. Else an error as from Reckon, or DATA_LOSS with
// the fields that differ.
absl::Status VerifyEvidence(const v1::BreachEvidence& evidence);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_RECKONING_H_
