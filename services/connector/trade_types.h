#ifndef SERVICES_CONNECTOR_TRADE_TYPES_H_
#define SERVICES_CONNECTOR_TRADE_TYPES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/accounts/v1/trade_state.pb.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/orders/v1/position.pb.h"
#include "mtsuite/type/v1/trade.pb.h"

// What trading looks like to a TradeServer. Everything is resolved: whoever makes these has read the symbol
// and the market, and has chosen what callers may leave open.
namespace mtsuite::connector {

// A `deviation_points` that lets an order trade at any price.
inline constexpr int32_t kAnyDeviation = 1'000'000'000;

// An order to place.
struct OrderPlacement {
  int64_t login = 0;
  std::string symbol;
  int32_t digits = 0;  // Of the symbol's prices.
  type::v1::Side side = type::v1::SIDE_UNSPECIFIED;
  type::v1::OrderType type = type::v1::ORDER_TYPE_UNSPECIFIED;
  Decimal volume;  // Lots.
  // MARKET: the market's price a moment ago. Otherwise the order's, as Order.price.
  Decimal price;
  Decimal trigger_price;  // STOP_LIMIT only.
  Decimal stop_loss;      // Zero for none.
  Decimal take_profit;    // Zero for none.
  // MARKET: furthest from `price` that it may trade, in points.
  int32_t deviation_points = kAnyDeviation;
  type::v1::TimeInForce time_in_force = type::v1::TIME_IN_FORCE_UNSPECIFIED;
  absl::Time expire_time = absl::UnixEpoch();  // GOOD_TILL_TIME and GOOD_TILL_DAY only.
  type::v1::FillPolicy fill_policy = type::v1::FILL_POLICY_UNSPECIFIED;
  std::string comment;  // The whole comment, tag included; at most kMaxCommentLength UTF-16 units.
};

// New terms of an order that waits.
struct OrderChange {
  int64_t login = 0;
  int64_t ticket = 0;
  std::string symbol;
  int32_t digits = 0;
  type::v1::OrderType type = type::v1::ORDER_TYPE_UNSPECIFIED;
  // All terms as they are to be, the unchanged ones too.
  Decimal price;
  Decimal trigger_price;
  Decimal stop_loss;
  Decimal take_profit;
  type::v1::TimeInForce time_in_force = type::v1::TIME_IN_FORCE_UNSPECIFIED;
  absl::Time expire_time = absl::UnixEpoch();
  // Fields of orders.v1.Order that change, never empty.
  std::vector<std::string> paths;
};

struct OrderCancellation {
  int64_t login = 0;
  int64_t ticket = 0;
  std::string symbol;
  int32_t digits = 0;
};

// New stops of a position.
struct StopsChange {
  int64_t login = 0;
  int64_t ticket = 0;
  std::string symbol;
  int32_t digits = 0;
  Decimal stop_loss;
  Decimal take_profit;
  // "stop_loss", "take_profit" or both.
  std::vector<std::string> paths;
};

// A position to close, or a part of it.
struct PositionClosing {
  int64_t login = 0;
  int64_t ticket = 0;
  std::string symbol;
  int32_t digits = 0;
  type::v1::Side side = type::v1::SIDE_UNSPECIFIED;  // Of the closing: the opposite of the position's.
  Decimal volume;
  Decimal price;  // The market's a moment ago.
  int32_t deviation_points = kAnyDeviation;
  type::v1::FillPolicy fill_policy = type::v1::FILL_POLICY_UNSPECIFIED;
  std::string comment;
};

// Two positions to close by one another.
struct PositionPairing {
  int64_t login = 0;
  int64_t ticket = 0;
  int64_t opposite_ticket = 0;
  std::string symbol;
  int32_t digits = 0;
  std::string comment;
};

// What the trading server did with an order. Tickets are 0 and prices zero where there are none.
struct TradeReceipt {
  orders::v1::Order::State state = orders::v1::Order::STATE_UNSPECIFIED;  // PLACED, FILLED, PARTIALLY_FILLED.
  int64_t order_ticket = 0;
  int64_t deal_ticket = 0;
  Decimal filled_volume;
  Decimal price;
  Decimal bid;
  Decimal ask;
};

// Orders of an account that are done, by the time they were and ticket.
struct OrderPage {
  std::vector<orders::v1::Order> orders;
  bool end_reached = false;
};

// What an order would cost.
struct MarginQuery {
  int64_t login = 0;
  std::string symbol;
  type::v1::Side side = type::v1::SIDE_UNSPECIFIED;
  type::v1::OrderType type = type::v1::ORDER_TYPE_UNSPECIFIED;
  Decimal volume;
  Decimal price;
};

struct MarginAnswer {
  accounts::v1::TradeState current;
  accounts::v1::TradeState after;
};

// The last price of a symbol.
struct MarketQuote {
  Decimal bid;
  Decimal ask;
  Decimal last;  // Zero for none.
  absl::Time time;
};

// A price of a symbol, as integers: prices in points, units of the symbol's last digit.
struct TickUpdate {
  std::string symbol;
  int32_t digits = 0;
  int64_t bid = 0;
  int64_t ask = 0;
  int64_t last = 0;    // 0 for none.
  int64_t volume = 0;  // Of the last deal, in 1e-8 lots; 0 for none.
  absl::Time time;     // When the trading server got it.
};

// Open orders and positions of some accounts, as they were at one moment.
struct TradeSnapshot {
  // Whether it speaks of all accounts but `logins`, or of `logins` only.
  bool all = false;
  std::vector<int64_t> logins;
  std::vector<orders::v1::Order> orders;
  std::vector<orders::v1::Position> positions;
  // As they are in the history: orders that were open when the last snapshot was taken and are not any more,
  // and those that deals since then name.
  std::vector<orders::v1::Order> done_orders;
  absl::Time read_time;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TRADE_TYPES_H_
