#include "common/requests/peer.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/error.h"

namespace mtsuite::requests {
namespace {

constexpr absl::Duration kReconnectDelay = absl::Seconds(1);

}  // namespace

absl::Status Peer::CheckReachable() const {
  // Asked before a call is started: only then is it certain that nothing of it left this process.
  if (channel_->GetState(/*try_to_connect=*/true) != GRPC_CHANNEL_TRANSIENT_FAILURE) {
    return absl::OkStatus();
  }
  return MakeError(absl::StatusCode::kUnavailable, type::v1::SERVICE_UNAVAILABLE,
                   absl::StrCat("the ", name_, " cannot be reached; nothing was sent"))
      .RetryAfter(kReconnectDelay)
      .Outcome(type::v1::NOT_SENT);
}

absl::Status Peer::WithTransportReason(const absl::Status& status) const {
  if (GetErrorReason(status).has_value()) {
    return status;
  }
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      return MakeError(status.code(), type::v1::SERVICE_UNAVAILABLE,
                       absl::StrCat("the ", name_, " cannot be reached; try again shortly"))
          .RetryAfter(kReconnectDelay);
    case absl::StatusCode::kDeadlineExceeded:
      return MakeError(status.code(), type::v1::DEADLINE_EXCEEDED,
                       absl::StrCat("the deadline passed before the ", name_, " answered"));
    case absl::StatusCode::kCancelled:
      return MakeError(status.code(), type::v1::CANCELLED, "the caller hung up");
    default:
      return status;
  }
}

absl::Status Peer::WithMutationOutcome(const absl::Status& status, const std::string& operation_id) {
  if (GetOutcome(status) != type::v1::OUTCOME_UNSPECIFIED) {
    return status;
  }
  // What the other service's door answers before it looks at a call.
  if (GetErrorReason(status).has_value()) {
    switch (status.code()) {
      case absl::StatusCode::kUnauthenticated:
      case absl::StatusCode::kPermissionDenied:
      case absl::StatusCode::kInvalidArgument:
      case absl::StatusCode::kNotFound:
        return WithOutcome(status, type::v1::REJECTED);
      case absl::StatusCode::kResourceExhausted:
        return WithOutcome(status, type::v1::NOT_SENT);
      default:
        break;
    }
  }
  return MakeError(absl::StatusCode::kDeadlineExceeded, type::v1::OPERATION_UNCONFIRMED,
                   absl::StrCat("the outcome of operation ", operation_id,
                                " is not known yet; ask GetOperation or repeat the call with the same id"))
      .With("operation_id", operation_id)
      .Outcome(type::v1::UNCONFIRMED);
}

}  // namespace mtsuite::requests
