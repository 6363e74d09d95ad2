// Puts longer candles together from minutes. Pure.
#ifndef SERVICES_QUOTES_CANDLES_H_
#define SERVICES_QUOTES_CANDLES_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "mtsuite/connector/v1/quote_service.pb.h"
#include "mtsuite/quotes/v1/candle.pb.h"

namespace mtsuite::quotes {

using Timeframe = v1::Candle::Timeframe;

// A span of time that one candle covers: [begin, end).
struct CandleSpan {
  absl::Time begin;
  absl::Time end;
};

// The span that `time` falls in, by the server's clock: hours, 4 hours from midnight, days, weeks from Sunday
// and months of its zone. So a span may be an hour shorter or longer when the clock is changed, and the hour
// that comes twice has two candles.
CandleSpan SpanOf(Timeframe timeframe, absl::Time time, absl::TimeZone zone);

// A candle as it grows.
struct CandleSum {
  CandleSpan span;
  int64_t open = 0;
  int64_t high = 0;
  int64_t low = 0;
  int64_t close = 0;
  int64_t tick_count = 0;
  int64_t volume = 0;
};

// Sums minutes, oldest first, up to longer candles.
class CandleAggregator {
 public:
  CandleAggregator(Timeframe timeframe, absl::TimeZone zone) : timeframe_(timeframe), zone_(zone) {}

  // Adds the next minute. Returns the candle that it is not part of any more, if it begins another one.
  std::optional<CandleSum> Add(const connector::v1::CandleRecord& minute);
  // The last candle, which may still grow; nothing when there was no minute.
  const std::optional<CandleSum>& current() const { return current_; }

 private:
  const Timeframe timeframe_;
  const absl::TimeZone zone_;
  std::optional<CandleSum> current_;
};

// The public form. Complete when its span is over at `now`.
v1::Candle ToCandle(const CandleSum& sum, int digits, absl::Time now);

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_CANDLES_H_
