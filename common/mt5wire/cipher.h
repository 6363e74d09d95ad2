#ifndef COMMON_MT5WIRE_CIPHER_H_
#define COMMON_MT5WIRE_CIPHER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "openssl/types.h"

// Authentication and encryption of the MT5 Web API (mt5-webapi §3). The scheme is the platform's: MD5, and
// AES without integrity protection. It keeps passwords off the wire and no more; tunnel connections that
// leave the data centre.
namespace mtsuite::mt5wire {

// An MD5 digest, a random challenge or an AES block.
using Block = std::array<uint8_t, 16>;
// CRYPT_RAND: 16 random blocks from which both sides derive the keys.
using CryptRandom = std::array<uint8_t, 256>;

// The hash that stands for the password everywhere: MD5(MD5(UTF-16LE password) || "WebAPI"). As secret as the
// password. INVALID_ARGUMENT when the password is not valid UTF-8.
absl::StatusOr<Block> PasswordHash(std::string_view password);

// The answer to a challenge, SRV_RAND_ANSWER or CLI_RAND_ANSWER: MD5(password hash || challenge).
Block AuthAnswer(const Block& password_hash, const Block& challenge);

struct SessionKeys {
  std::array<uint8_t, 32> key;  // AES-256
  Block client_iv;              // of the stream client -> server
  Block server_iv;              // of the stream server -> client
};

SessionKeys DeriveSessionKeys(const Block& password_hash, const CryptRandom& crypt_random);

// One direction of the AES-256-OFB encryption. The key stream runs on from packet to packet, and each packet
// starts on a fresh block. Encrypting and decrypting are the same operation. Not thread-safe; movable.
class OfbStream {
 public:
  OfbStream(const std::array<uint8_t, 32>& key, const Block& iv);

  // Encrypts or decrypts the body of the next packet in place. Packets must come in the order of the stream,
  // none left out; an empty one (a ping) changes nothing. At most kMaxFrameBody bytes, aborts otherwise.
  void Apply(std::span<char> body);

 private:
  struct ContextDeleter {
    void operator()(EVP_CIPHER_CTX* context) const;
  };

  std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter> context_;
};

// Fills `out` with bytes from the operating system's secure generator. Aborts when that fails.
void FillSecureRandom(std::span<uint8_t> out);
Block SecureRandomBlock();

// Whether both are equal, in a time that does not depend on where they differ.
bool ConstantTimeEqual(std::span<const uint8_t> a, std::span<const uint8_t> b);

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_CIPHER_H_
