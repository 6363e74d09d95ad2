#include "services/mtsim/engine/price_feed.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace mtsuite::mtsim {

struct PriceFeed::Channel {
  Channel(const Symbol& symbol, uint64_t seed) : walk(symbol, seed) {}

  FeedMode mode = FeedMode::kRandomWalk;
  RandomWalk walk;
  absl::Time next_due;
  std::optional<Replay> replay;
  std::string replay_error;
  // Of the Advance that is under way: distance between ticks of the walk, the tick that the replay plays
  // next, and how many it has given.
  absl::Duration step;
  std::optional<Tick> ahead;
  int replayed = 0;
  Quote quote;
  TickStatistics statistics;
};

PriceFeed::PriceFeed(const SymbolBook& symbols, ServerTime server_time, uint64_t seed, absl::Time start)
    : symbols_(symbols), server_time_(server_time), seed_(seed), last_advance_(start) {}

PriceFeed::~PriceFeed() = default;

void PriceFeed::Track(const Symbol& symbol) {
  if (channels_.size() <= symbol.id) channels_.resize(symbol.id + 1);
  if (channels_[symbol.id] != nullptr) {
    // Digits and rate may have changed.
    Channel& channel = *channels_[symbol.id];
    channel.walk.Reset(symbol, channel.quote.bid);
    channel.next_due = last_advance_ + Interval(symbol);
    return;
  }
  channels_[symbol.id] = std::make_unique<Channel>(symbol, seed_);
  Channel& channel = *channels_[symbol.id];
  channel.next_due = last_advance_ + Interval(symbol);
  if (symbol.feed.start_price.IsZero()) {
    channel.mode = FeedMode::kManual;
  } else {
    Publish(channel, symbol, channel.walk.Step(symbol, last_advance_, absl::ZeroDuration()));
  }
}

void PriceFeed::Untrack(uint32_t symbol_id) {
  if (symbol_id < channels_.size()) channels_[symbol_id] = nullptr;
}

void PriceFeed::Advance(absl::Time now) {
  if (now <= last_advance_) return;
  const auto later = [](const Due& a, const Due& b) {
    return std::tie(a.time, a.order) > std::tie(b.time, b.order);
  };
  std::vector<Due> heap;
  const std::vector<SymbolRef>& symbols = symbols_.all();
  for (size_t i = 0; i < symbols.size(); ++i) {
    Channel& channel = *channels_[symbols[i]->id];
    channel.step = StepOf(channel, *symbols[i], now);
    channel.replayed = 0;
    if (const auto time = Prepare(channel, now)) heap.push_back({*time, i, symbols[i].get(), &channel});
  }
  std::make_heap(heap.begin(), heap.end(), later);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    Due& due = heap.back();
    Make(due);
    if (const auto next = Prepare(*due.channel, now)) {
      due.time = *next;
      std::push_heap(heap.begin(), heap.end(), later);
    } else {
      heap.pop_back();
    }
  }
  last_advance_ = now;
}

absl::Duration PriceFeed::StepOf(const Channel& channel, const Symbol& symbol, absl::Time now) const {
  const absl::Duration interval = Interval(symbol);
  if (channel.next_due > now || interval == absl::InfiniteDuration()) return interval;
  const int64_t due = (now - channel.next_due) / interval + 1;
  return interval * ((due + kTicksPerAdvanceMax - 1) / kTicksPerAdvanceMax);
}

absl::Duration PriceFeed::Interval(const Symbol& symbol) const {
  const int64_t per_minute_percent = static_cast<int64_t>(symbol.feed.ticks_per_minute) * rate_percent_;
  if (per_minute_percent == 0) return absl::InfiniteDuration();
  return absl::Milliseconds(std::max<int64_t>(60'000 * 100 / per_minute_percent, 1));
}

std::optional<absl::Time> PriceFeed::Prepare(Channel& channel, absl::Time now) {
  if (channel.mode == FeedMode::kReplay) return PrepareReplay(channel, now);
  if (channel.mode != FeedMode::kRandomWalk || channel.next_due > now) return std::nullopt;
  return channel.next_due;
}

std::optional<absl::Time> PriceFeed::PrepareReplay(Channel& channel, absl::Time now) {
  if (channel.replayed++ == kTicksPerAdvanceMax) return std::nullopt;
  absl::StatusOr<std::optional<Tick>> tick = channel.replay->Next(now);
  if (!tick.ok()) channel.replay_error = std::string(tick.status().message());
  // The last tick is still played.
  if (!tick.ok() || channel.replay->finished()) channel.mode = FeedMode::kManual;
  if (!tick.ok() || !tick->has_value()) return std::nullopt;
  channel.ahead = **tick;
  return channel.ahead->time;
}

void PriceFeed::Make(const Due& due) {
  Channel& channel = *due.channel;
  const Symbol& symbol = *due.symbol;
  if (channel.ahead.has_value()) {
    if (listener_ != nullptr) listener_->BeforeTick(due.time);
    channel.walk.Reset(symbol, channel.ahead->bid);
    Publish(channel, symbol, *std::exchange(channel.ahead, std::nullopt));
    return;
  }
  channel.next_due += channel.step;
  const ServerTime::WeekMinute at = server_time_.WeekMinuteOf(due.time);
  if (!InSession(symbol.quote_sessions, at.weekday, at.minute)) return;
  if (listener_ != nullptr) listener_->BeforeTick(due.time);
  // After a closed market the whole break counts, which makes the gaps that real weekends have.
  Publish(channel, symbol, channel.walk.Step(symbol, due.time, due.time - channel.quote.time));
}

void PriceFeed::Publish(Channel& channel, const Symbol& symbol, Tick tick) {
  // Time never runs backwards within a symbol: incremental readers rely on it.
  tick.time = std::max(tick.time, channel.quote.time);
  ApplyTick(tick, server_time_.DayStart(tick.time), channel.quote, channel.statistics);
  channel.quote.trans_id = ++trans_id_;
  if (listener_ != nullptr) listener_->OnTick(symbol, channel.quote);
}

Retcode PriceFeed::Step(std::string_view name, int count, absl::Time time) {
  const SymbolRef symbol = symbols_.Find(name);
  if (symbol == nullptr) return Retcode::kNotFound;
  Channel& channel = *channels_[symbol->id];
  if (count < 1 || count > kTicksPerAdvanceMax || symbol->feed.start_price.IsZero() ||
      channel.mode == FeedMode::kReplay) {
    return Retcode::kInvalidParameters;
  }
  const absl::Duration interval = absl::Minutes(1) / std::max(symbol->feed.ticks_per_minute, 1);
  for (int i = 0; i < count; ++i) Publish(channel, *symbol, channel.walk.Step(*symbol, time, interval));
  return Retcode::kDone;
}

Retcode PriceFeed::SetPrice(std::string_view name, Fixed bid, Fixed ask, absl::Time time) {
  const SymbolRef symbol = symbols_.Find(name);
  if (symbol == nullptr) return Retcode::kNotFound;
  if (!bid.IsPositive() || ask < bid || bid.Round(symbol->digits) != bid ||
      ask.Round(symbol->digits) != ask) {
    return Retcode::kInvalidPrice;
  }
  Channel& channel = *channels_[symbol->id];
  channel.walk.Reset(*symbol, bid);
  Publish(channel, *symbol, {.time = time, .bid = bid, .ask = ask});
  return Retcode::kDone;
}

Retcode PriceFeed::SetMode(std::string_view name, FeedMode mode) {
  const SymbolRef symbol = symbols_.Find(name);
  if (symbol == nullptr) return Retcode::kNotFound;
  Channel& channel = *channels_[symbol->id];
  if (mode == FeedMode::kReplay) return Retcode::kInvalidParameters;
  // A walk needs a price to return to.
  if (mode == FeedMode::kRandomWalk && symbol->feed.start_price.IsZero()) return Retcode::kInvalidParameters;
  if (mode == FeedMode::kRandomWalk && channel.mode != mode)
    channel.next_due = last_advance_ + Interval(*symbol);
  channel.mode = mode;
  channel.replay.reset();
  return Retcode::kDone;
}

Retcode PriceFeed::StartReplay(std::string_view name, Replay replay, absl::Time start) {
  const SymbolRef symbol = symbols_.Find(name);
  if (symbol == nullptr) return Retcode::kNotFound;
  if (!replay.options().IsValid()) return Retcode::kInvalidParameters;
  Channel& channel = *channels_[symbol->id];
  channel.replay = std::move(replay);
  channel.replay->Begin(start, symbol->digits);
  channel.replay_error.clear();
  channel.mode = FeedMode::kReplay;
  return Retcode::kDone;
}

Retcode PriceFeed::SetRatePercent(int percent) {
  if (percent < 0 || percent > 10'000) return Retcode::kInvalidParameters;
  rate_percent_ = percent;
  for (const SymbolRef& symbol : symbols_.all())
    channels_[symbol->id]->next_due = last_advance_ + Interval(*symbol);
  return Retcode::kDone;
}

const PriceFeed::Channel* PriceFeed::Find(std::string_view name) const {
  const SymbolRef symbol = symbols_.Find(name);
  return symbol == nullptr ? nullptr : channels_[symbol->id].get();
}

const Quote* PriceFeed::Last(std::string_view symbol) const {
  const Channel* channel = Find(symbol);
  return channel == nullptr ? nullptr : &channel->quote;
}

const Quote* PriceFeed::Last(uint32_t symbol_id) const {
  return symbol_id < channels_.size() && channels_[symbol_id] != nullptr ? &channels_[symbol_id]->quote
                                                                         : nullptr;
}

const TickStatistics* PriceFeed::Statistics(uint32_t symbol_id) const {
  return symbol_id < channels_.size() && channels_[symbol_id] != nullptr ? &channels_[symbol_id]->statistics
                                                                         : nullptr;
}

FeedMode PriceFeed::Mode(std::string_view symbol) const {
  const Channel* channel = Find(symbol);
  return channel == nullptr ? FeedMode::kManual : channel->mode;
}

std::string_view PriceFeed::replay_error(std::string_view symbol) const {
  const Channel* channel = Find(symbol);
  return channel == nullptr ? std::string_view() : std::string_view(channel->replay_error);
}

std::vector<SymbolRef> PriceFeed::ChangedSince(uint64_t after, const std::vector<SymbolRef>& symbols) const {
  std::vector<SymbolRef> changed;
  for (const SymbolRef& symbol : symbols) {
    const Quote* quote = Last(symbol->id);
    if (quote != nullptr && quote->trans_id > after) changed.push_back(symbol);
  }
  return changed;
}

}  // namespace mtsuite::mtsim
