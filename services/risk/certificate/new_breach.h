#ifndef SERVICES_RISK_CERTIFICATE_NEW_BREACH_H_
#define SERVICES_RISK_CERTIFICATE_NEW_BREACH_H_

#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {

// The breach that a sealed record of evidence is about, before anything was done: who broke which rule when,
// by how much. `rearm_time` is left to the caller.
v1::Breach NewBreach(const v1::BreachRecord& record);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_NEW_BREACH_H_
