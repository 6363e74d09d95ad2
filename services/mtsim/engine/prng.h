#ifndef SERVICES_MTSIM_ENGINE_PRNG_H_
#define SERVICES_MTSIM_ENGINE_PRNG_H_

#include <cstdint>
#include <string_view>

namespace mtsuite::mtsim {

// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, a fixed sequence for a seed on every compiler and
// library, which a simulation that must be repeatable needs. Not for secrets.
class SplitMix64 {
 public:
  explicit constexpr SplitMix64(uint64_t seed) : state_(seed) {}

  constexpr uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  // Uniform in [0, bound) by multiplication; the bias is below bound / 2^64. `bound` > 0.
  constexpr uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * bound) >> 64);
  }

  // A bell-shaped number with mean 0 and standard deviation 65536: the sum of twelve uniform 16-bit numbers,
  // all in integers, because floating-point functions differ between libraries.
  constexpr int64_t Bell() {
    int64_t sum = 0;
    for (int i = 0; i < 3; ++i) {
      const uint64_t word = Next();
      sum += static_cast<int64_t>((word & 0xFFFF) + ((word >> 16) & 0xFFFF) + ((word >> 32) & 0xFFFF) +
                                  (word >> 48));
    }
    return sum - 6 * 65535;
  }

 private:
  uint64_t state_;
};

// FNV-1a: gives every symbol its own stream of numbers, whatever other symbols exist.
constexpr uint64_t StableHash(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  return hash;
}

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_PRNG_H_
