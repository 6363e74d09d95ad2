#include "common/ids/uuid.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite {
namespace {

TEST(UuidTest, HasTheFormOfVersion4) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(NewUuid(),
                testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  }
}

TEST(UuidTest, IsNewEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(seen.insert(NewUuid()).second);
  }
}

}  // namespace
}  // namespace mtsuite
