#ifndef COMMON_TESTING_MATCHERS_H_
#define COMMON_TESTING_MATCHERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::testing {

namespace internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

}  // namespace internal

// The matchers below take an absl::Status or an absl::StatusOr<T>.

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status& status = internal::StatusOf(arg);
  *result_listener << "whose status is " << status;
  return status.ok();
}

// An OK absl::StatusOr<T> whose value matches.
MATCHER_P(IsOkAndHolds, value_matcher, "is OK and holds a matching value") {
  if (!arg.ok()) {
    *result_listener << "whose status is " << arg.status();
    return false;
  }
  return ::testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

MATCHER_P(StatusIs, code, "has status code " + absl::StatusCodeToString(code)) {
  const absl::Status& status = internal::StatusOf(arg);
  *result_listener << "whose status is " << status;
  return status.code() == code;
}

// The message matcher sees a std::string: StatusIs(absl::StatusCode::kNotFound, HasSubstr("4711")).
MATCHER_P2(StatusIs, code, message_matcher,
           "has status code " + absl::StatusCodeToString(code) + " and message") {
  const absl::Status& status = internal::StatusOf(arg);
  *result_listener << "whose status is " << status;
  return status.code() == code &&
         ::testing::ExplainMatchResult(message_matcher, std::string(status.message()), result_listener);
}

MATCHER_P(HasReason, reason, "has reason " + type::v1::ErrorReason_Name(reason)) {
  const absl::Status& status = internal::StatusOf(arg);
  *result_listener << "whose status is " << status;
  return GetErrorReason(status) == reason;
}

MATCHER_P(HasOutcome, outcome, "has outcome " + type::v1::Outcome_Name(outcome)) {
  const absl::Status& status = internal::StatusOf(arg);
  *result_listener << "whose status is " << status;
  return !status.ok() && GetOutcome(status) == outcome;
}

// The error has this metadata key and its value (a std::string) matches.
MATCHER_P2(HasMetadata, key, value_matcher, std::string("has matching metadata ") + key) {
  const absl::Status& status = internal::StatusOf(arg);
  *result_listener << "whose status is " << status;
  const auto metadata = GetMetadata(status);
  const auto found = metadata.find(key);
  return found != metadata.end() &&
         ::testing::ExplainMatchResult(value_matcher, found->second, result_listener);
}

}  // namespace mtsuite::testing

#define EXPECT_OK(...) EXPECT_THAT((__VA_ARGS__), ::mtsuite::testing::IsOk())
#define ASSERT_OK(...) ASSERT_THAT((__VA_ARGS__), ::mtsuite::testing::IsOk())

// ASSERT_OK on an absl::StatusOr, then moves its value into the declaration.
#define ASSERT_OK_AND_ASSIGN(declaration, ...) \
  MTSUITE_ASSERT_OK_AND_ASSIGN_(MTSUITE_CONCAT_(mtsuite_asserted_, __LINE__), declaration, __VA_ARGS__)
#define MTSUITE_ASSERT_OK_AND_ASSIGN_(holder, declaration, ...) \
  auto holder = (__VA_ARGS__);                                  \
  ASSERT_OK(holder);                                            \
  declaration = *std::move(holder)

#endif  // COMMON_TESTING_MATCHERS_H_
