#include "services/mtsim/engine/triggers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/mtsim/engine/trade_checks.h"

namespace mtsuite::mtsim {
namespace {

// At what price something that was set at `level` trades when the market is at `market`.
Fixed ExecutionPrice(const Symbol& symbol, Fixed level, Fixed market) {
  const bool at_level =
      symbol.exec_mode == ExecutionMode::kRequest || symbol.exec_mode == ExecutionMode::kInstant;
  return at_level ? level : market;
}

AlarmTrigger TriggerOf(OrderType type) {
  const bool buys = SideOf(type) == Side::kBuy;
  if (IsLimit(type)) return buys ? AlarmTrigger::kAskFalls : AlarmTrigger::kBidRises;
  return buys ? AlarmTrigger::kAskRises : AlarmTrigger::kBidFalls;
}

}  // namespace

void Triggers::OnTick(const Symbol& symbol, const Quote& quote) {
  Refresh();
  std::vector<Alarm> reached = alarms_.Reached(symbol.id, quote);
  const std::vector<Alarm> margins = margin_alarms_.Reached(symbol.id, quote);
  reached.insert(reached.end(), margins.begin(), margins.end());
  if (reached.empty() || !IsTrading(state_, symbol, quote.time)) return;
  for (const Alarm& alarm : reached) {
    switch (alarm.kind) {
      case AlarmKind::kStopLoss:
      case AlarmKind::kTakeProfit:
        HitStop(alarm.id, alarm.kind == AlarmKind::kTakeProfit, quote);
        break;
      case AlarmKind::kPendingOrder:
        Activate(alarm.id, quote);
        break;
      case AlarmKind::kMargin:
        stop_out_.Run(alarm.id, quote.time);
        // Positions that it closed are looked at like those of any other change; only the bounds are new.
        margin_alarms_.Clear(alarm.id);
        WatchMargin(alarm.id);
        break;
    }
  }
}

void Triggers::HitStop(uint64_t ticket, bool take_profit, const Quote& quote) {
  // An alarm served before may have closed it.
  const Position* position = state_.positions.Find(ticket);
  if (position == nullptr) return;
  const Symbol& symbol = *state_.symbols.ById(position->symbol->id);
  const Fixed level = take_profit ? position->take_profit : position->stop_loss;
  CloseRequest close;
  close.position = ticket;
  close.price = ExecutionPrice(symbol, level, MarketPrice(quote, Opposite(position->side)));
  close.time = std::max(quote.time, position->time_create);
  close.reason = take_profit ? TradeReason::kTakeProfit : TradeReason::kStopLoss;
  close.comment = absl::StrCat(take_profit ? "[tp " : "[sl ", level.ToString(symbol.digits), "]");
  close.order.price_asked = level;
  // Refused only without a rate or room for the deal; the next tick tries again.
  (void)trades_.Close(close);
}

void Triggers::Activate(uint64_t ticket, const Quote& quote) {
  const Order* order = state_.orders.Find(ticket);
  if (order == nullptr) return;
  const Fixed market = MarketPrice(quote, SideOf(order->type));
  const absl::Time time = std::max(quote.time, order->time_setup);
  if (IsStopLimit(order->type)) return pending_.TriggerStopLimit(ticket, time, market);
  const Symbol& symbol = *state_.symbols.ById(order->symbol->id);
  const Result<TradeResult> filled = pending_.Fill(
      {.order = ticket, .price = ExecutionPrice(symbol, order->price_order, market), .time = time});
  if (!filled.ok()) pending_.Finish(ticket, OrderState::kRejected, OrderActivation::kPending, time);
}

absl::Time Triggers::NextExpiration() {
  Refresh();
  return expirations_.empty() ? absl::InfiniteFuture() : expirations_.begin()->first;
}

void Triggers::Expire(absl::Time time) {
  while (!expirations_.empty() && expirations_.begin()->first <= time) {
    const auto [due, order] = *expirations_.begin();
    expirations_.erase(expirations_.begin());
    pending_.Finish(order, OrderState::kExpired, OrderActivation::kExpiration, due);
  }
}

void Triggers::Refresh() {
  while (!state_.touched.empty()) {
    const uint64_t login = *state_.touched.begin();
    state_.touched.erase(state_.touched.begin());
    Rebuild(login);
  }
}

void Triggers::Rebuild(uint64_t login) {
  alarms_.Clear(login);
  margin_alarms_.Clear(login);
  if (const auto found = expirations_of_.find(login); found != expirations_of_.end()) {
    for (const auto& expiration : found->second) expirations_.erase(expiration);
    expirations_of_.erase(found);
  }
  if (state_.accounts.Find(login) == nullptr) return;
  WatchPositions(login);
  WatchOrders(login);
  WatchMargin(login);
}

void Triggers::WatchPositions(uint64_t login) {
  for (const auto& [ticket, position] : state_.positions.Of(login)) {
    const bool buys = position->side == Side::kBuy;
    const auto set = [&, id = ticket, symbol = position->symbol->id](AlarmTrigger trigger, Fixed price,
                                                                     AlarmKind kind) {
      if (price.IsPositive()) alarms_.Set({login, symbol, trigger, price, {kind, id}});
    };
    set(buys ? AlarmTrigger::kBidFalls : AlarmTrigger::kAskRises, position->stop_loss, AlarmKind::kStopLoss);
    set(buys ? AlarmTrigger::kBidRises : AlarmTrigger::kAskFalls, position->take_profit,
        AlarmKind::kTakeProfit);
  }
}

void Triggers::WatchOrders(uint64_t login) {
  for (const auto& [ticket, order] : state_.orders.Of(login)) {
    alarms_.Set({login,
                 order->symbol->id,
                 TriggerOf(order->type),
                 order->price_order,
                 {AlarmKind::kPendingOrder, ticket}});
    const absl::Time expiration = ExpirationOf(*order, state_.server_time);
    if (expiration == absl::InfiniteFuture()) continue;
    expirations_.insert({expiration, ticket});
    expirations_of_[login].push_back({expiration, ticket});
  }
}

}  // namespace mtsuite::mtsim
