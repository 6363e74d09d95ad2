#include "common/rpc/metadata.h"

#include <string>

#include "gtest/gtest.h"

namespace mtsuite::rpc {
namespace {

TEST(MetadataTest, RequestIdsAreShortVisibleAscii) {
  EXPECT_TRUE(IsRequestId("a"));
  EXPECT_TRUE(IsRequestId(std::string(128, '~')));
  EXPECT_FALSE(IsRequestId(""));
  EXPECT_FALSE(IsRequestId(std::string(129, 'a')));
  EXPECT_FALSE(IsRequestId("a b"));
  EXPECT_FALSE(IsRequestId("a\n"));
  EXPECT_FALSE(IsRequestId("\xc3\xa9"));
}

TEST(MetadataTest, NewRequestIdsAreValidAndDiffer) {
  const std::string first = NewRequestId();
  EXPECT_EQ(first.size(), 32u);
  EXPECT_TRUE(IsRequestId(first));
  EXPECT_NE(first, NewRequestId());
}

TEST(MetadataTest, RecognisesTraceparents) {
  // The example of W3C Trace Context, section 3.2.
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_TRUE(IsTraceparent(good));
  EXPECT_FALSE(IsTraceparent(""));
  EXPECT_FALSE(IsTraceparent(good + "0"));
  EXPECT_FALSE(IsTraceparent("00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  EXPECT_FALSE(IsTraceparent("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
}

TEST(MetadataTest, FindsBearerTokens) {
  EXPECT_EQ(BearerToken("Bearer abc"), "abc");
  EXPECT_EQ(BearerToken("bearer   abc "), "abc");
  EXPECT_EQ(BearerToken("Basic abc"), "");
  EXPECT_EQ(BearerToken("Bearer"), "");
  EXPECT_EQ(BearerToken(""), "");
}

}  // namespace
}  // namespace mtsuite::rpc
