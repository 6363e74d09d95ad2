#ifndef SERVICES_CONNECTOR_TICKS_TICK_HUB_H_
#define SERVICES_CONNECTOR_TICKS_TICK_HUB_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "mtsuite/connector/v1/tick.pb.h"
#include "services/connector/ticks/candle_store.h"
#include "services/connector/trade_types.h"

namespace mtsuite::connector {

class TickSubscription;

// The last ticks of one trading server, and who wants to hear of new ones. Numbers ticks; makes candles of
// them. A subscriber costs a few bytes per symbol however slow it is: until it takes them, ticks of a symbol
// replace one another. Thread-safe.
class TickHub : public std::enable_shared_from_this<TickHub> {
 public:
  // `clock` must outlive the hub. `epoch` is unique to it.
  TickHub(Clock& clock, std::string epoch) : clock_(clock), epoch_(std::move(epoch)) {}

  // New ticks; what is told again is left out.
  void Publish(const std::vector<TickUpdate>& ticks) ABSL_LOCKS_EXCLUDED(mutex_);

  // How long ago the last tick came; nothing before the first.
  std::optional<absl::Duration> feed_age() const ABSL_LOCKS_EXCLUDED(mutex_);
  // The last price of a symbol as the server has it, without the spread of any group; none before its first.
  std::optional<MarketQuote> Last(const std::string& symbol) const ABSL_LOCKS_EXCLUDED(mutex_);
  bool Knows(const std::string& symbol) const ABSL_LOCKS_EXCLUDED(mutex_);

  struct Wish {
    std::set<std::string> symbols;  // All when empty.
    bool every_tick = false;
  };
  // `notify` is called when there is something to take, on the publisher's thread; it must not block.
  // Dropping the subscription ends it.
  std::shared_ptr<TickSubscription> Subscribe(Wish wish, std::function<void()> notify)
      ABSL_LOCKS_EXCLUDED(mutex_);

  struct Candles {
    int32_t digits = 0;
    std::vector<CandleStore::Candle> candles;
  };
  // As CandleStore::Read; no candles for a symbol without ticks.
  Candles ReadCandles(const std::string& symbol, absl::Time start, absl::Time end, size_t limit,
                      bool newest) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  friend class TickSubscription;

  struct Symbol {
    std::string name;
    int32_t digits = 0;
    v1::Tick tick;  // With its number and sequence.
    CandleStore candles;
  };

  void Drop(const TickSubscription* subscription) ABSL_LOCKS_EXCLUDED(mutex_);

  Clock& clock_;
  const std::string epoch_;
  mutable absl::Mutex mutex_;
  // By number; a deque keeps them in place.
  std::deque<Symbol> symbols_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int32_t> numbers_ ABSL_GUARDED_BY(mutex_);
  int64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time last_tick_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::vector<TickSubscription*> subscriptions_ ABSL_GUARDED_BY(mutex_);
};

// What one reader has not seen yet. Thread-safe.
class TickSubscription {
 public:
  // Ticks that wait for a reader of every tick.
  static constexpr size_t kWaitingMax = 200'000;
  static constexpr int kBatchMax = 1000;

  ~TickSubscription();
  TickSubscription(const TickSubscription&) = delete;
  TickSubscription& operator=(const TickSubscription&) = delete;

  // The next batch: at most kBatchMax ticks and the age of the feed; false when there was nothing to tell.
  bool Take(v1::TickBatch* batch);
  // A reader of every tick is too far behind: some are lost.
  bool overflowed() const;
  // The place and the age of the feed only.
  void FillHeartbeat(v1::TickBatch* batch) const;

 private:
  friend class TickHub;

  struct Seen {
    bool wanted = false;
    bool dirty = false;
    int32_t digits = -1;  // As told; -1 before.
    int64_t sequence = 0;
    bool told = false;
  };
  struct Waiting {
    v1::Tick tick;
    int64_t sequence;  // Of all symbols.
  };

  TickSubscription(std::shared_ptr<TickHub> hub, TickHub::Wish wish, std::function<void()> notify)
      : hub_(std::move(hub)), wish_(std::move(wish)), notify_(std::move(notify)) {}

  // All with the hub's lock held.
  Seen& SeenOf(int32_t number) ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void Note(int32_t number, int64_t sequence) ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void Tell(const v1::Tick& tick, v1::TickBatch* batch) ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void FillPlace(v1::TickBatch* batch) const ABSL_NO_THREAD_SAFETY_ANALYSIS;

  const std::shared_ptr<TickHub> hub_;
  const TickHub::Wish wish_;
  const std::function<void()> notify_;
  // Guarded by the hub's lock.
  std::vector<Seen> seen_;
  std::deque<int32_t> dirty_;
  std::deque<Waiting> waiting_;
  size_t snapshot_left_ = 0;
  bool snapshot_told_ = false;
  bool overflowed_ = false;
  int64_t sequence_ = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TICKS_TICK_HUB_H_
