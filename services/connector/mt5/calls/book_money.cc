#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/strings/utf8.h"
#include "services/connector/mt5/calls/account_reads.h"
#include "services/connector/mt5/calls/money_calls.h"
#include "services/connector/mt5/commands/balance_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

// More than any currency has.
constexpr int kMaxAmountDigits = 8;

ErrorBuilder Refuse(ErrorReason reason, std::string_view message, std::string_view field) {
  ErrorBuilder error = MakeError(absl::StatusCode::kInvalidArgument, reason, message);
  error.Field(field, message).Outcome(type::v1::REJECTED);
  return error;
}

// What the server would alter without a word: it cuts comments, and with them the tag that a booking is found
// again by, and rounds amounts.
absl::Status CheckBooking(const CallContext& context, const Booking& booking) {
  if (booking.signed_amount.IsZero()) {
    return Refuse(type::v1::AMOUNT_NOT_POSITIVE, "the amount must not be zero", "balance_operation.amount");
  }
  if (booking.signed_amount.Abs() > Decimal::FromInteger(kMaxBookingAmount)) {
    return Refuse(type::v1::AMOUNT_TOO_LARGE, absl::StrCat("one booking is at most ", kMaxBookingAmount),
                  "balance_operation.amount")
        .With("max", kMaxBookingAmount);
  }
  const accounts::v1::Group* group = context.catalog.FindByAccount(booking.login);
  const int digits = group == nullptr ? kMaxAmountDigits : group->currency_digits();
  if (booking.signed_amount.digits() > digits) {
    return Refuse(type::v1::AMOUNT_TOO_PRECISE, absl::StrCat("the amount has at most ", digits, " decimals"),
                  "balance_operation.amount")
        .With("digits", digits);
  }
  if (Utf16Length(booking.comment) > kMaxCommentLength) {
    return Refuse(type::v1::COMMENT_TOO_LONG,
                  absl::StrCat("the comment has at most ", kMaxCommentLength, " characters"),
                  "balance_operation.comment")
        .With("max_length", kMaxCommentLength);
  }
  return absl::OkStatus();
}

// Adds how much there is to a refusal that says there is not enough.
void ExplainNoMoney(const CallContext& context, const Booking& booking, const absl::Status& refusal,
                    absl::Time deadline, Done<BookingResult> done) {
  ReadTradeState(context, booking.login, deadline,
                 [refusal, done = std::move(done)](absl::StatusOr<accounts::v1::TradeState> state) mutable {
                   if (!state.ok()) return done(refusal);
                   if (GetErrorReason(refusal) == type::v1::INSUFFICIENT_CREDIT) {
                     return done(WithMetadata(refusal, "credit", state->credit()));
                   }
                   done(WithMetadata(WithMetadata(refusal, "free_margin", state->free_margin()), "balance",
                                     state->balance()));
                 });
}

}  // namespace

void BookMoney(const CallContext& context, const Booking& booking, absl::Time deadline,
               Done<BookingResult> done) {
  const std::optional<int> kind = BookingKind(booking.type);
  if (!kind) {
    return done(
        Refuse(type::v1::FIELD_INVALID, "the type of the booking is not one that can be made", "type"));
  }
  if (absl::Status status = CheckBooking(context, booking); !status.ok()) return done(std::move(status));
  Request request = BookBalance(booking, *kind);
  const CommandContext command = request.context;
  context.pool.Call(
      ConnectionPool::Lane::kCommand, std::move(request), deadline,
      [context, command, booking, deadline, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
        absl::StatusOr<BookingResult> result = ReadResult(answer, command, &ParseBooked);
        const std::optional<ErrorReason> reason = GetErrorReason(result.status());
        if (reason == type::v1::INSUFFICIENT_FREE_MARGIN || reason == type::v1::INSUFFICIENT_CREDIT) {
          return ExplainNoMoney(context, booking, result.status(), deadline, std::move(done));
        }
        done(std::move(result));
      });
}

}  // namespace mtsuite::connector::mt5
