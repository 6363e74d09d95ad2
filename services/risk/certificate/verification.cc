#include "services/risk/certificate/verification.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "nlohmann/json.hpp"
#include "services/risk/certificate/canonical.h"
#include "services/risk/certificate/chain.h"
#include "services/risk/certificate/new_breach.h"
#include "services/risk/certificate/numbers.h"
#include "services/risk/certificate/reckoning.h"
#include "services/risk/valuation/position_value.h"

namespace mtsuite::risk {

using v1::Breach;
using v1::BreachAction;
using v1::BreachEvidence;

namespace {

// Gathers what is wrong.
class Problems {
 public:
  void Add(const std::string& problem) { problems_.push_back(problem); }
  void Add(const std::string& where, const absl::Status& status) {
    if (!status.ok()) Add(absl::StrCat(where, ": ", status.message()));
  }
  // The recorded text must be the one that follows.
  void Expect(const std::string& what, const std::string& recorded, const std::string& follows) {
    if (recorded != follows)
      Add(absl::StrCat(what, " is \"", recorded, "\", but should be \"", follows, "\""));
  }
  void Expect(const std::string& what, int64_t recorded, int64_t follows) {
    Expect(what, absl::StrCat(recorded), absl::StrCat(follows));
  }
  std::vector<std::string> Take() { return std::move(problems_); }

 private:
  std::vector<std::string> problems_;
};

void CheckIdentity(const Breach& breach, const v1::BreachRecord& record, Problems& problems) {
  const Breach follows = NewBreach(record);
  problems.Expect("the breach's id", breach.breach_id(), follows.breach_id());
  problems.Expect("the hash of the evidence", breach.evidence_hash(), follows.evidence_hash());
  problems.Expect("the breach's server", breach.server(), follows.server());
  problems.Expect("the breach's login", breach.login(), follows.login());
  problems.Expect("the breach's rule set", breach.rule_set(), follows.rule_set());
  problems.Expect("the breach's rule set version", breach.rule_set_version(), follows.rule_set_version());
  problems.Expect("the breach's rule", breach.rule_id(), follows.rule_id());
  problems.Expect("the breach's severity", v1::Severity_Name(breach.severity()),
                  v1::Severity_Name(follows.severity()));
  problems.Expect("the breach's mode", v1::Mode_Name(breach.mode()), v1::Mode_Name(follows.mode()));
  problems.Expect("the breach's value", breach.value(), follows.value());
  problems.Expect("the breach's limit", breach.limit(), follows.limit());
  problems.Expect("the breach's currency", breach.currency_code(), follows.currency_code());
  problems.Expect("the breach's time", breach.breach_time().ShortDebugString(),
                  follows.breach_time().ShortDebugString());
}

void CheckSteps(const Breach& breach, Problems& problems) {
  absl::Time last = FromProtoTime(breach.breach_time());
  for (int i = 0; i < breach.steps_size(); ++i) {
    const v1::BreachStep& step = breach.steps(i);
    problems.Expect("the number of a step", step.number(), i + 1);
    if (FromProtoTime(step.time()) < last) {
      problems.Add(absl::StrCat("step ", step.number(), " is earlier than what came before it"));
    }
    last = FromProtoTime(step.time());
  }
  if (breach.steps_size() == 0 || breach.steps(0).state() != Breach::RECORDED) {
    problems.Add("the first step is not RECORDED: something was done before the evidence was stored");
  }
}

// The price that a close is held against is the one that its position was valued at.
void CheckClose(const BreachAction& action, const BreachEvidence& evidence, Problems& problems) {
  const std::string name = absl::StrCat("of the close of position ", action.ticket());
  const auto position = std::ranges::find_if(evidence.positions(),
                                             [&](const auto& p) { return p.ticket() == action.ticket(); });
  // A position that was reversed since is another one under the same ticket.
  if (position != evidence.positions().end() && position->side() == action.side()) {
    problems.Expect("the price at the breach " + name, action.breach_price(), position->close_price());
  }
  const absl::StatusOr<Decimal> expected = Decimal::ParseWire(action.breach_price());
  const absl::StatusOr<Decimal> price = Decimal::ParseWire(action.price());
  const std::string slippage =
      expected.ok() && price.ok() ? CloseSlippage(action.side(), *expected, *price).ToString() : "";
  problems.Expect("the slippage " + name, action.slippage(), slippage);
}

void CheckOutcome(const v1::BreachRecord& record, const v1::BreachRecord& evidence, Problems& problems) {
  if (!record.has_outcome()) {
    problems.Add(absl::StrCat("record ", record.sequence(), " is not about what was done"));
    return;
  }
  const Breach& breach = record.outcome().breach();
  CheckIdentity(breach, evidence, problems);
  CheckSteps(breach, problems);
  for (const BreachAction& action : breach.actions()) {
    if (action.type() == BreachAction::CLOSE_POSITION) CheckClose(action, evidence.evidence(), problems);
  }
}

}  // namespace

std::vector<std::string> VerifyCertificate(const v1::BreachCertificate& certificate) {
  Problems problems;
  const v1::BreachRecord& evidence = certificate.evidence();
  if (!evidence.has_evidence()) {
    problems.Add("the certificate has no evidence");
    return problems.Take();
  }
  problems.Add("evidence", CheckHash(evidence));
  problems.Add("evidence", VerifyEvidence(evidence.evidence()));
  problems.Expect("the server of the chain", evidence.server(), evidence.evidence().server());
  int64_t sequence = evidence.sequence();
  for (const v1::BreachRecord& outcome : certificate.outcomes()) {
    problems.Add("outcome", CheckHash(outcome));
    problems.Expect("the server of the chain", outcome.server(), evidence.server());
    if (outcome.sequence() <= sequence) problems.Add("the records are not in the order of recording");
    sequence = outcome.sequence();
    CheckOutcome(outcome, evidence, problems);
  }
  return problems.Take();
}

absl::StatusOr<ChainSummary> VerifyChain(absl::FunctionRef<bool(std::string&)> next_line) {
  ChainCheck chain;
  ChainSummary summary;
  std::string line;
  while (next_line(line)) {
    if (line.empty()) continue;
    v1::BreachRecord record;
    if (const absl::Status status = ParseStrictJson(line, record); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("after record ", chain.head().sequence, ": ", status.message()));
    }
    RETURN_IF_ERROR(chain.Next(record));
    if (record.has_evidence()) {
      if (const absl::Status status = VerifyEvidence(record.evidence()); !status.ok()) {
        return absl::DataLossError(absl::StrCat("record ", record.sequence(), ": ", status.message()));
      }
      ++summary.breaches;
    }
  }
  summary.records = chain.head().sequence;
  summary.head_hash = chain.head().hash;
  return summary;
}

absl::StatusOr<v1::BreachCertificate> CertificateFromJson(std::string_view json) {
  v1::BreachCertificate certificate;
  RETURN_IF_ERROR(ParseStrictJson(json, certificate));
  return certificate;
}

absl::StatusOr<std::string> CertificateToJson(const v1::BreachCertificate& certificate) {
  ASSIGN_OR_RETURN(const std::string canonical, CanonicalJson(certificate));
  return nlohmann::json::parse(canonical, nullptr, /*allow_exceptions=*/false).dump(2) + "\n";
}

}  // namespace mtsuite::risk
