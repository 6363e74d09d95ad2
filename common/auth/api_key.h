#ifndef COMMON_AUTH_API_KEY_H_
#define COMMON_AUTH_API_KEY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

// The text of an API key: `mts_<id>_<secret>`, where the id is 1 to 32 of [a-z0-9-] and the secret is 43
// base62 characters (256 bits). The id is public; of the secret only its SHA-256 is stored. A fast hash is
// enough because the secret is random, not a password: there is nothing to guess.
namespace mtsuite::auth {

using Sha256 = std::array<uint8_t, 32>;

// The parts of a key; they point into the text that was parsed.
struct ApiKeyParts {
  std::string_view id;
  std::string_view secret;
};

// Nothing when `text` does not have the form of a key.
std::optional<ApiKeyParts> ParseApiKey(std::string_view text);

// Whether `id` may name a key; the message says what is allowed.
absl::Status CheckKeyId(std::string_view id);

// A new secret from the operating system's random source.
std::string NewSecret();

// The key's text as the caller sends it.
std::string FormatApiKey(std::string_view id, std::string_view secret);

// SHA-256 of a secret.
Sha256 HashSecret(std::string_view secret);

// Lower-case hexadecimal, and back; nothing for other texts.
std::string HashToHex(const Sha256& hash);
std::optional<Sha256> HashFromHex(std::string_view hex);

// Compares in a time that does not depend on where the two differ.
bool EqualHashes(const Sha256& a, const Sha256& b);

}  // namespace mtsuite::auth

#endif  // COMMON_AUTH_API_KEY_H_
