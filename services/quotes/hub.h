// Fans the quotes of one trading server out to many readers.
#ifndef SERVICES_QUOTES_HUB_H_
#define SERVICES_QUOTES_HUB_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "mtsuite/quotes/v1/quote.pb.h"
#include "mtsuite/type/v1/stream.pb.h"
#include "services/quotes/quote_encoding.h"

namespace mtsuite::quotes {

// A message for readers, encoded; shared by all who get the same.
using Encoded = std::shared_ptr<const std::string>;

// One reader's end. Send takes one message at a time: the next one comes after Hub::Writable. Must not block,
// and must not call the hub.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void Send(Encoded message) = 0;
};

// The conflating hub. A tick only replaces the symbol's last price and marks it; Flush sends each idle reader
// one message with the newest price of every symbol that has changed for it. A reader that is still busy with
// its last message is left out, so it gets fewer, fuller, fresh messages, with the count of ticks that it was
// not sent.
//
// Readers of the same symbols share a set, and its encoding. What a reader has is a vector with the sequence
// of each symbol of its set; all readers that keep up share the set's own vector, and those that fell behind
// at the same moment share the one of that moment. So memory is bounded by symbols and readers, never by
// time.
//
// Thread-safe. Messages to one reader are in order, because it has one under way at most. Not about gRPC.
class Hub {
 public:
  using ReaderId = uint64_t;

  struct Options {
    // How many changes of symbols are remembered for readers that resume: 24 bytes each.
    size_t history_max = 262'144;
    // Quotes per part of a snapshot.
    size_t snapshot_part = 500;
  };

  struct Tick {
    std::string symbol;
    Price price;
  };

  struct Counters {
    int64_t sent = 0;     // quotes in messages to readers
    int64_t skipped = 0;  // ticks left out, once per encoding
    int64_t messages = 0;
    int64_t encodings = 0;
  };

  explicit Hub(const Options& options);
  Hub() : Hub(Options()) {}

  // Takes in ticks of the epoch up to `sequence`. Ticks that are not newer than the last one of their symbol
  // are passed over. With another epoch than before everything is forgotten, and readers are held until
  // Loaded.
  void Publish(const std::string& epoch, int64_t sequence, const std::vector<Tick>& ticks)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The source has told all symbols: readers may be served. After another epoch they get a reset and a
  // snapshot.
  void Loaded() ABSL_LOCKS_EXCLUDED(mutex_);
  bool loaded() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Adds a reader of these symbols (all when empty; sorted and without duplicates by the hub) that wants what
  // came after a position, or a snapshot. Nothing is sent before the first Writable.
  ReaderId Add(std::vector<std::string> symbols, const std::optional<type::v1::StreamPosition>& resume_after,
               std::shared_ptr<Sink> sink) ABSL_LOCKS_EXCLUDED(mutex_);
  void Remove(ReaderId id) ABSL_LOCKS_EXCLUDED(mutex_);
  // The reader's last message is written. Returns whether it has something to get from the next Flush.
  bool Writable(ReaderId id, absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);

  // Sends to all idle readers what has changed for them.
  void Flush(absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);
  // Sends a heartbeat to idle readers that have been sent nothing since `silent_since`.
  void Beat(absl::Time silent_since, const type::v1::StreamHeartbeat& heartbeat, absl::Time now)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // The last quote of a symbol; nothing when there has been none.
  std::optional<v1::Quote> Last(const std::string& symbol) const ABSL_LOCKS_EXCLUDED(mutex_);
  std::optional<Price> LastPrice(const std::string& symbol) const ABSL_LOCKS_EXCLUDED(mutex_);
  // Last quotes by name, of symbols after `after`, at most `limit`; `more` tells whether there are more.
  std::vector<v1::Quote> List(const std::string& after, size_t limit, bool* more) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  Counters counters() const ABSL_LOCKS_EXCLUDED(mutex_);
  size_t reader_count() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Sequences by place in a set; places beyond its end count as 0.
  using Sequences = std::vector<int64_t>;
  struct Reader;

  struct Set {
    std::string key;
    bool all = false;
    std::vector<int32_t> symbols;  // by place; unused when `all`: there the place is the symbol's number
    std::shared_ptr<Sequences> told;
    std::vector<int32_t> dirty;  // places that changed since the last flush
    std::vector<bool> is_dirty;
    std::vector<Reader*> readers;
    bool has_work = false;
  };

  struct Reader {
    ReaderId id = 0;
    Set* set = nullptr;
    std::shared_ptr<Sink> sink;
    // What it has when that is not what its set has told; null while it keeps up.
    std::shared_ptr<Sequences> behind;
    // What comes before any quotes: a reset, a snapshot.
    std::deque<Encoded> prelude;
    bool busy = true;
    absl::Time last_send;
  };

  struct Symbol {
    std::string name;
    Price price;
    // The last price as part of a message; empty until it is needed.
    std::string encoded;
    // Sets that name it, with its place there.
    std::vector<std::pair<Set*, int32_t>> sets;
  };

  // A symbol's change, to find out what a reader at an earlier position has.
  struct Change {
    int64_t position = 0;  // of the batch that it came with
    int32_t symbol = 0;
    int64_t before = 0;  // the symbol's sequence before it
  };

  using Outbox = std::vector<std::pair<std::shared_ptr<Sink>, Encoded>>;

  int32_t Intern(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Set* FindSet(std::vector<std::string> symbols) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropSet(Set* set) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MarkDirty(Set& set, int32_t place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddWork(Set& set) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int32_t SymbolAt(const Set& set, size_t place) const {
    return set.all ? static_cast<int32_t>(place) : set.symbols[place];
  }
  size_t SizeOf(const Set& set) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return set.all ? symbols_.size() : set.symbols.size();
  }
  Sequences Now(const Set& set) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remember(int32_t symbol, int64_t before) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Has the reader start from what is there now, with a reset before if there is a reason for one.
  void Restart(Reader& reader, std::optional<type::v1::StreamReset::Reason> reason)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Resume(Reader& reader, const type::v1::StreamPosition& after) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void FlushSet(Set& set, absl::Time now, Outbox& outbox) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The quotes at `places` that are newer than `has`, or nothing when none is.
  Encoded Encode(const Set& set, const std::vector<int32_t>* places, const Sequences& has)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const std::string& EncodedQuote(Symbol& symbol) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Post(Reader& reader, Encoded message, absl::Time now, Outbox& outbox)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Deliver(Outbox outbox);

  const Options options_;
  mutable absl::Mutex mutex_;
  bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
  type::v1::StreamPosition position_ ABSL_GUARDED_BY(mutex_);
  std::deque<Symbol> symbols_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int32_t> numbers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::unique_ptr<Set>> sets_ ABSL_GUARDED_BY(mutex_);
  Set* all_set_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::vector<Set*> work_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<ReaderId, std::unique_ptr<Reader>> readers_ ABSL_GUARDED_BY(mutex_);
  ReaderId next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::deque<Change> history_ ABSL_GUARDED_BY(mutex_);
  // Readers at this position or a later one can resume.
  int64_t history_since_ ABSL_GUARDED_BY(mutex_) = 0;
  Counters counters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_HUB_H_
