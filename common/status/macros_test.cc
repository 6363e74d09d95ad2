#include "common/status/macros.h"

#include <map>
#include <memory>
#include <utility>

#include "gtest/gtest.h"

namespace mtsuite {
namespace {

absl::Status FailIf(bool fail) { return fail ? absl::NotFoundError("gone") : absl::OkStatus(); }

absl::StatusOr<std::unique_ptr<int>> MakeInt(int value) {
  if (value < 0) return absl::InvalidArgumentError("negative");
  return std::make_unique<int>(value);
}

absl::Status Check(bool fail, bool* reached) {
  RETURN_IF_ERROR(FailIf(fail));
  *reached = true;
  return absl::OkStatus();
}

absl::StatusOr<int> Sum(int a, int b) {
  ASSIGN_OR_RETURN(std::unique_ptr<int> left, MakeInt(a));
  std::unique_ptr<int> right;
  ASSIGN_OR_RETURN(right, MakeInt(b));
  ASSIGN_OR_RETURN(auto zero, absl::StatusOr<std::map<int, int>>(std::map<int, int>{{0, 0}}));
  return *left + *right + zero[0];
}

TEST(ReturnIfErrorTest, ReturnsOnlyErrors) {
  bool reached = false;
  EXPECT_TRUE(Check(false, &reached).ok());
  EXPECT_TRUE(reached);
  reached = false;
  EXPECT_EQ(Check(true, &reached), absl::NotFoundError("gone"));
  EXPECT_FALSE(reached);
}

TEST(AssignOrReturnTest, MovesTheValueOrReturnsTheStatus) {
  ASSERT_TRUE(Sum(1, 2).ok());
  EXPECT_EQ(*Sum(1, 2), 3);
  EXPECT_EQ(Sum(-1, 2).status(), absl::InvalidArgumentError("negative"));
  EXPECT_EQ(Sum(1, -2).status(), absl::InvalidArgumentError("negative"));
}

}  // namespace
}  // namespace mtsuite
