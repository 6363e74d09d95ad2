// Candles: pages, whole ones, days of the server.
#include "services/quotes/quote_service_fixture.h"

namespace mtsuite::quotes {
namespace {

using mtsuite::testing::HasMetadata;
using mtsuite::testing::HasReason;
using ::testing::ElementsAre;

// Minutes of 2026-01-12T00:00Z on, every one of 4000; open price counts the minutes.
class CandlesTest : public QuoteServiceTest {
 protected:
  static constexpr int64_t kFirst = 1'768'176'000;
  static constexpr int64_t kCount = 4000;

  CandlesTest() {
    connector_.quotes.on_candles = [this](const connector::v1::ListCandlesRequest& request) {
      EXPECT_EQ(request.timeframe(), v1::Candle::M1);
      connector::v1::ListCandlesResponse page;
      page.set_digits(5);
      page.set_time_zone("Europe/Athens");
      const int64_t end = request.has_end_time() ? (request.end_time().seconds() - kFirst + 59) / 60 : kCount;
      const int64_t last = std::min(kCount, end);
      const int64_t limit = std::min<int64_t>(request.limit(), limit_);
      int64_t first = std::max<int64_t>(0, last - limit);
      if (request.has_start_time()) {
        first = std::max<int64_t>(0, (request.start_time().seconds() - kFirst + 59) / 60);
        if (first + limit < last) page.mutable_next_start_time()->set_seconds(kFirst + 60 * (first + limit));
      }
      for (int64_t i = first; i < std::min(last, first + limit); ++i) {
        auto& minute = *page.add_candles();
        minute.set_open_time_seconds(kFirst + 60 * i);
        minute.set_open(i);
        minute.set_high(i + 2);
        minute.set_low(i - 2);
        minute.set_close(i + 1);
        minute.set_tick_count(1);
      }
      return page;
    };
  }

  static v1::ListCandlesRequest Ask(v1::Candle::Timeframe timeframe) {
    v1::ListCandlesRequest request;
    request.set_symbol("EURUSD");
    request.set_timeframe(timeframe);
    return request;
  }

  int64_t limit_ = 10'000;
};

TEST_F(CandlesTest, TheNewestOnesAreWhole) {
  auto request = Ask(v1::Candle::H1);
  request.set_page_size(3);
  const auto page = Call(&Stub::ListCandles, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->time_zone(), "Europe/Athens");
  EXPECT_EQ(page->next_page_token(), "");
  ASSERT_EQ(page->candles_size(), 3);
  EXPECT_EQ(page->candles(0).open_time().seconds(), kFirst + 64 * 3600);
  EXPECT_EQ(page->candles(0).open(), "0.03840");
  EXPECT_EQ(page->candles(0).high(), "0.03901");
  EXPECT_EQ(page->candles(0).tick_count(), 60);
  EXPECT_EQ(page->candles(2).tick_count(), 40) << "the last hour is not over";
}

TEST_F(CandlesTest, PagesOfASpanGoOnWithoutGaps) {
  limit_ = 700;  // Reads end in the middle of candles.
  auto request = Ask(v1::Candle::M15);
  request.mutable_start_time()->set_seconds(kFirst + 1);  // The first candle began before.
  request.mutable_end_time()->set_seconds(kFirst + 60 * 2000 + 60);
  request.set_page_size(50);
  std::vector<int64_t> begins;
  int64_t ticks = 0;
  int pages = 0;
  do {
    const auto page = Call(&Stub::ListCandles, request);
    ASSERT_OK(page);
    for (const v1::Candle& candle : page->candles()) {
      begins.push_back(candle.open_time().seconds());
      ticks += candle.tick_count();
    }
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  ASSERT_EQ(begins.size(), 133u);  // 1 to 133: the one that minute 2000 falls in is the last.
  for (size_t i = 0; i < begins.size(); ++i) ASSERT_EQ(begins[i], kFirst + 900 * static_cast<int64_t>(i + 1));
  EXPECT_EQ(ticks, 133 * 15);
  EXPECT_EQ(pages, 3);
}

TEST_F(CandlesTest, DaysAreTheServers) {
  const auto page = Call(&Stub::ListCandles, Ask(v1::Candle::D1));
  ASSERT_OK(page);
  ASSERT_EQ(page->candles_size(), 3);
  EXPECT_EQ(page->candles(1).open_time().seconds(), kFirst + 22 * 3600);
  EXPECT_EQ(page->candles(1).tick_count(), 1440);
}

TEST_F(CandlesTest, RefusesWhatMakesNoSense) {
  EXPECT_THAT(Call(&Stub::ListCandles, Ask(v1::Candle::TIMEFRAME_UNSPECIFIED)),
              HasReason(type::v1::FIELD_REQUIRED));
  auto request = Ask(v1::Candle::H1);
  request.mutable_start_time()->set_seconds(100);
  request.mutable_end_time()->set_seconds(100);
  EXPECT_THAT(Call(&Stub::ListCandles, request), HasReason(type::v1::TIME_RANGE_INVALID));
}

}  // namespace
}  // namespace mtsuite::quotes
