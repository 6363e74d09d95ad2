#ifndef SERVICES_MTSIM_ENGINE_ENGINE_H_
#define SERVICES_MTSIM_ENGINE_ENGINE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "services/mtsim/engine/account_operations.h"
#include "services/mtsim/engine/balance_operations.h"
#include "services/mtsim/engine/order_flow.h"
#include "services/mtsim/engine/pending_orders.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/trade_operations.h"
#include "services/mtsim/engine/triggers.h"
#include "services/mtsim/engine/valuation.h"

namespace mtsuite::mtsim {

// The trade server without a wire: what the protocol fronts and the control service stand on. It does no I/O
// and is owned by one thread. For the same options, clock readings and calls it gives the same state to the
// byte (see Dump). Pointers that it returns are valid until the next changing call.
class Engine : private TickListener {
 public:
  // Starts with the default market and groups (default_market.h) and first quotes at the clock's time.
  // INVALID_ARGUMENT when the server zone is unknown. `clock` must outlive the engine.
  static absl::StatusOr<std::unique_ptr<Engine>> Create(const EngineOptions& options, Clock& clock);

  ~Engine() override;

  // Lets the world catch up with the clock: ticks with all that they trigger, expirations, and the ends of
  // server days with their swaps, in the order of their times. Call it before a batch of work or every few
  // milliseconds; cheap when nothing is due.
  void Advance();

  // Changes of groups and symbols; the books say when they refuse. Deleting one in use is kConfigNotEmpty; so
  // is changing the currency or margin mode of a group with accounts, and digits or contract size of a symbol
  // with positions.
  Result<const Group*> PutGroup(Group group);
  Retcode DeleteGroup(std::string_view name);
  Result<SymbolRef> PutSymbol(Symbol symbol);
  Retcode DeleteSymbol(std::string_view name);

  AccountOperations& accounts() { return account_operations_; }
  BalanceOperations& balances() { return balance_operations_; }
  TradeOperations& trades() { return trade_operations_; }
  PriceFeed& feed() { return state_.feed; }
  // Lets the world catch up with the clock, then carries a trade request out.
  TradeAnswer Trade(const TradeRequest& request);
  // Likewise for a request that a dealer turns down; see OrderFlow::TurnDown.
  TradeAnswer TurnDown(const TradeRequest& request, Retcode retcode);
  const Valuation& valuation() const { return valuation_; }
  // Everything for reading: accounts, groups, symbols, positions, orders, deals, order history, quotes,
  // server time.
  const State& state() const { return state_; }

  // Selections of a batch query: by login, by masks of groups, by ticket; symbol names and masks narrow it
  // unless empty.
  std::vector<const Position*> PositionsOf(const std::vector<uint64_t>& logins,
                                           std::string_view symbols) const;
  std::vector<const Position*> PositionsInGroups(std::string_view masks, std::string_view symbols) const;
  // Deals of all accounts that are in groups matching `masks`, ordered by time and ticket, at most `limit`.
  std::vector<const Deal*> DealsInGroups(std::string_view masks, const TimeWindow& window,
                                         size_t limit) const;

 private:
  Engine(const EngineOptions& options, ServerTime server_time, Clock& clock);

  // Which logins belong to the groups that match masks; the matching is done once.
  class GroupFilter {
   public:
    GroupFilter(const State& state, std::string_view masks);
    bool Includes(uint64_t login) const;

   private:
    const State& state_;
    absl::flat_hash_set<std::string> groups_;
  };

  // TickListener.
  void BeforeTick(absl::Time time) override { RunClock(time); }
  void OnTick(const Symbol& symbol, const Quote& quote) override { triggers_.OnTick(symbol, quote); }

  // What happens by the clock up to and including `until`.
  void RunClock(absl::Time until);
  void EndDay(absl::Time midnight);
  void TouchTraders();
  bool IsTraded(uint32_t symbol_id) const;

  State state_;
  Valuation valuation_;
  AccountOperations account_operations_;
  BalanceOperations balance_operations_;
  TradeOperations trade_operations_;
  PendingOrders pending_orders_;
  OrderFlow order_flow_;
  Triggers triggers_;
  absl::Time next_day_;
  // The last day and month that begin within the Advance that is under way.
  absl::Time last_day_;
  absl::Time last_month_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ENGINE_H_
