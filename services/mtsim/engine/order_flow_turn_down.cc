// What is left of requests that a dealer turned down.
#include <utility>

#include "services/mtsim/engine/order_flow.h"
#include "services/mtsim/engine/text.h"

namespace mtsuite::mtsim {

TradeAnswer OrderFlow::TurnDown(const TradeRequest& request, Retcode retcode) {
  TradeAnswer answer{.retcode = retcode};
  const SymbolRef symbol = state_.symbols.Find(request.symbol);
  const Account* account = state_.accounts.Find(request.login);
  if (symbol == nullptr || account == nullptr) return answer;
  if (const Quote* quote = state_.feed.Last(symbol->id)) {
    answer.bid = quote->bid;
    answer.ask = quote->ask;
  }
  const bool orders = request.action == TradeAction::kExecute || request.action == TradeAction::kPlaceOrder;
  if (!orders || retcode != Retcode::kRequestRejected ||
      request.type > static_cast<int>(OrderType::kCloseBy) || request.type < 0) {
    return answer;
  }
  Order order{.order = state_.next_order++,
              .login = request.login,
              .dealer = request.dealer,
              .symbol = symbol,
              .currency_digits = state_.GroupOf(*account).currency_digits,
              .state = OrderState::kRejected,
              .reason = request.reason,
              .type = static_cast<OrderType>(request.type),
              .filling = request.filling,
              .lifetime = request.lifetime.value_or(OrderLifetime::kGoodTillCancelled),
              .time_setup = state_.Now(),
              .time_done = state_.Now(),
              .price_order = request.price,
              .price_trigger = request.price_trigger,
              .price_current = answer.bid,
              .volume_initial = request.volume,
              .volume_current = request.volume,
              .position_id = request.position,
              .comment = std::string(TruncateUtf16(request.comment, kCommentUnits))};
  answer.order = order.order;
  state_.order_history.Add(std::move(order));
  return answer;
}

}  // namespace mtsuite::mtsim
