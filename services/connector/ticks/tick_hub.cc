#include "services/connector/ticks/tick_hub.h"

#include <algorithm>
#include <utility>

namespace mtsuite::connector {
namespace {

bool SamePrice(const v1::Tick& tick, const TickUpdate& update) {
  return tick.bid() == update.bid && tick.ask() == update.ask && tick.last() == update.last &&
         tick.time_milliseconds() == absl::ToUnixMillis(update.time);
}

}  // namespace

void TickHub::Publish(const std::vector<TickUpdate>& ticks) {
  std::vector<std::function<void()>> notify;
  {
    absl::MutexLock lock(&mutex_);
    std::vector<std::pair<int32_t, int64_t>> changed;
    for (const TickUpdate& update : ticks) {
      const auto [known, added] = numbers_.try_emplace(update.symbol, static_cast<int32_t>(symbols_.size()));
      if (added) symbols_.emplace_back().name = update.symbol;
      Symbol& symbol = symbols_[static_cast<size_t>(known->second)];
      if (!added && symbol.digits == update.digits && SamePrice(symbol.tick, update)) continue;
      symbol.digits = update.digits;
      v1::Tick& tick = symbol.tick;
      tick.set_symbol_number(known->second);
      tick.set_bid(update.bid);
      tick.set_ask(update.ask);
      tick.set_last(update.last);
      tick.set_volume(update.volume);
      tick.set_time_milliseconds(absl::ToUnixMillis(update.time));
      tick.set_sequence(tick.sequence() + 1);
      if (update.bid != 0) symbol.candles.Add(update.time, update.bid, update.volume, update.digits);
      changed.emplace_back(known->second, ++sequence_);
    }
    if (changed.empty()) return;
    last_tick_ = clock_.TimeNow();
    for (TickSubscription* subscription : subscriptions_) {
      for (const auto& [number, sequence] : changed) subscription->Note(number, sequence);
      notify.push_back(subscription->notify_);
    }
  }
  for (const auto& call : notify) call();
}

std::optional<absl::Duration> TickHub::feed_age() const {
  absl::MutexLock lock(&mutex_);
  if (last_tick_ == absl::InfinitePast()) return std::nullopt;
  return std::max(clock_.TimeNow() - last_tick_, absl::ZeroDuration());
}

std::optional<MarketQuote> TickHub::Last(const std::string& symbol) const {
  absl::MutexLock lock(&mutex_);
  const auto number = numbers_.find(symbol);
  if (number == numbers_.end()) return std::nullopt;
  const Symbol& known = symbols_[static_cast<size_t>(number->second)];
  const v1::Tick& tick = known.tick;
  if (tick.bid() == 0 && tick.ask() == 0) return std::nullopt;
  return MarketQuote{
      Decimal::FromScaled(tick.bid(), known.digits), Decimal::FromScaled(tick.ask(), known.digits),
      Decimal::FromScaled(tick.last(), known.digits), absl::FromUnixMillis(tick.time_milliseconds())};
}

bool TickHub::Knows(const std::string& symbol) const {
  absl::MutexLock lock(&mutex_);
  return numbers_.contains(symbol);
}

std::shared_ptr<TickSubscription> TickHub::Subscribe(Wish wish, std::function<void()> notify) {
  const std::shared_ptr<TickSubscription> subscription(
      new TickSubscription(shared_from_this(), std::move(wish), std::move(notify)));
  absl::MutexLock lock(&mutex_);
  subscription->sequence_ = sequence_;
  for (const Symbol& symbol : symbols_) subscription->Note(symbol.tick.symbol_number(), sequence_);
  subscription->snapshot_left_ =
      subscription->wish_.every_tick ? subscription->waiting_.size() : subscription->dirty_.size();
  subscriptions_.push_back(subscription.get());
  return subscription;
}

void TickHub::Drop(const TickSubscription* subscription) {
  absl::MutexLock lock(&mutex_);
  subscriptions_.erase(std::remove(subscriptions_.begin(), subscriptions_.end(), subscription),
                       subscriptions_.end());
}

TickHub::Candles TickHub::ReadCandles(const std::string& symbol, absl::Time start, absl::Time end,
                                      size_t limit, bool newest) const {
  absl::MutexLock lock(&mutex_);
  const auto number = numbers_.find(symbol);
  if (number == numbers_.end()) return {};
  const Symbol& known = symbols_[static_cast<size_t>(number->second)];
  return {known.digits, known.candles.Read(start, end, limit, newest)};
}

TickSubscription::~TickSubscription() { hub_->Drop(this); }

TickSubscription::Seen& TickSubscription::SeenOf(int32_t number) {
  while (seen_.size() <= static_cast<size_t>(number)) {
    const std::string& name = hub_->symbols_[seen_.size()].name;
    seen_.push_back({.wanted = wish_.symbols.empty() || wish_.symbols.contains(name)});
  }
  return seen_[static_cast<size_t>(number)];
}

void TickSubscription::Note(int32_t number, int64_t sequence) {
  Seen& seen = SeenOf(number);
  if (!seen.wanted) return;
  if (wish_.every_tick) {
    if (waiting_.size() >= kWaitingMax) {
      overflowed_ = true;
      return;
    }
    waiting_.push_back({hub_->symbols_[static_cast<size_t>(number)].tick, sequence});
    return;
  }
  if (std::exchange(seen.dirty, true)) return;
  dirty_.push_back(number);
}

void TickSubscription::Tell(const v1::Tick& tick, v1::TickBatch* batch) {
  Seen& seen = SeenOf(tick.symbol_number());
  const TickHub::Symbol& symbol = hub_->symbols_[static_cast<size_t>(tick.symbol_number())];
  if (seen.digits != symbol.digits) {
    seen.digits = symbol.digits;
    v1::TickSymbol* told = batch->add_symbols();
    told->set_symbol_number(tick.symbol_number());
    told->set_symbol(symbol.name);
    told->set_digits(symbol.digits);
  }
  v1::Tick* added = batch->add_ticks();
  *added = tick;
  // What came before the stream was not skipped by it.
  if (seen.told) added->set_skipped_count(tick.sequence() - seen.sequence - 1);
  seen.told = true;
  seen.sequence = tick.sequence();
}

void TickSubscription::FillPlace(v1::TickBatch* batch) const {
  batch->mutable_position()->set_epoch(hub_->epoch_);
  batch->mutable_position()->set_sequence(sequence_);
  if (hub_->last_tick_ == absl::InfinitePast()) return;
  const absl::Duration age = std::max(hub_->clock_.TimeNow() - hub_->last_tick_, absl::ZeroDuration());
  batch->mutable_feed_age()->set_seconds(absl::ToInt64Seconds(age));
  batch->mutable_feed_age()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(age - absl::Seconds(absl::ToInt64Seconds(age)))));
}

bool TickSubscription::Take(v1::TickBatch* batch) {
  absl::MutexLock lock(&hub_->mutex_);
  int taken = 0;
  while (taken < kBatchMax && !waiting_.empty()) {
    Tell(waiting_.front().tick, batch);
    sequence_ = waiting_.front().sequence;
    waiting_.pop_front();
    ++taken;
  }
  while (taken < kBatchMax && !dirty_.empty()) {
    const int32_t number = dirty_.front();
    dirty_.pop_front();
    SeenOf(number).dirty = false;
    Tell(hub_->symbols_[static_cast<size_t>(number)].tick, batch);
    ++taken;
  }
  if (dirty_.empty() && waiting_.empty()) sequence_ = hub_->sequence_;
  snapshot_left_ -= std::min(snapshot_left_, static_cast<size_t>(taken));
  const bool ends = snapshot_left_ == 0 && !std::exchange(snapshot_told_, snapshot_left_ == 0);
  batch->set_snapshot_end(ends);
  FillPlace(batch);
  return taken > 0 || ends;
}

bool TickSubscription::overflowed() const {
  absl::MutexLock lock(&hub_->mutex_);
  return overflowed_;
}

void TickSubscription::FillHeartbeat(v1::TickBatch* batch) const {
  absl::MutexLock lock(&hub_->mutex_);
  FillPlace(batch);
}

}  // namespace mtsuite::connector
