#include "services/mtsim/engine/pending_orders.h"

#include <utility>

#include "services/mtsim/engine/text.h"
#include "services/mtsim/engine/trade_checks.h"

namespace mtsuite::mtsim {

bool AddsRisk(const State& state, const Account& account, const Symbol& symbol, Side side, Fixed volume) {
  if (state.GroupOf(account).margin_mode == MarginMode::kHedging) return true;
  for (const auto& [ticket, position] : state.positions.Of(account.login)) {
    if (position->symbol->id == symbol.id) return position->side == side || volume > position->volume;
  }
  return true;
}

Result<const Order*> PendingOrders::Place(Order order) {
  const Account& account = *state_.accounts.Find(order.login);
  const Group& group = state_.GroupOf(account);
  const uint32_t limit = account.limit_orders > 0 ? account.limit_orders : group.limit_orders;
  if (state_.orders.size() >= state_.options.positions_max ||
      (limit > 0 && state_.orders.Count(order.login) >= limit)) {
    return Retcode::kOrdersLimit;
  }
  order.order = state_.next_order++;
  order.state = OrderState::kPlaced;
  order.time_setup = state_.Now();
  order.currency_digits = group.currency_digits;
  order.comment = std::string(TruncateUtf16(order.comment, kCommentUnits));
  state_.Touch(order.login);
  const uint64_t ticket = order.order;
  return static_cast<const Order*>(state_.orders.Insert(ticket, std::move(order)));
}

Result<TradeResult> PendingOrders::Fill(const FillRequest& request) {
  const Order* order = state_.orders.Find(request.order);
  if (order == nullptr) return Retcode::kOrderChanged;
  const Account& account = *state_.accounts.Find(order->login);
  const Symbol& symbol = *order->symbol;
  const Side side = SideOf(order->type);
  if (AddsRisk(state_, account, symbol, side, order->volume_current)) {
    const Retcode allowed = CheckOpening(account, symbol, state_.GroupOf(account), side);
    if (allowed != Retcode::kDone) return allowed;
  }
  OpenRequest open;
  open.login = order->login;
  open.symbol = symbol.name;
  open.side = side;
  open.volume = order->volume_current;
  open.price = request.price;
  open.time = request.time;
  open.stop_loss = order->stop_loss;
  open.take_profit = order->take_profit;
  open.reason = order->reason;
  open.expert_id = order->expert_id;
  open.dealer = order->dealer;
  open.comment = order->comment;
  open.order.pending = *order;
  open.order.activation = request.activation;
  const Result<TradeResult> result = trades_.Open(open);
  if (result.ok()) state_.orders.Erase(request.order);
  return result;
}

void PendingOrders::TriggerStopLimit(uint64_t ticket, absl::Time time, Fixed market) {
  Order* order = state_.orders.FindMutable(ticket);
  if (order == nullptr || !IsStopLimit(order->type)) return;
  order->type = order->type == OrderType::kBuyStopLimit ? OrderType::kBuyLimit : OrderType::kSellLimit;
  order->price_order = std::exchange(order->price_trigger, Fixed());
  order->activation = OrderActivation::kStopLimit;
  order->activation_time = time;
  order->activation_price = market;
  state_.Touch(order->login);
}

void PendingOrders::Finish(uint64_t ticket, OrderState state, OrderActivation activation, absl::Time time) {
  const Order* open = state_.orders.Find(ticket);
  if (open == nullptr) return;
  Order order = *open;
  order.state = state;
  order.time_done = time;
  if (activation != OrderActivation::kNone) {
    order.activation = activation;
    order.activation_time = time;
  }
  const Quote* quote = state_.feed.Last(order.symbol->id);
  if (quote != nullptr) order.price_current = MarketPrice(*quote, SideOf(order.type));
  state_.Touch(order.login);
  state_.orders.Erase(ticket);
  state_.order_history.Add(std::move(order));
}

}  // namespace mtsuite::mtsim
