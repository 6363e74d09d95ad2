#include "services/connector/base/order_errors.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"

namespace mtsuite::connector::order_errors {

using absl::StatusCode;
using absl::StrCat;
using quotes::v1::Symbol;

namespace {

ErrorBuilder Rejected(StatusCode code, ErrorReason reason, const std::string& message) {
  return MakeError(code, reason, message).Outcome(type::v1::REJECTED);
}

ErrorBuilder Invalid(ErrorReason reason, const std::string& message) {
  return Rejected(StatusCode::kInvalidArgument, reason, message);
}

ErrorBuilder Refused(ErrorReason reason, const std::string& message) {
  return Rejected(StatusCode::kFailedPrecondition, reason, message);
}

}  // namespace

absl::Status SymbolNotFound(const std::string& symbol) {
  return Rejected(StatusCode::kNotFound, type::v1::SYMBOL_NOT_FOUND,
                  StrCat("there is no symbol \"", symbol, "\"; ListSymbols shows those that exist"))
      .With("symbol", symbol)
      .Field("order.symbol", "the name of a symbol of this server");
}

absl::Status VolumeTooSmall(Decimal volume, const Symbol& symbol, const std::string& field) {
  return Invalid(type::v1::VOLUME_TOO_SMALL, StrCat("the volume ", volume.ToString(), " is below ",
                                                    symbol.min_volume(), ", the least of ", symbol.name()))
      .With("min", symbol.min_volume())
      .Field(field, StrCat("at least ", symbol.min_volume()));
}

absl::Status VolumeTooLarge(Decimal volume, const Symbol& symbol, const std::string& field) {
  return Invalid(type::v1::VOLUME_TOO_LARGE, StrCat("the volume ", volume.ToString(), " is above ",
                                                    symbol.max_volume(), ", the most of ", symbol.name()))
      .With("max", symbol.max_volume())
      .Field(field, StrCat("at most ", symbol.max_volume()));
}

absl::Status VolumeStepMismatch(Decimal volume, const Symbol& symbol, const std::string& field) {
  return Invalid(type::v1::VOLUME_STEP_MISMATCH,
                 StrCat("the volume ", volume.ToString(), " is no multiple of ", symbol.volume_step()))
      .With("step", symbol.volume_step())
      .Field(field, StrCat("a multiple of ", symbol.volume_step()));
}

absl::Status VolumeExceedsPosition(Decimal volume, const std::string& open) {
  return Invalid(type::v1::VOLUME_EXCEEDS_POSITION,
                 StrCat(volume.ToString(), " lots are to be closed and ", open, " are open"))
      .With("volume", open)
      .Field("volume", StrCat("at most ", open));
}

absl::Status OrderTypeNotAllowed(const Symbol& symbol, const std::string& what) {
  std::vector<std::string> allowed;
  for (const int type : symbol.order_types()) {
    if (type != type::v1::CLOSE_BY) allowed.push_back(type::v1::OrderType_Name(type));
  }
  const std::string list = absl::StrJoin(allowed, ", ");
  return Invalid(type::v1::ORDER_TYPE_NOT_ALLOWED, StrCat(symbol.name(), " does not take ", what,
                                                          "; it takes ", list.empty() ? "no orders" : list))
      .With("allowed", list)
      .Field("order.type", list);
}

absl::Status FillPolicyNotAllowed(const Symbol& symbol, const std::string& policy) {
  std::vector<std::string> allowed;
  for (const int fill : symbol.fill_policies()) allowed.push_back(type::v1::FillPolicy_Name(fill));
  const std::string list = absl::StrJoin(allowed, ", ");
  return Invalid(type::v1::FILL_POLICY_NOT_ALLOWED,
                 StrCat(symbol.name(), " does not take ", policy, " for such an order"))
      .With("allowed", list)
      .Field("order.fill_policy", list);
}

absl::Status TradeDisabled(const std::string& what, const std::string& message) {
  return Refused(type::v1::TRADE_DISABLED, message).With("for", what);
}

absl::Status DirectionNotAllowed(const Symbol& symbol) {
  const std::string mode = Symbol::TradeMode_Name(symbol.trade_mode());
  return Refused(type::v1::DIRECTION_NOT_ALLOWED, StrCat(symbol.name(), " is ", mode, " now"))
      .With("trade_mode", mode)
      .Field("order.side", StrCat("as ", mode, " allows"));
}

absl::Status OffQuotes(const std::string& symbol) {
  return Refused(type::v1::OFF_QUOTES, StrCat("there is no current price of ", symbol))
      .With("symbol", symbol);
}

absl::Status PriceChanged(Decimal bid, Decimal ask, int32_t points, int32_t allowed) {
  return Rejected(StatusCode::kAborted, type::v1::PRICE_CHANGED,
                  StrCat("the market is ", points, " points from the price and ", allowed,
                         " are allowed; place it again at the new price"))
      .With("bid", bid.ToString())
      .With("ask", ask.ToString());
}

absl::Status InvalidExpiration(const std::string& message, const std::string& field) {
  return Invalid(type::v1::INVALID_EXPIRATION, message).Field(field, message);
}

absl::Status MarketClosed(const std::string& symbol, absl::Time next_open) {
  ErrorBuilder error = Refused(type::v1::MARKET_CLOSED, StrCat("the market of ", symbol, " is closed"));
  error.With("symbol", symbol);
  if (next_open != absl::InfiniteFuture()) {
    error.With("next_open_time", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", next_open, absl::UTCTimeZone()));
  }
  return error;
}

absl::Status InsufficientMargin(const std::string& margin, const std::string& free_margin,
                                const std::string& currency) {
  return Refused(type::v1::INSUFFICIENT_FREE_MARGIN,
                 StrCat("the order needs ", margin, " ", currency, " margin and ", free_margin, " are free"))
      .With("margin", margin)
      .With("free_margin", free_margin)
      .With("currency", currency);
}

absl::Status OrderIsDone(const orders::v1::Order& order) {
  using orders::v1::Order;
  const bool filled = order.state() == Order::FILLED || order.state() == Order::PARTIALLY_FILLED;
  if (filled) {
    ErrorBuilder error =
        Refused(type::v1::ORDER_FILLED, StrCat("order ", order.ticket(), " is filled already"));
    error.With("ticket", order.ticket());
    if (order.position_ticket() != 0) error.With("position_ticket", order.position_ticket());
    return error;
  }
  const std::string state = Order::State_Name(order.state());
  return Refused(type::v1::ORDER_CANCELLED, StrCat("order ", order.ticket(), " is done: ", state))
      .With("ticket", order.ticket())
      .With("state", state);
}

absl::Status PositionNotFound(int64_t ticket) {
  return Rejected(StatusCode::kNotFound, type::v1::POSITION_NOT_FOUND,
                  StrCat("the account has and had no position ", ticket))
      .With("ticket", ticket);
}

absl::Status PositionClosed(int64_t ticket) {
  // As a resource it is gone; its deals are in the history.
  return Rejected(StatusCode::kNotFound, type::v1::POSITION_CLOSED,
                  StrCat("position ", ticket, " is closed already"))
      .With("ticket", ticket);
}

absl::Status PositionsNotOpposite(int64_t ticket, int64_t opposite) {
  return Refused(type::v1::POSITIONS_NOT_OPPOSITE, StrCat("positions ", ticket, " and ", opposite,
                                                          " are not of one symbol in opposite directions"))
      .With("ticket", ticket)
      .With("opposite_ticket", opposite)
      .Field("opposite_ticket", "a position of the same symbol in the opposite direction");
}

absl::Status PriceMissing(const std::string& field, const std::string& type) {
  return Invalid(type::v1::INVALID_PRICE, StrCat(field, " is missing: orders of the type ", type, " need it"))
      .Field(field, StrCat("must be set for ", type));
}

absl::Status PriceNotWanted(const std::string& field, const std::string& type) {
  return Invalid(type::v1::INVALID_PRICE, StrCat("orders of the type ", type, " have no ", field))
      .Field(field, StrCat("must be empty for ", type));
}

absl::Status PriceNotPositive(const std::string& field) {
  return Invalid(type::v1::INVALID_PRICE, StrCat(field, " must be above zero")).Field(field, "above zero");
}

absl::Status PriceTooPrecise(Decimal price, int digits, const std::string& field) {
  return Invalid(type::v1::INVALID_PRICE,
                 StrCat(price.ToString(), " has ", price.digits(), " decimals, the symbol has ", digits))
      .With("digits", digits)
      .Field(field, StrCat("at most ", digits, " decimals"));
}

absl::Status PriceOffTick(Decimal price, const std::string& tick_size, const std::string& field) {
  return Invalid(type::v1::INVALID_PRICE,
                 StrCat(price.ToString(), " is no multiple of the tick size ", tick_size))
      .With("tick_size", tick_size)
      .Field(field, StrCat("a multiple of ", tick_size));
}

absl::Status PriceOnWrongSide(Decimal price, Decimal bid, Decimal ask, const std::string& field) {
  return Invalid(type::v1::INVALID_PRICE,
                 StrCat(price.ToString(), " is on the wrong side of the market (", bid.ToString(), "/",
                        ask.ToString(), ") for such an order, or too near to it"))
      .With("bid", bid.ToString())
      .With("ask", ask.ToString())
      .Field(field, "below or above the market as the order's type and side demand");
}

absl::Status InvalidStops(Decimal stop, Decimal reference, const Symbol& symbol, const std::string& field) {
  return Invalid(type::v1::INVALID_STOPS,
                 StrCat(stop.ToString(), " is on the wrong side of ", reference.ToString(),
                        " or nearer than ", symbol.stops_level_points(), " points"))
      .With("price", reference.ToString())
      .With("stops_level_points", symbol.stops_level_points())
      .Field(field, "on the other side of the price, and far enough from it");
}

}  // namespace mtsuite::connector::order_errors
