#include "services/connector/trades/trade_diff.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/decimal/decimal.h"

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;
using type::v1::Deal;

namespace {

Decimal ValueOf(const std::string& text) { return Decimal::ParseWire(text).value_or(Decimal()); }

std::string Lots(Decimal volume) { return volume.ToString(std::max(2, volume.digits())); }

bool Same(Order a, Order b) {
  a.clear_revision();
  b.clear_revision();
  return a.SerializeAsString() == b.SerializeAsString();
}

// What is not told for changes of: prices move all the time, and platforms touch the time with them.
bool Same(Position a, Position b) {
  for (Position* position : {&a, &b}) {
    position->clear_revision();
    position->clear_current_price();
    position->clear_profit();
    position->clear_update_time();
    position->clear_currency_code();
  }
  return a.SerializeAsString() == b.SerializeAsString();
}

template <typename Map>
auto Find(const Map& map, int64_t ticket) -> const typename Map::mapped_type* {
  const auto found = map.find(ticket);
  return found == map.end() ? nullptr : &found->second;
}

// A position as its first deal opened it.
Position OpenedBy(const Deal& deal) {
  Position position;
  position.set_ticket(deal.position_ticket());
  position.set_login(deal.login());
  position.set_symbol(deal.symbol());
  position.set_side(deal.type() == Deal::BUY ? type::v1::BUY : type::v1::SELL);
  position.set_volume(deal.volume());
  position.set_open_price(deal.price());
  position.set_current_price(deal.price());
  position.set_origin(deal.origin());
  *position.mutable_open_time() = deal.time();
  position.set_comment(deal.comment());
  return position;
}

// An order that waits, as it was placed, from what became of it.
Order AsPlaced(Order order) {
  order.set_state(Order::PLACED);
  order.set_filled_volume("0.00");
  order.clear_done_time();
  order.clear_position_ticket();
  order.clear_opposite_position_ticket();
  return order;
}

class Comparison {
 public:
  explicit Comparison(const TradeStep& step) : step_(step) {
    for (const Deal& deal : step.deals) last_deal_[deal.position_ticket()] = deal.ticket();
  }

  TradeNews Run() {
    for (const auto& [ticket, order] : step_.after.orders) {
      if (Find(step_.before.orders, ticket) == nullptr) *Add(order.login()).mutable_order_placed() = order;
    }
    for (const Deal& deal : step_.deals) {
      if (deal.order_ticket() != 0) TellOrder(deal.order_ticket(), &deal);
      if (deal.position_ticket() != 0) TellTrade(deal);
    }
    for (const auto& [ticket, order] : step_.before.orders) TellOrder(ticket, nullptr);
    for (const auto& [ticket, position] : step_.before.positions) {
      if (!last_deal_.contains(ticket)) TellPosition(ticket);
    }
    for (const auto& [ticket, position] : step_.after.positions) {
      if (!last_deal_.contains(ticket)) TellPosition(ticket);
    }
    return std::move(news_);
  }

 private:
  v1::Event& Add(int64_t login) {
    v1::Event& event = news_.events.emplace_back();
    event.set_login(login);
    return event;
  }

  void TellOrder(int64_t ticket, const Deal* deal) {
    if (!told_orders_.insert(ticket).second) return;
    const Order* before = Find(step_.before.orders, ticket);
    const Order* after = Find(step_.after.orders, ticket);
    if (after != nullptr) {
      if (before != nullptr && !Same(*before, *after)) {
        *Add(after->login()).mutable_order_updated() = *after;
      }
      return;
    }
    const Order* done = Find(step_.done_orders, ticket);
    if (done == nullptr) {
      if (before != nullptr) news_.kept.push_back(*before);
      return;
    }
    // Market orders never waited; the others are told from their beginning.
    const bool waited = done->type() != type::v1::MARKET && done->type() != type::v1::CLOSE_BY;
    if (before == nullptr && waited) *Add(done->login()).mutable_order_placed() = AsPlaced(*done);
    if (before != nullptr || waited || deal != nullptr) *Add(done->login()).mutable_order_done() = *done;
  }

  // What a deal did to its position. Of several deals only the first, when it opened the position, and the
  // last show in positions; each deal itself has been told.
  void TellTrade(const Deal& deal) {
    const int64_t ticket = deal.position_ticket();
    const bool last = last_deal_[ticket] == deal.ticket();
    const bool known = Find(step_.before.positions, ticket) != nullptr || made_up_.contains(ticket);
    if (known) {
      if (const auto made = made_up_.find(ticket); made != made_up_.end()) Follow(deal, made->second);
      if (last) TellPosition(ticket);
      return;
    }
    if (last) {
      // When it is not there, it opened before anybody looked: there is nothing that anybody knows to end.
      if (Find(step_.after.positions, ticket) != nullptr) TellPosition(ticket);
      return;
    }
    if (deal.entry() != Deal::IN) return;
    const Position opened = OpenedBy(deal);
    made_up_[ticket] = opened;
    *Add(opened.login()).mutable_position_opened() = opened;
  }

  // The volume of a made-up position after a further deal.
  static void Follow(const Deal& deal, Position& position) {
    const bool adds = (deal.type() == Deal::BUY) == (position.side() == type::v1::BUY);
    const Decimal volume = ValueOf(position.volume());
    const Decimal next = adds ? volume + ValueOf(deal.volume()) : volume - ValueOf(deal.volume());
    // What is closed has, as it last was, the volume from before.
    if (next.sign() > 0) position.set_volume(Lots(next));
    position.set_current_price(deal.price());
  }

  void TellPosition(int64_t ticket) {
    if (!told_positions_.insert(ticket).second) return;
    const auto made = made_up_.find(ticket);
    const Position* before = made != made_up_.end() ? &made->second : Find(step_.before.positions, ticket);
    const Position* after = Find(step_.after.positions, ticket);
    if (before == nullptr) {
      *Add(after->login()).mutable_position_opened() = *after;
    } else if (after == nullptr) {
      *Add(before->login()).mutable_position_closed() = *before;
    } else if (before->side() != after->side()) {
      // Reversed, on a netting account.
      *Add(before->login()).mutable_position_closed() = *before;
      *Add(after->login()).mutable_position_opened() = *after;
    } else if (!Same(*before, *after)) {
      *Add(after->login()).mutable_position_updated() = *after;
    }
  }

  const TradeStep& step_;
  TradeNews news_;
  std::map<int64_t, int64_t> last_deal_;  // By position.
  std::map<int64_t, Position> made_up_;   // From deals, as they went.
  std::set<int64_t> told_orders_;
  std::set<int64_t> told_positions_;
};

}  // namespace

TradeNews CompareTrades(const TradeStep& step) { return Comparison(step).Run(); }

}  // namespace mtsuite::connector
