#include "common/status/error.h"

#include <algorithm>

#include "common/status/check.h"
#include "common/status/detail_payload.h"
#include "common/strings/utf8.h"

namespace mtsuite {
namespace {

// Keeps the delay within what RetryInfo and clients can represent.
constexpr absl::Duration kMaxRetryAfter = absl::Hours(24);

// Adds metadata to the ErrorInfo of a status, which gets one without a reason if it has none.
void PutMetadata(absl::Status& status, std::string_view key, std::string_view value) {
  auto info = GetDetail<google::rpc::ErrorInfo>(status).value_or(google::rpc::ErrorInfo());
  if (info.domain().empty()) info.set_domain(std::string(kErrorDomain));
  (*info.mutable_metadata())[std::string(key)] = ToValidUtf8(value, kMaxErrorMetadataBytes);
  SetDetail(info, status);
}

}  // namespace

ErrorBuilder::ErrorBuilder(absl::StatusCode code, ErrorReason reason, std::string_view message)
    : code_(code), message_(ToValidUtf8(message, kMaxErrorMessageBytes)) {
  MTSUITE_CHECK(code != absl::StatusCode::kOk, "an error cannot have the code OK");
  MTSUITE_CHECK(reason != type::v1::ERROR_REASON_UNSPECIFIED && type::v1::ErrorReason_IsValid(reason),
                "an error needs a reason");
  info_.set_reason(type::v1::ErrorReason_Name(reason));
  info_.set_domain(std::string(kErrorDomain));
}

ErrorBuilder& ErrorBuilder::With(std::string_view key, std::string_view value) {
  (*info_.mutable_metadata())[std::string(key)] = ToValidUtf8(value, kMaxErrorMetadataBytes);
  return *this;
}

ErrorBuilder& ErrorBuilder::Field(std::string_view field, std::string_view description) {
  if (bad_request_.field_violations_size() < kMaxFieldViolations) {
    google::rpc::BadRequest::FieldViolation* const violation = bad_request_.add_field_violations();
    violation->set_field(ToValidUtf8(field, kMaxErrorMetadataBytes));
    violation->set_description(ToValidUtf8(description, kMaxErrorMetadataBytes));
  }
  return *this;
}

ErrorBuilder& ErrorBuilder::RetryAfter(absl::Duration delay) {
  retry_after_ = std::clamp(delay, absl::ZeroDuration(), kMaxRetryAfter);
  return *this;
}

ErrorBuilder& ErrorBuilder::Outcome(mtsuite::Outcome outcome) {
  if (outcome == type::v1::OUTCOME_UNSPECIFIED) return *this;
  return With(kOutcomeKey, std::string_view(type::v1::Outcome_Name(outcome)));
}

ErrorBuilder::operator absl::Status() const {
  absl::Status status(code_, message_);
  SetDetail(info_, status);
  if (bad_request_.field_violations_size() > 0) SetDetail(bad_request_, status);
  if (retry_after_) {
    google::rpc::RetryInfo retry;
    absl::Duration rest;
    retry.mutable_retry_delay()->set_seconds(absl::IDivDuration(*retry_after_, absl::Seconds(1), &rest));
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(rest / absl::Nanoseconds(1)));
    SetDetail(retry, status);
  }
  return status;
}

std::optional<ErrorReason> GetErrorReason(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  ErrorReason reason = type::v1::ERROR_REASON_UNSPECIFIED;
  if (!info || info->domain() != kErrorDomain || !type::v1::ErrorReason_Parse(info->reason(), &reason) ||
      reason == type::v1::ERROR_REASON_UNSPECIFIED) {
    return std::nullopt;
  }
  return reason;
}

std::map<std::string, std::string> GetMetadata(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  if (!info) return {};
  return {info->metadata().begin(), info->metadata().end()};
}

Outcome GetOutcome(const absl::Status& status) {
  Outcome outcome = type::v1::OUTCOME_UNSPECIFIED;
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  if (!info) return outcome;
  const auto found = info->metadata().find(std::string(kOutcomeKey));
  if (found == info->metadata().end() || !type::v1::Outcome_Parse(found->second, &outcome)) {
    return type::v1::OUTCOME_UNSPECIFIED;
  }
  return outcome;
}

google::rpc::BadRequest GetBadRequest(const absl::Status& status) {
  return GetDetail<google::rpc::BadRequest>(status).value_or(google::rpc::BadRequest());
}

std::optional<absl::Duration> GetRetryAfter(const absl::Status& status) {
  const auto retry = GetDetail<google::rpc::RetryInfo>(status);
  if (!retry || !retry->has_retry_delay()) return std::nullopt;
  return absl::Seconds(retry->retry_delay().seconds()) + absl::Nanoseconds(retry->retry_delay().nanos());
}

absl::Status WithOutcome(const absl::Status& status, Outcome outcome) {
  if (outcome == type::v1::OUTCOME_UNSPECIFIED) return status;
  return WithMetadata(status, kOutcomeKey, type::v1::Outcome_Name(outcome));
}

absl::Status WithMetadata(const absl::Status& status, std::string_view key, std::string_view value) {
  absl::Status result = status;
  if (!result.ok()) PutMetadata(result, key, value);
  return result;
}

}  // namespace mtsuite
