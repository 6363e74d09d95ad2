#include "services/connector/ticks/candle_store.h"

#include <algorithm>
#include <limits>

namespace mtsuite::connector {
namespace {

constexpr int64_t kMinute = 60;

int64_t SecondsOf(absl::Time time) {
  if (time == absl::InfiniteFuture()) return std::numeric_limits<int64_t>::max();
  if (time == absl::InfinitePast()) return std::numeric_limits<int64_t>::min();
  // A candle begins at or after a time only if it does so at or after the next whole second.
  const int64_t seconds = absl::ToUnixSeconds(time);
  return absl::FromUnixSeconds(seconds) < time ? seconds + 1 : seconds;
}

}  // namespace

void CandleStore::Add(absl::Time time, int64_t price, int64_t volume, int32_t digits) {
  if (digits != digits_) {
    candles_.clear();
    digits_ = digits;
  }
  const int64_t seconds = absl::ToUnixSeconds(time);
  const int64_t open_seconds = seconds - seconds % kMinute;
  if (candles_.empty() || open_seconds > candles_.back().open_seconds) {
    candles_.push_back({open_seconds, price, price, price, price, 0, 0});
    if (candles_.size() > kCandlesMax) candles_.pop_front();
  }
  Candle& candle = candles_.back();
  candle.high = std::max(candle.high, price);
  candle.low = std::min(candle.low, price);
  candle.close = price;
  ++candle.tick_count;
  candle.volume += volume;
}

std::vector<CandleStore::Candle> CandleStore::Read(absl::Time start, absl::Time end, size_t limit,
                                                   bool newest) const {
  const auto before = [](const Candle& candle, int64_t seconds) { return candle.open_seconds < seconds; };
  auto first = std::lower_bound(candles_.begin(), candles_.end(), SecondsOf(start), before);
  auto last = std::lower_bound(first, candles_.end(), SecondsOf(end), before);
  const auto count = static_cast<size_t>(last - first);
  if (count > limit) {
    if (newest) {
      first = last - static_cast<ptrdiff_t>(limit);
    } else {
      last = first + static_cast<ptrdiff_t>(limit);
    }
  }
  return {first, last};
}

}  // namespace mtsuite::connector
