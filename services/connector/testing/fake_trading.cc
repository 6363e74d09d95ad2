#include "services/connector/testing/fake_trading.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/error.h"
#include "services/connector/base/proto_time.h"

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;
using type::v1::Deal;

namespace {

constexpr int kDigits = 5;

absl::Status Rejected(ErrorReason reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message).Outcome(type::v1::REJECTED);
}

absl::Status Missing(ErrorReason reason, int64_t ticket) {
  return MakeError(absl::StatusCode::kNotFound, reason, absl::StrCat("no ", ticket)).With("ticket", ticket);
}

std::string Lots(Decimal volume) { return volume.ToString(std::max(2, volume.digits())); }
std::string Price(Decimal price) { return price.IsZero() ? std::string() : price.ToString(kDigits); }
Decimal ValueOf(const std::string& text) { return Decimal::ParseWire(text).value_or(Decimal()); }

bool Names(const std::vector<std::string>& paths, const char* path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

}  // namespace

quotes::v1::Symbol FakeTrading::Symbol() {
  quotes::v1::Symbol symbol;
  symbol.set_name("EURUSD");
  symbol.set_digits(kDigits);
  symbol.set_min_volume("0.01");
  symbol.set_max_volume("100.00");
  symbol.set_volume_step("0.01");
  symbol.set_tick_size("0.00001");
  symbol.set_trade_mode(quotes::v1::Symbol::FULL);
  symbol.set_execution_mode(quotes::v1::Symbol::MARKET_EXECUTION);
  for (const auto type :
       {type::v1::MARKET, type::v1::LIMIT, type::v1::STOP, type::v1::STOP_LIMIT, type::v1::CLOSE_BY}) {
    symbol.add_order_types(type);
  }
  symbol.add_fill_policies(type::v1::FILL_OR_KILL);
  symbol.add_fill_policies(type::v1::RETURN_REMAINDER);
  for (const auto time : {type::v1::GOOD_TILL_CANCELLED, type::v1::DAY, type::v1::GOOD_TILL_TIME}) {
    symbol.add_times_in_force(time);
  }
  symbol.set_stops_level_points(10);
  symbol.set_time_zone("Etc/UTC");
  return symbol;
}

Deal FakeTrading::Execute(const Trade& trade, Decimal volume, Decimal price) {
  Order order = trade.order;
  order.set_state(Order::FILLED);
  order.set_filled_volume(Lots(volume));
  *order.mutable_done_time() = ToProto(clock_.TimeNow());
  order.set_position_ticket(trade.position == 0 ? order.ticket() : trade.position);
  history_[order.ticket()] = order;
  orders_.erase(order.ticket());
  Deal deal;
  deal.set_ticket(++last_ticket_);
  deal.set_login(order.login());
  deal.set_type(order.side() == type::v1::BUY ? Deal::BUY : Deal::SELL);
  deal.set_entry(trade.entry);
  deal.set_origin(Deal::DEALER);
  *deal.mutable_time() = ToProto(clock_.TimeNow());
  deal.set_symbol(order.symbol());
  deal.set_volume(Lots(volume));
  deal.set_price(Price(price));
  deal.set_profit("0.00");
  deal.set_order_ticket(order.ticket());
  deal.set_position_ticket(order.position_ticket());
  deal.set_comment(order.comment());
  deals_.push_back(deal);
  if (trade.entry != Deal::IN) return deal;
  Position position;
  position.set_ticket(order.ticket());
  position.set_login(order.login());
  position.set_symbol(order.symbol());
  position.set_side(order.side());
  position.set_volume(Lots(volume));
  position.set_open_price(Price(price));
  position.set_current_price(Price(price));
  position.set_stop_loss(order.stop_loss());
  position.set_take_profit(order.take_profit());
  position.set_profit("0.00");
  position.set_swap("0.00");
  position.set_currency_code("USD");
  position.set_origin(Deal::DEALER);
  *position.mutable_open_time() = deal.time();
  position.set_comment(order.comment());
  positions_[order.ticket()] = std::move(position);
  return deal;
}

TradeReceipt FakeTrading::Receipt(const Deal& deal) const {
  TradeReceipt receipt;
  receipt.state = Order::FILLED;
  receipt.order_ticket = deal.order_ticket();
  receipt.deal_ticket = deal.ticket();
  receipt.filled_volume = ValueOf(deal.volume());
  receipt.price = ValueOf(deal.price());
  receipt.bid = quote_.bid;
  receipt.ask = quote_.ask;
  return receipt;
}

absl::StatusOr<TradeReceipt> FakeTrading::Place(const OrderPlacement& placement) {
  MTSUITE_CHECK(placement.comment.size() <= kMaxCommentLength, "the platform would cut the comment");
  if (closed_) return Rejected(type::v1::MARKET_CLOSED, "closed");
  // Nobody has so much money.
  if (placement.volume > Decimal::FromInteger(50)) {
    return Rejected(type::v1::INSUFFICIENT_FREE_MARGIN, "no money");
  }
  Order order;
  order.set_ticket(++last_ticket_);
  order.set_login(placement.login);
  order.set_symbol(placement.symbol);
  order.set_side(placement.side);
  order.set_type(placement.type);
  order.set_volume(Lots(placement.volume));
  order.set_filled_volume("0.00");
  order.set_price(Price(placement.price));
  order.set_trigger_price(Price(placement.trigger_price));
  order.set_stop_loss(Price(placement.stop_loss));
  order.set_take_profit(Price(placement.take_profit));
  order.set_time_in_force(placement.time_in_force);
  if (placement.expire_time > absl::UnixEpoch()) {
    *order.mutable_expire_time() = ToProto(placement.expire_time);
  }
  order.set_fill_policy(placement.fill_policy);
  order.set_comment(placement.comment);
  order.set_state(Order::PLACED);
  order.set_origin(Deal::DEALER);
  *order.mutable_create_time() = ToProto(clock_.TimeNow());
  if (placement.type == type::v1::MARKET) {
    const Decimal price = placement.side == type::v1::BUY ? quote_.ask : quote_.bid;
    return Receipt(Execute({order, Deal::IN}, placement.volume, price));
  }
  orders_[order.ticket()] = order;
  TradeReceipt receipt;
  receipt.state = Order::PLACED;
  receipt.order_ticket = order.ticket();
  return receipt;
}

void FakeTrading::Fill(int64_t ticket) {
  const Order order = orders_.at(ticket);
  Execute({order, Deal::IN}, ValueOf(order.volume()), ValueOf(order.price()));
}

absl::Status FakeTrading::Change(const OrderChange& change) {
  const auto found = orders_.find(change.ticket);
  if (found == orders_.end()) return Rejected(type::v1::ORDER_CHANGED, "done");
  Order& order = found->second;
  if (Names(change.paths, "price")) order.set_price(Price(change.price));
  if (Names(change.paths, "stop_loss")) order.set_stop_loss(Price(change.stop_loss));
  if (Names(change.paths, "take_profit")) order.set_take_profit(Price(change.take_profit));
  return absl::OkStatus();
}

absl::Status FakeTrading::Cancel(const OrderCancellation& cancellation) {
  const auto found = orders_.find(cancellation.ticket);
  if (found == orders_.end()) return Rejected(type::v1::ORDER_CHANGED, "done");
  Order order = std::move(found->second);
  orders_.erase(found);
  order.set_state(Order::CANCELLED);
  *order.mutable_done_time() = ToProto(clock_.TimeNow());
  history_[order.ticket()] = std::move(order);
  return absl::OkStatus();
}

absl::Status FakeTrading::ChangeStops(const StopsChange& change) {
  const auto found = positions_.find(change.ticket);
  if (found == positions_.end()) return Rejected(type::v1::POSITION_CLOSED, "closed");
  if (Names(change.paths, "stop_loss")) found->second.set_stop_loss(Price(change.stop_loss));
  if (Names(change.paths, "take_profit")) found->second.set_take_profit(Price(change.take_profit));
  return absl::OkStatus();
}

void FakeTrading::Reduce(int64_t ticket, Decimal volume) {
  const auto found = positions_.find(ticket);
  const Decimal rest = ValueOf(found->second.volume()) - volume;
  if (rest.IsZero()) {
    positions_.erase(found);
  } else {
    found->second.set_volume(Lots(rest));
  }
}

absl::StatusOr<TradeReceipt> FakeTrading::Close(const PositionClosing& closing) {
  MTSUITE_CHECK(closing.comment.size() <= kMaxCommentLength, "the platform would cut the comment");
  const auto found = positions_.find(closing.ticket);
  if (found == positions_.end()) return Rejected(type::v1::POSITION_CLOSED, "closed");
  if (closed_) return Rejected(type::v1::MARKET_CLOSED, "closed");
  if (closing.volume > ValueOf(found->second.volume())) {
    return Rejected(type::v1::VOLUME_EXCEEDS_POSITION, "too much");
  }
  Order order;
  order.set_ticket(++last_ticket_);
  order.set_login(closing.login);
  order.set_symbol(closing.symbol);
  order.set_side(closing.side);
  order.set_type(type::v1::MARKET);
  order.set_volume(Lots(closing.volume));
  order.set_comment(closing.comment);
  *order.mutable_create_time() = ToProto(clock_.TimeNow());
  const Decimal price = closing.side == type::v1::BUY ? quote_.ask : quote_.bid;
  const Deal deal = Execute({order, Deal::OUT, closing.ticket}, closing.volume, price);
  Reduce(closing.ticket, closing.volume);
  return Receipt(deal);
}

absl::StatusOr<TradeReceipt> FakeTrading::CloseBy(const PositionPairing& pair) {
  if (!positions_.contains(pair.ticket) || !positions_.contains(pair.opposite_ticket)) {
    return Rejected(type::v1::POSITION_CLOSED, "closed");
  }
  const Decimal volume =
      std::min(ValueOf(positions_[pair.ticket].volume()), ValueOf(positions_[pair.opposite_ticket].volume()));
  Order order;
  order.set_ticket(++last_ticket_);
  order.set_login(pair.login);
  order.set_symbol(pair.symbol);
  order.set_type(type::v1::CLOSE_BY);
  order.set_volume(Lots(volume));
  order.set_comment(pair.comment);
  *order.mutable_create_time() = ToProto(clock_.TimeNow());
  const Deal deal = Execute({order, Deal::OUT_BY, pair.ticket}, volume, quote_.bid);
  Execute({order, Deal::OUT_BY, pair.opposite_ticket}, volume, quote_.bid);
  Reduce(pair.ticket, volume);
  Reduce(pair.opposite_ticket, volume);
  return Receipt(deal);
}

absl::StatusOr<Order> FakeTrading::GetOrder(int64_t login, int64_t ticket) const {
  for (const auto* book : {&orders_, &history_}) {
    const auto found = book->find(ticket);
    if (found != book->end() && found->second.login() == login) return found->second;
  }
  return Missing(type::v1::ORDER_NOT_FOUND, ticket);
}

absl::StatusOr<Position> FakeTrading::GetPosition(int64_t login, int64_t ticket) const {
  const auto found = positions_.find(ticket);
  if (found != positions_.end() && found->second.login() == login) return found->second;
  return Missing(type::v1::POSITION_NOT_FOUND, ticket);
}

absl::StatusOr<Deal> FakeTrading::GetDeal(int64_t login, int64_t ticket) const {
  for (const Deal& deal : deals_) {
    if (deal.ticket() == ticket && deal.login() == login) return deal;
  }
  return absl::NotFoundError("no such deal");
}

std::vector<Order> FakeTrading::Orders(int64_t login) const {
  std::vector<Order> orders;
  for (const auto& [ticket, order] : orders_) {
    if (order.login() == login) orders.push_back(order);
  }
  return orders;
}

std::vector<Position> FakeTrading::Positions(int64_t login) const {
  std::vector<Position> positions;
  for (const auto& [ticket, position] : positions_) {
    if (position.login() == login) positions.push_back(position);
  }
  return positions;
}

OrderPage FakeTrading::History(const DealQuery& query) const {
  std::vector<Order> orders;
  for (const auto& [ticket, order] : history_) {
    const absl::Time time = FromProto(order.done_time());
    if (order.login() == query.login && time >= query.start && time < query.end) orders.push_back(order);
  }
  std::stable_sort(orders.begin(), orders.end(), [](const Order& a, const Order& b) {
    return FromProto(a.done_time()) < FromProto(b.done_time());
  });
  OrderPage page;
  const auto size = static_cast<int64_t>(orders.size());
  const int64_t end = std::min<int64_t>(size, query.offset + query.limit);
  for (int64_t i = query.offset; i < end; ++i) page.orders.push_back(orders[static_cast<size_t>(i)]);
  page.end_reached = end >= size;
  return page;
}

absl::StatusOr<MarketQuote> FakeTrading::Quote(const std::string& symbol) const {
  if (symbol != "EURUSD" || quote_.bid.IsZero()) return Rejected(type::v1::OFF_QUOTES, "no price");
  return quote_;
}

}  // namespace mtsuite::connector
