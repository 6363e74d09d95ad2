#include "common/mt5wire/cipher.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "common/mt5wire/frame.h"
#include "common/mt5wire/hex.h"
#include "common/mt5wire/text.h"
#include "common/testing/matchers.h"
#include "common/testing/seed.h"
#include "gtest/gtest.h"
#include "openssl/evp.h"

namespace mtsuite::mt5wire {
namespace {

Block FromHexBlock(std::string_view hex) {
  Block block{};
  EXPECT_TRUE(FromHex(hex, block)) << hex;
  return block;
}

std::string HexOf(const std::string& bytes) {
  return ToHex({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// The vectors of mt5-webapi §3.5: password "Password1", CRYPT_RAND 00 01 02 ... ff.
SessionKeys VectorKeys() {
  CryptRandom crypt_random;
  for (size_t i = 0; i < crypt_random.size(); ++i) crypt_random[i] = static_cast<uint8_t>(i);
  return DeriveSessionKeys(PasswordHash("Password1").value(), crypt_random);
}

std::string Encrypt(OfbStream& stream, std::string_view text) {
  std::string bytes = Utf8ToUtf16(text).value();
  stream.Apply(bytes);
  return HexOf(bytes);
}

TEST(CipherTest, HashesPasswords) {
  ASSERT_OK_AND_ASSIGN(const Block hash, PasswordHash("Password1"));
  EXPECT_EQ(ToHex(hash), "904ba8ecb16273d2f0ae9c3b8a023752");
  ASSERT_OK_AND_ASSIGN(const Block wide, PasswordHash("P\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80\x31"));
  EXPECT_EQ(ToHex(wide), "d8737d5bc580cb7dc57066ca4ac1f23f");
  EXPECT_FALSE(PasswordHash("\xFF").ok());
}

TEST(CipherTest, AnswersChallenges) {
  const Block hash = PasswordHash("Password1").value();
  EXPECT_EQ(ToHex(AuthAnswer(hash, FromHexBlock("73007dc7184747ce0f7c98516ef1c851"))),
            "77fe51827f7fa69dd80fbec9aa33f1bb");
  EXPECT_EQ(ToHex(AuthAnswer(hash, FromHexBlock("4db98fec17aab4dc5a240bdc659e8395"))),
            "1732021b1b332f51660b2b315eed3a35");
}

TEST(CipherTest, DerivesKeys) {
  const SessionKeys keys = VectorKeys();
  EXPECT_EQ(ToHex(keys.key), "b0ed3aa00c46c12260202166f84845368f57767e6a2ca7a54c85776325f7677e");
  EXPECT_EQ(ToHex(keys.client_iv), "1b6493c551ce24e2746982f0a15dc916");
  EXPECT_EQ(ToHex(keys.server_iv), "57c68578ca6d4196107f83e6a8f4b48f");
}

TEST(CipherTest, EncryptsPacketsAsThePlatformDoes) {
  const SessionKeys keys = VectorKeys();
  OfbStream client(keys.key, keys.client_iv);
  EXPECT_EQ(Encrypt(client, "TIME_SERVER|\r\n"), "1ef546fe150c6454a300777b6b86f8b60f4db44cb60af1463cb77366");
  EXPECT_EQ(Encrypt(client, "TIME_SERVER|\r\n"), "2ed701bf01511f4cfda0972758e5913bf03baa047b6d6a5df641f282");
  EXPECT_EQ(Encrypt(client, "AB12CD34"), "441187a45da08266378eac966556eeae");

  OfbStream server(keys.key, keys.server_iv);
  EXPECT_EQ(Encrypt(server, "TIME_SERVER|RETCODE=0 Done|TIME=1314700797 0|\r\n"),
            "283bc03621e3bd0a3fbcb1cf13ece329f94871f2655061821087cdde14ec62333af27d4038cb83c38114d40e6afda060"
            "3339b8bd"
            "b7618a6229759f08094fd31f971b6e42f6b3ea0dda9c97b08479ad855538ac485919f568bbadc34dca12");
  EXPECT_EQ(Encrypt(server, "AB12CD34"), "a7a927e78a67b1f7666272ea653c74d3");
  EXPECT_EQ(Encrypt(server, "QUIT|\r\n"), "a8b4f84d72945ed6cd68cd0dbff2");
}

// The definition of mt5-webapi §3.4, block by block.
class ReferenceStream {
 public:
  ReferenceStream(const std::array<uint8_t, 32>& key, const Block& iv)
      : context_(EVP_CIPHER_CTX_new()), register_(iv) {
    EVP_EncryptInit_ex(context_.get(), EVP_aes_256_ecb(), nullptr, key.data(), nullptr);
  }

  void Apply(std::span<char> body) {
    for (size_t i = 0; i < body.size(); ++i) {
      int written = 0;
      if (i % 16 == 0) EVP_EncryptUpdate(context_.get(), register_.data(), &written, register_.data(), 16);
      body[i] = static_cast<char>(body[i] ^ register_[i % 16]);
    }
  }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, decltype([](EVP_CIPHER_CTX* context) { EVP_CIPHER_CTX_free(context); })>
      context_;
  Block register_;
};

TEST(CipherTest, AgreesWithTheDefinitionForAllLengths) {
  std::mt19937_64 random(testing::TestSeed());
  const SessionKeys keys = VectorKeys();
  OfbStream stream(keys.key, keys.client_iv);
  OfbStream decryptor(keys.key, keys.client_iv);
  ReferenceStream reference(keys.key, keys.client_iv);
  for (int i = 0; i < 3000; ++i) {
    const size_t size =
        i % 1000 == 999 ? kMaxFrameBody : std::uniform_int_distribution<size_t>(0, 100)(random);
    std::string plain(size, '\0');
    for (char& c : plain) c = static_cast<char>(random());
    std::string encrypted = plain;
    std::string expected = plain;
    stream.Apply(encrypted);
    reference.Apply(expected);
    ASSERT_EQ(encrypted, expected) << "packet " << i << " of " << size << " bytes";
    decryptor.Apply(encrypted);
    ASSERT_EQ(encrypted, plain);
  }
}

TEST(CipherTest, SecureRandomBlocksDiffer) { EXPECT_NE(SecureRandomBlock(), SecureRandomBlock()); }

TEST(CipherTest, ConstantTimeEqualComparesContentAndLength) {
  const Block a = FromHexBlock("00112233445566778899aabbccddeeff");
  Block b = a;
  EXPECT_TRUE(ConstantTimeEqual(a, b));
  b[15] ^= 1;
  EXPECT_FALSE(ConstantTimeEqual(a, b));
  EXPECT_FALSE(ConstantTimeEqual(a, std::span(a).first(15)));
  EXPECT_TRUE(ConstantTimeEqual({}, {}));
}

TEST(HexTest, IsStrict) {
  uint8_t bytes[2];
  EXPECT_TRUE(FromHex("00fF", bytes));
  EXPECT_EQ(bytes[1], 0xFF);
  EXPECT_FALSE(FromHex("00f", bytes));
  EXPECT_FALSE(FromHex("00ff0", bytes));
  EXPECT_FALSE(FromHex("00fg", bytes));
  EXPECT_FALSE(FromHex("0x0f", bytes));
  EXPECT_FALSE(FromHex("", bytes));
}

}  // namespace
}  // namespace mtsuite::mt5wire
