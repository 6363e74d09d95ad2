// Requests about pending orders and stops: nothing is traded, except when a dealer activates an order.
#include <algorithm>
#include <utility>

#include "services/mtsim/engine/order_flow.h"
#include "services/mtsim/engine/trade_checks.h"

namespace mtsuite::mtsim {
namespace {

// What ModifyFlags of a record gets when it was changed through the Web API.
constexpr uint32_t kModifiedByApiManager = 0x20;
constexpr uint32_t kChangeFlags = kRequestPriceChanged | kRequestTriggerChanged | kRequestStopLossChanged |
                                  kRequestTakeProfitChanged | kRequestLifetimeChanged |
                                  kRequestExpirationChanged;

// Whether a modification touches the member of `flag`.
bool Changes(const TradeRequest& request, TradeRequestFlag flag) {
  const uint32_t named = request.flags & kChangeFlags;
  return named == 0 || (named & flag) != 0;
}

// The price that the stops of a pending order are measured from: where it will trade.
Fixed FillReference(const Order& order) {
  return IsStopLimit(order.type) ? order.price_trigger : order.price_order;
}

// The order as the request wants it.
Order Modified(const Order& order, const TradeRequest& request) {
  Order modified = order;
  if (request.price.IsPositive() && Changes(request, kRequestPriceChanged))
    modified.price_order = request.price;
  if (request.price_trigger.IsPositive() && Changes(request, kRequestTriggerChanged) &&
      IsStopLimit(order.type)) {
    modified.price_trigger = request.price_trigger;
  }
  if (Changes(request, kRequestStopLossChanged)) {
    modified.stop_loss = request.stop_loss.value_or(order.stop_loss);
  }
  if (Changes(request, kRequestTakeProfitChanged)) {
    modified.take_profit = request.take_profit.value_or(order.take_profit);
  }
  if (Changes(request, kRequestLifetimeChanged)) {
    modified.lifetime = request.lifetime.value_or(order.lifetime);
  }
  if (Changes(request, kRequestExpirationChanged)) {
    modified.time_expiration = request.expiration.value_or(order.time_expiration);
  }
  return modified;
}

bool SameTerms(const Order& a, const Order& b) {
  return a.price_order == b.price_order && a.price_trigger == b.price_trigger && a.stop_loss == b.stop_loss &&
         a.take_profit == b.take_profit && a.lifetime == b.lifetime && a.time_expiration == b.time_expiration;
}

}  // namespace

TradeAnswer OrderFlow::PlaceOrder(const TradeRequest& request, const Subject& subject) {
  if (request.type < static_cast<int>(OrderType::kBuyLimit) ||
      request.type > static_cast<int>(OrderType::kSellStopLimit)) {
    return {.retcode = Retcode::kInvalidOrderType};
  }
  const Symbol& symbol = *subject.symbol;
  Order order{.login = request.login,
              .dealer = request.dealer,
              .symbol = subject.symbol,
              .reason = request.reason,
              .type = static_cast<OrderType>(request.type),
              .filling = request.filling,
              .lifetime = request.lifetime.value_or(OrderLifetime::kGoodTillCancelled),
              .time_expiration = request.expiration.value_or(absl::UnixEpoch()),
              .price_order = request.price,
              .price_trigger = request.price_trigger,
              .stop_loss = request.stop_loss.value_or(Fixed()),
              .take_profit = request.take_profit.value_or(Fixed()),
              .volume_initial = request.volume,
              .volume_current = request.volume,
              .comment = request.comment};
  if (!IsStopLimit(order.type)) order.price_trigger = Fixed();
  const Side side = SideOf(order.type);
  const Quote& quote = *state_.feed.Last(symbol.id);
  Retcode checked = CheckOrderKind(symbol, order.type, order.filling);
  if (checked == Retcode::kDone) checked = CheckVolume(symbol, order.volume_initial);
  if (checked == Retcode::kDone) checked = CheckOpening(subject.account, symbol, subject.group, side);
  if (checked == Retcode::kDone) {
    checked = CheckVolumeLimit(state_, subject.account, symbol, side, order.volume_initial);
  }
  if (checked == Retcode::kDone) checked = CheckPendingPrices(order, quote);
  if (checked == Retcode::kDone) {
    checked = CheckStops({symbol, side, FillReference(order), order.stop_loss, order.take_profit});
  }
  if (checked == Retcode::kDone) checked = CheckExpiration(order, subject.group, state_.Now());
  if (checked != Retcode::kDone) return {.retcode = checked};
  const Result<const Order*> placed = pending_.Place(std::move(order));
  if (!placed.ok()) return {.retcode = placed.retcode()};
  return {.retcode = Retcode::kRequestPlaced,
          .order = (*placed)->order,
          .volume = (*placed)->volume_initial,
          .price = (*placed)->price_order};
}

TradeAnswer OrderFlow::ModifyPosition(const TradeRequest& request, const Subject& subject) {
  const Position* position = FindPosition(request);
  if (position == nullptr) return {.retcode = Retcode::kPositionNotFound};
  const Symbol& symbol = *subject.symbol;
  if (position->symbol->id != symbol.id) return {.retcode = Retcode::kInvalidRequest};
  PositionEdit edit{.modify_flag = kModifiedByApiManager};
  if (Changes(request, kRequestStopLossChanged)) edit.stop_loss = request.stop_loss;
  if (Changes(request, kRequestTakeProfitChanged)) edit.take_profit = request.take_profit;
  if (edit.stop_loss == position->stop_loss) edit.stop_loss.reset();
  if (edit.take_profit == position->take_profit) edit.take_profit.reset();
  if (!edit.stop_loss.has_value() && !edit.take_profit.has_value()) return {.retcode = Retcode::kNoChanges};
  const Fixed market = MarketPrice(*state_.feed.Last(symbol.id), Opposite(position->side));
  Retcode checked = CheckStops(
      {symbol, position->side, market, edit.stop_loss.value_or(Fixed()), edit.take_profit.value_or(Fixed())});
  if (checked == Retcode::kDone) checked = CheckFreeze(symbol, position->stop_loss, market);
  if (checked == Retcode::kDone) checked = CheckFreeze(symbol, position->take_profit, market);
  if (checked != Retcode::kDone) return {.retcode = checked};
  const Result<const Position*> edited = trades_.Edit(position->position, edit);
  if (!edited.ok()) return {.retcode = Retcode::kInvalidRequest};
  return {.retcode = Retcode::kRequestDone, .position = (*edited)->position};
}

Result<const Order*> OrderFlow::FindOrder(const TradeRequest& request) const {
  const Order* order = state_.orders.Find(request.order);
  if (order != nullptr && order->login == request.login) return order;
  const Order* past = state_.order_history.Find(request.order);
  if (past != nullptr && past->login == request.login) return Retcode::kOrderChanged;
  return Retcode::kInvalidRequest;
}

Retcode OrderFlow::CheckModifiedOrder(const Order& before, const Order& after) const {
  if (SameTerms(before, after)) return Retcode::kNoChanges;
  const Symbol& symbol = *after.symbol;
  const Quote& quote = *state_.feed.Last(symbol.id);
  const Side side = SideOf(after.type);
  Retcode checked = CheckFreeze(symbol, before.price_order, MarketPrice(quote, side));
  if (checked == Retcode::kDone &&
      (before.price_order != after.price_order || before.price_trigger != after.price_trigger)) {
    checked = CheckPendingPrices(after, quote);
  }
  if (checked == Retcode::kDone) {
    checked = CheckStops({symbol, side, FillReference(after), after.stop_loss, after.take_profit});
  }
  if (checked == Retcode::kDone &&
      (before.lifetime != after.lifetime || before.time_expiration != after.time_expiration)) {
    checked = CheckExpiration(after, state_.GroupOf(*state_.accounts.Find(after.login)), state_.Now());
  }
  return checked;
}

TradeAnswer OrderFlow::ModifyOrder(const TradeRequest& request) {
  const Result<const Order*> order = FindOrder(request);
  if (!order.ok()) return {.retcode = order.retcode()};
  Retcode checked = CheckMarket(state_, *(*order)->symbol, state_.Now());
  Order modified = Modified(**order, request);
  if (checked == Retcode::kDone) checked = CheckModifiedOrder(**order, modified);
  if (checked != Retcode::kDone) return {.retcode = checked};
  modified.modify_flags |= kModifiedByApiManager;
  *state_.orders.FindMutable(request.order) = std::move(modified);
  state_.Touch(request.login);
  return {.retcode = Retcode::kRequestDone, .order = request.order};
}

TradeAnswer OrderFlow::RemoveOrder(const TradeRequest& request) {
  const Result<const Order*> order = FindOrder(request);
  if (!order.ok()) return {.retcode = order.retcode()};
  pending_.Finish(request.order, OrderState::kCancelled, OrderActivation::kNone, state_.Now());
  return {.retcode = Retcode::kRequestDone, .order = request.order};
}

TradeAnswer OrderFlow::ActivateOrder(const TradeRequest& request) {
  const Result<const Order*> order = FindOrder(request);
  if (!order.ok()) return {.retcode = order.retcode()};
  const Symbol& symbol = *(*order)->symbol;
  const Retcode market = CheckMarket(state_, symbol, state_.Now());
  if (market != Retcode::kDone) return {.retcode = market};
  const Quote& quote = *state_.feed.Last(symbol.id);
  const Fixed price = request.price.IsZero() ? MarketPrice(quote, SideOf((*order)->type)) : request.price;
  const Result<TradeResult> filled =
      pending_.Fill({.order = request.order, .price = price, .time = state_.Now()});
  if (!filled.ok()) return {.retcode = filled.retcode()};
  return {.retcode = Retcode::kRequestDone,
          .order = filled->order,
          .deal = filled->deal,
          .position = filled->position};
}

TradeAnswer OrderFlow::ActivateStopLimit(const TradeRequest& request) {
  const Result<const Order*> order = FindOrder(request);
  if (!order.ok()) return {.retcode = order.retcode()};
  if (!IsStopLimit((*order)->type)) return {.retcode = Retcode::kInvalidOrderType};
  const Retcode market = CheckMarket(state_, *(*order)->symbol, state_.Now());
  if (market != Retcode::kDone) return {.retcode = market};
  const Quote& quote = *state_.feed.Last((*order)->symbol->id);
  pending_.TriggerStopLimit(request.order, state_.Now(), MarketPrice(quote, SideOf((*order)->type)));
  return {.retcode = Retcode::kRequestDone, .order = request.order};
}

}  // namespace mtsuite::mtsim
