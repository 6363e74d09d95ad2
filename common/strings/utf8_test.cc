#include "common/strings/utf8.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace mtsuite {
namespace {

TEST(Utf8Test, EveryCodePointRoundTrips) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    AppendUtf8(c, text);
    const Utf8Step step = DecodeUtf8(text, 0);
    ASSERT_TRUE(step.valid) << static_cast<uint32_t>(c);
    ASSERT_EQ(step.code_point, c);
    ASSERT_EQ(step.length, text.size());
    ASSERT_TRUE(c == 0 || IsValidUtf8(text));
  }
}

TEST(Utf8Test, InvalidSequencesBecomeOneReplacementPerMaximalSubpart) {
  const std::string r = "\xEF\xBF\xBD";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x80", r},
      {"a\xC3", "a" + r},
      {"\xC0\xAF", r + r},                  // overlong slash
      {"\xED\xA0\x80", r + r + r},          // surrogate
      {"\xF4\x90\x80\x80", r + r + r + r},  // above U+10FFFF
      {"\xF0\x9F\x98", r},                  // truncated emoji
      {"\xF0\x9F\x98z", r + "z"},
      {"\xE2\x82\xE2\x82\xAC", r + "\xE2\x82\xAC"},
      {"\xFF\xFE", r + r},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_FALSE(IsValidUtf8(text));
    EXPECT_EQ(ToValidUtf8(text, 100), expected);
    EXPECT_TRUE(IsValidUtf8(ToValidUtf8(text, 100)));
  }
}

TEST(Utf8Test, CutsBetweenCharacters) {
  const std::string text = "P\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80";
  EXPECT_EQ(ToValidUtf8(text, 10), text);
  EXPECT_EQ(ToValidUtf8(text, 9), "P\xC3\xA4\xE6\xBC\xA2");
  EXPECT_EQ(ToValidUtf8(text, 5), "P\xC3\xA4");
  EXPECT_EQ(ToValidUtf8(text, 2), "P");
  EXPECT_EQ(ToValidUtf8(text, 0), "");
  EXPECT_EQ(ToValidUtf8("\xFF", 2), "");
}

TEST(Utf8Test, CountsUtf16Units) {
  EXPECT_EQ(Utf16Length(""), 0);
  EXPECT_EQ(Utf16Length("P\xC3\xA4\xE6\xBC\xA2"), 3);
  EXPECT_EQ(Utf16Length("\xF0\x9F\x98\x80"), 2);
  EXPECT_EQ(Utf16Length("a\xFFz"), 3);
}

}  // namespace
}  // namespace mtsuite
