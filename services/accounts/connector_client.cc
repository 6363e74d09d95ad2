#include "services/accounts/connector_client.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/error.h"

namespace mtsuite::accounts {
namespace {

constexpr absl::Duration kReconnectDelay = absl::Seconds(1);

absl::Status Unreachable() {
  return MakeError(absl::StatusCode::kUnavailable, type::v1::SERVICE_UNAVAILABLE,
                   "the connector cannot be reached; nothing was sent")
      .RetryAfter(kReconnectDelay)
      .Outcome(type::v1::NOT_SENT);
}

}  // namespace

ConnectorClient::ConnectorClient(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)), stub_(connector::v1::ConnectorService::NewStub(channel_)) {}

absl::Status ConnectorClient::CheckReachable() const {
  // Asked before a call is started: only then is it certain that nothing of it left this process.
  return channel_->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_TRANSIENT_FAILURE ? Unreachable()
                                                                                       : absl::OkStatus();
}

absl::Status ConnectorClient::WithTransportReason(const absl::Status& status) {
  if (GetErrorReason(status).has_value()) {
    return status;
  }
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      return MakeError(status.code(), type::v1::SERVICE_UNAVAILABLE,
                       "the connector cannot be reached; try again shortly")
          .RetryAfter(kReconnectDelay);
    case absl::StatusCode::kDeadlineExceeded:
      return MakeError(status.code(), type::v1::DEADLINE_EXCEEDED,
                       "the deadline passed before the connector answered");
    case absl::StatusCode::kCancelled:
      return MakeError(status.code(), type::v1::CANCELLED, "the caller hung up");
    default:
      return status;
  }
}

absl::Status ConnectorClient::WithMutationOutcome(const absl::Status& status,
                                                  const std::string& operation_id) {
  if (GetOutcome(status) != type::v1::OUTCOME_UNSPECIFIED) {
    return status;
  }
  // What the connector's door answers before it looks at a call.
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

}  // namespace mtsuite::accounts
