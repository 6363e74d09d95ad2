#ifndef SERVICES_RISK_CERTIFICATE_NUMBERS_H_
#define SERVICES_RISK_CERTIFICATE_NUMBERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/decimal/decimal.h"
#include "mtsuite/risk/v1/certificate.pb.h"
#include "services/risk/valuation/position_value.h"

namespace mtsuite::risk {

// The number in a field of a certificate; zero when it is empty. INVALID_ARGUMENT, naming the field, when it
// is none.
absl::StatusOr<Decimal> ReadNumber(const char* field, const std::string& text);

// With at least this many decimal places.
std::string WriteNumber(Decimal number, int places);

// What the value of a recorded position follows from. INVALID_ARGUMENT when a number is none.
absl::StatusOr<PositionTerms> ReadTerms(const v1::PositionEvidence& position);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_NUMBERS_H_
