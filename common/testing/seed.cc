#include "common/testing/seed.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "common/status/check.h"

namespace mtsuite::testing {
namespace {

uint64_t ChooseSeed() {
  uint64_t seed = 0;
  const char* const text = std::getenv("MTSUITE_SEED");
  if (text != nullptr && *text != '\0') {
    const std::string_view digits(text);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), seed);
    MTSUITE_CHECK(result.ec == std::errc() && result.ptr == digits.data() + digits.size(),
                  "MTSUITE_SEED must be a number from 0 to 2^64-1");
  } else {
    seed = std::random_device()();
  }
  std::fprintf(stderr, "[   SEED   ] MTSUITE_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace

uint64_t TestSeed() {
  static const uint64_t seed = ChooseSeed();
  return seed;
}

}  // namespace mtsuite::testing
