#ifndef SERVICES_RISK_REPORT_EQUITY_CHART_H_
#define SERVICES_RISK_REPORT_EQUITY_CHART_H_

#include <string>

#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {

// An SVG picture, to be put into a page, of an account's equity and balance before and after a breach,
// against the limit that was crossed and the other floors and targets that are near. The points before and
// after are spread over the time they cover; texts are escaped. Empty when there is nothing to draw: no money
// was measured, or fewer than two points are known.
std::string EquityChart(const v1::BreachCertificate& certificate);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_REPORT_EQUITY_CHART_H_
