#include "common/requests/checks.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/paging/page_token.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/strings/utf8.h"
#include "common/strings/view.h"

namespace mtsuite::requests {
namespace {

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr int kMaxServerLength = 64;

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

absl::Status Required(std::string_view field) {
  return MakeError(kInvalidArgument, type::v1::FIELD_REQUIRED, absl::StrCat(AbslView(field), " is required"))
      .Field(field, "required");
}

absl::Status InvalidField(std::string_view field, std::string_view allowed) {
  return MakeError(kInvalidArgument, type::v1::FIELD_INVALID,
                   absl::StrCat(AbslView(field), ": ", AbslView(allowed)))
      .Field(field, allowed);
}

absl::Status ValidateText(std::string_view text, std::string_view field, int max_length,
                          type::v1::ErrorReason too_long) {
  if (HasControlCharacter(text)) {
    return InvalidField(field, "no control characters");
  }
  if (const int length = Utf16Length(text); length > max_length) {
    return MakeError(kInvalidArgument, too_long,
                     absl::StrCat(AbslView(field), " has ", length, " characters, at most ", max_length,
                                  " are allowed"))
        .With("max_length", max_length)
        .Field(field, absl::StrCat("at most ", max_length, " characters"));
  }
  return absl::OkStatus();
}

absl::Status ValidateServer(std::string_view server) {
  if (server.empty()) {
    return Required("server");
  }
  return ValidateText(server, "server", kMaxServerLength, type::v1::FIELD_TOO_LONG);
}

absl::Status ValidateLogin(int64_t login, std::string_view field) {
  if (login == 0) {
    return Required(field);
  }
  return login > 0 ? absl::OkStatus() : InvalidField(field, "a login is above 0");
}

absl::Status ValidateOperationId(std::string_view id, int max_length) {
  const bool visible =
      std::all_of(id.begin(), id.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (visible && id.size() <= static_cast<size_t>(max_length)) {
    return absl::OkStatus();
  }
  const std::string allowed = absl::StrCat("1 to ", max_length, " visible ASCII characters, best a UUID");
  return MakeError(kInvalidArgument, type::v1::OPERATION_ID_INVALID, absl::StrCat("operation_id: ", allowed))
      .With("max_length", max_length)
      .Field("operation_id", allowed);
}

absl::Status ValidateBatchSize(int count, int max, std::string_view field) {
  if (count == 0) {
    return Required(field);
  }
  if (count <= max) {
    return absl::OkStatus();
  }
  return MakeError(kInvalidArgument, type::v1::BATCH_TOO_LARGE,
                   absl::StrCat(AbslView(field), " has ", count, " items, at most ", max, " are allowed"))
      .With("max_items", max)
      .Field(field, absl::StrCat("at most ", max, " items"));
}

absl::StatusOr<Decimal> ParseDecimal(std::string_view text, std::string_view field) {
  if (text.empty()) {
    return Required(field);
  }
  absl::StatusOr<Decimal> value = Decimal::Parse(text);
  return value.ok() ? std::move(value) : InvalidField(field, StdView(value.status().message()));
}

absl::StatusOr<absl::Time> ResolveTime(const google::protobuf::Timestamp& timestamp, std::string_view field) {
  // The range that a Timestamp may have by its own definition, less what is before the epoch.
  constexpr int64_t kYear10000 = 253402300800;
  if (timestamp.seconds() < 0 || timestamp.seconds() >= kYear10000 || timestamp.nanos() < 0 ||
      timestamp.nanos() > 999999999) {
    return MakeError(kInvalidArgument, type::v1::TIME_RANGE_INVALID,
                     absl::StrCat(AbslView(field), " must be a time from 1970 to 9999"))
        .Field(field, "a time from 1970 to 9999");
  }
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::StatusOr<TimeSpan> ResolveTimeSpan(const google::protobuf::Timestamp* start,
                                         const google::protobuf::Timestamp* end) {
  TimeSpan span{.start = absl::UnixEpoch(), .end = absl::InfiniteFuture()};
  if (start != nullptr) {
    ASSIGN_OR_RETURN(span.start, ResolveTime(*start, "start_time"));
  }
  if (end != nullptr) {
    ASSIGN_OR_RETURN(span.end, ResolveTime(*end, "end_time"));
  }
  if (span.start >= span.end) {
    return MakeError(kInvalidArgument, type::v1::TIME_RANGE_INVALID, "start_time must be before end_time")
        .Field("end_time", "after start_time");
  }
  return span;
}

absl::StatusOr<int64_t> ReadPagePosition(const google::protobuf::Message& request) {
  ASSIGN_OR_RETURN(const std::string position, paging::ReadPageToken(request));
  int64_t number = 0;
  if (!position.empty() && (!absl::SimpleAtoi(position, &number) || number < 0)) {
    return MakeError(kInvalidArgument, type::v1::PAGE_TOKEN_INVALID, "page_token is damaged")
        .Field("page_token", "next_page_token of the page before");
  }
  return number;
}

}  // namespace mtsuite::requests
