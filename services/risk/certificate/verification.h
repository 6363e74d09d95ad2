#ifndef SERVICES_RISK_CERTIFICATE_VERIFICATION_H_
#define SERVICES_RISK_CERTIFICATE_VERIFICATION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {

// Everything that is wrong with a certificate, for people; empty when it is as it was recorded and its
// decision follows from its inputs. Checked are the hash of each record, the decision reckoned anew, and
// whether what was done belongs to that decision: the same breach, its steps in order, the prices and
// slippage of its closes.
std::vector<std::string> VerifyCertificate(const v1::BreachCertificate& certificate);

// What a checked chain holds.
struct ChainSummary {
  int64_t records = 0;
  int64_t breaches = 0;
  // To be compared with a hash that was published or noted elsewhere: it stands for the whole chain.
  std::string head_hash;
};

// Checks a chain, one record of JSON per call of `next_line`, which returns false at the end: the links, the
// hashes, and each decision reckoned anew. DATA_LOSS or INVALID_ARGUMENT with the first thing that is wrong.
absl::StatusOr<ChainSummary> VerifyChain(absl::FunctionRef<bool(std::string&)> next_line);

// A certificate from its JSON, strictly; see ParseStrictJson.
absl::StatusOr<v1::BreachCertificate> CertificateFromJson(std::string_view json);
// Indented for people; the same content as the canonical form.
absl::StatusOr<std::string> CertificateToJson(const v1::BreachCertificate& certificate);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_VERIFICATION_H_
