#include "services/accounts/bookings.h"

#include <string>

#include "services/accounts/booking_comment.h"

namespace mtsuite::accounts {
namespace {

using Operation = v1::BalanceOperation;
using type::v1::Deal;

bool IsNegative(const std::string& amount) { return !amount.empty() && amount.front() == '-'; }

Operation::Type TypeOf(const Deal& deal) {
  const bool negative = IsNegative(deal.profit());
  switch (deal.type()) {
    case Deal::BALANCE:
      return negative ? Operation::WITHDRAWAL : Operation::DEPOSIT;
    case Deal::CREDIT:
      return negative ? Operation::CREDIT_OUT : Operation::CREDIT_IN;
    case Deal::BONUS:
      return Operation::BONUS;
    case Deal::CHARGE:
      return Operation::CHARGE;
    case Deal::CORRECTION:
      return Operation::CORRECTION;
    default:
      return Operation::TYPE_UNSPECIFIED;
  }
}

}  // namespace

std::optional<v1::BalanceOperation> ToBalanceOperation(const Deal& deal) {
  const Operation::Type type = TypeOf(deal);
  if (type == Operation::TYPE_UNSPECIFIED) {
    return std::nullopt;
  }
  Operation operation;
  operation.set_type(type);
  const bool drops_sign = type != Operation::CORRECTION && IsNegative(deal.profit());
  operation.set_amount(drops_sign ? deal.profit().substr(1) : deal.profit());
  operation.set_comment(std::string(WithoutOperationTag(deal.comment())));
  operation.set_ticket(deal.ticket());
  operation.set_login(deal.login());
  *operation.mutable_create_time() = deal.time();
  return operation;
}

}  // namespace mtsuite::accounts
