#ifndef SERVICES_CONNECTOR_TICKS_CANDLE_STORE_H_
#define SERVICES_CONNECTOR_TICKS_CANDLE_STORE_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/time/time.h"

namespace mtsuite::connector {

// The candles of one minute of one symbol, made of its ticks since the process started. Times are UTC; prices
// are points, and a change of the symbol's digits begins anew. Not thread-safe.
class CandleStore {
 public:
  // Two days.
  static constexpr size_t kCandlesMax = 2 * 24 * 60;

  struct Candle {
    int64_t open_seconds = 0;  // Since 1970, a multiple of 60.
    int64_t open = 0;
    int64_t high = 0;
    int64_t low = 0;
    int64_t close = 0;
    int64_t tick_count = 0;
    int64_t volume = 0;  // 1e-8 lots.
  };

  // A tick at `price`. One that is older than the last candle counts in that.
  void Add(absl::Time time, int64_t price, int64_t volume, int32_t digits);

  int32_t digits() const { return digits_; }
  // At most `limit` candles that begin in [start, end), oldest first; the newest ones when `newest`.
  std::vector<Candle> Read(absl::Time start, absl::Time end, size_t limit, bool newest) const;

 private:
  int32_t digits_ = 0;
  std::deque<Candle> candles_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TICKS_CANDLE_STORE_H_
