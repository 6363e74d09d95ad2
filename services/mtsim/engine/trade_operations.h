#ifndef SERVICES_MTSIM_ENGINE_TRADE_OPERATIONS_H_
#define SERVICES_MTSIM_ENGINE_TRADE_OPERATIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/mtsim/engine/records.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/valuation.h"

namespace mtsuite::mtsim {

// What the order behind a trade looks like, apart from what follows from the trade itself.
struct OrderTraits {
  // The pending order that is filled, already taken out of the open orders; its number is used. A new market
  // order when nothing is given.
  std::optional<Order> pending = {};
  Filling filling = Filling::kFillOrKill;
  // What the market order asked for; the price of the trade unless given.
  Fixed price_asked = {};
  // Lots that were asked for but not filled, and never will be.
  Fixed volume_rest = {};
  OrderActivation activation = OrderActivation::kNone;
};

struct OpenRequest {
  uint64_t login = 0;
  std::string symbol = {};
  Side side = Side::kBuy;
  Fixed volume = {};
  // The current ask (buy) or bid (sell) unless given.
  std::optional<Fixed> price = {};
  // Now unless given.
  std::optional<absl::Time> time = {};
  Fixed stop_loss = {};
  Fixed take_profit = {};
  // Booked on the opening deal, so usually negative. Account currency. What the group charges unless given.
  std::optional<Fixed> commission = {};
  // Swap that the position already has. Account currency.
  Fixed storage = {};
  TradeReason reason = TradeReason::kDealer;
  uint64_t expert_id = 0;
  uint64_t dealer = 0;
  std::string comment = {};
  // Refuse with kNoMoney when the free margin does not cover the trade.
  bool check_margin = true;
  OrderTraits order = {};
};

struct CloseRequest {
  uint64_t position = 0;
  // Lots; everything unless given.
  std::optional<Fixed> volume = {};
  // The current bid (of a buy) or ask (of a sell) unless given.
  std::optional<Fixed> price = {};
  // Now unless given.
  std::optional<absl::Time> time = {};
  // Booked on the closing deal. Account currency. What the group charges unless given.
  std::optional<Fixed> commission = {};
  TradeReason reason = TradeReason::kDealer;
  uint64_t dealer = 0;
  std::string comment = {};
  OrderTraits order = {};
};

// Closes two opposite positions of one symbol against each other, as far as the smaller one goes.
struct CloseByRequest {
  uint64_t position = 0;
  uint64_t by = 0;
  TradeReason reason = TradeReason::kDealer;
  uint64_t dealer = 0;
  std::string comment = {};
};

// What a trade left behind. `position` is 0 when nothing of it remains open.
struct TradeResult {
  uint64_t order = 0;
  uint64_t deal = 0;
  uint64_t position = 0;
  // Realised result of the deal without swap and commission.
  Fixed profit = {};
};

// Raw edits of an open position by an administrator; absent members stay.
struct PositionEdit {
  std::optional<Fixed> price_open = {};
  std::optional<Fixed> stop_loss = {};
  std::optional<Fixed> take_profit = {};
  std::optional<Fixed> volume = {};
  std::optional<Fixed> storage = {};
  std::optional<std::string> comment = {};
  std::optional<std::string> external_id = {};
  std::optional<uint64_t> expert_id = {};
  std::optional<TradeReason> reason = {};
  // Recorded as who changed it, a bit of the platform's modification flags (2 = manager, 0x20 = API manager).
  uint32_t modify_flag = 2;
};

// Executes trades at a given or the current price and time: makes the filled order, the deal and the
// position, books result, swap and commission, and keeps balance = sum of deals. Knows no sessions, stops
// levels or execution modes; those belong to the order flow that calls it. Every operation either happens or
// changes nothing.
class TradeOperations {
 public:
  // Both must outlive this.
  TradeOperations(State& state, const Valuation& valuation) : state_(state), valuation_(valuation) {}

  // Buys or sells. On a hedging account opens a position; on a netting account opens, adds to, reduces,
  // closes or reverses the one position of the symbol. kNotFound (account or symbol), kInvalidVolume (below
  // minimum, above maximum, off the step), kInvalidPrice, kNoPrices (no quote, or no rate to the account's
  // currency), kPositionsLimit, kNoMoney, kOrderLimit.
  Result<TradeResult> Open(const OpenRequest& request);

  // Closes a position wholly or partly. kPositionNotFound, kInvalidVolume, kCloseVolumeTooBig, kInvalidPrice,
  // kNoPrices, kInvalidParameters (a time before the opening), kOrderLimit.
  Result<TradeResult> Close(const CloseRequest& request);

  // The first position closes at the opening price of the second with the whole result, the second at its own
  // without one; one order, two deals. kPositionNotFound; kInvalidRequest (different accounts or symbols, the
  // same side, a netting account); kNoPrices, kOrderLimit.
  Result<TradeResult> CloseBy(const CloseByRequest& request);

  // kNotFound; kInvalidParameters when a price or volume is negative or the volume zero.
  Result<const Position*> Edit(uint64_t position, const PositionEdit& edit);

 private:
  // A checked trade with everything that its execution needs.
  struct Trade {
    Account* account = nullptr;
    const Group* group = nullptr;
    SymbolRef symbol = {};
    Side side = Side::kBuy;
    Fixed volume = {};
    Fixed price = {};
    absl::Time time = {};
    Fixed rate_margin = {};
    Fixed stop_loss = {};
    Fixed take_profit = {};
    std::optional<Fixed> commission = {};
    Fixed storage = {};
    TradeReason reason = TradeReason::kDealer;
    uint64_t expert_id = 0;
    uint64_t dealer = 0;
    std::string comment = {};
    bool check_margin = false;
    OrderTraits order = {};
  };

  Result<Trade> Prepare(const OpenRequest& request) const;
  Result<TradeResult> OpenNew(const Trade& trade);
  // Trades against the one position of a netting account.
  Result<TradeResult> Net(const Trade& trade, Position& position);
  // Closes `trade.volume` of `position`, at most all of it.
  Result<TradeResult> Reduce(const Trade& trade, Position& position);
  // Closes all of `position` and opens what is left of the trade under its number.
  Result<TradeResult> Reverse(const Trade& trade, Position& position);
  // Whether the free margin pays for `added` in place of `replaced` (null = beside the others).
  bool CoversMargin(const Account& account, const Position* replaced, const Position& added) const;
  // The deal of a trade under the number of its order; of a new position when `position_id` is 0.
  Deal MakeDeal(const Trade& trade, uint64_t position_id);
  // Likewise of a trade that closes `trade.volume` of `position` with `profit`.
  Deal MakeClosingDeal(const Trade& trade, const Position& position, const Profit& profit);
  // Takes what a closing deal closed off the position; forgets it when nothing is left. Returns whether some
  // is.
  bool Shrink(Position& position, const Deal& deal);
  // Stores order and deal and books the amounts.
  const Deal& Book(const Trade& trade, Deal deal, const Position& position);
  // Stores a deal without an order and books its amounts with the group's commission, or with `commission`.
  const Deal& BookDeal(Account& account, Deal deal, std::optional<Fixed> commission);

  State& state_;
  const Valuation& valuation_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_TRADE_OPERATIONS_H_
