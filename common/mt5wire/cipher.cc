#include "common/mt5wire/cipher.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "common/mt5wire/frame.h"
#include "common/mt5wire/text.h"
#include "common/status/check.h"
#include "common/status/macros.h"
#include "openssl/crypto.h"
#include "openssl/evp.h"
#include "openssl/rand.h"

namespace mtsuite::mt5wire {
namespace {

constexpr int kBlockBytes = 16;

std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

Block Md5(std::initializer_list<std::span<const uint8_t>> parts) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool ok = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) == 1;
  for (const std::span<const uint8_t> part : parts) {
    ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  Block digest;
  ok = ok && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  MTSUITE_CHECK(ok, "OpenSSL does not provide MD5, which the platform's protocol needs");
  return digest;
}

}  // namespace

absl::StatusOr<Block> PasswordHash(std::string_view password) {
  ASSIGN_OR_RETURN(std::string utf16, Utf8ToUtf16(password));
  const Block inner = Md5({Bytes(utf16)});
  OPENSSL_cleanse(utf16.data(), utf16.size());
  return Md5({inner, Bytes("WebAPI")});
}

Block AuthAnswer(const Block& password_hash, const Block& challenge) {
  return Md5({password_hash, challenge});
}

SessionKeys DeriveSessionKeys(const Block& password_hash, const CryptRandom& crypt_random) {
  // The protocol chains 16 blocks; those after the fourth are used by nobody.
  std::array<Block, 4> chain;
  Block previous = password_hash;
  for (size_t i = 0; i < chain.size(); ++i) {
    previous = Md5({std::span(crypt_random).subspan(i * kBlockBytes, kBlockBytes), previous});
    chain[i] = previous;
  }
  SessionKeys keys;
  std::copy(chain[0].begin(), chain[0].end(), keys.key.begin());
  std::copy(chain[1].begin(), chain[1].end(), keys.key.begin() + kBlockBytes);
  keys.client_iv = chain[2];
  keys.server_iv = chain[3];
  return keys;
}

void OfbStream::ContextDeleter::operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }

OfbStream::OfbStream(const std::array<uint8_t, 32>& key, const Block& iv) : context_(EVP_CIPHER_CTX_new()) {
  const bool ok = context_ != nullptr &&
                  EVP_EncryptInit_ex(context_.get(), EVP_aes_256_ofb(), nullptr, key.data(), iv.data()) == 1;
  MTSUITE_CHECK(ok, "OpenSSL does not provide AES-256-OFB");
}

void OfbStream::Apply(std::span<char> body) {
  MTSUITE_CHECK(body.size() <= kMaxFrameBody, "a packet has at most 65535 bytes");
  if (body.empty()) return;
  const int size = static_cast<int>(body.size());
  auto* const bytes = reinterpret_cast<uint8_t*>(body.data());
  int written = 0;
  bool ok = EVP_EncryptUpdate(context_.get(), bytes, &written, bytes, size) == 1 && written == size;
  // OpenSSL would use the rest of a started block for the next packet; the protocol throws it away.
  const int rest = (kBlockBytes - size % kBlockBytes) % kBlockBytes;
  if (rest > 0) {
    Block discarded{};
    ok = ok && EVP_EncryptUpdate(context_.get(), discarded.data(), &written, discarded.data(), rest) == 1;
  }
  MTSUITE_CHECK(ok, "AES-256-OFB failed");
}

void FillSecureRandom(std::span<uint8_t> out) {
  MTSUITE_CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1,
                "no secure random numbers available");
}

Block SecureRandomBlock() {
  Block block;
  FillSecureRandom(block);
  return block;
}

bool ConstantTimeEqual(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mtsuite::mt5wire
