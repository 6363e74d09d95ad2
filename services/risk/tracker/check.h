// One pass over the rules of a tracker; for its own files only.
#ifndef SERVICES_RISK_TRACKER_CHECK_H_
#define SERVICES_RISK_TRACKER_CHECK_H_

#include "services/risk/tracker/tracker.h"

namespace mtsuite::risk {

struct Tracker::Check {
  size_t index;
  const CompiledRule& rule;
  v1::Cause cause;
  const Traded* trade;  // null unless it is the input
  Findings& findings;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_TRACKER_CHECK_H_
