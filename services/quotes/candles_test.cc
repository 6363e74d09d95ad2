#include "services/quotes/candles.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace mtsuite::quotes {
namespace {

absl::TimeZone Athens() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Athens", &zone));
  return zone;
}

absl::Time Utc(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, absl::StrCat(text, "Z"), &time, &error)) << error;
  return time;
}

std::string Span(Timeframe timeframe, const std::string& time) {
  const CandleSpan span = SpanOf(timeframe, Utc(time), Athens());
  const auto text = [](absl::Time t) { return absl::FormatTime("%m-%dT%H:%M", t, absl::UTCTimeZone()); };
  return absl::StrCat(text(span.begin), " ", text(span.end));
}

TEST(SpanOfTest, FollowsTheServersClock) {
  // Winter: Athens is two hours ahead of UTC.
  EXPECT_EQ(Span(v1::Candle::M1, "2026-01-15T10:17:33"), "01-15T10:17 01-15T10:18");
  EXPECT_EQ(Span(v1::Candle::M5, "2026-01-15T10:17:33"), "01-15T10:15 01-15T10:20");
  EXPECT_EQ(Span(v1::Candle::M15, "2026-01-15T10:17:33"), "01-15T10:15 01-15T10:30");
  EXPECT_EQ(Span(v1::Candle::M30, "2026-01-15T10:30:00"), "01-15T10:30 01-15T11:00");
  EXPECT_EQ(Span(v1::Candle::H1, "2026-01-15T10:59:59"), "01-15T10:00 01-15T11:00");
  EXPECT_EQ(Span(v1::Candle::H4, "2026-01-15T09:59:59"), "01-15T06:00 01-15T10:00");
  EXPECT_EQ(Span(v1::Candle::D1, "2026-01-15T22:30:00"), "01-15T22:00 01-16T22:00");
  EXPECT_EQ(Span(v1::Candle::W1, "2026-01-17T21:59:59"), "01-10T22:00 01-17T22:00");
  EXPECT_EQ(Span(v1::Candle::W1, "2026-01-17T22:00:00"), "01-17T22:00 01-24T22:00");
  EXPECT_EQ(Span(v1::Candle::MN1, "2026-01-31T22:00:00"), "01-31T22:00 02-28T22:00");
}

TEST(SpanOfTest, DaysOfTheChangeOfClockAreShorterAndLonger) {
  // 2026-03-29: 03:00 becomes 04:00 (01:00 UTC). 2026-10-25: 04:00 becomes 03:00 (01:00 UTC).
  EXPECT_EQ(Span(v1::Candle::D1, "2026-03-29T12:00:00"), "03-28T22:00 03-29T21:00");
  EXPECT_EQ(Span(v1::Candle::H4, "2026-03-29T00:30:00"), "03-28T22:00 03-29T01:00");
  EXPECT_EQ(Span(v1::Candle::D1, "2026-10-25T12:00:00"), "10-24T21:00 10-25T22:00");
  EXPECT_EQ(Span(v1::Candle::H4, "2026-10-25T01:30:00"), "10-24T21:00 10-25T02:00");
  // The hour that comes twice.
  EXPECT_EQ(Span(v1::Candle::H1, "2026-10-25T00:30:00"), "10-25T00:00 10-25T01:00");
  EXPECT_EQ(Span(v1::Candle::H1, "2026-10-25T01:30:00"), "10-25T01:00 10-25T02:00");
}

connector::v1::CandleRecord Minute(const std::string& time, int64_t open, int64_t high, int64_t low,
                                   int64_t close) {
  connector::v1::CandleRecord minute;
  minute.set_open_time_seconds(absl::ToUnixSeconds(Utc(time)));
  minute.set_open(open);
  minute.set_high(high);
  minute.set_low(low);
  minute.set_close(close);
  minute.set_tick_count(10);
  minute.set_volume(150'000'000);
  return minute;
}

TEST(CandleAggregatorTest, SumsMinutes) {
  CandleAggregator hours(v1::Candle::H1, Athens());
  EXPECT_FALSE(hours.Add(Minute("2026-01-15T10:01:00", 108000, 108010, 107990, 108005)).has_value());
  EXPECT_FALSE(hours.Add(Minute("2026-01-15T10:59:00", 108005, 108100, 108000, 108050)).has_value());
  const auto finished = hours.Add(Minute("2026-01-15T13:00:00", 108200, 108200, 108200, 108200));
  ASSERT_TRUE(finished.has_value());
  const v1::Candle candle = ToCandle(*finished, 5, Utc("2026-01-15T13:00:30"));
  EXPECT_EQ(candle.open_time().seconds(), absl::ToUnixSeconds(Utc("2026-01-15T10:00:00")));
  EXPECT_EQ(candle.open(), "1.08000");
  EXPECT_EQ(candle.high(), "1.08100");
  EXPECT_EQ(candle.low(), "1.07990");
  EXPECT_EQ(candle.close(), "1.08050");
  EXPECT_EQ(candle.tick_count(), 20);
  EXPECT_EQ(candle.volume(), "3");
  EXPECT_TRUE(candle.complete());
  EXPECT_FALSE(ToCandle(*hours.current(), 5, Utc("2026-01-15T13:00:30")).complete());
}

}  // namespace
}  // namespace mtsuite::quotes
