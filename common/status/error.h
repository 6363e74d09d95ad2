#ifndef COMMON_STATUS_ERROR_H_
#define COMMON_STATUS_ERROR_H_

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "mtsuite/type/v1/errors.pb.h"

namespace mtsuite {

using type::v1::ErrorReason;
using type::v1::Outcome;

// The domain of every ErrorInfo that mtsuite makes.
inline constexpr std::string_view kErrorDomain = "mtsuite.dev";
// The ErrorInfo metadata that says what became of a mutation: the name of an Outcome.
inline constexpr std::string_view kOutcomeKey = "outcome";

// The longest error message, and the longest metadata value, in bytes; longer ones are cut. All details of an
// error travel in HTTP/2 trailers, which peers limit to 8 KiB.
inline constexpr size_t kMaxErrorMessageBytes = 1024;
inline constexpr size_t kMaxErrorMetadataBytes = 256;
inline constexpr int kMaxFieldViolations = 20;

// Builds an error for callers: an absl::Status whose payloads are the details of google.rpc.Status. Converts
// to absl::Status, and so to any absl::StatusOr:
//
//   return MakeError(absl::StatusCode::kInvalidArgument, type::v1::AMOUNT_TOO_PRECISE, "1.005 has 3 decimals,
//   USD has 2")
//       .With("digits", 2)
//       .Field("balance_operation.amount", "at most 2 decimals")
//       .Outcome(type::v1::REJECTED);
class ErrorBuilder {
 public:
  // `code` must not be OK, `reason` must not be unspecified (aborts otherwise).
  ErrorBuilder(absl::StatusCode code, ErrorReason reason, std::string_view message);

  // Adds metadata, the machine-readable form of a value in the message. The last value of a key wins.
  ErrorBuilder& With(std::string_view key, std::string_view value);
  template <std::integral T>
  ErrorBuilder& With(std::string_view key, T value) {
    return With(key, std::string_view(std::to_string(value)));
  }

  // Adds a field violation: `field` is the path in the request ("account.leverage"), `description` says what
  // is allowed. Only the first kMaxFieldViolations are kept.
  ErrorBuilder& Field(std::string_view field, std::string_view description);

  // Tells the caller how long to wait before a retry can succeed (0 to 24 hours; clamped).
  ErrorBuilder& RetryAfter(absl::Duration delay);

  // Says what became of the mutation that failed. OUTCOME_UNSPECIFIED adds nothing.
  ErrorBuilder& Outcome(mtsuite::Outcome outcome);

  operator absl::Status() const;  // NOLINT(google-explicit-constructor): the point of the builder

 private:
  absl::StatusCode code_;
  std::string message_;
  google::rpc::ErrorInfo info_;
  google::rpc::BadRequest bad_request_;
  std::optional<absl::Duration> retry_after_;
};

inline ErrorBuilder MakeError(absl::StatusCode code, ErrorReason reason, std::string_view message) {
  return ErrorBuilder(code, reason, message);
}

// The reason of an error that was made with MakeError, here or in another process; nullopt for OK, for errors
// without a reason (internal ones) and for reasons of other domains or newer versions.
std::optional<ErrorReason> GetErrorReason(const absl::Status& status);

// All metadata of an error; empty when it has none.
std::map<std::string, std::string> GetMetadata(const absl::Status& status);

// OUTCOME_UNSPECIFIED when the error does not say.
Outcome GetOutcome(const absl::Status& status);

// The field violations of an error, in the order they were added.
google::rpc::BadRequest GetBadRequest(const absl::Status& status);

// How long the error asks to wait.
std::optional<absl::Duration> GetRetryAfter(const absl::Status& status);

// `status` with this outcome or metadata added or replaced. OK stays OK; OUTCOME_UNSPECIFIED changes nothing.
// An error without a reason keeps none: it stays internal, see ToRpcStatus.
absl::Status WithOutcome(const absl::Status& status, Outcome outcome);
absl::Status WithMetadata(const absl::Status& status, std::string_view key, std::string_view value);

}  // namespace mtsuite

#endif  // COMMON_STATUS_ERROR_H_
