#ifndef COMMON_TESTING_SEED_H_
#define COMMON_TESTING_SEED_H_

#include <cstdint>

namespace mtsuite::testing {

// The seed for everything random in this test process: the environment variable MTSUITE_SEED, else a fresh
// random number. Always the same within a process. The first call prints it, so that any kind of failure, a
// crash included, can be repeated with `--test_env=MTSUITE_SEED=<seed>`. Aborts when MTSUITE_SEED is not a
// number.
uint64_t TestSeed();

}  // namespace mtsuite::testing

#endif  // COMMON_TESTING_SEED_H_
