#ifndef SERVICES_CONNECTOR_TRADES_TRADE_DIFF_H_
#define SERVICES_CONNECTOR_TRADES_TRADE_DIFF_H_

#include <cstdint>
#include <map>
#include <vector>

#include "mtsuite/connector/v1/event.pb.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/orders/v1/position.pb.h"
#include "mtsuite/type/v1/deal.pb.h"

namespace mtsuite::connector {

// What one account has open, by ticket.
struct OpenTrades {
  std::map<int64_t, orders::v1::Order> orders;
  std::map<int64_t, orders::v1::Position> positions;
  bool empty() const { return orders.empty() && positions.empty(); }
};

// What led from one state of an account to the next.
struct TradeStep {
  // As they were told last, and as they are.
  const OpenTrades& before;
  const OpenTrades& after;
  // All trades in between, by ticket.
  const std::vector<type::v1::Deal>& deals;
  // Orders that ended in between, by ticket.
  const std::map<int64_t, orders::v1::Order>& done_orders;
};

// The events of orders and positions between the two states, in the order in which they happened as far as
// deals tell: of each trade the order, then the position. A position that opened and closed in between is
// made up from its deals. Pure.
//
// An order that is gone without being among `done_orders` is not told yet: it stays in `kept`, and belongs
// into the state that the next step starts from.
struct TradeNews {
  std::vector<v1::Event> events;
  std::vector<orders::v1::Order> kept;
};
TradeNews CompareTrades(const TradeStep& step);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TRADES_TRADE_DIFF_H_
