#include "common/config/files.h"

#include <filesystem>
#include <string>

#include "common/log/capture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::config {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string PathOf(const std::string& name) { return ::testing::TempDir() + "/" + name; }

TEST(SecretFileTest, TrimsTheNewlineOnly) {
  const std::string path = PathOf("secret");
  ASSERT_TRUE(WriteFileAtomically(path, " pass word \r\n", 0600).ok());
  log::Capture capture;
  const absl::StatusOr<std::string> secret = ReadSecretFile(path);
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_EQ(*secret, " pass word ");
  EXPECT_THAT(capture.lines(), IsEmpty());
}

TEST(SecretFileTest, WarnsWhenOthersCanReadIt) {
  const std::string path = PathOf("open_secret");
  ASSERT_TRUE(WriteFileAtomically(path, "hunter2", 0644).ok());
  log::Capture capture;
  ASSERT_TRUE(ReadSecretFile(path).ok());
  ASSERT_THAT(capture.LinesOf("secret_file_readable_by_others"), SizeIs(1));
  EXPECT_EQ(capture.lines()[0].find("hunter2"), std::string::npos);
}

TEST(SecretFileTest, RefusesEmptyAndMissing) {
  const std::string path = PathOf("empty_secret");
  ASSERT_TRUE(WriteFileAtomically(path, "\n", 0600).ok());
  EXPECT_EQ(ReadSecretFile(path).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadSecretFile(PathOf("absent")).status().code(), absl::StatusCode::kNotFound);
}

TEST(ReadFileTest, StopsAtTheLimit) {
  const std::string path = PathOf("large");
  ASSERT_TRUE(WriteFileAtomically(path, std::string(100, 'x'), 0644).ok());
  EXPECT_EQ(ReadFile(path, 99).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(ReadFile(path, 100).ok());
}

TEST(WriteFileTest, ReplacesAndSetsTheMode) {
  const std::string path = PathOf("replaced");
  ASSERT_TRUE(WriteFileAtomically(path, "one", 0644).ok());
  ASSERT_TRUE(WriteFileAtomically(path, "two", 0600).ok());
  EXPECT_EQ(ReadFile(path, 10).value(), "two");
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(WriteFileTest, LeavesNothingBehindWhenItFails) {
  EXPECT_FALSE(WriteFileAtomically(PathOf("no_such_folder/x"), "one", 0644).ok());
}

}  // namespace
}  // namespace mtsuite::config
