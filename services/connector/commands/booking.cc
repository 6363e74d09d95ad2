#include "services/connector/commands/booking.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/journal/tag.h"

namespace mtsuite::connector {

using accounts::v1::BalanceOperation;

namespace {

ErrorBuilder Invalid(ErrorReason reason, const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message).Outcome(type::v1::REJECTED);
}

}  // namespace

absl::StatusOr<Decimal> SignedAmount(const BalanceOperation& operation) {
  const absl::StatusOr<Decimal> amount = Decimal::Parse(operation.amount());
  if (!amount.ok()) {
    return Invalid(type::v1::FIELD_INVALID,
                   absl::StrCat("the amount is no decimal number: ", amount.status().message()))
        .Field("balance_operation.amount", "a decimal such as \"250.00\"");
  }
  if (operation.type() == BalanceOperation::CORRECTION && !amount->IsZero()) return *amount;
  if (amount->sign() <= 0) {
    return Invalid(type::v1::AMOUNT_NOT_POSITIVE,
                   absl::StrCat("the amount is ", amount->ToString(),
                                "; it must be above zero, the type gives the sign"))
        .Field("balance_operation.amount", "above zero");
  }
  switch (operation.type()) {
    case BalanceOperation::DEPOSIT:
    case BalanceOperation::CREDIT_IN:
    case BalanceOperation::BONUS:
      return *amount;
    case BalanceOperation::WITHDRAWAL:
    case BalanceOperation::CREDIT_OUT:
    case BalanceOperation::CHARGE:
      return -*amount;
    default:
      return Invalid(type::v1::FIELD_INVALID, "the type of the balance operation is unknown")
          .Field("balance_operation.type",
                 "DEPOSIT, WITHDRAWAL, CREDIT_IN, CREDIT_OUT, BONUS, CHARGE or CORRECTION");
  }
}

type::v1::Deal::Type DealTypeOf(BalanceOperation::Type type) {
  switch (type) {
    case BalanceOperation::DEPOSIT:
    case BalanceOperation::WITHDRAWAL:
      return type::v1::Deal::BALANCE;
    case BalanceOperation::CREDIT_IN:
    case BalanceOperation::CREDIT_OUT:
      return type::v1::Deal::CREDIT;
    case BalanceOperation::BONUS:
      return type::v1::Deal::BONUS;
    case BalanceOperation::CHARGE:
      return type::v1::Deal::CHARGE;
    case BalanceOperation::CORRECTION:
      return type::v1::Deal::CORRECTION;
    default:
      return type::v1::Deal::TYPE_UNSPECIFIED;
  }
}

absl::StatusOr<Booking> ToBooking(const OperationRecord& record) {
  const BalanceOperation& operation = record.command.book().balance_operation();
  Booking booking;
  booking.login = record.login;
  booking.type = operation.type();
  ASSIGN_OR_RETURN(booking.signed_amount, SignedAmount(operation));
  booking.comment = WithTag(operation.comment(), record.tag);
  booking.check_margin = !record.command.book().ignore_margin();
  return booking;
}

BalanceOperation ToBalanceOperation(const OperationRecord& record, int64_t ticket, absl::Time time) {
  const BalanceOperation& asked = record.command.book().balance_operation();
  BalanceOperation operation;
  operation.set_type(asked.type());
  operation.set_amount(asked.amount());
  operation.set_comment(asked.comment());
  operation.set_ticket(ticket);
  operation.set_login(record.login);
  *operation.mutable_create_time() = ToProto(time);
  operation.set_operation_id(record.operation_id);
  return operation;
}

bool IsTraceOf(const OperationRecord& record, const type::v1::Deal& deal) {
  if (!EndsWithTag(deal.comment(), record.tag)) return false;
  const BalanceOperation& asked = record.command.book().balance_operation();
  const absl::StatusOr<Decimal> booked = Decimal::ParseWire(deal.profit());
  const absl::StatusOr<Decimal> wanted = SignedAmount(asked);
  return deal.login() == record.login && deal.type() == DealTypeOf(asked.type()) && booked.ok() &&
         wanted.ok() && *booked == *wanted;
}

}  // namespace mtsuite::connector
