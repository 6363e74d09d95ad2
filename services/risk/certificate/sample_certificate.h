#ifndef SERVICES_RISK_CERTIFICATE_SAMPLE_CERTIFICATE_H_
#define SERVICES_RISK_CERTIFICATE_SAMPLE_CERTIFICATE_H_

#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {

// The inputs of a breach of a daily loss, not reckoned yet: two positions, one of them in a foreign currency,
// bring the equity to 92993.77, below the floor of 93000.
v1::BreachEvidence SampleInputs();

// A whole certificate of it, sealed as the first two records of a chain: evidence, and an enforcement that
// closed both positions.
v1::BreachCertificate SampleCertificate();

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_SAMPLE_CERTIFICATE_H_
