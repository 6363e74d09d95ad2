#ifndef SERVICES_MTSIM_ENGINE_RANDOM_WALK_H_
#define SERVICES_MTSIM_ENGINE_RANDOM_WALK_H_

#include <cstdint>

#include "absl/time/time.h"
#include "services/mtsim/engine/prng.h"
#include "services/mtsim/engine/quote.h"
#include "services/mtsim/engine/symbol.h"

namespace mtsuite::mtsim {

// A seeded random walk of one symbol's bid, with a weak pull to its start price so that months of simulated
// time stay plausible. All in integers (thousandths of a point): the same seed gives the same prices on every
// machine.
class RandomWalk {
 public:
  RandomWalk(const Symbol& symbol, uint64_t seed);

  // The price after a step that stands for `elapsed` (0 to one day).
  Tick Step(const Symbol& symbol, absl::Time time, absl::Duration elapsed);

  // Continues from `bid`.
  void Reset(const Symbol& symbol, Fixed bid);

 private:
  SplitMix64 random_;
  int64_t millipoints_ = 0;
};

// Floor of the square root of a non-negative number.
int64_t IntegerSquareRoot(int64_t value);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_RANDOM_WALK_H_
