#ifndef SERVICES_RISK_REPORT_WORDING_H_
#define SERVICES_RISK_REPORT_WORDING_H_

#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "mtsuite/risk/v1/certificate.pb.h"

// Evidence in plain words, for people who know trading but not this program. Not escaped.
namespace mtsuite::risk {

// "2026-03-29 14:03:22.123", UTC.
std::string TimeText(const google::protobuf::Timestamp& time);

// What was measured, the limit, and when, in one or two sentences.
std::string WhatHappened(const v1::BreachEvidence& evidence);

// What the breached rule says, with its own numbers.
std::string WhatTheRuleSays(const v1::BreachEvidence& evidence);

std::string NameOf(const v1::RiskReference& reference);
std::string NameOf(v1::BreachCause::Type cause);
std::string NameOf(v1::Breach::State state);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_REPORT_WORDING_H_
