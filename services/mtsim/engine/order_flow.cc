// Requests that trade: at the market, and against each other.
#include "services/mtsim/engine/order_flow.h"

#include <algorithm>

#include "services/mtsim/engine/trade_checks.h"

namespace mtsuite::mtsim {
namespace {

TradeAnswer Refusal(Retcode retcode) {
  // The operations below speak of parameters; of a trade request that is an invalid request.
  const bool general = retcode == Retcode::kNotFound || retcode == Retcode::kInvalidParameters;
  return {.retcode = general ? Retcode::kInvalidRequest : retcode};
}

// Whether the market is where the request saw it.
Retcode CheckDeviation(const TradeRequest& request, const Symbol& symbol, Fixed market) {
  if (request.price.IsZero()) return Retcode::kDone;
  if (request.price.IsNegative() || request.price.Round(symbol.digits) != request.price) {
    return Retcode::kInvalidPrice;
  }
  const bool instant =
      symbol.exec_mode == ExecutionMode::kRequest || symbol.exec_mode == ExecutionMode::kInstant;
  if (!instant && request.deviation == 0) return Retcode::kDone;
  const Fixed tolerated = Fixed::Saturated(static_cast<__int128>(symbol.point().units()) * request.deviation);
  if ((market - request.price).Abs() <= tolerated) return Retcode::kDone;
  return instant ? Retcode::kRequote : Retcode::kPriceChanged;
}

// What a fault leaves of the volume: whole steps, and at least one smallest trade.
Fixed FilledPart(const TradeRequest& request, const Symbol& symbol) {
  if (request.fill_percent >= 100) return request.volume;
  const Fixed part = Fixed::Saturated(static_cast<__int128>(request.volume.units()) *
                                      std::max(request.fill_percent, 0) / 100);
  const Fixed steps = Fixed::FromUnits(part.units() - part.units() % symbol.volume_step.units());
  return std::min(std::max(steps, symbol.volume_min), request.volume);
}

OrderTraits TraitsOf(const TradeRequest& request, Fixed filled) {
  OrderTraits traits;
  traits.filling = request.filling;
  traits.price_asked = request.price;
  traits.volume_rest = request.volume - filled;
  return traits;
}

TradeAnswer AnswerTo(const Result<TradeResult>& result, const OrderTraits& traits) {
  if (!result.ok()) return Refusal(result.retcode());
  return {.retcode = traits.volume_rest.IsPositive() ? Retcode::kRequestPartial : Retcode::kRequestDone,
          .order = result->order,
          .deal = result->deal,
          .position = result->position};
}

}  // namespace

TradeAnswer OrderFlow::Execute(const TradeRequest& request) {
  TradeAnswer answer = ExecuteUnquoted(request);
  std::string symbol = request.symbol;
  if (const Deal* deal = state_.deals.Find(answer.deal); deal != nullptr && deal->symbol != nullptr) {
    answer.volume = deal->volume;
    answer.price = deal->price;
    symbol = deal->symbol->name;
  }
  if (const Quote* quote = state_.feed.Last(symbol)) {
    answer.bid = quote->bid;
    answer.ask = quote->ask;
  }
  return answer;
}

TradeAnswer OrderFlow::ExecuteUnquoted(const TradeRequest& request) {
  const Account* account = state_.accounts.Find(request.login);
  if (account == nullptr) return Refusal(Retcode::kInvalidRequest);
  switch (request.action) {
    case TradeAction::kModifyOrder:
      return ModifyOrder(request);
    case TradeAction::kRemoveOrder:
      return RemoveOrder(request);
    case TradeAction::kActivateOrder:
      return ActivateOrder(request);
    case TradeAction::kActivateStopLimit:
      return ActivateStopLimit(request);
    case TradeAction::kBalance:
      return BookBalance(request);
    case TradeAction::kCloseBy:
      return CloseBy(request);
    default:
      break;
  }
  SymbolRef symbol = state_.symbols.Find(request.symbol);
  if (symbol == nullptr && request.symbol.empty()) {
    // A position says what its symbol is.
    if (const Position* position = FindPosition(request)) symbol = state_.symbols.ById(position->symbol->id);
  }
  if (symbol == nullptr) {
    return Refusal(request.position != 0 ? Retcode::kPositionNotFound : Retcode::kInvalidRequest);
  }
  const Retcode market = CheckMarket(state_, *symbol, state_.Now());
  if (market != Retcode::kDone) return Refusal(market);
  const Subject subject{*account, state_.GroupOf(*account), symbol};
  switch (request.action) {
    case TradeAction::kExecute:
      return ExecuteAtMarket(request, subject);
    case TradeAction::kPlaceOrder:
      return PlaceOrder(request, subject);
    case TradeAction::kModifyPosition:
      return ModifyPosition(request, subject);
    default:
      return Refusal(Retcode::kInvalidRequest);
  }
}

TradeAnswer OrderFlow::ExecuteAtMarket(const TradeRequest& request, const Subject& subject) {
  if (request.type != static_cast<int>(OrderType::kBuy) &&
      request.type != static_cast<int>(OrderType::kSell)) {
    return Refusal(Retcode::kInvalidOrderType);
  }
  const auto type = static_cast<OrderType>(request.type);
  const Retcode kind = CheckOrderKind(*subject.symbol, type, request.filling);
  if (kind != Retcode::kDone) return Refusal(kind);
  if (!request.volume.IsPositive()) return Refusal(Retcode::kInvalidVolume);
  const Fixed market = MarketPrice(*state_.feed.Last(subject.symbol->id), SideOf(type));
  const Retcode deviation = CheckDeviation(request, *subject.symbol, market);
  if (deviation != Retcode::kDone) return Refusal(deviation);
  // All or nothing, so a part is nothing.
  if (request.filling == Filling::kFillOrKill && FilledPart(request, *subject.symbol) != request.volume) {
    return TurnDown(request, Retcode::kRequestRejected);
  }
  return request.position != 0 ? CloseAtMarket(request, subject, market)
                               : OpenAtMarket(request, subject, market);
}

Retcode OrderFlow::CheckGroupRules(const Subject& subject, Side side) const {
  if ((subject.group.trade_flags & kGroupHedgeProhibited) == 0 ||
      subject.group.margin_mode != MarginMode::kHedging) {
    return Retcode::kDone;
  }
  for (const auto& [ticket, position] : state_.positions.Of(subject.account.login)) {
    if (position->symbol->id == subject.symbol->id && position->side != side) {
      return Retcode::kHedgeProhibited;
    }
  }
  return Retcode::kDone;
}

TradeAnswer OrderFlow::OpenAtMarket(const TradeRequest& request, const Subject& subject, Fixed market) {
  const Symbol& symbol = *subject.symbol;
  const Side side = SideOf(static_cast<OrderType>(request.type));
  const Quote& quote = *state_.feed.Last(symbol.id);
  Retcode checked = CheckVolume(symbol, request.volume);
  if (checked == Retcode::kDone && AddsRisk(state_, subject.account, symbol, side, request.volume)) {
    checked = CheckOpening(subject.account, symbol, subject.group, side);
    if (checked == Retcode::kDone) checked = CheckGroupRules(subject, side);
    if (checked == Retcode::kDone) {
      checked = CheckVolumeLimit(state_, subject.account, symbol, side, request.volume);
    }
  } else if (checked == Retcode::kDone && TradeModeOf(symbol, subject.group) == TradeMode::kDisabled) {
    checked = Retcode::kTradeDisabled;
  }
  if (checked == Retcode::kDone) {
    checked = CheckStops({.symbol = symbol,
                          .side = side,
                          .reference = MarketPrice(quote, Opposite(side)),
                          .stop_loss = request.stop_loss.value_or(Fixed()),
                          .take_profit = request.take_profit.value_or(Fixed())});
  }
  if (checked != Retcode::kDone) return Refusal(checked);
  OpenRequest open;
  open.login = request.login;
  open.symbol = symbol.name;
  open.side = side;
  open.volume = FilledPart(request, symbol);
  open.price = market;
  open.stop_loss = request.stop_loss.value_or(Fixed());
  open.take_profit = request.take_profit.value_or(Fixed());
  open.reason = request.reason;
  open.dealer = request.dealer;
  open.comment = request.comment;
  open.check_margin = (request.flags & kRequestSkipMarginCheck) == 0;
  open.order = TraitsOf(request, open.volume);
  return AnswerTo(trades_.Open(open), open.order);
}

const Position* OrderFlow::FindPosition(const TradeRequest& request) const {
  if (request.position != 0) {
    const Position* position = state_.positions.Find(request.position);
    return position != nullptr && position->login == request.login ? position : nullptr;
  }
  if (state_.GroupOf(*state_.accounts.Find(request.login)).margin_mode == MarginMode::kHedging)
    return nullptr;
  for (const auto& [ticket, position] : state_.positions.Of(request.login)) {
    if (position->symbol->name == request.symbol) return position;
  }
  return nullptr;
}

Retcode OrderFlow::CheckClosing(const TradeRequest& request, const Subject& subject,
                                const Position& position) const {
  if (position.symbol->id != subject.symbol->id) return Retcode::kInvalidRequest;
  if (SideOf(static_cast<OrderType>(request.type)) == position.side) return Retcode::kInvalidRequest;
  if (TradeModeOf(*subject.symbol, subject.group) == TradeMode::kDisabled) return Retcode::kTradeDisabled;
  if (request.volume > position.volume) return Retcode::kCloseVolumeTooBig;
  if (request.volume != position.volume) {
    const Retcode volume = CheckVolume(*subject.symbol, request.volume);
    if (volume != Retcode::kDone) return volume;
  }
  if ((subject.group.trade_flags & kGroupFifo) == 0) return Retcode::kDone;
  // Numbers grow with time, and the list is sorted by them.
  for (const auto& [ticket, other] : state_.positions.Of(position.login)) {
    if (ticket >= position.position) break;
    if (other->symbol->id == position.symbol->id && other->side == position.side) return Retcode::kFifoClose;
  }
  return Retcode::kDone;
}

TradeAnswer OrderFlow::CloseAtMarket(const TradeRequest& request, const Subject& subject, Fixed market) {
  const Position* position = FindPosition(request);
  if (position == nullptr) return Refusal(Retcode::kPositionNotFound);
  const Retcode checked = CheckClosing(request, subject, *position);
  if (checked != Retcode::kDone) return Refusal(checked);
  CloseRequest close;
  close.position = position->position;
  close.volume = FilledPart(request, *subject.symbol);
  close.price = market;
  close.reason = request.reason;
  close.dealer = request.dealer;
  close.comment = request.comment;
  close.order = TraitsOf(request, *close.volume);
  return AnswerTo(trades_.Close(close), close.order);
}

TradeAnswer OrderFlow::CloseBy(const TradeRequest& request) {
  const Position* position = state_.positions.Find(request.position);
  const Position* by = state_.positions.Find(request.position_by);
  if (position == nullptr || by == nullptr || position->login != request.login ||
      by->login != request.login) {
    return Refusal(Retcode::kPositionNotFound);
  }
  const Symbol& symbol = *position->symbol;
  const Retcode market = CheckMarket(state_, symbol, state_.Now());
  if (market != Retcode::kDone) return Refusal(market);
  if ((symbol.order_flags & kOrderCloseBy) == 0) return Refusal(Retcode::kInvalidOrderType);
  return AnswerTo(trades_.CloseBy({.position = request.position,
                                   .by = request.position_by,
                                   .reason = request.reason,
                                   .dealer = request.dealer,
                                   .comment = request.comment}),
                  OrderTraits());
}

TradeAnswer OrderFlow::BookBalance(const TradeRequest& request) {
  BalanceRequest balance;
  balance.login = request.login;
  balance.type = request.type;
  balance.amount = request.price;
  balance.comment = request.comment;
  balance.check_margin = (request.flags & kRequestSkipMarginCheck) == 0;
  balance.dealer = request.dealer;
  const Result<const Deal*> deal = balances_.Apply(balance);
  if (!deal.ok()) return Refusal(deal.retcode());
  return {.retcode = Retcode::kRequestDone, .deal = (*deal)->deal};
}

}  // namespace mtsuite::mtsim
