#include "services/connector/mt5/retcode_map.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {
namespace {

using absl::StatusCode;

// Whether the code says that the command was not carried out.
enum class Verdict { kRefused, kInDoubt };

struct Row {
  int code;
  StatusCode status;
  ErrorReason reason;
  Verdict verdict;
};

constexpr Row Refused(int code, StatusCode status, ErrorReason reason) {
  return {code, status, reason, Verdict::kRefused};
}
constexpr Row InDoubt(int code, StatusCode status, ErrorReason reason) {
  return {code, status, reason, Verdict::kInDoubt};
}

// Codes with a meaning of their own, ascending; for the rest see IsKnownRefusal.
constexpr Row kRows[] = {
    // A common, disk or memory error may strike in the middle of the work.
    InDoubt(2, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED),
    Refused(3, StatusCode::kInvalidArgument, type::v1::TRADE_SERVER_REJECTED),
    Refused(4, StatusCode::kInvalidArgument, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(5, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(6, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED),
    // The access server lost its trade server on the way.
    InDoubt(7, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE),
    Refused(8, StatusCode::kFailedPrecondition, type::v1::MANAGER_NOT_PERMITTED),
    InDoubt(9, StatusCode::kDeadlineExceeded, type::v1::TRADE_SERVER_TIMEOUT),
    InDoubt(10, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE),
    InDoubt(11, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE),
    Refused(12, StatusCode::kResourceExhausted, type::v1::RATE_LIMITED),
    Refused(13, StatusCode::kNotFound, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(14, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(15, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE),
    InDoubt(16, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    Refused(17, StatusCode::kAlreadyExists, type::v1::TRADE_SERVER_REJECTED),
    Refused(1018, StatusCode::kResourceExhausted, type::v1::RATE_LIMITED),
    Refused(3002, StatusCode::kResourceExhausted, type::v1::LOGINS_EXHAUSTED),
    // Reserved for another trade server of the same platform: not ours to give either.
    Refused(3003, StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN),
    Refused(3004, StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN),
    Refused(3006, StatusCode::kInvalidArgument, type::v1::PASSWORD_TOO_WEAK),
    Refused(3008, StatusCode::kFailedPrecondition, type::v1::OPEN_POSITIONS_FORBID_CHANGE),
    Refused(3010, StatusCode::kFailedPrecondition, type::v1::GROUP_CURRENCY_DIFFERS),
    Refused(3013, StatusCode::kAlreadyExists, type::v1::LOGIN_TAKEN),
    Refused(4005, StatusCode::kInvalidArgument, type::v1::AMOUNT_TOO_LARGE),
    InDoubt(10001, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(10002, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(10003, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    Refused(10004, StatusCode::kAborted, type::v1::REQUOTE),
    Refused(10006, StatusCode::kFailedPrecondition, type::v1::DEALER_REJECTED),
    Refused(10007, StatusCode::kFailedPrecondition, type::v1::DEALER_REJECTED),
    InDoubt(10008, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(10009, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(10010, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(10011, StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(10012, StatusCode::kDeadlineExceeded, type::v1::TRADE_SERVER_TIMEOUT),
    Refused(10013, StatusCode::kInvalidArgument, type::v1::TRADE_SERVER_REJECTED),
    Refused(10014, StatusCode::kInvalidArgument, type::v1::INVALID_VOLUME),
    Refused(10015, StatusCode::kInvalidArgument, type::v1::INVALID_PRICE),
    Refused(10016, StatusCode::kInvalidArgument, type::v1::INVALID_STOPS),
    Refused(10017, StatusCode::kFailedPrecondition, type::v1::TRADE_DISABLED),
    Refused(10018, StatusCode::kFailedPrecondition, type::v1::MARKET_CLOSED),
    Refused(10019, StatusCode::kFailedPrecondition, type::v1::INSUFFICIENT_FREE_MARGIN),
    Refused(10020, StatusCode::kAborted, type::v1::PRICE_CHANGED),
    Refused(10021, StatusCode::kFailedPrecondition, type::v1::OFF_QUOTES),
    Refused(10022, StatusCode::kInvalidArgument, type::v1::INVALID_EXPIRATION),
    Refused(10023, StatusCode::kAborted, type::v1::ORDER_CHANGED),
    Refused(10024, StatusCode::kResourceExhausted, type::v1::RATE_LIMITED),
    Refused(10026, StatusCode::kFailedPrecondition, type::v1::TRADE_DISABLED),
    Refused(10027, StatusCode::kFailedPrecondition, type::v1::TRADE_DISABLED),
    Refused(10028, StatusCode::kFailedPrecondition, type::v1::TRADE_FROZEN),
    Refused(10029, StatusCode::kFailedPrecondition, type::v1::TRADE_FROZEN),
    Refused(10030, StatusCode::kInvalidArgument, type::v1::FILL_POLICY_NOT_ALLOWED),
    InDoubt(10031, StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE),
    Refused(10032, StatusCode::kFailedPrecondition, type::v1::TRADE_DISABLED),
    Refused(10033, StatusCode::kResourceExhausted, type::v1::TOO_MANY_ORDERS),
    Refused(10034, StatusCode::kFailedPrecondition, type::v1::VOLUME_LIMIT_REACHED),
    Refused(10035, StatusCode::kInvalidArgument, type::v1::ORDER_TYPE_NOT_ALLOWED),
    Refused(10036, StatusCode::kNotFound, type::v1::POSITION_CLOSED),
    Refused(10037, StatusCode::kFailedPrecondition, type::v1::DEALER_REJECTED),
    Refused(10038, StatusCode::kInvalidArgument, type::v1::VOLUME_EXCEEDS_POSITION),
    Refused(10039, StatusCode::kAborted, type::v1::CLOSE_IN_PROGRESS),
    Refused(10040, StatusCode::kResourceExhausted, type::v1::TOO_MANY_POSITIONS),
    Refused(10041, StatusCode::kFailedPrecondition, type::v1::DEALER_REJECTED),
    Refused(10042, StatusCode::kFailedPrecondition, type::v1::DIRECTION_NOT_ALLOWED),
    Refused(10043, StatusCode::kFailedPrecondition, type::v1::DIRECTION_NOT_ALLOWED),
    Refused(10044, StatusCode::kFailedPrecondition, type::v1::DIRECTION_NOT_ALLOWED),
    Refused(10045, StatusCode::kFailedPrecondition, type::v1::FIFO_REQUIRED),
    Refused(10046, StatusCode::kFailedPrecondition, type::v1::HEDGING_PROHIBITED),
    InDoubt(11000, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(11001, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    InDoubt(11002, StatusCode::kUnavailable, type::v1::TRADE_SERVER_REJECTED),
    Refused(12000, StatusCode::kFailedPrecondition, type::v1::NOT_SUPPORTED_BY_PLATFORM),
    Refused(12002, StatusCode::kFailedPrecondition, type::v1::NOT_SUPPORTED_BY_PLATFORM),
    // Cancelled because of a possible deadlock: how far it got is not documented.
    InDoubt(12003, StatusCode::kAborted, type::v1::TRADE_SERVER_REJECTED),
};

struct Range {
  int first;
  int last;
};

// Families of documented codes that all mean "no" (source: section 8 of the protocol notes).
constexpr Range kRefusals[] = {{1000, 1034},   {2000, 2021},   {3001, 3019},   {4001, 4009},
                               {5001, 5008},   {6001, 6001},   {10004, 10046}, {12000, 12004},
                               {14000, 14001}, {15000, 15008}, {16000, 16021}};

bool IsKnownRefusal(int code) {
  return std::any_of(std::begin(kRefusals), std::end(kRefusals),
                     [code](const Range& range) { return range.first <= code && code <= range.last; });
}

Row RowOf(int code) {
  const Row* row = std::lower_bound(std::begin(kRows), std::end(kRows), code,
                                    [](const Row& r, int wanted) { return r.code < wanted; });
  if (row != std::end(kRows) && row->code == code) return *row;
  // A number that nobody documented may be anything, even a damaged 0.
  return {code, StatusCode::kFailedPrecondition, type::v1::TRADE_SERVER_REJECTED,
          IsKnownRefusal(code) ? Verdict::kRefused : Verdict::kInDoubt};
}

// "Not found" names no thing; the command knows which.
ErrorReason NotFoundReason(const CommandContext& context) {
  // An account that is being opened is not what is missing.
  if (context.command == "USER_ADD") return type::v1::GROUP_NOT_FOUND;
  if (context.login != 0) return type::v1::ACCOUNT_NOT_FOUND;
  if (!context.group.empty()) return type::v1::GROUP_NOT_FOUND;
  if (!context.symbol.empty()) return type::v1::SYMBOL_NOT_FOUND;
  return type::v1::TRADE_SERVER_REJECTED;
}

ErrorReason ReasonOf(const Row& row, const CommandContext& context) {
  if (row.code == 13) return NotFoundReason(context);
  if (row.code == 10019 && context.credit) return type::v1::INSUFFICIENT_CREDIT;
  return row.reason;
}

// The same for refused trades; null for other reasons.
const char* TradeAdvice(ErrorReason reason) {
  switch (reason) {
    case type::v1::REQUOTE:
      return "the dealer offers another price; ask again with it, under a new operation id";
    case type::v1::PRICE_CHANGED:
      return "the market left the allowed deviation; try again under a new operation id";
    case type::v1::DEALER_REJECTED:
      return "a dealer or the liquidity provider refused the trade";
    case type::v1::INVALID_VOLUME:
      return "the trading server refuses the volume";
    case type::v1::INVALID_PRICE:
      return "the trading server refuses the price: the market may have moved beyond it";
    case type::v1::INVALID_STOPS:
      return "the trading server refuses the stop loss or take profit: wrong side, or too near to the market";
    case type::v1::TRADE_DISABLED:
      return "trading is switched off";
    case type::v1::MARKET_CLOSED:
      return "the market is closed";
    case type::v1::OFF_QUOTES:
      return "there is no current price";
    case type::v1::INVALID_EXPIRATION:
      return "the trading server refuses the expiration";
    case type::v1::ORDER_CHANGED:
      return "the order changed meanwhile; read it and try again under a new operation id";
    case type::v1::TRADE_FROZEN:
      return "too near to the market to be changed, or held by a dealer; try again when the price has moved";
    case type::v1::FILL_POLICY_NOT_ALLOWED:
      return "the symbol does not take this fill policy";
    case type::v1::TOO_MANY_ORDERS:
      return "the account has as many orders as it may";
    case type::v1::VOLUME_LIMIT_REACHED:
      return "the account would hold more of the symbol than allowed";
    case type::v1::ORDER_TYPE_NOT_ALLOWED:
      return "the symbol does not take orders of this type";
    case type::v1::POSITION_CLOSED:
      return "the position is closed already";
    case type::v1::VOLUME_EXCEEDS_POSITION:
      return "more would be closed than is open";
    case type::v1::CLOSE_IN_PROGRESS:
      return "another order to close the position is under way";
    case type::v1::TOO_MANY_POSITIONS:
      return "the account has as many positions as it may";
    case type::v1::DIRECTION_NOT_ALLOWED:
      return "the symbol takes only part of the directions now";
    case type::v1::FIFO_REQUIRED:
      return "the group wants the oldest position of the symbol closed first";
    case type::v1::HEDGING_PROHIBITED:
      return "the group does not allow opposite positions of one symbol";
    default:
      return nullptr;
  }
}

// What a caller can do, after "<command> of account <login>: ".
std::string Advice(const Row& row, ErrorReason reason, const CommandContext& context) {
  switch (reason) {
    case type::v1::ACCOUNT_NOT_FOUND:
      return absl::StrCat("the trading server has no account ", context.login,
                          " that the manager login may see");
    case type::v1::GROUP_NOT_FOUND:
      return absl::StrCat("the trading server has no group '", context.group,
                          "' that the manager login may see");
    case type::v1::SYMBOL_NOT_FOUND:
      return absl::StrCat("the trading server has no symbol '", context.symbol, "'");
    case type::v1::MANAGER_NOT_PERMITTED:
      return "the manager login that the connector uses lacks the permission; the broker's administrator "
             "grants it";
    case type::v1::RATE_LIMITED:
      return "the trading server takes no more requests at the moment; try again shortly";
    case type::v1::LOGIN_TAKEN:
      return absl::StrCat("login ", context.login, " belongs to an account already");
    case type::v1::LOGINS_EXHAUSTED:
      return "the trading server has no free login left";
    case type::v1::PASSWORD_TOO_WEAK:
      return "the password breaks the trading server's policy";
    case type::v1::OPEN_POSITIONS_FORBID_CHANGE:
      return absl::StrCat("account ", context.login, " has open positions or orders; close them first");
    case type::v1::GROUP_CURRENCY_DIFFERS:
      return absl::StrCat("group '", context.group, "' has another deposit currency than the account's");
    case type::v1::AMOUNT_TOO_LARGE:
      return absl::StrCat("one booking is at most ", kMaxBookingAmount);
    case type::v1::INSUFFICIENT_FREE_MARGIN:
      return absl::StrCat("account ", context.login, " has not enough free margin or balance");
    case type::v1::INSUFFICIENT_CREDIT:
      return absl::StrCat("account ", context.login, " has less credit than would be taken");
    case type::v1::NOT_SUPPORTED_BY_PLATFORM:
      return "this trading server does not know the command";
    default:
      break;
  }
  if (const char* advice = TradeAdvice(reason); advice != nullptr) return advice;
  return row.verdict == Verdict::kInDoubt ? "the trading server failed on the way"
                                          : "the trading server refused";
}

void AddValues(ErrorBuilder& error, const Row& row, ErrorReason reason, const CommandContext& context) {
  if (context.login != 0) error.With("login", context.login);
  if (!context.group.empty()) error.With("group", context.group);
  if (!context.symbol.empty()) error.With("symbol", context.symbol);
  if (reason == type::v1::AMOUNT_TOO_LARGE) error.With("max", kMaxBookingAmount);
  if (reason == type::v1::RATE_LIMITED) error.RetryAfter(absl::Seconds(1));
  if (row.code == 10026) error.With("for", "server");
  if (row.code == 10027 || row.code == 10032) error.With("for", "account");
  if (row.code == 10042) error.With("trade_mode", "LONG_ONLY");
  if (row.code == 10043) error.With("trade_mode", "SHORT_ONLY");
  if (row.code == 10044) error.With("trade_mode", "CLOSE_ONLY");
}

}  // namespace

absl::Status StatusOfRetcode(int code, std::string_view text, const CommandContext& context) {
  if (code == 0 || code == 1) return absl::OkStatus();
  const Row row = RowOf(code);
  const ErrorReason reason = ReasonOf(row, context);
  ErrorBuilder error =
      MakeError(row.status, reason,
                absl::StrCat(Advice(row, reason, context), " (", AbslView(context.command), " answered ",
                             code, text.empty() ? "" : " ", AbslView(text), ")"));
  error.With("retcode", code);
  AddValues(error, row, reason, context);
  if (context.mutation) {
    error.Outcome(row.verdict == Verdict::kRefused ? type::v1::REJECTED : type::v1::UNCONFIRMED);
  }
  return error;
}

}  // namespace mtsuite::connector::mt5
