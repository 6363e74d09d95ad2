#include "services/connector/mt5/call_errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {
namespace {

Outcome IfMutation(bool mutation, Outcome outcome) {
  return mutation ? outcome : type::v1::OUTCOME_UNSPECIFIED;
}

}  // namespace

absl::Status NotConnected(std::string_view why, absl::Duration retry_after, bool mutation) {
  return MakeError(absl::StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE,
                   absl::StrCat("the trading server cannot be reached: ", AbslView(why)))
      .RetryAfter(retry_after)
      .Outcome(IfMutation(mutation, type::v1::NOT_SENT));
}

absl::Status TooManyCalls(bool mutation) {
  return MakeError(absl::StatusCode::kResourceExhausted, type::v1::TOO_MANY_OPERATIONS,
                   "too many calls are waiting for the trading server; try again shortly")
      .RetryAfter(absl::Seconds(1))
      .Outcome(IfMutation(mutation, type::v1::NOT_SENT));
}

absl::Status Unanswered(const Reply& reply, const CommandContext& context) {
  const bool sent = reply.fate == Reply::Fate::kUnconfirmed;
  const Outcome outcome = IfMutation(context.mutation, sent ? type::v1::UNCONFIRMED : type::v1::NOT_SENT);
  if (reply.cause == Reply::Cause::kDeadline) {
    return MakeError(absl::StatusCode::kDeadlineExceeded, type::v1::TRADE_SERVER_TIMEOUT,
                     absl::StrCat(AbslView(context.command),
                                  sent ? " was not answered in time" : " could not be sent in time"))
        .Outcome(outcome);
  }
  return MakeError(absl::StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE,
                   absl::StrCat("the connection to the trading server was lost ", sent ? "after" : "before",
                                " ", AbslView(context.command), " was sent"))
      .RetryAfter(absl::Seconds(1))
      .Outcome(outcome);
}

absl::Status UnreadableAnswer(std::string_view detail, const CommandContext& context) {
  return MakeError(absl::StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE,
                   absl::StrCat("the trading server's answer to ", AbslView(context.command),
                                " cannot be read: ", AbslView(detail)))
      .Outcome(IfMutation(context.mutation, type::v1::UNCONFIRMED));
}

absl::Status BeforeMutation(const absl::Status& status) {
  // A clear "no" stays one; everything else means only that it was not tried.
  const std::optional<ErrorReason> reason = GetErrorReason(status);
  const bool refused = reason == type::v1::ACCOUNT_NOT_FOUND || reason == type::v1::GROUP_NOT_FOUND;
  return WithOutcome(status, refused ? type::v1::REJECTED : type::v1::NOT_SENT);
}

}  // namespace mtsuite::connector::mt5
