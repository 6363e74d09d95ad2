#include "common/status/rpc_status.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "common/status/detail_payload.h"
#include "common/status/error.h"
#include "common/strings/utf8.h"
#include "common/strings/view.h"

namespace mtsuite {
namespace {

// Base64 in a trailer makes 4 KiB of this, which leaves as much of the usual 8 KiB for the message.
constexpr size_t kMaxDetailsBytes = 3072;

struct PublicFace {
  absl::StatusCode code;
  ErrorReason reason;
  const char* message;
};

// What the caller sees of an error that has no reason.
PublicFace PublicFaceOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
      return {code, type::v1::CANCELLED, "The call was cancelled."};
    case absl::StatusCode::kDeadlineExceeded:
      return {code, type::v1::DEADLINE_EXCEEDED, "The deadline passed before the answer was known."};
    case absl::StatusCode::kUnavailable:
      return {code, type::v1::SERVICE_UNAVAILABLE,
              "A service behind this call cannot be reached; try again later."};
    default:
      return {absl::StatusCode::kInternal, type::v1::INTERNAL,
              "An internal error occurred; its cause is in the log under this request id."};
  }
}

absl::Status Publish(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  if (info && !info->reason().empty()) return status;
  const PublicFace face = PublicFaceOf(status.code());
  ErrorBuilder error = MakeError(face.code, face.reason, face.message);
  for (const auto& [key, value] : GetMetadata(status)) error.With(key, std::string_view(value));
  return error;
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status result;
  if (status.ok()) return result;
  const absl::Status error = Publish(status);
  result.set_code(error.raw_code());
  result.set_message(ToValidUtf8(StdView(error.message()), kMaxErrorMessageBytes));
  error.ForEachPayload([&result](absl::string_view type_url, const absl::Cord& payload) {
    if (!absl::StartsWith(type_url, kTypeUrlPrefix)) return;  // meant for this process only
    google::protobuf::Any* const detail = result.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  // ErrorInfo says why, so it comes first and is the last to go. Payloads have no order of their own.
  std::sort(result.mutable_details()->pointer_begin(), result.mutable_details()->pointer_end(),
            [](const google::protobuf::Any* a, const google::protobuf::Any* b) {
              const bool a_says_why = a->Is<google::rpc::ErrorInfo>();
              const bool b_says_why = b->Is<google::rpc::ErrorInfo>();
              return a_says_why != b_says_why ? a_says_why : a->type_url() < b->type_url();
            });
  for (int i = 1; i < result.details_size() && result.ByteSizeLong() > kMaxDetailsBytes; ++i) {
    google::rpc::BadRequest bad_request;
    if (!result.details(i).UnpackTo(&bad_request)) continue;
    while (bad_request.field_violations_size() > 0 && result.ByteSizeLong() > kMaxDetailsBytes) {
      bad_request.mutable_field_violations()->RemoveLast();
      result.mutable_details(i)->PackFrom(bad_request);
    }
  }
  while (result.details_size() > 1 && result.ByteSizeLong() > kMaxDetailsBytes)
    result.mutable_details()->RemoveLast();
  return result;
}

absl::Status FromRpcStatus(const google::rpc::Status& status) {
  const bool known =
      status.code() >= 0 && status.code() <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  absl::Status result(known ? static_cast<absl::StatusCode>(status.code()) : absl::StatusCode::kUnknown,
                      status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

}  // namespace mtsuite
