#include "common/auth/api_key.h"

#include <optional>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::auth {
namespace {

using ::testing::MatchesRegex;

TEST(ApiKeyTest, FormatAndParseAreInverse) {
  const std::string secret = NewSecret();
  const std::string text = FormatApiKey("crm-1", secret);
  EXPECT_THAT(text, MatchesRegex("mts_crm-1_[0-9A-Za-z]+"));
  const std::optional<ApiKeyParts> parts = ParseApiKey(text);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->id, "crm-1");
  EXPECT_EQ(parts->secret, secret);
}

TEST(ApiKeyTest, RefusesOtherForms) {
  const std::string secret(43, 'a');
  EXPECT_TRUE(ParseApiKey("mts_x_" + secret));
  EXPECT_FALSE(ParseApiKey(""));
  EXPECT_FALSE(ParseApiKey("mts_x_"));
  EXPECT_FALSE(ParseApiKey("mts__" + secret));
  EXPECT_FALSE(ParseApiKey("mtx_x_" + secret));
  EXPECT_FALSE(ParseApiKey("mts_X_" + secret));
  EXPECT_FALSE(ParseApiKey("mts_a_b_" + secret));
  EXPECT_FALSE(ParseApiKey("mts_x_" + secret + "a"));
  EXPECT_FALSE(ParseApiKey("mts_x_" + secret.substr(1)));
  EXPECT_FALSE(ParseApiKey("mts_x_" + secret.substr(1) + "-"));
  EXPECT_FALSE(ParseApiKey("mts_" + std::string(33, 'x') + "_" + secret));
}

TEST(ApiKeyTest, SecretsDiffer) {
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) secrets.insert(NewSecret());
  EXPECT_EQ(secrets.size(), 100u);
}

TEST(ApiKeyTest, HashesAsSha256AndAsHex) {
  // The value for "abc" from FIPS 180-2, appendix B.1.
  const char kHex[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(HashToHex(HashSecret("abc")), kHex);
  ASSERT_TRUE(HashFromHex(kHex).has_value());
  EXPECT_TRUE(EqualHashes(*HashFromHex(kHex), HashSecret("abc")));
  EXPECT_FALSE(EqualHashes(*HashFromHex(kHex), HashSecret("abd")));
  EXPECT_FALSE(HashFromHex("ba78"));
  EXPECT_FALSE(HashFromHex(std::string(64, 'g')));
}

}  // namespace
}  // namespace mtsuite::auth
