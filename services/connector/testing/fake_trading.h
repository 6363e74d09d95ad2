#ifndef SERVICES_CONNECTOR_TESTING_FAKE_TRADING_H_
#define SERVICES_CONNECTOR_TESTING_FAKE_TRADING_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// The orders and positions of a FakeWorld: one symbol, EURUSD, at a price that stands still until it is set,
// on hedging accounts. Trades cost and earn nothing. Not thread-safe.
class FakeTrading {
 public:
  // Deals go to the end of `deals`; tickets count up from `last_ticket`. Both outlive this.
  FakeTrading(Clock& clock, std::vector<type::v1::Deal>& deals, int64_t& last_ticket)
      : clock_(clock), deals_(deals), last_ticket_(last_ticket) {}

  absl::StatusOr<TradeReceipt> Place(const OrderPlacement& order);
  absl::Status Change(const OrderChange& change);
  absl::Status Cancel(const OrderCancellation& order);
  absl::Status ChangeStops(const StopsChange& change);
  absl::StatusOr<TradeReceipt> Close(const PositionClosing& closing);
  absl::StatusOr<TradeReceipt> CloseBy(const PositionPairing& pair);

  absl::StatusOr<orders::v1::Order> GetOrder(int64_t login, int64_t ticket) const;
  absl::StatusOr<orders::v1::Position> GetPosition(int64_t login, int64_t ticket) const;
  absl::StatusOr<type::v1::Deal> GetDeal(int64_t login, int64_t ticket) const;
  std::vector<orders::v1::Order> Orders(int64_t login) const;
  std::vector<orders::v1::Position> Positions(int64_t login) const;
  OrderPage History(const DealQuery& query) const;
  absl::StatusOr<MarketQuote> Quote(const std::string& symbol) const;
  static quotes::v1::Symbol Symbol();

  const std::map<int64_t, orders::v1::Order>& open_orders() const { return orders_; }
  const std::map<int64_t, orders::v1::Order>& done_orders() const { return history_; }
  const std::map<int64_t, orders::v1::Position>& positions() const { return positions_; }

  // Moves the market; nothing triggers.
  void SetPrice(Decimal bid, Decimal ask) { quote_ = {bid, ask, Decimal(), clock_.TimeNow()}; }
  // Fills an order that waits, at its price, as the market would.
  void Fill(int64_t ticket);
  // Closes all trading: MARKET_CLOSED.
  void SetClosed(bool closed) { closed_ = closed; }

 private:
  struct Trade {
    orders::v1::Order order;  // As placed.
    type::v1::Deal::Entry entry;
    int64_t position = 0;  // The order's own number when 0.
  };

  // Books the deal of an order and moves the order to the history.
  type::v1::Deal Execute(const Trade& trade, Decimal volume, Decimal price);
  TradeReceipt Receipt(const type::v1::Deal& deal) const;
  void Reduce(int64_t ticket, Decimal volume);

  Clock& clock_;
  std::vector<type::v1::Deal>& deals_;
  int64_t& last_ticket_;
  MarketQuote quote_{Decimal::FromScaled(110000, 5), Decimal::FromScaled(110010, 5), Decimal(), {}};
  bool closed_ = false;
  std::map<int64_t, orders::v1::Order> orders_;
  std::map<int64_t, orders::v1::Order> history_;
  std::map<int64_t, orders::v1::Position> positions_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_FAKE_TRADING_H_
