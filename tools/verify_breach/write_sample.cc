// Writes the sample certificate, and the chain that it is in, for the test of the tool.
#include <fstream>

#include "common/status/check.h"
#include "services/risk/certificate/canonical.h"
#include "services/risk/certificate/sample_certificate.h"
#include "services/risk/certificate/verification.h"

int main(int argc, char** argv) {
  MTSUITE_CHECK(argc == 3, "usage: write_sample <certificate.json> <chain.jsonl>");
  const mtsuite::risk::v1::BreachCertificate certificate = mtsuite::risk::SampleCertificate();
  std::ofstream(argv[1]) << *mtsuite::risk::CertificateToJson(certificate);
  std::ofstream(argv[2]) << *mtsuite::risk::CanonicalJson(certificate.evidence()) << "\n"
                         << *mtsuite::risk::CanonicalJson(certificate.outcomes(0)) << "\n";
  return 0;
}
