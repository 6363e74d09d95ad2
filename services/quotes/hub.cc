#include "services/quotes/hub.h"

#include <algorithm>

#include "absl/strings/str_join.h"

namespace mtsuite::quotes {
namespace {

using type::v1::StreamReset;

Encoded Share(std::string message) { return std::make_shared<const std::string>(std::move(message)); }

int64_t At(const std::vector<int64_t>& sequences, size_t place) {
  return place < sequences.size() ? sequences[place] : 0;
}

}  // namespace

Hub::Hub(const Options& options) : options_(options) {}

int32_t Hub::Intern(const std::string& name) {
  const auto [found, is_new] = numbers_.try_emplace(name, static_cast<int32_t>(symbols_.size()));
  if (is_new) symbols_.emplace_back().name = name;
  return found->second;
}

void Hub::Publish(const std::string& epoch, int64_t sequence, const std::vector<Tick>& ticks) {
  absl::MutexLock lock(&mutex_);
  if (epoch != position_.epoch()) {
    position_.set_epoch(epoch);
    position_.set_sequence(sequence);
    loaded_ = false;
    history_.clear();
    for (Symbol& symbol : symbols_) {
      symbol.price = Price();
      symbol.encoded.clear();
    }
  }
  position_.set_sequence(std::max(position_.sequence(), sequence));
  for (const Tick& tick : ticks) {
    const int32_t number = Intern(tick.symbol);
    Symbol& symbol = symbols_[static_cast<size_t>(number)];
    if (tick.price.sequence <= symbol.price.sequence) continue;
    if (loaded_) Remember(number, symbol.price.sequence);
    symbol.price = tick.price;
    symbol.encoded.clear();
    if (all_set_ != nullptr) MarkDirty(*all_set_, number);
    for (const auto& [set, place] : symbol.sets) MarkDirty(*set, place);
  }
}

void Hub::Remember(int32_t symbol, int64_t before) {
  if (history_.size() >= options_.history_max) {
    history_since_ = history_.front().position;
    history_.pop_front();
  }
  history_.push_back({position_.sequence(), symbol, before});
}

void Hub::Loaded() {
  absl::MutexLock lock(&mutex_);
  if (loaded_) return;
  loaded_ = true;
  history_since_ = position_.sequence();
  for (auto& [key, set] : sets_) {
    set->told = std::make_shared<Sequences>(Now(*set));
    set->dirty.clear();
    set->is_dirty.clear();
  }
  for (auto& [id, reader] : readers_) {
    Restart(*reader, StreamReset::SOURCE_RESET);
    // One that waits is woken by the next flush.
    if (!reader->busy) AddWork(*reader->set);
  }
}

bool Hub::loaded() const {
  absl::MutexLock lock(&mutex_);
  return loaded_;
}

Hub::Sequences Hub::Now(const Set& set) const {
  Sequences now(SizeOf(set));
  for (size_t place = 0; place < now.size(); ++place) {
    now[place] = symbols_[static_cast<size_t>(SymbolAt(set, place))].price.sequence;
  }
  return now;
}

Hub::Set* Hub::FindSet(std::vector<std::string> symbols) {
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  const auto [found, is_new] = sets_.try_emplace(absl::StrJoin(symbols, "\n"));
  if (!is_new) return found->second.get();
  found->second = std::make_unique<Set>();
  Set& set = *found->second;
  set.key = found->first;
  set.all = symbols.empty();
  if (set.all) all_set_ = &set;
  for (const std::string& name : symbols) {
    const int32_t number = Intern(name);
    symbols_[static_cast<size_t>(number)].sets.emplace_back(&set, static_cast<int32_t>(set.symbols.size()));
    set.symbols.push_back(number);
  }
  set.told = std::make_shared<Sequences>(Now(set));
  return &set;
}

void Hub::DropSet(Set* set) {
  if (set == all_set_) all_set_ = nullptr;
  for (const int32_t number : set->symbols) {
    auto& sets = symbols_[static_cast<size_t>(number)].sets;
    sets.erase(
        std::find_if(sets.begin(), sets.end(), [set](const auto& entry) { return entry.first == set; }));
  }
  work_.erase(std::remove(work_.begin(), work_.end(), set), work_.end());
  sets_.erase(std::string(set->key));
}

void Hub::AddWork(Set& set) {
  if (set.has_work) return;
  set.has_work = true;
  work_.push_back(&set);
}

void Hub::MarkDirty(Set& set, int32_t place) {
  const auto at = static_cast<size_t>(place);
  if (set.is_dirty.size() <= at) set.is_dirty.resize(at + 1);
  if (set.is_dirty[at]) return;
  set.is_dirty[at] = true;
  set.dirty.push_back(place);
  AddWork(set);
}

Hub::ReaderId Hub::Add(std::vector<std::string> symbols,
                       const std::optional<type::v1::StreamPosition>& resume_after,
                       std::shared_ptr<Sink> sink) {
  absl::MutexLock lock(&mutex_);
  auto reader = std::make_unique<Reader>();
  const ReaderId id = next_id_++;
  reader->id = id;
  reader->set = FindSet(std::move(symbols));
  reader->sink = std::move(sink);
  reader->set->readers.push_back(reader.get());
  if (resume_after.has_value()) {
    Resume(*reader, *resume_after);
  } else {
    Restart(*reader, std::nullopt);
  }
  readers_.emplace(id, std::move(reader));
  return id;
}

void Hub::Resume(Reader& reader, const type::v1::StreamPosition& after) {
  if (after.epoch() != position_.epoch() || after.sequence() > position_.sequence()) {
    return Restart(reader, StreamReset::POSITION_UNKNOWN);
  }
  if (after.sequence() < history_since_) return Restart(reader, StreamReset::POSITION_EXPIRED);
  std::vector<int64_t> had(symbols_.size());
  for (size_t i = 0; i < had.size(); ++i) had[i] = symbols_[i].price.sequence;
  for (auto change = history_.rbegin(); change != history_.rend() && change->position > after.sequence();
       ++change) {
    had[static_cast<size_t>(change->symbol)] = change->before;
  }
  const Set& set = *reader.set;
  reader.behind = std::make_shared<Sequences>(SizeOf(set));
  for (size_t place = 0; place < reader.behind->size(); ++place) {
    (*reader.behind)[place] = had[static_cast<size_t>(SymbolAt(set, place))];
  }
}

void Hub::Restart(Reader& reader, std::optional<StreamReset::Reason> reason) {
  reader.prelude.clear();
  if (reason.has_value()) {
    v1::StreamQuotesResponse reset;
    reset.mutable_reset()->set_reason(*reason);
    reader.prelude.push_back(Share(reset.SerializeAsString()));
  }
  const Set& set = *reader.set;
  std::string part;
  size_t count = 0;
  for (size_t place = 0; place < SizeOf(set); ++place) {
    Symbol& symbol = symbols_[static_cast<size_t>(SymbolAt(set, place))];
    if (symbol.price.sequence == 0) continue;
    part += EncodedQuote(symbol);
    ++counters_.sent;
    if (++count % options_.snapshot_part != 0) continue;
    reader.prelude.push_back(Share(SnapshotMessage(part)));
    part.clear();
  }
  if (!part.empty()) reader.prelude.push_back(Share(SnapshotMessage(part)));
  v1::StreamQuotesResponse end;
  *end.mutable_position() = position_;
  end.mutable_snapshot_end();
  reader.prelude.push_back(Share(end.SerializeAsString()));
  reader.behind = std::make_shared<Sequences>(Now(set));
}

void Hub::Remove(ReaderId id) {
  absl::MutexLock lock(&mutex_);
  const auto found = readers_.find(id);
  if (found == readers_.end()) return;
  Set* const set = found->second->set;
  set->readers.erase(std::find(set->readers.begin(), set->readers.end(), found->second.get()));
  readers_.erase(found);
  if (set->readers.empty()) DropSet(set);
}

void Hub::Post(Reader& reader, Encoded message, absl::Time now, Outbox& outbox) {
  reader.busy = true;
  reader.last_send = now;
  ++counters_.messages;
  outbox.emplace_back(reader.sink, std::move(message));
}

void Hub::Deliver(Outbox outbox) {
  for (auto& [sink, message] : outbox) sink->Send(std::move(message));
}

bool Hub::Writable(ReaderId id, absl::Time now) {
  Outbox outbox;
  bool wants_flush = false;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = readers_.find(id);
    if (found == readers_.end()) return false;
    Reader& reader = *found->second;
    reader.busy = false;
    if (!reader.prelude.empty() && loaded_) {
      Encoded message = std::move(reader.prelude.front());
      reader.prelude.pop_front();
      Post(reader, std::move(message), now, outbox);
    } else if (reader.behind != nullptr) {
      AddWork(*reader.set);
      wants_flush = true;
    }
  }
  Deliver(std::move(outbox));
  return wants_flush;
}

void Hub::Flush(absl::Time now) {
  Outbox outbox;
  {
    absl::MutexLock lock(&mutex_);
    if (!loaded_) return;
    for (Set* set : std::exchange(work_, {})) {
      set->has_work = false;
      FlushSet(*set, now, outbox);
    }
  }
  Deliver(std::move(outbox));
}

void Hub::FlushSet(Set& set, absl::Time now, Outbox& outbox) {
  // Readers that are busy keep the set's vector as it was; the set goes on with a copy.
  const std::shared_ptr<Sequences> before = set.told;
  Encoded shared;
  if (!set.dirty.empty()) {
    for (Reader* reader : set.readers) {
      if (reader->behind != nullptr) continue;
      if (reader->busy) {
        reader->behind = before;
        continue;
      }
      if (shared == nullptr) shared = Encode(set, &set.dirty, *before);
      counters_.sent += static_cast<int64_t>(set.dirty.size());
      Post(*reader, shared, now, outbox);
    }
    constexpr int kOwnReferences = 2;
    if (before.use_count() > kOwnReferences) set.told = std::make_shared<Sequences>(*before);
    set.told->resize(SizeOf(set));
    for (const int32_t place : set.dirty) {
      (*set.told)[static_cast<size_t>(place)] =
          symbols_[static_cast<size_t>(SymbolAt(set, static_cast<size_t>(place)))].price.sequence;
      set.is_dirty[static_cast<size_t>(place)] = false;
    }
    set.dirty.clear();
  }
  absl::flat_hash_map<const Sequences*, Encoded> by_state;
  std::vector<std::shared_ptr<Sequences>> keep;  // so that no two of them have the same address
  for (Reader* reader : set.readers) {
    if (reader->busy) continue;
    if (!reader->prelude.empty()) {
      Encoded message = std::move(reader->prelude.front());
      reader->prelude.pop_front();
      Post(*reader, std::move(message), now, outbox);
      continue;
    }
    if (reader->behind == nullptr) continue;
    const auto [found, is_new] = by_state.try_emplace(reader->behind.get());
    if (is_new) found->second = Encode(set, nullptr, *reader->behind);
    keep.push_back(std::move(reader->behind));
    reader->behind = nullptr;
    if (found->second != nullptr) Post(*reader, found->second, now, outbox);
  }
}

Encoded Hub::Encode(const Set& set, const std::vector<int32_t>* places, const Sequences& has) {
  std::string batch;
  std::string skipped;
  const auto add = [&](size_t place) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    Symbol& symbol = symbols_[static_cast<size_t>(SymbolAt(set, place))];
    const int64_t had = At(has, place);
    if (symbol.price.sequence <= had) return;
    batch += EncodedQuote(symbol);
    if (had == 0 || symbol.price.sequence == had + 1) return;
    AppendSkipped(symbol.name, symbol.price.sequence - had - 1, skipped);
    counters_.skipped += symbol.price.sequence - had - 1;
  };
  if (places != nullptr) {
    for (const int32_t place : *places) add(static_cast<size_t>(place));
  } else {
    for (size_t place = 0; place < SizeOf(set); ++place) add(place);
  }
  if (batch.empty()) return nullptr;
  ++counters_.encodings;
  batch += skipped;
  return Share(QuotesMessage(position_, batch));
}

const std::string& Hub::EncodedQuote(Symbol& symbol) {
  if (symbol.encoded.empty()) symbol.encoded = EncodeQuote(ToQuote(symbol.name, symbol.price));
  return symbol.encoded;
}

void Hub::Beat(absl::Time silent_since, const type::v1::StreamHeartbeat& heartbeat, absl::Time now) {
  Outbox outbox;
  {
    absl::MutexLock lock(&mutex_);
    if (!loaded_) return;
    v1::StreamQuotesResponse message;
    *message.mutable_position() = position_;
    *message.mutable_heartbeat() = heartbeat;
    const Encoded shared = Share(message.SerializeAsString());
    for (auto& [id, reader] : readers_) {
      // One that has quotes to come does not have all up to the position.
      const bool complete =
          reader->behind == nullptr && reader->prelude.empty() && reader->set->dirty.empty();
      if (!reader->busy && complete && reader->last_send <= silent_since) Post(*reader, shared, now, outbox);
    }
  }
  Deliver(std::move(outbox));
}

std::optional<Price> Hub::LastPrice(const std::string& symbol) const {
  absl::MutexLock lock(&mutex_);
  const auto found = numbers_.find(symbol);
  if (found == numbers_.end()) return std::nullopt;
  const Price& price = symbols_[static_cast<size_t>(found->second)].price;
  return price.sequence == 0 ? std::nullopt : std::optional(price);
}

std::optional<v1::Quote> Hub::Last(const std::string& symbol) const {
  const std::optional<Price> price = LastPrice(symbol);
  return price.has_value() ? std::optional(ToQuote(symbol, *price)) : std::nullopt;
}

std::vector<v1::Quote> Hub::List(const std::string& after, size_t limit, bool* more) const {
  absl::MutexLock lock(&mutex_);
  std::vector<v1::Quote> quotes;
  *more = false;
  for (auto entry = numbers_.upper_bound(after); entry != numbers_.end(); ++entry) {
    const Price& price = symbols_[static_cast<size_t>(entry->second)].price;
    if (price.sequence == 0) continue;
    if (quotes.size() == limit) {
      *more = true;
      break;
    }
    quotes.push_back(ToQuote(entry->first, price));
  }
  return quotes;
}

Hub::Counters Hub::counters() const {
  absl::MutexLock lock(&mutex_);
  return counters_;
}

size_t Hub::reader_count() const {
  absl::MutexLock lock(&mutex_);
  return readers_.size();
}

}  // namespace mtsuite::quotes
