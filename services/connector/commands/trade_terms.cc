// What callers ask for, checked and completed.
#include "services/connector/commands/trade_terms.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/base/order_errors.h"
#include "services/connector/commands/order_checks.h"

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;

namespace {

Decimal ValueOf(const std::string& text) { return Decimal::ParseWire(text).value_or(Decimal()); }

bool Names(const google::protobuf::FieldMask& mask, const char* path) {
  return std::find(mask.paths().begin(), mask.paths().end(), path) != mask.paths().end();
}

type::v1::Side Opposite(type::v1::Side side) {
  return side == type::v1::BUY ? type::v1::SELL : type::v1::BUY;
}

// Market price and deviation of a trade at once.
absl::Status FillInMarket(const TradeMarket& market, type::v1::Side side, const std::string& price,
                          std::optional<int32_t> deviation, TradeTerms& terms) {
  if (!market.quote.has_value()) return order_errors::OffQuotes(market.symbol.name());
  ASSIGN_OR_RETURN(const Decimal seen, ParseOptional(price, "price"));
  ASSIGN_OR_RETURN(const int32_t points,
                   RemainingDeviation(market.symbol, *market.quote, side, seen, deviation));
  terms.set_market_price(MarketPrice(*market.quote, side).ToString());
  terms.set_deviation_points(points);
  return absl::OkStatus();
}

absl::Status CheckOrderStops(const Order& order, const TradeMarket& market) {
  if (order.type() == type::v1::MARKET && !market.quote.has_value()) return absl::OkStatus();
  return CheckStops(market.symbol, {order.side(), StopsReference(order, market.quote.value_or(MarketQuote())),
                                    ValueOf(order.stop_loss()), ValueOf(order.take_profit()), "order."});
}

}  // namespace

absl::StatusOr<TradeTerms> PlacementTerms(const v1::PlaceOrderRequest& request, const TradeMarket& market) {
  const quotes::v1::Symbol& symbol = market.symbol;
  TradeTerms terms;
  terms.set_digits(symbol.digits());
  terms.set_netting(market.netting);
  Order& order = *terms.mutable_order();
  order = request.order();
  order.set_login(request.login());
  const bool waits = order.type() != type::v1::MARKET;
  if (order.fill_policy() == type::v1::FILL_POLICY_UNSPECIFIED) {
    order.set_fill_policy(DefaultFillPolicy(symbol, order.type()));
  }
  RETURN_IF_ERROR(CheckOrderKind(symbol, order, market.netting));
  ASSIGN_OR_RETURN(const Decimal volume, ParseOptional(order.volume(), "order.volume"));
  RETURN_IF_ERROR(CheckVolume(symbol, volume, "order.volume"));
  RETURN_IF_ERROR(CheckPrices(symbol, order));
  if (waits) {
    if (order.time_in_force() == type::v1::TIME_IN_FORCE_UNSPECIFIED) {
      order.set_time_in_force(DefaultTimeInForce(symbol));
    }
    RETURN_IF_ERROR(CheckExpiration(symbol, order, market.now));
    if (market.quote.has_value()) RETURN_IF_ERROR(CheckPendingSide(symbol, order, *market.quote));
  } else {
    if (order.time_in_force() != type::v1::TIME_IN_FORCE_UNSPECIFIED || order.has_expire_time()) {
      return order_errors::InvalidExpiration("MARKET orders do not wait", "order.time_in_force");
    }
    std::optional<int32_t> deviation;
    if (request.has_max_deviation_points()) deviation = request.max_deviation_points();
    RETURN_IF_ERROR(FillInMarket(market, order.side(), order.price(), deviation, terms));
  }
  RETURN_IF_ERROR(CheckOrderStops(order, market));
  return terms;
}

absl::StatusOr<TradeTerms> OrderChangeTerms(const v1::UpdateOrderRequest& request, const Order& order,
                                            const TradeMarket& market) {
  const google::protobuf::FieldMask& mask = request.update_mask();
  TradeTerms terms;
  terms.set_digits(market.symbol.digits());
  Order& wanted = *terms.mutable_order();
  wanted = order;
  if (Names(mask, "price")) wanted.set_price(request.order().price());
  if (Names(mask, "trigger_price")) wanted.set_trigger_price(request.order().trigger_price());
  if (Names(mask, "stop_loss")) wanted.set_stop_loss(request.order().stop_loss());
  if (Names(mask, "take_profit")) wanted.set_take_profit(request.order().take_profit());
  if (Names(mask, "time_in_force")) {
    wanted.set_time_in_force(request.order().time_in_force());
    const bool expires = wanted.time_in_force() == type::v1::GOOD_TILL_TIME ||
                         wanted.time_in_force() == type::v1::GOOD_TILL_DAY;
    if (!expires) wanted.clear_expire_time();
  }
  if (Names(mask, "expire_time")) {
    wanted.clear_expire_time();
    if (request.order().has_expire_time()) *wanted.mutable_expire_time() = request.order().expire_time();
  }
  RETURN_IF_ERROR(CheckPrices(market.symbol, wanted));
  if (Names(mask, "time_in_force") || Names(mask, "expire_time")) {
    RETURN_IF_ERROR(CheckExpiration(market.symbol, wanted, market.now));
  }
  const bool moves = ValueOf(wanted.price()) != ValueOf(order.price()) ||
                     ValueOf(wanted.trigger_price()) != ValueOf(order.trigger_price());
  if (moves && market.quote.has_value()) {
    RETURN_IF_ERROR(CheckPendingSide(market.symbol, wanted, *market.quote));
  }
  if (moves || Names(mask, "stop_loss") || Names(mask, "take_profit")) {
    RETURN_IF_ERROR(CheckOrderStops(wanted, market));
  }
  return terms;
}

absl::StatusOr<TradeTerms> StopsChangeTerms(const v1::UpdatePositionRequest& request,
                                            const Position& position, const TradeMarket& market) {
  TradeTerms terms;
  terms.set_digits(market.symbol.digits());
  Position& wanted = *terms.mutable_position();
  wanted = position;
  StopsCheck check{position.side(), Decimal(), Decimal(), Decimal(), "position."};
  for (const auto& [path, given, stop] :
       {std::tuple("stop_loss", &request.position().stop_loss(), &check.stop_loss),
        std::tuple("take_profit", &request.position().take_profit(), &check.take_profit)}) {
    if (!Names(request.update_mask(), path)) continue;
    const std::string field = absl::StrCat("position.", path);
    ASSIGN_OR_RETURN(*stop, ParseOptional(*given, field));
    if (stop->IsZero() && !given->empty()) return order_errors::PriceNotPositive(field);
    RETURN_IF_ERROR(CheckPrice(market.symbol, *stop, field));
  }
  if (Names(request.update_mask(), "stop_loss")) wanted.set_stop_loss(request.position().stop_loss());
  if (Names(request.update_mask(), "take_profit")) wanted.set_take_profit(request.position().take_profit());
  // A change to what is there already is no change, wherever the market is.
  if (check.stop_loss == ValueOf(position.stop_loss())) check.stop_loss = Decimal();
  if (check.take_profit == ValueOf(position.take_profit())) check.take_profit = Decimal();
  if (market.quote.has_value()) {
    check.reference = MarketPrice(*market.quote, Opposite(position.side()));
    RETURN_IF_ERROR(CheckStops(market.symbol, check));
  }
  return terms;
}

absl::StatusOr<TradeTerms> ClosingTerms(const v1::ClosePositionRequest& request, const Position& position,
                                        const TradeMarket& market) {
  TradeTerms terms;
  terms.set_digits(market.symbol.digits());
  terms.set_netting(market.netting);
  *terms.mutable_position() = position;
  const Decimal open = ValueOf(position.volume());
  ASSIGN_OR_RETURN(Decimal volume, ParseOptional(request.volume(), "volume"));
  if (request.volume().empty()) volume = open;
  if (volume > open) return order_errors::VolumeExceedsPosition(volume, position.volume());
  // All of it may always be closed, however its volume came about.
  if (volume != open) RETURN_IF_ERROR(CheckVolume(market.symbol, volume, "volume"));
  terms.set_volume(volume.ToString(std::max(2, volume.digits())));
  ASSIGN_OR_RETURN(const Decimal seen, ParseOptional(request.price(), "price"));
  if (seen.IsZero() && !request.price().empty()) return order_errors::PriceNotPositive("price");
  RETURN_IF_ERROR(CheckPrice(market.symbol, seen, "price"));
  std::optional<int32_t> deviation;
  if (request.has_max_deviation_points()) deviation = request.max_deviation_points();
  RETURN_IF_ERROR(FillInMarket(market, Opposite(position.side()), request.price(), deviation, terms));
  terms.mutable_order()->set_fill_policy(DefaultFillPolicy(market.symbol, type::v1::MARKET));
  return terms;
}

absl::Status CheckPairing(const Position& position, const Position& opposite, const TradeMarket& market) {
  if (position.ticket() == opposite.ticket() || position.symbol() != opposite.symbol() ||
      position.side() == opposite.side()) {
    return order_errors::PositionsNotOpposite(position.ticket(), opposite.ticket());
  }
  const auto& types = market.symbol.order_types();
  const bool taken = std::find(types.begin(), types.end(), type::v1::CLOSE_BY) != types.end();
  if (market.netting || !taken) {
    return order_errors::OrderTypeNotAllowed(market.symbol, "positions closed by one another");
  }
  return absl::OkStatus();
}

}  // namespace mtsuite::connector
