#ifndef SERVICES_MTSIM_ENGINE_PASSWORD_H_
#define SERVICES_MTSIM_ENGINE_PASSWORD_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "services/mtsim/engine/prng.h"

namespace mtsuite::mtsim {

// A salted SHA-256 of a password. The engine never keeps the password itself. A fast hash is enough for a
// simulator that must create 100,000 accounts in seconds; it guards against reading dumps, not against theft.
class PasswordHash {
 public:
  // No password: nothing matches.
  PasswordHash() = default;
  // Takes the salt from `random`, which makes dumps reproducible for a seed.
  PasswordHash(std::string_view password, SplitMix64& random);

  bool IsSet() const { return set_; }
  // Compares in constant time.
  bool Matches(std::string_view password) const;

 private:
  using Digest = std::array<uint8_t, 32>;

  Digest Hash(std::string_view password) const;

  bool set_ = false;
  std::array<uint8_t, 8> salt_{};
  Digest digest_{};
};

inline constexpr int kPasswordLengthMin = 8;
inline constexpr int kPasswordLengthMax = 16;

// The platform's password policy: at least max(8, `length_min`) and at most 16 UTF-16 units, with a
// lower-case and an upper-case letter, a digit and a special character (anything that is not an ASCII letter
// or digit).
bool IsAcceptablePassword(std::string_view password, int length_min);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_PASSWORD_H_
