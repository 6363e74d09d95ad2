#include "services/connector/mt5/commands/balance_commands.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/commands/trade_enums.h"

namespace mtsuite::connector::mt5 {
namespace {

using accounts::v1::BalanceOperation;
using accounts::v1::TradeState;

// What SOActivation says.
TradeState::MarginState MarginStateOf(int64_t activation) {
  switch (activation) {
    case 0:
      return TradeState::NORMAL;
    case 1:
      return TradeState::MARGIN_CALL;
    case 2:
      return TradeState::STOP_OUT;
    default:
      return TradeState::MARGIN_STATE_UNSPECIFIED;
  }
}

absl::StatusOr<TradeState> ReadState(mt5wire::JsonView json, const StateContext& context) {
  if (!json.IsObject()) return absl::InvalidArgumentError("the account state is no JSON object");
  FieldReader fields(json);
  TradeState state;
  state.set_login(fields.Integer("Login"));
  if (state.login() != context.login) {
    fields.Fail(absl::StrCat("the answer is about account ", state.login(), " instead of ", context.login));
  }
  const int digits = fields.Small("CurrencyDigits", 0, kMaxDigits);
  const auto money = [&fields, digits](std::string_view key) {
    return AtLeastDigits(fields.Number(key), digits);
  };
  state.set_currency_code(context.currency_code);
  state.set_balance(money("Balance"));
  state.set_credit(money("Credit"));
  state.set_equity(money("Equity"));
  state.set_floating_profit(money("Floating"));
  state.set_swap(money("Storage"));
  state.set_margin(money("Margin"));
  state.set_free_margin(money("MarginFree"));
  if (!fields.Number("Margin").IsZero()) {
    state.set_margin_level(AtLeastDigits(fields.Number("MarginLevel"), 2));
  }
  state.set_margin_state(MarginStateOf(fields.Integer("SOActivation")));
  state.set_leverage(fields.Small("MarginLeverage", 0, 1'000'000));
  *state.mutable_read_time() = ToTimestamp(context.read_time);
  RETURN_IF_ERROR(fields.status());
  return state;
}

}  // namespace

std::optional<int> BookingKind(BalanceOperation::Type type) {
  switch (type) {
    case BalanceOperation::DEPOSIT:
    case BalanceOperation::WITHDRAWAL:
      return 2;
    case BalanceOperation::CREDIT_IN:
    case BalanceOperation::CREDIT_OUT:
      return 3;
    case BalanceOperation::CHARGE:
      return 4;
    case BalanceOperation::CORRECTION:
      return 5;
    case BalanceOperation::BONUS:
      return 6;
    default:
      return std::nullopt;
  }
}

Request BookBalance(const Booking& booking, int kind) {
  Request request;
  request.context = {"TRADE_BALANCE", true, booking.login, {}, {}, kind == 3};
  request.text = mt5wire::CommandBuilder("TRADE_BALANCE")
                     .Add("LOGIN", booking.login)
                     .Add("TYPE", kind)
                     .Add("BALANCE", std::string_view(booking.signed_amount.ToString()))
                     .Add("COMMENT", booking.comment)
                     .Add("CHECK_MARGIN", booking.check_margin ? 1 : 0)
                     .Finish();
  return request;
}

absl::StatusOr<BookingResult> ParseBooked(const Answer& answer) {
  BookingResult result;
  const std::string_view ticket = answer.line.Get("TICKET");
  if (!absl::SimpleAtoi(AbslView(ticket), &result.ticket) || result.ticket <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("the ticket of the booking reads '", AbslView(ticket), "'"));
  }
  return result;
}

Request GetTradeAccount(int64_t login) {
  Request request;
  request.context = {"USER_ACCOUNT_GET", false, login, {}, {}, false};
  request.text = mt5wire::CommandBuilder("USER_ACCOUNT_GET").Add("LOGIN", login).Finish();
  return request;
}

Request CheckOrderMargin(const MarginQuery& query) {
  Request request;
  request.context = {"TRADE_MARGIN_CHECK", false, query.login, {}, query.symbol, false};
  request.text = mt5wire::CommandBuilder("TRADE_MARGIN_CHECK")
                     .Add("LOGIN", query.login)
                     .Add("SYMBOL", query.symbol)
                     .Add("TYPE", NumberOf(query.type, query.side))
                     .Add("VOLUME", query.volume.ToScaled(8).value_or(0))
                     .Add("PRICE", std::string_view(query.price.ToString()))
                     .Finish();
  return request;
}

absl::StatusOr<TradeState> ParseTradeAccount(const Answer& answer, const StateContext& context) {
  ASSIGN_OR_RETURN(const mt5wire::JsonDocument document, mt5wire::JsonDocument::Parse(answer.body));
  return ReadState(document.root(), context);
}

absl::StatusOr<MarginAnswer> ParseOrderMargin(const Answer& answer, const StateContext& context) {
  ASSIGN_OR_RETURN(const mt5wire::JsonDocument document, mt5wire::JsonDocument::Parse(answer.body));
  MarginAnswer margin;
  ASSIGN_OR_RETURN(margin.current, ReadState(document.root().Get("current"), context));
  ASSIGN_OR_RETURN(margin.after, ReadState(document.root().Get("new"), context));
  return margin;
}

}  // namespace mtsuite::connector::mt5
