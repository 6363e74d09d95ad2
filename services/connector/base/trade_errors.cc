#include "services/connector/base/trade_errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/strings/view.h"

namespace mtsuite::connector::trade_errors {

using absl::StatusCode;
using absl::StrCat;
using type::v1::NOT_SENT;
using type::v1::REJECTED;

absl::Status AccountNotFound(int64_t login) {
  return MakeError(StatusCode::kNotFound, type::v1::ACCOUNT_NOT_FOUND, StrCat("there is no account ", login))
      .With("login", login)
      .Outcome(REJECTED);
}

absl::Status GroupNotFound(const std::string& group) {
  return MakeError(StatusCode::kFailedPrecondition, type::v1::GROUP_NOT_FOUND,
                   StrCat("there is no group \"", group, "\"; ListGroups shows those that exist"))
      .With("group", group)
      .Field("account.group", "the name of a group of this server")
      .Outcome(REJECTED);
}

absl::Status GroupCurrencyDiffers(const std::string& currency, const std::string& new_currency) {
  return MakeError(StatusCode::kFailedPrecondition, type::v1::GROUP_CURRENCY_DIFFERS,
                   StrCat("the account is in ", currency, ", the new group in ", new_currency,
                          "; open a new account in that group instead"))
      .With("currency", currency)
      .With("new_currency", new_currency)
      .Field("account.group", "a group of the same currency")
      .Outcome(REJECTED);
}

absl::Status LoginTaken(int64_t login) {
  return MakeError(StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN,
                   StrCat("the login ", login, " belongs to an account already; choose another one, or none"))
      .With("login", login)
      .Field("account.login", "a free login, or 0")
      .Outcome(REJECTED);
}

absl::Status LoginOutOfRange(int64_t login, int64_t min, int64_t max) {
  return MakeError(StatusCode::kOutOfRange, type::v1::LOGIN_OUT_OF_RANGE,
                   StrCat("the login ", login, " is outside of ", min, " to ", max))
      .With("min", min)
      .With("max", max)
      .Field("account.login", StrCat(min, " to ", max, ", or 0"))
      .Outcome(REJECTED);
}

absl::Status LoginsExhausted(int64_t min, int64_t max) {
  return MakeError(
             StatusCode::kResourceExhausted, type::v1::LOGINS_EXHAUSTED,
             StrCat("no login is free from ", min, " to ", max, "; the range of the server must be widened"))
      .With("min", min)
      .With("max", max)
      .Outcome(NOT_SENT);
}

absl::Status LeverageOutOfRange(int32_t leverage) {
  return MakeError(StatusCode::kOutOfRange, type::v1::LEVERAGE_OUT_OF_RANGE,
                   StrCat("the leverage ", leverage, " is outside of 1 to 1000"))
      .With("min", 1)
      .With("max", 1000)
      .Field("account.leverage", "1 to 1000")
      .Outcome(REJECTED);
}

absl::Status PasswordTooWeak(const absl::Status& weak, const std::string& field) {
  ErrorBuilder error = MakeError(weak.code(), type::v1::PASSWORD_TOO_WEAK, StdView(weak.message()));
  for (const auto& [key, value] : GetMetadata(weak)) {
    error.With(key, value);
  }
  const google::rpc::BadRequest found = GetBadRequest(weak);
  for (const auto& violation : found.field_violations()) {
    error.Field(field, violation.description());
  }
  return error;
}

absl::Status OpenPositionsForbidChange(int64_t login, const std::string& change) {
  return MakeError(StatusCode::kFailedPrecondition, type::v1::OPEN_POSITIONS_FORBID_CHANGE,
                   StrCat("account ", login, " holds open positions; close them before ", change))
      .With("login", login)
      .Outcome(REJECTED);
}

absl::Status AmountTooPrecise(Decimal amount, const std::string& currency, int digits) {
  return MakeError(
             StatusCode::kInvalidArgument, type::v1::AMOUNT_TOO_PRECISE,
             StrCat(amount.ToString(), " has ", amount.digits(), " decimals, ", currency, " has ", digits))
      .With("digits", digits)
      .With("currency", currency)
      .Field("balance_operation.amount", StrCat("at most ", digits, " decimals"))
      .Outcome(REJECTED);
}

absl::Status InsufficientFreeMargin(Decimal amount, Decimal free_margin, const std::string& currency) {
  return MakeError(StatusCode::kFailedPrecondition, type::v1::INSUFFICIENT_FREE_MARGIN,
                   StrCat("the withdrawal of ", amount.ToString(), " ", currency,
                          " exceeds the free margin of ", free_margin.ToString(), " ", currency))
      .With("free_margin", free_margin.ToString())
      .With("currency", currency)
      .Outcome(REJECTED);
}

absl::Status InsufficientCredit(Decimal amount, Decimal credit, const std::string& currency) {
  return MakeError(StatusCode::kFailedPrecondition, type::v1::INSUFFICIENT_CREDIT,
                   StrCat("taking ", amount.ToString(), " ", currency, " exceeds the credit of ",
                          credit.ToString(), " ", currency))
      .With("credit", credit.ToString())
      .With("currency", currency)
      .Outcome(REJECTED);
}

absl::Status DirectoryLoading() {
  return MakeError(StatusCode::kUnavailable, type::v1::DIRECTORY_LOADING,
                   "the accounts of this server are still being read; repeat the call in a few seconds")
      .Outcome(NOT_SENT)
      .RetryAfter(absl::Seconds(2));
}

absl::Status ServerUnavailable(const std::string& server, const std::string& why) {
  return MakeError(StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE,
                   StrCat("the trading server \"", server, "\" cannot be reached at the moment",
                          why.empty() ? "" : ": ", why))
      .With("server", server)
      .Outcome(NOT_SENT)
      .RetryAfter(absl::Seconds(2));
}

absl::Status ServerNotFound(const std::string& server) {
  return MakeError(StatusCode::kNotFound, type::v1::SERVER_NOT_FOUND,
                   StrCat("there is no trading server \"", server, "\"; ListServers shows those that exist"))
      .With("server", server)
      .Outcome(REJECTED);
}

absl::Status NotOwner(const std::string& server) {
  return MakeError(
             StatusCode::kUnavailable, type::v1::SERVICE_UNAVAILABLE,
             StrCat("the trading server \"", server, "\" is not driven by this connector at the moment"))
      .With("server", server)
      .Outcome(NOT_SENT)
      .RetryAfter(absl::Seconds(2));
}

}  // namespace mtsuite::connector::trade_errors
