#include "services/connector/mt5/trade_watch.h"

#include <algorithm>
#include <utility>

#include "asio/post.hpp"
#include "common/log/log.h"
#include "common/strings/view.h"
#include "services/connector/mt5/calls/trade_reads.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/commands/order_commands.h"

namespace mtsuite::connector::mt5 {

using orders::v1::Order;
using orders::v1::Position;
using type::v1::Deal;

namespace {

constexpr auto kLane = ConnectionPool::Lane::kPoll;
constexpr int kNotFound = 13;
// Accounts looked at in one round because of their deals.
constexpr size_t kLoginsMax = 500;
// Orders that deals name and that wait to be read; more come only when deals of a long time come at once.
constexpr size_t kPendingOrdersMax = 5'000;
// History records asked for at the same time. Orders wait for about so many, here and on the server.
constexpr int kHistoryWindow = 8;
// Bytes. Reading this much JSON takes some 100 microseconds.
constexpr size_t kLargeAnswer = 8 << 10;
// A look at accounts with deals is followed by a pause of this many times what it took. While there is much
// trading, looks then are fewer and cover more accounts, and leave the server and us the time to trade.
constexpr int kRest = 9;

}  // namespace

TradeWatch::TradeWatch(Parts parts) : parts_(std::move(parts)), timer_(parts_.io) {}

void TradeWatch::Restore(const std::vector<Order>& orders) {
  for (const Order& order : orders) open_[order.ticket()] = order;
}

void TradeWatch::Start(TradeServerObserver* observer) {
  observer_ = observer;
  next_full_ = absl::InfinitePast();
  BeginNext();
}

void TradeWatch::Stop() {
  observer_ = nullptr;
  ++generation_;
  round_ = nullptr;
  awaiting_ = false;
  timer_.cancel();
}

void TradeWatch::OnDeals(const std::vector<Deal>& deals) {
  for (const Deal& deal : deals) {
    if (deal.type() != Deal::BUY && deal.type() != Deal::SELL) continue;
    std::set<int64_t>& orders = pending_[deal.login()];
    if (pending_orders_ < kPendingOrdersMax) pending_orders_ += orders.insert(deal.order_ticket()).second;
    if (round_ != nullptr) disturbed_.insert(deal.login());
  }
  if (round_ == nullptr && observer_ != nullptr && !pending_.empty()) BeginNext();
}

// All of them when that is due, else those with deals after their pause, else a pause.
void TradeWatch::BeginNext() {
  if (round_ != nullptr || observer_ == nullptr) return;
  timer_.cancel();
  const absl::Time now = Now();
  if (now >= next_full_) return Begin(/*all=*/true);
  if (!pending_.empty() && now >= next_partial_) return Begin(/*all=*/false);
  const absl::Time next = pending_.empty() ? next_full_ : std::min(next_full_, next_partial_);
  timer_.expires_after(absl::ToChronoNanoseconds(next - now));
  timer_.async_wait([this, generation = generation_](const asio::error_code& error) {
    if (!error && generation == generation_) BeginNext();
  });
}

void TradeWatch::Begin(bool all) {
  round_ = std::make_shared<Round>();
  round_->generation = generation_;
  round_->started = Now();
  round_->snapshot.all = all;
  round_->snapshot.read_time = round_->started;
  disturbed_.clear();
  if (!all) {
    for (const auto& [login, orders] : pending_) {
      round_->snapshot.logins.push_back(login);
      if (round_->snapshot.logins.size() == kLoginsMax) break;
    }
  }
  ReadOrders(round_);
}

template <typename T>
void TradeWatch::Ask(const RoundPtr& round, Request request,
                     absl::StatusOr<std::vector<T>> (*parse)(const Answer&, const ServerTime&, int*),
                     absl::AnyInvocable<void(std::vector<T>)> then) {
  const CommandContext command = request.context;
  parts_.calls.pool.Call(
      kLane, std::move(request), Now() + parts_.options.poll_timeout,
      [this, round, command, parse, then = std::move(then)](absl::StatusOr<Answer> answer) mutable {
        if (!Current(round)) return;
        if (answer.ok() && answer->retcode == kNotFound) return then({});
        // A record that cannot be read would look like one that is gone, so all must be readable.
        auto read = [command, parse, time = parts_.calls.time](const absl::StatusOr<Answer>& answer) {
          return ReadResult(answer, command, [&](const Answer& a) { return parse(a, time, nullptr); });
        };
        auto go_on = [this, round, then = std::move(then)](absl::StatusOr<std::vector<T>> items) mutable {
          if (!Current(round)) return;
          if (!items.ok()) return Fail(round, items.status());
          then(*std::move(items));
        };
        if (!answer.ok() || answer->body.size() < kLargeAnswer) return go_on(read(answer));
        asio::post(parts_.reader,
                   [this, read, answer = std::move(answer), go_on = std::move(go_on)]() mutable {
                     asio::post(parts_.io, [items = read(answer), go_on = std::move(go_on)]() mutable {
                       go_on(std::move(items));
                     });
                   });
      });
}

void TradeWatch::ReadOrders(const RoundPtr& round) {
  const TradeSnapshot& snapshot = round->snapshot;
  Ask<Order>(round, snapshot.all ? GetOpenOrders(parts_.options.group_mask) : GetOpenOrders(snapshot.logins),
             &ParseOrders, [this, round](std::vector<Order> orders) {
               round->snapshot.orders = std::move(orders);
               ReadPositions(round);
             });
}

void TradeWatch::ReadPositions(const RoundPtr& round) {
  const TradeSnapshot& snapshot = round->snapshot;
  Ask<Position>(round, snapshot.all ? GetPositions(parts_.options.group_mask) : GetPositions(snapshot.logins),
                &ParsePositions, [this, round](std::vector<Position> positions) {
                  for (Position& position : positions) CompletePosition(parts_.calls, position);
                  round->snapshot.positions = std::move(positions);
                  awaiting_ = true;
                  parts_.poll_deals({.at_once = true, .of_all = round->snapshot.all});
                });
}

void TradeWatch::OnDealsPolled(bool current) {
  if (!awaiting_ || round_ == nullptr) return;
  if (!current) return parts_.poll_deals({.at_once = false, .of_all = round_->snapshot.all});
  awaiting_ = false;
  TradeSnapshot& snapshot = round_->snapshot;
  if (snapshot.all) {
    snapshot.logins.assign(disturbed_.begin(), disturbed_.end());
  } else {
    std::erase_if(snapshot.logins, [this](int64_t login) { return disturbed_.contains(login); });
  }
  ListTickets(round_);
  ReadHistory(round_);
}

// Of the accounts that the round speaks of: the orders that are gone, and those that deals name.
void TradeWatch::ListTickets(const RoundPtr& round) {
  const TradeSnapshot& snapshot = round->snapshot;
  const std::set<int64_t> named(snapshot.logins.begin(), snapshot.logins.end());
  const auto speaks_of = [&](int64_t login) { return named.contains(login) != snapshot.all; };
  std::set<int64_t> open;
  for (const Order& order : snapshot.orders) open.insert(order.ticket());
  std::set<int64_t> tickets;
  for (const auto& [ticket, order] : open_) {
    if (speaks_of(order.login()) && !open.contains(ticket)) tickets.insert(ticket);
  }
  for (const auto& [login, orders] : pending_) {
    if (!speaks_of(login)) continue;
    for (const int64_t ticket : orders) {
      if (ticket != 0 && !open.contains(ticket)) tickets.insert(ticket);
    }
  }
  round->tickets.assign(tickets.rbegin(), tickets.rend());
}

void TradeWatch::ReadHistory(const RoundPtr& round) {
  while (!round->tickets.empty() && round->open_reads < kHistoryWindow) {
    const int64_t ticket = round->tickets.back();
    round->tickets.pop_back();
    ++round->open_reads;
    Request request = GetDoneOrder(ticket);
    const CommandContext command = request.context;
    parts_.calls.pool.Call(kLane, std::move(request), Now() + parts_.options.poll_timeout,
                           [this, round, ticket, command](absl::StatusOr<Answer> answer) {
                             if (!Current(round)) return;
                             --round->open_reads;
                             if (answer.ok() && answer->retcode == kNotFound) {
                               // Somebody deleted it, or the history forgot it.
                               if (const auto known = open_.find(ticket); known != open_.end()) {
                                 Order gone = known->second;
                                 gone.set_state(Order::CANCELLED);
                                 *gone.mutable_done_time() = ToTimestamp(round->started);
                                 round->snapshot.done_orders.push_back(std::move(gone));
                               }
                               return ReadHistory(round);
                             }
                             absl::StatusOr<Order> order = ReadResult(answer, command, [&](const Answer& a) {
                               return ParseOrder(a, parts_.calls.time);
                             });
                             if (!order.ok()) return Fail(round, order.status());
                             round->snapshot.done_orders.push_back(*std::move(order));
                             ReadHistory(round);
                           });
  }
  if (round->open_reads == 0) Tell(round);
}

void TradeWatch::Tell(const RoundPtr& round) {
  const TradeSnapshot& snapshot = round->snapshot;
  const std::set<int64_t> named(snapshot.logins.begin(), snapshot.logins.end());
  const auto speaks_of = [&](int64_t login) { return named.contains(login) != snapshot.all; };
  // Deals that came while the history was read belong to the next look.
  const auto settled = [&](int64_t login) { return speaks_of(login) && !disturbed_.contains(login); };
  TradeSnapshot told = snapshot;
  for (const int64_t login : disturbed_) {
    if (!speaks_of(login)) continue;
    if (told.all) {
      told.logins.push_back(login);
    } else {
      std::erase(told.logins, login);
    }
  }
  absl::erase_if(open_, [&](const auto& entry) { return settled(entry.second.login()); });
  for (const Order& order : told.orders) {
    if (settled(order.login())) open_[order.ticket()] = order;
  }
  for (auto entry = pending_.begin(); entry != pending_.end();) {
    if (!settled(entry->first)) {
      ++entry;
      continue;
    }
    pending_orders_ -= std::min(pending_orders_, entry->second.size());
    entry = pending_.erase(entry);
  }
  const absl::Duration taken = Now() - round->started;
  // A look that takes long is followed by a pause as long.
  if (told.all) next_full_ = Now() + std::max(parts_.options.trade_poll_interval - taken, taken);
  if (!told.all) next_partial_ = Now() + std::min(kRest * taken, parts_.options.trade_poll_interval);
  round_ = nullptr;
  observer_->OnTrades(told);
  // Posted, so that rounds that follow one another need no deep stack.
  asio::post(parts_.io, [this, generation = generation_] {
    if (generation == generation_) BeginNext();
  });
}

void TradeWatch::Fail(const RoundPtr& round, const absl::Status& status) {
  LOG_EVENT(kWarning, "mt5_trades_unreadable", {"server", parts_.options.server},
            {"reason", StdView(status.message())});
  // Later answers of the same round find it over.
  round->generation = 0;
  round_ = nullptr;
  awaiting_ = false;
  next_full_ = Now() + parts_.options.trade_poll_interval;
  timer_.expires_after(absl::ToChronoNanoseconds(parts_.options.trade_poll_interval));
  timer_.async_wait([this, generation = generation_](const asio::error_code& error) {
    if (!error && generation == generation_) BeginNext();
  });
}

}  // namespace mtsuite::connector::mt5
