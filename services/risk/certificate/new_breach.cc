#include "services/risk/certificate/new_breach.h"

namespace mtsuite::risk {

v1::Breach NewBreach(const v1::BreachRecord& record) {
  const v1::BreachEvidence& evidence = record.evidence();
  v1::Breach breach;
  breach.set_breach_id(evidence.breach_id());
  breach.set_server(evidence.server());
  breach.set_login(evidence.login());
  breach.set_rule_set(evidence.rule_set().name());
  breach.set_rule_set_version(evidence.rule_set().version());
  breach.set_rule_id(evidence.rule_id());
  breach.set_severity(v1::HARD);
  for (const v1::Rule& rule : evidence.rule_set().rules()) {
    if (rule.id() == evidence.rule_id() && rule.severity() == v1::SOFT) breach.set_severity(v1::SOFT);
  }
  breach.set_mode(evidence.mode() == v1::SHADOW ? v1::SHADOW : v1::ENFORCE);
  breach.set_state(v1::Breach::RECORDED);
  *breach.mutable_breach_time() = evidence.breach_time();
  breach.set_value(evidence.decision().value());
  breach.set_limit(evidence.decision().limit());
  breach.set_currency_code(evidence.currency_code());
  breach.set_evidence_hash(record.hash());
  return breach;
}

}  // namespace mtsuite::risk
