#ifndef SERVICES_CONNECTOR_COMMANDS_ORDER_COMMANDS_H_
#define SERVICES_CONNECTOR_COMMANDS_ORDER_COMMANDS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "services/connector/commands/group_cache.h"
#include "services/connector/commands/symbol_cache.h"
#include "services/connector/commands/trade_terms.h"
#include "services/connector/directory/directory.h"
#include "services/connector/journal/commands.h"
#include "services/connector/ticks/tick_hub.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// The journal's commands that trade: the checks before, the sending, and the search for traces afterwards.
// Contract as in Commands; TradeCommands hands the kinds that trade on to it. Thread-safe; calls in progress
// keep it alive.
//
// Orders and closings are found again by their tag: in the deals, then among the open orders, in the history
// of orders, and among the positions. That is the way an order takes, so nothing passes by unseen while it is
// looked for. Changes and cancellations are found by comparing what is there with what was asked for.
class OrderCommands : public std::enable_shared_from_this<OrderCommands> {
 public:
  struct Options {
    // As TradeCommands' own.
    absl::Duration search_margin = absl::Hours(24);
    int64_t search_records_max = 200'000;
  };
  // What it works with; all outlive it.
  struct Tools {
    Clock& clock;
    TradeServer& server;
    const Directory& directory;
    GroupCache& groups;
    SymbolCache& symbols;
    const TickHub& ticks;
  };

  static std::shared_ptr<OrderCommands> Create(const Options& options, const Tools& tools) {
    return std::shared_ptr<OrderCommands>(new OrderCommands(options, tools));
  }

  void Prepare(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void Send(const OperationRecord& record, absl::Time deadline, Done<OperationResult> done);
  void Search(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);

  // What Prepare leaves to the trading server: the account's right to trade, the symbol's session, and with
  // `check_margin` the money. For dry runs; `record` has the baseline that Prepare gave.
  void CheckTrade(const OperationRecord& record, bool check_margin, absl::Time deadline, DoneStatus done);

  // What an order would do to the account's margin, after Prepare.
  void CheckMargin(const OperationRecord& record, absl::Time deadline, Done<MarginAnswer> done);

  // An open position: POSITION_CLOSED or POSITION_NOT_FOUND (REJECTED) where there is none.
  void ReadOpenPosition(int64_t login, int64_t ticket, absl::Time deadline, Done<orders::v1::Position> done);

 private:
  OrderCommands(const Options& options, const Tools& tools) : options_(options), tools_(tools) {}

  // order_prepare.cc
  // What the price is for. kMeasure: something is compared with it, so the trading server is asked for the
  // price of the account's group. kFill: any price will do, so the last tick does, where trades need no
  // price.
  enum class PriceUse { kMeasure, kFill };
  void ReadMarket(int64_t login, const std::string& symbol, PriceUse use, absl::Time deadline,
                  Done<TradeMarket> done);
  void ReadTerms(const std::string& group, const std::string& symbol, PriceUse use, absl::Time deadline,
                 Done<TradeMarket> done);
  void ReadQuote(TradeMarket market, PriceUse use, absl::Time deadline, Done<TradeMarket> done);
  void ReadOpenOrder(int64_t login, int64_t ticket, absl::Time deadline, Done<orders::v1::Order> done);
  void PreparePlacement(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void PrepareOrderChange(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void PrepareCancellation(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void PrepareStopsChange(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void PrepareClosing(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void PreparePairing(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);

  // order_send.cc
  void OnTraded(const OperationRecord& record, const absl::StatusOr<TradeReceipt>& receipt,
                absl::Time deadline, Done<OperationResult> done);
  void OnChanged(const OperationRecord& record, const absl::Status& status, absl::Time deadline,
                 Done<OperationResult> done);
  void AddRest(const OperationRecord& record, orders::v1::TradeResult result, absl::Time deadline,
               Done<OperationResult> done);
  void Explain(const OperationRecord& record, const absl::Status& refusal, absl::Time deadline,
               Done<OperationResult> done);
  void ExplainMargin(const OperationRecord& record, const absl::Status& refusal, absl::Time deadline,
                     Done<OperationResult> done);

  // order_search.cc
  // How far a search of the deals is. `order` is the operation's order and `position` what it opened, when
  // they are known already.
  struct Trace {
    int64_t offset = 0;
    std::vector<type::v1::Deal> found;
    int64_t order = 0;
    std::optional<orders::v1::Position> position;
  };
  void SearchDeals(const OperationRecord& record, Trace trace, absl::Time deadline, Done<Evidence> done);
  void OnDealsFound(const OperationRecord& record, const std::vector<type::v1::Deal>& deals,
                    absl::Time deadline, Done<Evidence> done);
  void SearchOpenOrders(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchDoneOrders(const OperationRecord& record, int64_t offset, absl::Time deadline,
                        Done<Evidence> done);
  void SearchPositions(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchChangedOrder(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchCancelledOrder(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchChangedPosition(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  DealQuery TraceQuery(const OperationRecord& record, int64_t offset) const;

  const Options options_;
  const Tools tools_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_ORDER_COMMANDS_H_
