#include "services/connector/service/request_errors.h"

#include "absl/strings/str_cat.h"
#include "common/strings/utf8.h"
#include "services/connector/journal/tag.h"

namespace mtsuite::connector::request_errors {

ErrorBuilder Invalid(ErrorReason reason, const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message).Outcome(type::v1::REJECTED);
}

absl::Status Required(const std::string& field) {
  return Invalid(type::v1::FIELD_REQUIRED, absl::StrCat("the field ", field, " is missing"))
      .Field(field, "must be set");
}

absl::Status CheckComment(const std::string& comment, const std::string& field) {
  const int length = Utf16Length(comment);
  if (length <= kMaxCallerCommentLength) return absl::OkStatus();
  return Invalid(type::v1::COMMENT_TOO_LONG,
                 absl::StrCat("the comment has ", length, " characters of at most ", kMaxCallerCommentLength))
      .With("max_length", kMaxCallerCommentLength)
      .Field(field, absl::StrCat("at most ", kMaxCallerCommentLength, " characters"));
}

}  // namespace mtsuite::connector::request_errors
