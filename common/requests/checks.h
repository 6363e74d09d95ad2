// What requests to any service must look like: pure checks of fields that many requests have.
//
// Every failure is INVALID_ARGUMENT with a reason, the field's path in the request and what is allowed.
#ifndef COMMON_REQUESTS_CHECKS_H_
#define COMMON_REQUESTS_CHECKS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "mtsuite/type/v1/errors.pb.h"

namespace mtsuite::requests {

inline constexpr int kMaxOperationIdLength = 64;
// Of the caller's part of a comment, in UTF-16 units; 13 of the platform's 31 carry the operation's tag.
inline constexpr int kMaxCommentLength = 18;

// FIELD_REQUIRED.
absl::Status Required(std::string_view field);

// FIELD_INVALID: what is `allowed` in `field`.
absl::Status InvalidField(std::string_view field, std::string_view allowed);

// No control characters, and at most `max_length` UTF-16 units; longer ones fail with `too_long`.
absl::Status ValidateText(std::string_view text, std::string_view field, int max_length,
                          type::v1::ErrorReason too_long);

absl::Status ValidateServer(std::string_view server);

// `field` is the path to name in the error.
absl::Status ValidateLogin(int64_t login, std::string_view field);

// Empty is fine: the service makes an id then.
absl::Status ValidateOperationId(std::string_view id, int max_length);

// A batch's number of items, 1 to `max`.
absl::Status ValidateBatchSize(int count, int max, std::string_view field);

// A decimal that must be there.
absl::StatusOr<Decimal> ParseDecimal(std::string_view text, std::string_view field);

// A span of time: [start, end). Null means unbounded.
struct TimeSpan {
  absl::Time start;
  absl::Time end;
};
absl::StatusOr<TimeSpan> ResolveTimeSpan(const google::protobuf::Timestamp* start,
                                         const google::protobuf::Timestamp* end);

// A time from 1970 to 9999, else TIME_RANGE_INVALID.
absl::StatusOr<absl::Time> ResolveTime(const google::protobuf::Timestamp& timestamp, std::string_view field);

// The number that the page token of `request` holds: where the list goes on; 0 on the first page.
absl::StatusOr<int64_t> ReadPagePosition(const google::protobuf::Message& request);

}  // namespace mtsuite::requests

#endif  // COMMON_REQUESTS_CHECKS_H_
