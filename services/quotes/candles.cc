#include "services/quotes/candles.h"

#include <algorithm>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/decimal/decimal.h"
#include "services/quotes/quote_encoding.h"

namespace mtsuite::quotes {
namespace {

constexpr int kVolumeScale = 8;

// Up to an hour, a span is found from the minutes of the clock, which pass without a jump: changes of the
// clock are whole hours, or half ones that the shorter spans divide.
CandleSpan WithinHour(int minutes, absl::Time time, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo civil = zone.At(time);
  const absl::Duration into =
      absl::Minutes(civil.cs.minute() % minutes) + absl::Seconds(civil.cs.second()) + civil.subsecond;
  return {time - into, time - into + absl::Minutes(minutes)};
}

template <class Civil>
CandleSpan Between(const Civil& begin, const Civil& end, absl::TimeZone zone) {
  return {absl::FromCivil(begin, zone), absl::FromCivil(end, zone)};
}

}  // namespace

CandleSpan SpanOf(Timeframe timeframe, absl::Time time, absl::TimeZone zone) {
  const absl::CivilSecond civil = absl::ToCivilSecond(time, zone);
  const absl::CivilDay day(civil);
  switch (timeframe) {
    case v1::Candle::M5:
      return WithinHour(5, time, zone);
    case v1::Candle::M15:
      return WithinHour(15, time, zone);
    case v1::Candle::M30:
      return WithinHour(30, time, zone);
    case v1::Candle::H1:
      return WithinHour(60, time, zone);
    case v1::Candle::H4: {
      const absl::CivilHour begin = absl::CivilHour(day) + 4 * (civil.hour() / 4);
      return Between(begin, begin + 4, zone);
    }
    case v1::Candle::D1:
      return Between(day, day + 1, zone);
    case v1::Candle::W1: {
      const absl::CivilDay begin = absl::PrevWeekday(day + 1, absl::Weekday::sunday);
      return Between(begin, begin + 7, zone);
    }
    case v1::Candle::MN1: {
      const absl::CivilMonth begin(civil);
      return Between(begin, begin + 1, zone);
    }
    default:
      return WithinHour(1, time, zone);
  }
}

std::optional<CandleSum> CandleAggregator::Add(const connector::v1::CandleRecord& minute) {
  const absl::Time time = absl::FromUnixSeconds(minute.open_time_seconds());
  std::optional<CandleSum> finished;
  if (!current_.has_value() || time >= current_->span.end) {
    finished = std::exchange(current_, CandleSum());
    current_->span = SpanOf(timeframe_, time, zone_);
    current_->open = minute.open();
    current_->high = minute.high();
    current_->low = minute.low();
  }
  current_->high = std::max(current_->high, minute.high());
  current_->low = std::min(current_->low, minute.low());
  current_->close = minute.close();
  current_->tick_count += minute.tick_count();
  current_->volume += minute.volume();
  return finished;
}

v1::Candle ToCandle(const CandleSum& sum, int digits, absl::Time now) {
  v1::Candle candle;
  *candle.mutable_open_time() = ToProtoTime(sum.span.begin);
  candle.set_open(FormatPoints(sum.open, digits));
  candle.set_high(FormatPoints(sum.high, digits));
  candle.set_low(FormatPoints(sum.low, digits));
  candle.set_close(FormatPoints(sum.close, digits));
  candle.set_tick_count(sum.tick_count);
  candle.set_volume(Decimal::FromScaled(sum.volume, kVolumeScale).ToString());
  candle.set_complete(now >= sum.span.end);
  return candle;
}

}  // namespace mtsuite::quotes
