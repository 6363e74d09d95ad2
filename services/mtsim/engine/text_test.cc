#include "services/mtsim/engine/text.h"

#include "gtest/gtest.h"
#include "services/mtsim/engine/account.h"

namespace mtsuite::mtsim {
namespace {

TEST(TextTest, CountsUtf16Units) {
  EXPECT_EQ(Utf16Length(""), 0u);
  EXPECT_EQ(Utf16Length("abc"), 3u);
  EXPECT_EQ(Utf16Length("Pä漢"), 3u);
  EXPECT_EQ(Utf16Length("😀"), 2u);
  EXPECT_EQ(Utf16Length("\xFF\xC3"), 2u);
}

TEST(TextTest, CutsBetweenCharacters) {
  EXPECT_EQ(TruncateUtf16("hello", 3), "hel");
  EXPECT_EQ(TruncateUtf16("hello", 5), "hello");
  EXPECT_EQ(TruncateUtf16("漢字漢字", 2), "漢字");
  EXPECT_EQ(TruncateUtf16("a😀b", 2), "a");
  EXPECT_EQ(TruncateUtf16("a😀b", 3), "a😀");
  EXPECT_EQ(TruncateUtf16("abc", 0), "");
}

TEST(TextTest, FieldsAreCutToThePlatformsSizes) {
  AccountDetails details;
  details.name = std::string(200, 'n');
  details.address = std::string(200, 'a');
  details.company = std::string(200, 'c');
  details.comment = std::string(200, 'x');
  details.phone_password = std::string(200, 'p');
  ApplyFieldLimits(details);
  EXPECT_EQ(details.name.size(), 127u);
  EXPECT_EQ(details.address.size(), 127u);
  EXPECT_EQ(details.company.size(), 63u);
  EXPECT_EQ(details.comment.size(), 63u);
  EXPECT_EQ(details.phone_password.size(), 31u);
}

}  // namespace
}  // namespace mtsuite::mtsim
