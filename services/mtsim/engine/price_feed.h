#ifndef SERVICES_MTSIM_ENGINE_PRICE_FEED_H_
#define SERVICES_MTSIM_ENGINE_PRICE_FEED_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/mtsim/engine/quote.h"
#include "services/mtsim/engine/random_walk.h"
#include "services/mtsim/engine/replay.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/server_time.h"
#include "services/mtsim/engine/symbol_book.h"

namespace mtsuite::mtsim {

// Where the prices of a symbol come from.
enum class FeedMode : uint8_t {
  // A seeded random walk within the quote sessions.
  kRandomWalk,
  // Only SetPrice moves the price.
  kManual,
  // A recorded series; turns to kManual at its end.
  kReplay,
};

// Who must react to prices. Neither call may change symbols or the feed.
class TickListener {
 public:
  virtual ~TickListener() = default;
  // An Advance is about to make a tick at `time`; everything that happens by the clock before it should.
  virtual void BeforeTick(absl::Time time) = 0;
  // `symbol` has a new quote.
  virtual void OnTick(const Symbol& symbol, const Quote& quote) = 0;
};

// The price stream of the server: makes ticks, keeps the newest quote and the statistics of the server day of
// every symbol, and numbers every tick for incremental polling. The prices of a symbol depend on the seed,
// its name and its parameters only, not on other symbols nor, as long as no Advance spans more than
// kTicksPerAdvanceMax ticks, on how often Advance is called. Not thread-safe.
class PriceFeed {
 public:
  // How many ticks of one symbol one Advance makes at most. A longer span is covered by that many bigger
  // steps.
  static constexpr int kTicksPerAdvanceMax = 10'000;

  // `symbols` must outlive the feed. The first Advance goes on from `start`.
  PriceFeed(const SymbolBook& symbols, ServerTime server_time, uint64_t seed, absl::Time start);
  ~PriceFeed();
  PriceFeed(const PriceFeed&) = delete;
  PriceFeed& operator=(const PriceFeed&) = delete;

  // Told about every tick from now on, except the first quote of a new symbol. Null for nobody.
  void SetListener(TickListener* listener) { listener_ = listener; }

  // Starts the walk of a new symbol of the book with a first quote at the time of the last Advance; none when
  // its start price is zero. A symbol that is already tracked goes on.
  void Track(const Symbol& symbol);
  // Forgets the prices of a symbol that was deleted.
  void Untrack(uint32_t symbol_id);

  // Makes the ticks that are due up to and including `now`, those of all symbols in the order of their times,
  // then of the symbols' creation. A `now` before the last one does nothing.
  void Advance(absl::Time now);

  // A tick at `time` (not before the symbol's last one, else that time is used). The walk goes on from there.
  // kNotFound for an unknown symbol, kInvalidPrice unless 0 < bid <= ask and both fit the symbol's digits.
  Retcode SetPrice(std::string_view symbol, Fixed bid, Fixed ask, absl::Time time);

  // Makes the next `count` (1 to kTicksPerAdvanceMax) ticks of a walk at `time` one after the other, whatever
  // the sessions and the rate of the feed, each a regular interval of the symbol's own rate apart as far as
  // the size of the move goes. kNotFound; kInvalidParameters (count, or a symbol that has no walk).
  Retcode Step(std::string_view symbol, int count, absl::Time time);

  // kNotFound; kInvalidParameters for kReplay, which StartReplay sets.
  Retcode SetMode(std::string_view symbol, FeedMode mode);
  // kNotFound; kInvalidParameters when the options are out of range.
  // Plays `replay` from `start` on in place of the walk. A row that cannot be read ends the replay; its error
  // is kept in replay_error().
  Retcode StartReplay(std::string_view symbol, Replay replay, absl::Time start);
  // Ticks per minute of every walk in percent of the configured rate; 0 stops them, 10000 is the maximum.
  Retcode SetRatePercent(int percent);

  // The newest quote; null for an unknown symbol. By id for the hot paths.
  const Quote* Last(std::string_view symbol) const;
  const Quote* Last(uint32_t symbol_id) const;
  // Statistics of the current server day; null for an unknown symbol.
  const TickStatistics* Statistics(uint32_t symbol_id) const;
  // kManual for an unknown symbol.
  FeedMode Mode(std::string_view symbol) const;
  // Empty unless the last replay of `symbol` ended with an unreadable row.
  std::string_view replay_error(std::string_view symbol) const;

  // The number of the newest tick of all symbols, the TRANS_ID of a poll.
  uint64_t trans_id() const { return trans_id_; }
  // Of `symbols`, those that had a tick after number `after`; 0 = all that have a quote.
  std::vector<SymbolRef> ChangedSince(uint64_t after, const std::vector<SymbolRef>& symbols) const;

  absl::Time last_advance() const { return last_advance_; }

 private:
  struct Channel;

  // A tick that an Advance is going to make. `order` is the position of the symbol in the book.
  struct Due {
    absl::Time time;
    size_t order;
    const Symbol* symbol;
    Channel* channel;
  };

  const Channel* Find(std::string_view symbol) const;
  // The time of the channel's first or next tick in this Advance; nothing when no more is due.
  std::optional<absl::Time> Prepare(Channel& channel, absl::Time now);
  std::optional<absl::Time> PrepareReplay(Channel& channel, absl::Time now);
  void Make(const Due& due);
  void Publish(Channel& channel, const Symbol& symbol, Tick tick);
  absl::Duration Interval(const Symbol& symbol) const;
  // The interval, or as many times that as keeps an Advance to `now` within kTicksPerAdvanceMax.
  absl::Duration StepOf(const Channel& channel, const Symbol& symbol, absl::Time now) const;

  const SymbolBook& symbols_;
  const ServerTime server_time_;
  const uint64_t seed_;
  // By symbol id; null for deleted symbols.
  std::vector<std::unique_ptr<Channel>> channels_;
  absl::Time last_advance_;
  int rate_percent_ = 100;
  uint64_t trans_id_ = 0;
  TickListener* listener_ = nullptr;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_PRICE_FEED_H_
