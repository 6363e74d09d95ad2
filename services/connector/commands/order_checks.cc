#include "services/connector/commands/order_checks.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/base/order_errors.h"
#include "services/connector/base/proto_time.h"

namespace mtsuite::connector {

using orders::v1::Order;
using quotes::v1::Session;
using quotes::v1::Symbol;
using type::v1::OrderType;

namespace {

constexpr int kScale = 8;
constexpr int kMinutesOfDay = 24 * 60;

Decimal ValueOf(const std::string& text) { return Decimal::ParseWire(text).value_or(Decimal()); }

Decimal Points(const Symbol& symbol, int64_t count) { return Decimal::FromScaled(count, symbol.digits()); }

// Stops and waiting orders must be at least a point away, even where no level is set.
Decimal Distance(const Symbol& symbol) { return Points(symbol, std::max(symbol.stops_level_points(), 1)); }

bool IsMultiple(Decimal value, Decimal step) {
  const absl::StatusOr<int64_t> units = value.ToScaled(kScale);
  const absl::StatusOr<int64_t> unit = step.ToScaled(kScale);
  return !unit.ok() || *unit == 0 || (units.ok() && *units % *unit == 0);
}

template <typename List>
bool Contains(const List& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool TakesFillPolicy(const Symbol& symbol, OrderType type, type::v1::FillPolicy policy) {
  if (!Contains(symbol.fill_policies(), policy)) return false;
  // All of a market order is traded at once where the client's price counts, and it cannot wait in a book.
  if (type != type::v1::MARKET) return true;
  return policy != type::v1::BOOK_OR_CANCEL && !(policy == type::v1::RETURN_REMAINDER && IsInstant(symbol));
}

// Minutes of "HH:MM".
int MinutesOf(const std::string& clock) {
  int hours = 0;
  int minutes = 0;
  if (clock.size() != 5 || !absl::SimpleAtoi(clock.substr(0, 2), &hours) ||
      !absl::SimpleAtoi(clock.substr(3), &minutes)) {
    return 0;
  }
  return hours * 60 + minutes;
}

Session::Weekday WeekdayOf(absl::CivilDay day) {
  return static_cast<Session::Weekday>(static_cast<int>(absl::GetWeekday(day)) + 1);
}

}  // namespace

absl::StatusOr<Decimal> ParseOptional(const std::string& text, const std::string& field) {
  if (text.empty()) return Decimal();
  absl::StatusOr<Decimal> value = Decimal::Parse(text);
  if (value.ok()) return value;
  return MakeError(absl::StatusCode::kInvalidArgument, type::v1::FIELD_INVALID,
                   absl::StrCat(field, ": ", value.status().message()))
      .Field(field, "a decimal such as \"1.08432\"")
      .Outcome(type::v1::REJECTED);
}

absl::Status CheckVolume(const Symbol& symbol, Decimal volume, const std::string& field) {
  if (volume < ValueOf(symbol.min_volume()) || volume.sign() <= 0) {
    return order_errors::VolumeTooSmall(volume, symbol, field);
  }
  const Decimal max = ValueOf(symbol.max_volume());
  if (!max.IsZero() && volume > max) return order_errors::VolumeTooLarge(volume, symbol, field);
  if (!IsMultiple(volume, ValueOf(symbol.volume_step()))) {
    return order_errors::VolumeStepMismatch(volume, symbol, field);
  }
  return absl::OkStatus();
}

absl::Status CheckPrice(const Symbol& symbol, Decimal price, const std::string& field) {
  if (price.IsZero()) return absl::OkStatus();
  if (price.sign() < 0) return order_errors::PriceNotPositive(field);
  if (price.digits() > symbol.digits()) {
    return order_errors::PriceTooPrecise(price, symbol.digits(), field);
  }
  if (!IsMultiple(price, ValueOf(symbol.tick_size()))) {
    return order_errors::PriceOffTick(price, symbol.tick_size(), field);
  }
  return absl::OkStatus();
}

absl::Status CheckOrderKind(const Symbol& symbol, const Order& order, bool netting) {
  if (symbol.trade_mode() == Symbol::DISABLED) {
    return order_errors::TradeDisabled("symbol", absl::StrCat(symbol.name(), " cannot be traded now"));
  }
  const bool buys = order.side() == type::v1::BUY;
  const bool wrong_way = symbol.trade_mode() == Symbol::CLOSE_ONLY ||
                         (symbol.trade_mode() == Symbol::LONG_ONLY && !buys) ||
                         (symbol.trade_mode() == Symbol::SHORT_ONLY && buys);
  if (wrong_way && !netting) return order_errors::DirectionNotAllowed(symbol);
  if (!Contains(symbol.order_types(), order.type())) {
    return order_errors::OrderTypeNotAllowed(symbol, type::v1::OrderType_Name(order.type()));
  }
  if (!TakesFillPolicy(symbol, order.type(), order.fill_policy())) {
    return order_errors::FillPolicyNotAllowed(symbol, type::v1::FillPolicy_Name(order.fill_policy()));
  }
  return absl::OkStatus();
}

type::v1::FillPolicy DefaultFillPolicy(const Symbol& symbol, OrderType type) {
  for (const auto policy : {type::v1::FILL_OR_KILL, type::v1::IMMEDIATE_OR_CANCEL, type::v1::RETURN_REMAINDER,
                            type::v1::BOOK_OR_CANCEL}) {
    if (TakesFillPolicy(symbol, type, policy)) return policy;
  }
  return type::v1::FILL_OR_KILL;
}

type::v1::TimeInForce DefaultTimeInForce(const Symbol& symbol) {
  const bool day_only = !Contains(symbol.times_in_force(), type::v1::GOOD_TILL_CANCELLED) &&
                        Contains(symbol.times_in_force(), type::v1::DAY);
  return day_only ? type::v1::DAY : type::v1::GOOD_TILL_CANCELLED;
}

absl::Status CheckExpiration(const Symbol& symbol, const Order& order, absl::Time now) {
  const bool expires =
      order.time_in_force() == type::v1::GOOD_TILL_TIME || order.time_in_force() == type::v1::GOOD_TILL_DAY;
  const std::string name = type::v1::TimeInForce_Name(order.time_in_force());
  if (!Contains(symbol.times_in_force(), order.time_in_force())) {
    return order_errors::InvalidExpiration(absl::StrCat(symbol.name(), " does not take ", name),
                                           "order.time_in_force");
  }
  if (expires != order.has_expire_time()) {
    return order_errors::InvalidExpiration(
        absl::StrCat(name, expires ? " needs an expire_time" : " has no expire_time"), "order.expire_time");
  }
  if (expires && FromProto(order.expire_time()) <= now) {
    return order_errors::InvalidExpiration("expire_time must lie in the future", "order.expire_time");
  }
  return absl::OkStatus();
}

absl::Status CheckPrices(const Symbol& symbol, const Order& order) {
  const bool market = order.type() == type::v1::MARKET;
  const bool stop_limit = order.type() == type::v1::STOP_LIMIT;
  const std::string type = type::v1::OrderType_Name(order.type());
  if (!market && order.price().empty()) return order_errors::PriceMissing("order.price", type);
  if (stop_limit && order.trigger_price().empty()) {
    return order_errors::PriceMissing("order.trigger_price", type);
  }
  if (!stop_limit && !order.trigger_price().empty()) {
    return order_errors::PriceNotWanted("order.trigger_price", type);
  }
  for (const auto& [text, field] :
       {std::pair(&order.price(), "order.price"), std::pair(&order.trigger_price(), "order.trigger_price"),
        std::pair(&order.stop_loss(), "order.stop_loss"),
        std::pair(&order.take_profit(), "order.take_profit")}) {
    ASSIGN_OR_RETURN(const Decimal price, ParseOptional(*text, field));
    if (price.IsZero() && !text->empty()) return order_errors::PriceNotPositive(field);
    RETURN_IF_ERROR(CheckPrice(symbol, price, field));
  }
  return absl::OkStatus();
}

absl::Status CheckPendingSide(const Symbol& symbol, const Order& order, const MarketQuote& quote) {
  const bool buys = order.side() == type::v1::BUY;
  const bool stop_limit = order.type() == type::v1::STOP_LIMIT;
  const Decimal distance = Distance(symbol);
  const Decimal market = MarketPrice(quote, order.side());
  const Decimal waits_for = ValueOf(stop_limit ? order.trigger_price() : order.price());
  // Limits wait for a better price, stops for a worse one.
  const bool below = buys == (order.type() == type::v1::LIMIT);
  if ((below ? market - waits_for : waits_for - market) < distance) {
    return order_errors::PriceOnWrongSide(waits_for, quote.bid, quote.ask,
                                          stop_limit ? "order.trigger_price" : "order.price");
  }
  if (!stop_limit) return absl::OkStatus();
  // Once the trigger is reached, the limit must wait for a better price than that.
  const Decimal limit = ValueOf(order.price());
  if ((buys ? waits_for - limit : limit - waits_for) < distance) {
    return order_errors::PriceOnWrongSide(limit, quote.bid, quote.ask, "order.price");
  }
  return absl::OkStatus();
}

absl::Status CheckStops(const Symbol& symbol, const StopsCheck& check) {
  const Decimal distance = Distance(symbol);
  const auto valid = [&](Decimal stop, bool below) {
    return stop.IsZero() || (below ? check.reference - stop : stop - check.reference) >= distance;
  };
  const bool buys = check.side == type::v1::BUY;
  if (!valid(check.stop_loss, buys)) {
    return order_errors::InvalidStops(check.stop_loss, check.reference, symbol,
                                      absl::StrCat(check.prefix, "stop_loss"));
  }
  if (!valid(check.take_profit, !buys)) {
    return order_errors::InvalidStops(check.take_profit, check.reference, symbol,
                                      absl::StrCat(check.prefix, "take_profit"));
  }
  return absl::OkStatus();
}

int MoneyDigits(const std::string& money) {
  const size_t point = money.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(money.size() - point - 1);
}

Decimal StopsReference(const Order& order, const MarketQuote& quote) {
  if (order.type() != type::v1::MARKET) return ValueOf(order.price());
  return MarketPrice(quote, order.side() == type::v1::BUY ? type::v1::SELL : type::v1::BUY);
}

bool IsInstant(const Symbol& symbol) {
  return symbol.execution_mode() == Symbol::REQUEST_EXECUTION ||
         symbol.execution_mode() == Symbol::INSTANT_EXECUTION;
}

absl::StatusOr<int32_t> RemainingDeviation(const Symbol& symbol, const MarketQuote& quote,
                                           type::v1::Side side, Decimal price,
                                           std::optional<int32_t> allowed) {
  if (!allowed.has_value()) return kAnyDeviation;
  const Decimal market = MarketPrice(quote, side);
  const Decimal moved = price.IsZero() ? Decimal() : (market - price).Abs();
  const int64_t points =
      moved.Rescale(symbol.digits(), Rounding::kCeiling).ToScaled(symbol.digits()).value_or(kAnyDeviation);
  if (points > *allowed) {
    return order_errors::PriceChanged(
        quote.bid, quote.ask, static_cast<int32_t>(std::min<int64_t>(points, kAnyDeviation)), *allowed);
  }
  const auto remaining = static_cast<int32_t>(*allowed - points);
  // To platforms that do not execute at the client's price, zero means any.
  return remaining == 0 && !IsInstant(symbol) ? 1 : remaining;
}

absl::Status CheckSession(const Symbol& symbol, absl::Time now) {
  absl::TimeZone zone;
  // Without sessions or zone nothing is known.
  if (symbol.trade_sessions().empty() || !absl::LoadTimeZone(symbol.time_zone(), &zone)) {
    return absl::OkStatus();
  }
  const absl::CivilDay today = absl::ToCivilDay(now, zone);
  absl::Time next_open = absl::InfiniteFuture();
  for (int ahead = 0; ahead <= 7; ++ahead) {
    const absl::CivilDay day = today + ahead;
    for (const Session& session : symbol.trade_sessions()) {
      if (session.day() != WeekdayOf(day)) continue;
      const int close_minute = std::min(MinutesOf(session.close_time()), kMinutesOfDay);
      const absl::Time open = absl::FromCivil(absl::CivilMinute(day) + MinutesOf(session.open_time()), zone);
      const absl::Time close = absl::FromCivil(absl::CivilMinute(day) + close_minute, zone);
      if (open <= now && now < close) return absl::OkStatus();
      if (open > now) next_open = std::min(next_open, open);
    }
  }
  return order_errors::MarketClosed(symbol.name(), next_open);
}

}  // namespace mtsuite::connector
