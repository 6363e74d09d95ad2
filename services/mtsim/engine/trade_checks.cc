#include "services/mtsim/engine/trade_checks.h"

#include <algorithm>

#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {
namespace {

// Beyond this no session is looked for; a symbol without any never trades.
constexpr int kDaysAhead = 8;

Fixed Points(const Symbol& symbol, int64_t points) {
  return Fixed::Saturated(static_cast<__int128>(symbol.point().units()) * points);
}

// A stop must be at least a point away even where the level is zero.
Fixed StopsDistance(const Symbol& symbol) { return Points(symbol, std::max(symbol.stops_level, 1)); }

bool IsPrice(const Symbol& symbol, Fixed price) {
  return price.IsPositive() && price.Round(symbol.digits) == price;
}

OrderFlag FlagOf(OrderType type) {
  switch (type) {
    case OrderType::kBuyLimit:
    case OrderType::kSellLimit:
      return kOrderLimit;
    case OrderType::kBuyStop:
    case OrderType::kSellStop:
      return kOrderStop;
    case OrderType::kBuyStopLimit:
    case OrderType::kSellStopLimit:
      return kOrderStopLimit;
    case OrderType::kCloseBy:
      return kOrderCloseBy;
    default:
      return kOrderMarket;
  }
}

// The first moment at or after `time` in a trade session; `time` itself for a symbol that has none.
absl::Time FirstTradingMoment(const Symbol& symbol, const ServerTime& server_time, absl::Time time) {
  absl::Time day = server_time.DayStart(time);
  for (int i = 0; i < kDaysAhead; ++i, day = server_time.NextDayStart(day)) {
    for (const Session& session : symbol.trade_sessions[server_time.WeekMinuteOf(day).weekday]) {
      // Counted from midnight, which is an hour off on the two days of the year on which clocks change; no
      // session begins then.
      const absl::Time close = day + absl::Minutes(session.close);
      if (time < close) return std::max(time, day + absl::Minutes(session.open));
    }
  }
  return time;
}

}  // namespace

bool IsTrading(const State& state, const Symbol& symbol, absl::Time time) {
  const ServerTime::WeekMinute at = state.server_time.WeekMinuteOf(time);
  return InSession(symbol.trade_sessions, at.weekday, at.minute);
}

Retcode CheckMarket(const State& state, const Symbol& symbol, absl::Time now) {
  if (!IsTrading(state, symbol, now)) return Retcode::kMarketClosed;
  const Quote* quote = state.feed.Last(symbol.id);
  if (quote == nullptr || !quote->bid.IsPositive()) return Retcode::kNoPrices;
  const bool stale = symbol.quotes_timeout > 0 && now > quote->time + absl::Seconds(symbol.quotes_timeout);
  return stale ? Retcode::kNoPrices : Retcode::kDone;
}

TradeMode TradeModeOf(const Symbol& symbol, const Group& group) {
  for (const GroupSymbol& entry : group.symbols) {
    if (!SymbolMaskList(entry.path).Matches(symbol.name, symbol.path)) continue;
    return entry.trade_mode.value_or(symbol.trade_mode);
  }
  return symbol.trade_mode;
}

Retcode CheckOpening(const Account& account, const Symbol& symbol, const Group& group, Side side) {
  if ((account.rights & kUserEnabled) == 0 || (account.rights & kUserTradeDisabled) != 0) {
    return Retcode::kTradeDisabled;
  }
  switch (TradeModeOf(symbol, group)) {
    case TradeMode::kDisabled:
      return Retcode::kTradeDisabled;
    case TradeMode::kCloseOnly:
      return Retcode::kCloseOnly;
    case TradeMode::kLongOnly:
      return side == Side::kBuy ? Retcode::kDone : Retcode::kLongOnly;
    case TradeMode::kShortOnly:
      return side == Side::kSell ? Retcode::kDone : Retcode::kShortOnly;
    case TradeMode::kFull:
      break;
  }
  return Retcode::kDone;
}

Retcode CheckVolume(const Symbol& symbol, Fixed volume) {
  const bool valid = volume >= symbol.volume_min && volume <= symbol.volume_max &&
                     volume.units() % symbol.volume_step.units() == 0;
  return valid ? Retcode::kDone : Retcode::kInvalidVolume;
}

Retcode CheckVolumeLimit(const State& state, const Account& account, const Symbol& symbol, Side side,
                         Fixed added) {
  if (!symbol.volume_limit.IsPositive()) return Retcode::kDone;
  Fixed total = added;
  for (const auto& [ticket, position] : state.positions.Of(account.login)) {
    if (position->symbol->id == symbol.id && position->side == side) total += position->volume;
  }
  for (const auto& [ticket, order] : state.orders.Of(account.login)) {
    if (order->symbol->id == symbol.id && SideOf(order->type) == side) total += order->volume_current;
  }
  return total > symbol.volume_limit ? Retcode::kVolumeLimit : Retcode::kDone;
}

Retcode CheckOrderKind(const Symbol& symbol, OrderType type, Filling filling) {
  if ((symbol.order_flags & FlagOf(type)) == 0) return Retcode::kInvalidOrderType;
  bool allowed = true;
  switch (filling) {
    case Filling::kFillOrKill:
      // Request and instant execution know no other filling.
      allowed = (symbol.fill_flags & kFillAllowFok) != 0 || symbol.exec_mode == ExecutionMode::kRequest ||
                symbol.exec_mode == ExecutionMode::kInstant || IsPending(type);
      break;
    case Filling::kImmediateOrCancel:
      allowed = (symbol.fill_flags & kFillAllowIoc) != 0;
      break;
    case Filling::kReturn:
      allowed = IsPending(type) || symbol.exec_mode == ExecutionMode::kMarket ||
                symbol.exec_mode == ExecutionMode::kExchange;
      break;
    case Filling::kBookOrCancel:
      allowed = (symbol.fill_flags & kFillAllowBoc) != 0 && (IsLimit(type) || IsStopLimit(type));
      break;
  }
  return allowed ? Retcode::kDone : Retcode::kInvalidFilling;
}

Retcode CheckStops(const StopsQuery& query) {
  const Symbol& symbol = query.symbol;
  const Fixed distance = StopsDistance(symbol);
  const auto valid = [&](Fixed stop, bool below, uint32_t flag) {
    if (stop.IsZero()) return true;
    if (!IsPrice(symbol, stop) || (symbol.order_flags & flag) == 0) return false;
    return below ? query.reference - stop >= distance : stop - query.reference >= distance;
  };
  const bool buys = query.side == Side::kBuy;
  return valid(query.stop_loss, buys, kOrderStopLoss) && valid(query.take_profit, !buys, kOrderTakeProfit)
             ? Retcode::kDone
             : Retcode::kInvalidStops;
}

Retcode CheckPendingPrices(const Order& order, const Quote& quote) {
  const Symbol& symbol = *order.symbol;
  const Side side = SideOf(order.type);
  if (!IsPrice(symbol, order.price_order)) return Retcode::kInvalidPrice;
  const Fixed level = StopsDistance(symbol);
  const Fixed market = MarketPrice(quote, side);
  // Buy limits and sell stops wait below the market, sell limits and buy stops above it.
  const bool below = (side == Side::kBuy) == IsLimit(order.type);
  if ((below ? market - order.price_order : order.price_order - market) < level)
    return Retcode::kInvalidPrice;
  if (!IsStopLimit(order.type)) return Retcode::kDone;
  // The limit order must wait once the stop is reached.
  if (!IsPrice(symbol, order.price_trigger)) return Retcode::kInvalidPrice;
  const Fixed gap =
      side == Side::kBuy ? order.price_order - order.price_trigger : order.price_trigger - order.price_order;
  return gap < level ? Retcode::kInvalidPrice : Retcode::kDone;
}

Retcode CheckFreeze(const Symbol& symbol, Fixed price, Fixed market) {
  if (symbol.freeze_level <= 0 || price.IsZero()) return Retcode::kDone;
  return (price - market).Abs() <= Points(symbol, symbol.freeze_level) ? Retcode::kFrozen : Retcode::kDone;
}

Retcode CheckExpiration(const Order& order, const Group& group, absl::Time now) {
  const auto lifetime = static_cast<uint32_t>(order.lifetime);
  if ((order.symbol->expiration_flags & (1U << lifetime)) == 0) return Retcode::kInvalidExpiration;
  if (order.lifetime == OrderLifetime::kGoodTillCancelled) return Retcode::kDone;
  if ((group.trade_flags & kGroupExpiration) == 0) return Retcode::kInvalidExpiration;
  if (order.lifetime == OrderLifetime::kDay) return Retcode::kDone;
  return order.time_expiration > now ? Retcode::kDone : Retcode::kInvalidExpiration;
}

absl::Time ExpirationOf(const Order& order, const ServerTime& server_time) {
  switch (order.lifetime) {
    case OrderLifetime::kSpecified:
      return order.time_expiration;
    case OrderLifetime::kDay:
      return FirstTradingMoment(*order.symbol, server_time, server_time.NextDayStart(order.time_setup));
    case OrderLifetime::kSpecifiedDay:
      return FirstTradingMoment(*order.symbol, server_time, server_time.NextDayStart(order.time_expiration));
    case OrderLifetime::kGoodTillCancelled:
      break;
  }
  return absl::InfiniteFuture();
}

}  // namespace mtsuite::mtsim
