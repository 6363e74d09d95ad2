// Checks breach certificates and chains of them, without a network and without mtsuite's services.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/risk/certificate/verification.h"
#include "services/risk/report/breach_report.h"

ABSL_FLAG(bool, chain, false, "the file is a chain of records, one to a line, instead of a certificate");
ABSL_FLAG(std::string, head, "", "with --chain: the hash that the last record must have, as noted elsewhere");
ABSL_FLAG(std::string, report, "", "writes the certificate as a page for people to this file (HTML)");

namespace mtsuite::risk {
namespace {

constexpr char kUsage[] = R"(Checks certificates of drawdown breaches.

  verify_breach certificate.json [--report=report.html]
      was anything changed since it was recorded, and does its decision follow from what was recorded?
  verify_breach --chain records.jsonl [--head=<hash>]
      the same for all records of a trading server, one to a line, and that none is missing

Exit code: 0 when all is as it was recorded, 1 when it is not, 2 when that cannot be told.)";

// A certificate has a few hundred kilobytes; what is larger is something else.
constexpr size_t kMaxCertificateBytes = 64 << 20;

absl::StatusOr<std::ifstream> Open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return file;
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  ASSIGN_OR_RETURN(std::ifstream file, Open(path));
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() > kMaxCertificateBytes)
    return absl::InvalidArgumentError(absl::StrCat(path, " is too large"));
  return text;
}

absl::Status WriteReport(const v1::BreachCertificate& certificate, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  file << BreachReport(certificate);
  file.close();
  if (!file) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

// DATA_LOSS when the certificate is not as it was recorded.
absl::Status CheckCertificate(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, ReadAll(path));
  const absl::StatusOr<v1::BreachCertificate> certificate = CertificateFromJson(json);
  if (!certificate.ok()) return absl::DataLossError(certificate.status().message());
  const std::vector<std::string> problems = VerifyCertificate(*certificate);
  for (const std::string& problem : problems) std::printf("WRONG  %s\n", problem.c_str());
  if (!problems.empty()) return absl::DataLossError("the certificate is not as it was recorded");
  const v1::BreachEvidence& evidence = certificate->evidence().evidence();
  std::printf(
      "OK  breach %s of account %lld on %s: %s %s, limit %s\n", evidence.breach_id().c_str(),
      static_cast<long long>(evidence.login()),  // NOLINT(google-runtime-int): the type that printf has
      evidence.server().c_str(), v1::BreachDecision::Measure_Name(evidence.decision().measure()).c_str(),
      evidence.decision().value().c_str(), evidence.decision().limit().c_str());
  std::printf("    reckoned again from its inputs to the same bytes; record %s\n",
              certificate->evidence().hash().c_str());
  if (absl::GetFlag(FLAGS_report).empty()) return absl::OkStatus();
  return WriteReport(*certificate, absl::GetFlag(FLAGS_report));
}

absl::Status CheckChain(const std::string& path) {
  ASSIGN_OR_RETURN(std::ifstream file, Open(path));
  const absl::StatusOr<ChainSummary> summary =
      VerifyChain([&file](std::string& line) { return static_cast<bool>(std::getline(file, line)); });
  if (!summary.ok()) return absl::DataLossError(summary.status().message());
  const std::string head = absl::GetFlag(FLAGS_head);
  if (!head.empty() && head != summary->head_hash) {
    return absl::DataLossError(absl::StrCat("the chain ends with ", summary->head_hash, " instead of ", head,
                                            ": records are missing at its end, or it was made anew"));
  }
  std::printf("OK  %lld records, %lld breaches, ends with %s\n",
              static_cast<long long>(summary->records),   // NOLINT(google-runtime-int)
              static_cast<long long>(summary->breaches),  // NOLINT(google-runtime-int)
              summary->head_hash.c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace mtsuite::risk

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(mtsuite::risk::kUsage);
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  if (words.size() != 2) {
    std::fprintf(stderr, "%s\n", mtsuite::risk::kUsage);
    return 2;
  }
  const absl::Status status = absl::GetFlag(FLAGS_chain) ? mtsuite::risk::CheckChain(words[1])
                                                         : mtsuite::risk::CheckCertificate(words[1]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "verify_breach: %s\n", std::string(status.message()).c_str());
  return status.code() == absl::StatusCode::kDataLoss ? 1 : 2;
}
