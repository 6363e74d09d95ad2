#ifndef SERVICES_RISK_REPORT_BREACH_REPORT_H_
#define SERVICES_RISK_REPORT_BREACH_REPORT_H_

#include <string>

#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {

// A certificate as one HTML page for the trader: what happened in plain words, how the limit came about, the
// chart, the positions, what was done and when, and how to check it. It needs nothing beside itself, no
// script and no network, and prints on A4. All texts are escaped. The certificate should have been verified.
std::string BreachReport(const v1::BreachCertificate& certificate);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_REPORT_BREACH_REPORT_H_
