#include "services/connector/mt5/commands/rights.h"

namespace mtsuite::connector::mt5 {
namespace {

uint64_t With(uint64_t bits, uint64_t bit, bool on) { return on ? bits | bit : bits & ~bit; }

}  // namespace

accounts::v1::Rights RightsOfBits(uint64_t bits) {
  accounts::v1::Rights rights;
  rights.set_enabled((bits & kRightEnabled) != 0);
  rights.set_read_only((bits & (kRightTradeDisabled | kRightReadOnly)) != 0);
  rights.set_password_change_allowed((bits & kRightPassword) != 0);
  rights.set_expert_advisors_allowed((bits & kRightExperts) != 0);
  rights.set_trailing_stops_allowed((bits & kRightTrailing) != 0);
  rights.set_reports_enabled((bits & kRightReports) != 0);
  return rights;
}

uint64_t ApplyRights(uint64_t bits, const accounts::v1::Rights& rights) {
  if (rights.has_enabled()) bits = With(bits, kRightEnabled, rights.enabled());
  if (rights.has_read_only()) {
    bits = With(bits, kRightTradeDisabled, rights.read_only());
    // Either bit makes an account read-only, so both must go.
    if (!rights.read_only()) bits &= ~kRightReadOnly;
  }
  if (rights.has_password_change_allowed()) {
    bits = With(bits, kRightPassword, rights.password_change_allowed());
  }
  if (rights.has_expert_advisors_allowed()) {
    bits = With(bits, kRightExperts, rights.expert_advisors_allowed());
  }
  if (rights.has_trailing_stops_allowed()) {
    bits = With(bits, kRightTrailing, rights.trailing_stops_allowed());
  }
  if (rights.has_reports_enabled()) bits = With(bits, kRightReports, rights.reports_enabled());
  return bits;
}

}  // namespace mtsuite::connector::mt5
