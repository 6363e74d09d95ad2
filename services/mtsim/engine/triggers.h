#ifndef SERVICES_MTSIM_ENGINE_TRIGGERS_H_
#define SERVICES_MTSIM_ENGINE_TRIGGERS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "services/mtsim/engine/pending_orders.h"
#include "services/mtsim/engine/price_alarms.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/stop_out.h"
#include "services/mtsim/engine/trade_operations.h"
#include "services/mtsim/engine/valuation.h"

namespace mtsuite::mtsim {

// What the server does by itself when a price or a time is reached: stops of positions, pending orders,
// expirations, stop-outs. Prices count within the trade sessions of their symbol only, so what was passed
// while it was closed acts on the first tick after.
//
// Under market and exchange execution everything trades at the price of the tick, which after a gap is worse
// than a stop asked for and better than a limit; under request and instant execution at the price that was
// asked for. A pending order that cannot be filled is rejected.
class Triggers {
 public:
  // All must outlive this.
  Triggers(State& state, const Valuation& valuation, TradeOperations& trades, PendingOrders& pending)
      : state_(state),
        valuation_(valuation),
        trades_(trades),
        pending_(pending),
        stop_out_(state, valuation, trades) {}

  // Serves everything that the new quote of `symbol` reaches: stop losses, take profits, pending orders, then
  // the margin of accounts that trade it.
  void OnTick(const Symbol& symbol, const Quote& quote);

  // When the next order expires; InfiniteFuture when none does.
  absl::Time NextExpiration();
  // Expires the orders whose time is not after `time`.
  void Expire(absl::Time time);

 private:
  // Looks at the accounts that changed since the last time.
  void Refresh();
  void Rebuild(uint64_t login);
  void WatchPositions(uint64_t login);
  void WatchOrders(uint64_t login);
  void WatchMargin(uint64_t login);

  // A price that the equity of an account depends on, and in which direction it hurts.
  struct Leg {
    uint32_t symbol_id;
    AlarmTrigger trigger;
    const Quote* quote;
    // What it changes the equity by when it moves by all of itself, at most.
    Fixed exposure;
  };
  std::vector<Leg> LegsOf(uint64_t login, const Group& group) const;

  void HitStop(uint64_t position, bool take_profit, const Quote& quote);
  void Activate(uint64_t order, const Quote& quote);

  State& state_;
  const Valuation& valuation_;
  TradeOperations& trades_;
  PendingOrders& pending_;
  StopOut stop_out_;
  // By login. Bounds of the margin change much more often than stops and orders.
  PriceAlarms alarms_;
  PriceAlarms margin_alarms_;
  // Time and order; and which of them belong to an account.
  absl::btree_set<std::pair<absl::Time, uint64_t>> expirations_;
  absl::flat_hash_map<uint64_t, std::vector<std::pair<absl::Time, uint64_t>>> expirations_of_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_TRIGGERS_H_
