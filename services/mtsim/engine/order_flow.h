#ifndef SERVICES_MTSIM_ENGINE_ORDER_FLOW_H_
#define SERVICES_MTSIM_ENGINE_ORDER_FLOW_H_

#include "services/mtsim/engine/balance_operations.h"
#include "services/mtsim/engine/pending_orders.h"
#include "services/mtsim/engine/state.h"
#include "services/mtsim/engine/trade_operations.h"
#include "services/mtsim/engine/trade_request.h"

namespace mtsuite::mtsim {

// Takes trade requests through every check that the platform makes and executes them at the market. A request
// either happens or changes nothing but, where a dealer turned it down, the history of orders.
//
// The members that count, by action: kExecute login, symbol, type (buy or sell), volume, price with
// deviation, stops, position (closes that one, partly when volume is less); kPlaceOrder login, symbol, type
// 2 to 7, volume, price, price_trigger, stops, lifetime, expiration; kModifyPosition login, position (or
// symbol on a netting account), stops, flags; kModifyOrder login, order, what changes, flags; kRemoveOrder
// login, order; kActivateOrder login, order, price (the market's when zero); kActivateStopLimit login, order;
// kBalance login, type, price, comment; kCloseBy login, position, position_by.
//
// An account that may not trade can still close, cancel and have its stops moved. Trades outside the sessions
// of the symbol are refused, cancelling is not.
class OrderFlow {
 public:
  // All must outlive this.
  OrderFlow(State& state, TradeOperations& trades, BalanceOperations& balances, PendingOrders& pending)
      : state_(state), trades_(trades), balances_(balances), pending_(pending) {}

  // Never fails otherwise: the answer's retcode says what happened.
  TradeAnswer Execute(const TradeRequest& request);

  // What remains of a request that a dealer turned down with `retcode`: kRequestRejected leaves a rejected
  // order in the history where the request asked for one, other codes leave nothing.
  TradeAnswer TurnDown(const TradeRequest& request, Retcode retcode);

 private:
  // What a request is about, found and checked to exist.
  struct Subject {
    const Account& account;
    const Group& group;
    SymbolRef symbol;
  };

  TradeAnswer ExecuteUnquoted(const TradeRequest& request);
  TradeAnswer ExecuteAtMarket(const TradeRequest& request, const Subject& subject);
  TradeAnswer OpenAtMarket(const TradeRequest& request, const Subject& subject, Fixed market);
  TradeAnswer CloseAtMarket(const TradeRequest& request, const Subject& subject, Fixed market);
  TradeAnswer PlaceOrder(const TradeRequest& request, const Subject& subject);
  TradeAnswer ModifyPosition(const TradeRequest& request, const Subject& subject);
  TradeAnswer ModifyOrder(const TradeRequest& request);
  TradeAnswer RemoveOrder(const TradeRequest& request);
  TradeAnswer ActivateOrder(const TradeRequest& request);
  TradeAnswer ActivateStopLimit(const TradeRequest& request);
  TradeAnswer BookBalance(const TradeRequest& request);
  TradeAnswer CloseBy(const TradeRequest& request);

  // The account's position that a request names; on a netting account the one of the symbol when it names
  // none.
  const Position* FindPosition(const TradeRequest& request) const;
  // The account's open order; kOrderChanged when it is in the history, kInvalidRequest when there never was
  // one.
  Result<const Order*> FindOrder(const TradeRequest& request) const;
  Retcode CheckGroupRules(const Subject& subject, Side side) const;
  Retcode CheckClosing(const TradeRequest& request, const Subject& subject, const Position& position) const;
  Retcode CheckModifiedOrder(const Order& before, const Order& after) const;

  State& state_;
  TradeOperations& trades_;
  BalanceOperations& balances_;
  PendingOrders& pending_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ORDER_FLOW_H_
