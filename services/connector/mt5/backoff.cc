#include "services/connector/mt5/backoff.h"

#include <algorithm>

namespace mtsuite::connector::mt5 {

absl::Duration Backoff::Next() {
  const absl::Duration full = std::min(current_, options_.max);
  current_ = std::min(current_ * 2, options_.max);
  const double part = std::uniform_real_distribution<double>(0, options_.jitter)(random_);
  return full * (1 - part);
}

}  // namespace mtsuite::connector::mt5
