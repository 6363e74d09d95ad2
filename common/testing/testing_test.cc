#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "common/testing/seed.h"
#include "common/testing/temp_dir.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace mtsuite::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointee;

absl::Status Refused() {
  return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::INSUFFICIENT_FREE_MARGIN, "10 > 5")
      .With("free_margin", "5")
      .Outcome(type::v1::REJECTED);
}

absl::StatusOr<std::unique_ptr<int>> Seven() { return std::make_unique<int>(7); }

TEST(MatchersTest, Statuses) {
  EXPECT_OK(absl::OkStatus());
  EXPECT_THAT(Seven(), IsOk());
  EXPECT_THAT(Seven(), IsOkAndHolds(Pointee(7)));
  EXPECT_THAT(absl::StatusOr<int>(3), IsOkAndHolds(3));
  EXPECT_THAT(absl::StatusOr<int>(3), Not(IsOkAndHolds(4)));
  EXPECT_THAT(absl::StatusOr<int>(Refused()), Not(IsOkAndHolds(3)));
  EXPECT_THAT(Refused(), Not(IsOk()));
  EXPECT_THAT(absl::StatusOr<int>(Refused()), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Refused(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("> 5")));
  EXPECT_THAT(Refused(), Not(StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("> 6"))));
  EXPECT_THAT(Refused(), HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  EXPECT_THAT(Refused(), Not(HasReason(type::v1::INTERNAL)));
  EXPECT_THAT(Refused(), HasOutcome(type::v1::REJECTED));
  EXPECT_THAT(absl::OkStatus(), Not(HasOutcome(type::v1::OUTCOME_UNSPECIFIED)));
  EXPECT_THAT(Refused(), HasMetadata("free_margin", "5"));
  EXPECT_THAT(Refused(), Not(HasMetadata("margin", "5")));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<int> seven, Seven());
  EXPECT_EQ(*seven, 7);
  EXPECT_NONFATAL_FAILURE(EXPECT_OK(Refused()), "10 > 5");
}

TEST(MatchersTest, Protos) {
  const auto status = ParseTextProto<google::rpc::Status>("code: 5 message: 'gone'");
  EXPECT_EQ(status.code(), 5);
  EXPECT_THAT(status, EqualsProto("message: 'gone' code: 5"));
  EXPECT_THAT(status, EqualsProto(status));
  EXPECT_THAT(status, Not(EqualsProto("code: 5")));
  EXPECT_NONFATAL_FAILURE(ParseTextProto<google::rpc::Status>("cod: 5"), "not a google.rpc.Status");
}

TEST(TestSeedTest, IsConstant) { EXPECT_EQ(TestSeed(), TestSeed()); }

TEST(TempDirTest, LivesAsLongAsItsScope) {
  std::filesystem::path path;
  {
    const TempDir first;
    const TempDir second;
    EXPECT_NE(first.path(), second.path());
    path = first.path();
    std::ofstream(first.Join("file")) << "text";
    std::filesystem::create_directories(path / "a" / "b");
    EXPECT_TRUE(std::filesystem::exists(path / "file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace mtsuite::testing
