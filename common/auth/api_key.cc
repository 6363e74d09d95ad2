#include "common/auth/api_key.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/check.h"
#include "common/strings/view.h"
#include "openssl/crypto.h"
#include "openssl/evp.h"
#include "openssl/rand.h"

namespace mtsuite::auth {
namespace {

constexpr std::string_view kPrefix = "mts_";
constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr size_t kSecretLength = 43;
constexpr size_t kIdLengthMax = 32;

bool IsKeyId(std::string_view id) {
  if (id.empty() || id.size() > kIdLengthMax) return false;
  for (const char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return true;
}

}  // namespace

std::optional<ApiKeyParts> ParseApiKey(std::string_view text) {
  if (text.size() < kPrefix.size() + 1 + 1 + kSecretLength || text.substr(0, kPrefix.size()) != kPrefix) {
    return std::nullopt;
  }
  const size_t separator = text.size() - kSecretLength - 1;
  const ApiKeyParts parts = {text.substr(kPrefix.size(), separator - kPrefix.size()),
                             text.substr(separator + 1)};
  if (text[separator] != '_' || !IsKeyId(parts.id)) return std::nullopt;
  for (const char c : parts.secret) {
    if (!absl::ascii_isalnum(c)) return std::nullopt;
  }
  return parts;
}

absl::Status CheckKeyId(std::string_view id) {
  if (IsKeyId(id)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("key id '", absl::CHexEscape(AbslView(id)),
                                                 "' must be 1 to ", kIdLengthMax,
                                                 " of lower-case letters, digits and '-'"));
}

std::string NewSecret() {
  std::string secret;
  while (secret.size() < kSecretLength) {
    uint8_t bytes[64];
    MTSUITE_CHECK(RAND_bytes(bytes, sizeof(bytes)) == 1, "the operating system gives no random bytes");
    for (const uint8_t byte : bytes) {
      // 248 is the largest multiple of 62 in a byte; dropping the rest keeps all characters equally likely.
      if (byte < 248 && secret.size() < kSecretLength) secret.push_back(kBase62[byte % kBase62.size()]);
    }
  }
  return secret;
}

std::string FormatApiKey(std::string_view id, std::string_view secret) {
  return absl::StrCat(AbslView(kPrefix), AbslView(id), "_", AbslView(secret));
}

Sha256 HashSecret(std::string_view secret) {
  // OpenSSL's one-call function looks the algorithm up each time, which takes four times as long as the hash.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     &EVP_MD_CTX_free);
  Sha256 hash;
  const bool done = EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), secret.data(), secret.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
  MTSUITE_CHECK(done, "OpenSSL cannot compute SHA-256");
  return hash;
}

std::string HashToHex(const Sha256& hash) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

std::optional<Sha256> HashFromHex(std::string_view hex) {
  Sha256 hash;
  if (hex.size() != hash.size() * 2) return std::nullopt;
  for (const char c : hex) {
    if (!absl::ascii_isxdigit(c)) return std::nullopt;
  }
  const std::string bytes = absl::HexStringToBytes(AbslView(hex));
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

bool EqualHashes(const Sha256& a, const Sha256& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mtsuite::auth
