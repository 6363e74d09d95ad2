#include "services/connector/trades/trade_book.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;
using type::v1::Deal;

namespace {

template <typename Record, typename Map>
int64_t RevisionOf(const std::map<int64_t, int64_t>& index, const std::map<int64_t, OpenTrades>& accounts,
                   int64_t ticket, Map OpenTrades::*records) {
  const auto login = index.find(ticket);
  if (login == index.end()) return 0;
  return (accounts.at(login->second).*records).at(ticket).revision();
}

// A page of the records behind `index`.
template <typename Record, typename Map>
std::vector<Record> List(const std::map<int64_t, int64_t>& index,
                         const std::map<int64_t, OpenTrades>& accounts, Map OpenTrades::*records,
                         const TradeBook::Filter& filter, bool* more) {
  std::vector<Record> page;
  *more = false;
  // Accounts repeat; asking costs a look into the directory.
  absl::flat_hash_map<int64_t, bool> wanted;
  for (auto entry = index.upper_bound(filter.after_ticket); entry != index.end(); ++entry) {
    const auto& [ticket, login] = *entry;
    if (filter.login) {
      const auto [known, added] = wanted.try_emplace(login, false);
      if (added) known->second = filter.login(login);
      if (!known->second) continue;
    }
    const Record& record = (accounts.at(login).*records).at(ticket);
    if (!filter.symbol.empty() && record.symbol() != filter.symbol) continue;
    if (static_cast<int32_t>(page.size()) == filter.limit) {
      *more = true;
      break;
    }
    page.push_back(record);
  }
  return page;
}

}  // namespace

void TradeBook::Restore(std::vector<Order> orders, std::vector<Position> positions, bool baselined) {
  absl::MutexLock lock(&mutex_);
  for (Order& order : orders) {
    orders_[order.ticket()] = order.login();
    accounts_[order.login()].orders[order.ticket()] = std::move(order);
  }
  for (Position& position : positions) {
    positions_[position.ticket()] = position.login();
    accounts_[position.login()].positions[position.ticket()] = std::move(position);
  }
  baselined_ = baselined;
}

void TradeBook::ObserveDeals(const std::vector<Deal>& deals) {
  absl::MutexLock lock(&mutex_);
  for (const Deal& deal : deals) {
    if (deal.type() != Deal::BUY && deal.type() != Deal::SELL) continue;
    std::vector<Deal>& waiting = deals_[deal.login()];
    if (waiting.size() < kDealsMax) waiting.push_back(deal);
  }
}

void TradeBook::Observe(const TradeSnapshot& snapshot) {
  const std::set<int64_t> named(snapshot.logins.begin(), snapshot.logins.end());
  const auto speaks_of = [&](int64_t login) { return named.contains(login) != snapshot.all; };
  Accounts told;
  for (const Order& order : snapshot.orders) {
    if (speaks_of(order.login())) told[order.login()].orders[order.ticket()] = order;
  }
  for (const Position& position : snapshot.positions) {
    if (speaks_of(position.login())) told[position.login()].positions[position.ticket()] = position;
  }
  std::map<int64_t, std::map<int64_t, Order>> done_orders;
  for (const Order& order : snapshot.done_orders) done_orders[order.login()][order.ticket()] = order;
  std::vector<v1::Event> events;
  absl::MutexLock lock(&mutex_);
  // Accounts that have nothing any more are in the book or have deals only.
  std::set<int64_t> logins(named.begin(), named.end());
  if (snapshot.all) {
    logins.clear();
    for (const auto& [login, trades] : accounts_) logins.insert(login);
    for (const auto& [login, deals] : deals_) logins.insert(login);
    for (const auto& [login, trades] : told) logins.insert(login);
  }
  for (const int64_t login : logins) {
    if (speaks_of(login)) Step(login, std::move(told[login]), done_orders[login], events);
  }
  if (!events.empty()) (baselined_ ? publish_ : adopt_)(events);
  TakeRevisions(events);
  if (!snapshot.all) return;
  baselined_ = true;
  loaded_ = true;
  read_time_ = snapshot.read_time;
}

void TradeBook::Step(int64_t login, OpenTrades after, const std::map<int64_t, Order>& done_orders,
                     std::vector<v1::Event>& events) {
  OpenTrades& trades = accounts_[login];
  std::vector<Deal> deals;
  if (const auto waiting = deals_.find(login); waiting != deals_.end()) {
    deals = std::move(waiting->second);
    deals_.erase(waiting);
  }
  // Revisions change only with the records, below.
  for (auto& [ticket, order] : after.orders) {
    if (const auto known = trades.orders.find(ticket); known != trades.orders.end()) {
      order.set_revision(known->second.revision());
    }
  }
  for (auto& [ticket, position] : after.positions) {
    if (const auto known = trades.positions.find(ticket); known != trades.positions.end()) {
      position.set_revision(known->second.revision());
    }
  }
  TradeNews news = CompareTrades({trades, after, deals, done_orders});
  for (Order& order : news.kept) after.orders[order.ticket()] = std::move(order);
  std::move(news.events.begin(), news.events.end(), std::back_inserter(events));
  Unindex(trades);
  trades = std::move(after);
  Index(trades, login);
  if (trades.empty()) accounts_.erase(login);
}

void TradeBook::Index(const OpenTrades& trades, int64_t login) {
  for (const auto& [ticket, order] : trades.orders) orders_[ticket] = login;
  for (const auto& [ticket, position] : trades.positions) positions_[ticket] = login;
}

void TradeBook::Unindex(const OpenTrades& trades) {
  for (const auto& [ticket, order] : trades.orders) orders_.erase(ticket);
  for (const auto& [ticket, position] : trades.positions) positions_.erase(ticket);
}

void TradeBook::TakeRevisions(const std::vector<v1::Event>& events) {
  for (const v1::Event& event : events) {
    const auto account = accounts_.find(event.login());
    if (account == accounts_.end()) continue;
    const auto take = [](auto& records, const auto& told) {
      const auto record = records.find(told.ticket());
      if (record != records.end()) record->second.set_revision(told.revision());
    };
    if (event.has_order_placed()) take(account->second.orders, event.order_placed());
    if (event.has_order_updated()) take(account->second.orders, event.order_updated());
    if (event.has_position_opened()) take(account->second.positions, event.position_opened());
    if (event.has_position_updated()) take(account->second.positions, event.position_updated());
  }
}

bool TradeBook::loaded() const {
  absl::MutexLock lock(&mutex_);
  return loaded_;
}

absl::Time TradeBook::read_time() const {
  absl::MutexLock lock(&mutex_);
  return read_time_;
}

std::vector<Order> TradeBook::ListOrders(const Filter& filter, bool* more) const {
  absl::MutexLock lock(&mutex_);
  return List<Order>(orders_, accounts_, &OpenTrades::orders, filter, more);
}

std::vector<Position> TradeBook::ListPositions(const Filter& filter, bool* more) const {
  absl::MutexLock lock(&mutex_);
  return List<Position>(positions_, accounts_, &OpenTrades::positions, filter, more);
}

int64_t TradeBook::OrderRevision(int64_t ticket) const {
  absl::MutexLock lock(&mutex_);
  return RevisionOf<Order>(orders_, accounts_, ticket, &OpenTrades::orders);
}

int64_t TradeBook::PositionRevision(int64_t ticket) const {
  absl::MutexLock lock(&mutex_);
  return RevisionOf<Position>(positions_, accounts_, ticket, &OpenTrades::positions);
}

}  // namespace mtsuite::connector
