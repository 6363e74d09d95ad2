#ifndef SERVICES_CONNECTOR_TRADES_TRADE_BOOK_H_
#define SERVICES_CONNECTOR_TRADES_TRADE_BOOK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/connector/trade_types.h"
#include "services/connector/trades/trade_diff.h"

namespace mtsuite::connector {

// The open orders and positions of one trading server, as told last, and what changes in them. Deals are the
// truth: what opened and closed between two snapshots is told all the same. Thread-safe.
class TradeBook {
 public:
  // Numbers events in the order given and stores them; sets the `revision` of each record in them.
  using Publish = std::function<void(std::vector<v1::Event>& events)>;
  // The same for what is there when the log begins: stored, but no news. Sets revisions.
  using Adopt = std::function<void(std::vector<v1::Event>& events)>;

  TradeBook(Publish publish, Adopt adopt) : publish_(std::move(publish)), adopt_(std::move(adopt)) {}

  // Sets what an earlier process knew. `baselined` when that is all there was. Before anything else.
  void Restore(std::vector<orders::v1::Order> orders, std::vector<orders::v1::Position> positions,
               bool baselined) ABSL_LOCKS_EXCLUDED(mutex_);

  // Deals that were not known before, by ticket. Kept until a snapshot speaks of their accounts.
  void ObserveDeals(const std::vector<type::v1::Deal>& deals) ABSL_LOCKS_EXCLUDED(mutex_);

  // Takes a snapshot in and publishes the difference.
  void Observe(const TradeSnapshot& snapshot) ABSL_LOCKS_EXCLUDED(mutex_);

  // Whether a snapshot of all accounts was taken in.
  bool loaded() const ABSL_LOCKS_EXCLUDED(mutex_);
  // When the oldest of what is here was read.
  absl::Time read_time() const ABSL_LOCKS_EXCLUDED(mutex_);

  // What to list; every condition must hold.
  struct Filter {
    int64_t after_ticket = 0;
    int32_t limit = 1000;
    std::string symbol;                        // All when empty.
    std::function<bool(int64_t login)> login;  // All when unset.
  };
  // By ticket, at most `limit`; `more` when others follow.
  std::vector<orders::v1::Order> ListOrders(const Filter& filter, bool* more) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  std::vector<orders::v1::Position> ListPositions(const Filter& filter, bool* more) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Of one record; 0 when it is not here.
  int64_t OrderRevision(int64_t ticket) const ABSL_LOCKS_EXCLUDED(mutex_);
  int64_t PositionRevision(int64_t ticket) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Deals of one account that wait for a snapshot; older ones are dropped, and with them only what opened and
  // closed meanwhile.
  static constexpr size_t kDealsMax = 10'000;

  using Accounts = std::map<int64_t, OpenTrades>;

  void Step(int64_t login, OpenTrades after, const std::map<int64_t, orders::v1::Order>& done_orders,
            std::vector<v1::Event>& events) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Index(const OpenTrades& trades, int64_t login) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Unindex(const OpenTrades& trades) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Carries the revisions of published events over to the records.
  void TakeRevisions(const std::vector<v1::Event>& events) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Publish publish_;
  const Adopt adopt_;

  mutable absl::Mutex mutex_;
  Accounts accounts_ ABSL_GUARDED_BY(mutex_);
  // Accounts by ticket.
  std::map<int64_t, int64_t> orders_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, int64_t> positions_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<int64_t, std::vector<type::v1::Deal>> deals_ ABSL_GUARDED_BY(mutex_);
  bool baselined_ ABSL_GUARDED_BY(mutex_) = false;
  bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time read_time_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TRADES_TRADE_BOOK_H_
