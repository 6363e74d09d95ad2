#ifndef SERVICES_MTSIM_ENGINE_PENDING_ORDERS_H_
#define SERVICES_MTSIM_ENGINE_PENDING_ORDERS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "services/mtsim/engine/records.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/trade_operations.h"

namespace mtsuite::mtsim {

// How a pending order becomes a trade.
struct FillRequest {
  uint64_t order = 0;
  Fixed price = {};
  absl::Time time = {};
  OrderActivation activation = OrderActivation::kPending;
};

// The open orders: their way in, and out into the history. Checks nothing about prices and sessions; that is
// the caller's.
class PendingOrders {
 public:
  // Both must outlive this.
  PendingOrders(State& state, TradeOperations& trades) : state_(state), trades_(trades) {}

  // Stores `order` under a new number as placed now. kOrdersLimit when the account or the server holds all
  // that it may.
  Result<const Order*> Place(Order order);

  // Trades what the order asks for and moves it to the history. When that is refused the order stays as it is
  // and the result says why, as TradeOperations::Open does; kTradeDisabled, kCloseOnly, kLongOnly and
  // kShortOnly when the account may not take new risk by now.
  Result<TradeResult> Fill(const FillRequest& request);

  // Turns a stop-limit order whose stop is reached into its limit order, under the same number.
  void TriggerStopLimit(uint64_t order, absl::Time time, Fixed market);

  // Moves an order to the history without a trade: cancelled, expired or rejected.
  void Finish(uint64_t order, OrderState state, OrderActivation activation, absl::Time time);

 private:
  State& state_;
  TradeOperations& trades_;
};

// Whether a trade of an account can add to its risk: always on a hedging account; on a netting account unless
// it only reduces the position of the symbol.
bool AddsRisk(const State& state, const Account& account, const Symbol& symbol, Side side, Fixed volume);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_PENDING_ORDERS_H_
