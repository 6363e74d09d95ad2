#include "services/mtsim/engine/password.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/strings/ascii.h"
#include "services/mtsim/engine/text.h"

namespace mtsuite::mtsim {

PasswordHash::PasswordHash(std::string_view password, SplitMix64& random) : set_(true) {
  const uint64_t salt = random.Next();
  std::memcpy(salt_.data(), &salt, salt_.size());
  digest_ = Hash(password);
}

bool PasswordHash::Matches(std::string_view password) const {
  if (!set_) return false;
  const Digest other = Hash(password);
  return CRYPTO_memcmp(digest_.data(), other.data(), other.size()) == 0;
}

PasswordHash::Digest PasswordHash::Hash(std::string_view password) const {
  std::string salted(reinterpret_cast<const char*>(salt_.data()), salt_.size());
  salted.append(password);
  Digest digest;
  SHA256(reinterpret_cast<const uint8_t*>(salted.data()), salted.size(), digest.data());
  OPENSSL_cleanse(salted.data(), salted.size());
  return digest;
}

bool IsAcceptablePassword(std::string_view password, int length_min) {
  const auto length = static_cast<int>(std::min<size_t>(Utf16Length(password), kPasswordLengthMax + 1));
  if (length < std::max(length_min, kPasswordLengthMin) || length > kPasswordLengthMax) return false;
  bool lower = false;
  bool upper = false;
  bool digit = false;
  bool special = false;
  for (const unsigned char c : password) {
    lower |= absl::ascii_islower(c);
    upper |= absl::ascii_isupper(c);
    digit |= absl::ascii_isdigit(c);
    special |= !absl::ascii_isalnum(c);
  }
  return lower && upper && digit && special;
}

}  // namespace mtsuite::mtsim
