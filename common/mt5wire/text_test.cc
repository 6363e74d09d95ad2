#include "common/mt5wire/text.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/strings/utf8.h"
#include "common/testing/matchers.h"
#include "common/testing/seed.h"
#include "gtest/gtest.h"

namespace mtsuite::mt5wire {
namespace {

using ::mtsuite::testing::StatusIs;
using ::mtsuite::testing::TestSeed;
using ::testing::HasSubstr;

std::string Bytes(std::initializer_list<int> bytes) { return std::string(bytes.begin(), bytes.end()); }

const char kReplacement[] = "\xEF\xBF\xBD";

TEST(TextTest, ConvertsBothWays) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"A|", Bytes({'A', 0, '|', 0})},
      {"\xC3\xA4", Bytes({0xE4, 0})},
      {"\xE6\xBC\xA2", Bytes({0x22, 0x6F})},
      {"\xF0\x9F\x98\x80", Bytes({0x3D, 0xD8, 0x00, 0xDE})},
      {"\xEF\xBF\xBF", Bytes({0xFF, 0xFF})},
  };
  for (const auto& [utf8, utf16] : cases) {
    ASSERT_OK_AND_ASSIGN(const std::string encoded, Utf8ToUtf16(utf8));
    EXPECT_EQ(encoded, utf16);
    ASSERT_OK_AND_ASSIGN(const std::string decoded, Utf16ToUtf8(utf16));
    EXPECT_EQ(decoded, utf8);
    EXPECT_EQ(Utf16ToUtf8Lossy(utf16), utf8);
  }
}

TEST(TextTest, RandomTextRoundTripsAtEveryAlignment) {
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 5000; ++round) {
    std::string utf8;
    for (int i = std::uniform_int_distribution<int>(0, 60)(random); i > 0; --i) {
      const bool ascii = std::bernoulli_distribution(0.9)(random);
      char32_t c = std::uniform_int_distribution<uint32_t>(1, ascii ? 0x7F : 0x10FFFF)(random);
      if (c >= 0xD800 && c <= 0xDFFF) c = 0xFFFD;
      AppendUtf8(c, utf8);
    }
    ASSERT_OK_AND_ASSIGN(const std::string utf16, Utf8ToUtf16(utf8));
    ASSERT_EQ(utf16.size() / 2, static_cast<size_t>(Utf16Length(utf8)));
    ASSERT_OK_AND_ASSIGN(const std::string back, Utf16ToUtf8(utf16));
    ASSERT_EQ(back, utf8);
    std::string lossy;
    AppendUtf16Lossy(utf8, lossy);
    ASSERT_EQ(lossy, utf16);
    ASSERT_EQ(Utf16ToUtf8Lossy(utf16), utf8);
  }
}

TEST(TextTest, StrictSaysWhereInvalidUtf16Is) {
  EXPECT_THAT(Utf16ToUtf8(Bytes({'A', 0, 'B'})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("byte 2 of 3")));
  EXPECT_THAT(Utf16ToUtf8(Bytes({'A', 0, 0x3D, 0xD8})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("byte 2 of 4")));
  EXPECT_THAT(Utf16ToUtf8(Bytes({0x00, 0xDE, 0x3D, 0xD8})), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Utf8ToUtf16("abc\xFF"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("byte 3 of 4")));
}

TEST(TextTest, LossyReplacesWhatIsInvalid) {
  const std::string r = kReplacement;
  EXPECT_EQ(Utf16ToUtf8Lossy(Bytes({'A', 0, 'B'})), "A" + r);
  EXPECT_EQ(Utf16ToUtf8Lossy(Bytes({0x3D, 0xD8, 'A', 0})), r + "A");
  EXPECT_EQ(Utf16ToUtf8Lossy(Bytes({0x3D, 0xD8, 0x3D, 0xD8, 0x00, 0xDE})), r + "\xF0\x9F\x98\x80");
  EXPECT_EQ(Utf16ToUtf8Lossy(Bytes({0x00, 0xDE})), r);
  EXPECT_EQ(Utf16ToUtf8Lossy(Bytes({0x3D, 0xD8, 0x00})), r + r);
  std::string utf16;
  AppendUtf16Lossy("a\xFFz", utf16);
  EXPECT_EQ(utf16, Bytes({'a', 0, 0xFD, 0xFF, 'z', 0}));
}

TEST(TextTest, CountsAndCutsInUtf16Units) {
  const std::string text = "P\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80\x31";
  EXPECT_EQ(Utf16Length(text), 6);
  EXPECT_EQ(TruncateToUtf16Length(text, 6), text);
  EXPECT_EQ(TruncateToUtf16Length(text, 100), text);
  EXPECT_EQ(TruncateToUtf16Length(text, 5), text.substr(0, 10));
  EXPECT_EQ(TruncateToUtf16Length(text, 4), text.substr(0, 6));
  EXPECT_EQ(TruncateToUtf16Length(text, 3), text.substr(0, 6));
  EXPECT_EQ(TruncateToUtf16Length(text, 0), "");
}

}  // namespace
}  // namespace mtsuite::mt5wire
