#ifndef SERVICES_CONNECTOR_MT5_TRADE_WATCH_H_
#define SERVICES_CONNECTOR_MT5_TRADE_WATCH_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "asio/io_context.hpp"
#include "asio/steady_timer.hpp"
#include "asio/thread_pool.hpp"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// Looks at open orders and positions, over and over at all of them and at once at those of accounts that have
// new deals, and tells the observer.
//
// A look and the deals must fit together: after each look the deals are asked for once more, and accounts
// that have new ones by then are left out, to be looked at again. What is told of an account therefore is its
// state after all the deals that were told. Orders that are gone, and those that deals name, are read from
// the history. Used on the server's thread only.
class TradeWatch {
 public:
  struct DealsWanted {
    bool at_once = false;  // Or with the next regular question.
    // Of all accounts, or of those of which deals have been told.
    bool of_all = false;
  };
  struct Parts {
    asio::io_context& io;
    asio::thread_pool& reader;  // For large answers.
    const CallContext& calls;
    const Mt5Options& options;
    // Asks for new deals. OnDealsPolled follows, unless the connection goes down.
    absl::AnyInvocable<void(DealsWanted)> poll_deals;
  };

  explicit TradeWatch(Parts parts);

  // Orders that waited when an earlier process looked last: those that are gone are told as done. Before the
  // first Start.
  void Restore(const std::vector<orders::v1::Order>& orders);
  // From now on; `observer` must outlive the next Stop. The polling connection is up.
  void Start(TradeServerObserver* observer);
  // The connection is down, or all ends. What is known stays for the next Start.
  void Stop();

  // New deals, before they are told.
  void OnDeals(const std::vector<type::v1::Deal>& deals);
  // The deals asked for are here; `current` when they reach the present.
  void OnDealsPolled(bool current);

 private:
  struct Round {
    uint64_t generation = 0;
    absl::Time started;
    TradeSnapshot snapshot;
    std::vector<int64_t> tickets;  // To be read from the history, last first.
    int open_reads = 0;
  };
  using RoundPtr = std::shared_ptr<Round>;

  absl::Time Now() const { return parts_.calls.clock.TimeNow(); }
  bool Current(const RoundPtr& round) const { return round->generation == generation_; }
  void BeginNext();
  void Begin(bool all);
  void ReadOrders(const RoundPtr& round);
  void ReadPositions(const RoundPtr& round);
  // Sends a command and reads its answer with `parse`, on another thread when it is large.
  template <typename T>
  void Ask(const RoundPtr& round, Request request,
           absl::StatusOr<std::vector<T>> (*parse)(const Answer&, const ServerTime&, int*),
           absl::AnyInvocable<void(std::vector<T>)> then);
  void ListTickets(const RoundPtr& round);
  void ReadHistory(const RoundPtr& round);
  void Tell(const RoundPtr& round);
  void Fail(const RoundPtr& round, const absl::Status& status);

  Parts parts_;
  TradeServerObserver* observer_ = nullptr;
  uint64_t generation_ = 1;
  asio::steady_timer timer_;
  RoundPtr round_;         // Null between rounds.
  bool awaiting_ = false;  // Of the round: the deals after the look.
  absl::Time next_full_ = absl::InfinitePast();
  absl::Time next_partial_ = absl::InfinitePast();
  // Accounts with deals that no look has covered yet, and the orders that those deals name.
  std::map<int64_t, std::set<int64_t>> pending_;
  size_t pending_orders_ = 0;
  std::set<int64_t> disturbed_;  // Accounts with new deals since the round began.
  // Orders that wait, as told last.
  absl::flat_hash_map<int64_t, orders::v1::Order> open_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_TRADE_WATCH_H_
