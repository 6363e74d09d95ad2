#ifndef SERVICES_CONNECTOR_MT5_BACKOFF_H_
#define SERVICES_CONNECTOR_MT5_BACKOFF_H_

#include <cstdint>
#include <random>

#include "absl/time/time.h"

namespace mtsuite::connector::mt5 {

// How long to wait before the next connection attempt: base, 2 base, 4 base … up to max, each shortened by a
// random part, so that many clients do not come back at the same moment.
class Backoff {
 public:
  struct Options {
    absl::Duration base;
    absl::Duration max;
    double jitter;  // 0 to 1: the largest part that is taken off.
    uint64_t seed;
  };

  explicit Backoff(const Options& options) : options_(options), random_(options.seed) {}

  absl::Duration Next();
  // The next wait is the longest: for refusals that will not go away by themselves.
  void JumpToMax() { current_ = options_.max; }
  void Reset() { current_ = options_.base; }

 private:
  const Options options_;
  std::mt19937_64 random_;
  absl::Duration current_ = options_.base;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_BACKOFF_H_
