#include "services/connector/mt5/deal_window.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"

namespace mtsuite::connector::mt5 {
namespace {

constexpr int64_t kNow = 1'800'000'000;
constexpr int64_t kOpenEnd = 0x7FFF'FFFF;

TEST(DealWindowTest, FollowsTheNewestDealWithAnOverlap) {
  DealWindow window(kNow - 10, {});
  DealWindow::Span span = window.Next(kNow, DealWindow::Reach::kUsual);
  EXPECT_EQ(span.from, kNow - 12);
  EXPECT_EQ(span.to, kOpenEnd);
  EXPECT_TRUE(window.IsNew(1, kNow - 3));
  window.Answered(span, kNow, 1);
  span = window.Next(kNow + 60, DealWindow::Reach::kUsual);
  EXPECT_EQ(span.from, kNow - 5);
  EXPECT_FALSE(window.IsNew(1, kNow - 3));
  window.Answered(span, kNow + 60, 1);
  EXPECT_EQ(window.Next(kNow + 61, DealWindow::Reach::kDeep).from, kNow - 303);
  EXPECT_EQ(window.Next(kNow + 61, DealWindow::Reach::kNear).from, kNow - 3);
}

TEST(DealWindowTest, ADeepSpanIsBoundedByDeals) {
  DealWindow window(kNow - 1'000, {.deep_deals_max = 100});
  for (int64_t i = 0; i < 1'000; ++i) window.IsNew(i + 1, kNow - 100 + i / 10);
  window.Answered(window.Next(kNow, DealWindow::Reach::kUsual), kNow, 1'000);
  EXPECT_EQ(window.Next(kNow, DealWindow::Reach::kDeep).from, kNow - 10);
  EXPECT_EQ(window.Next(kNow, DealWindow::Reach::kUsual).from, kNow - 3);
}

TEST(DealWindowTest, ADeepSpanReachesAsFarAsAUsualOneAtLeast) {
  DealWindow window(kNow - 1'000, {.deep_deals_max = 100});
  for (int64_t i = 0; i < 1'000; ++i) window.IsNew(i + 1, kNow);
  window.Answered(window.Next(kNow, DealWindow::Reach::kUsual), kNow, 1'000);
  EXPECT_EQ(window.Next(kNow, DealWindow::Reach::kDeep).from, kNow - 2);
}

TEST(DealWindowTest, AClockOfOursThatIsAheadSkipsNothing) {
  DealWindow window(kNow - 10, {});
  window.Answered(window.Next(kNow + 1'000, DealWindow::Reach::kUsual), kNow + 1'000, 0);
  EXPECT_LE(window.Next(kNow + 1'001, DealWindow::Reach::kUsual).from, kNow - 10);
}

TEST(DealWindowTest, CatchesUpInSlicesThatGrowWhileTheyAreSmall) {
  DealWindow window(kNow - 100 * 86'400, {});
  int64_t covered_to = kNow - 100 * 86'400;
  int polls = 0;
  while (window.Lags(kNow)) {
    const DealWindow::Span span = window.Next(kNow, DealWindow::Reach::kUsual);
    EXPECT_LE(span.from, covered_to) << "a gap";
    EXPECT_LT(span.to, kNow - 3'600);
    covered_to = span.to;
    window.Answered(span, kNow, 0);
    ASSERT_LT(++polls, 50);
  }
  const DealWindow::Span last = window.Next(kNow, DealWindow::Reach::kUsual);
  EXPECT_LE(last.from, covered_to);
  EXPECT_EQ(last.to, kOpenEnd);
}

TEST(DealWindowTest, SlicesShrinkWhenAnswersAreLargeOrFail) {
  DealWindow window(0, {});
  const int64_t first = window.slice();
  window.Failed(kNow);
  EXPECT_EQ(window.slice(), first / 2);
  window.Answered(window.Next(kNow, DealWindow::Reach::kUsual), kNow, 50'000);
  EXPECT_EQ(window.slice(), first / 4);
  for (int i = 0; i < 40; ++i) window.Failed(kNow);
  EXPECT_EQ(window.slice(), 1);
}

// A server that refuses spans with more than 100 deals, and has had one every second of the last half hour.
TEST(DealWindowTest, GetsThroughABusyTimeOfAServerThatLimitsAnswers) {
  const int64_t since = kNow - 1'800;
  DealWindow window(since, {});
  int64_t told = 0;
  int polls = 0;
  for (; told < 1'800 && polls < 500; ++polls) {
    const DealWindow::Span span = window.Next(kNow, DealWindow::Reach::kUsual);
    const int64_t first = std::max(span.from, since);
    const int64_t last = std::min(span.to, kNow - 1);
    const int64_t count = std::max<int64_t>(last - first + 1, 0);
    if (count > 100) {
      window.Failed(kNow);
      continue;
    }
    for (int64_t time = first; time <= last; ++time) told += window.IsNew(time, time);
    window.Answered(span, kNow, count);
  }
  EXPECT_EQ(told, 1'800) << "after " << polls << " polls";
  while (window.Next(kNow, DealWindow::Reach::kUsual).to != kOpenEnd && polls < 1'000) {
    window.Answered(window.Next(kNow, DealWindow::Reach::kUsual), kNow, 0);
    ++polls;
  }
  EXPECT_LT(polls, 500);
}

// In autumn the wall clock repeats an hour; its deals carry times before those of deals seen already.
TEST(DealWindowTest, FollowsAWallClockThatGoesBack) {
  DealWindow window(kNow - 10, {});
  ASSERT_TRUE(window.IsNew(1, kNow));
  window.Answered(window.Next(kNow, DealWindow::Reach::kUsual), kNow, 1);
  const int64_t back = kNow - 3'600;
  EXPECT_EQ(window.Next(back, DealWindow::Reach::kUsual).from, back - 2);
  EXPECT_TRUE(window.IsNew(2, back + 1));
  window.Answered(window.Next(back, DealWindow::Reach::kUsual), back, 1);
  EXPECT_FALSE(window.IsNew(1, kNow)) << "forgotten too early";
  EXPECT_FALSE(window.IsNew(2, back + 1));
}

TEST(DealWindowTest, ForgetsWhatNoSpanReachesAnyMore) {
  DealWindow window(kNow, {});
  ASSERT_TRUE(window.IsNew(1, kNow));
  window.Answered(window.Next(kNow, DealWindow::Reach::kUsual), kNow, 1);
  const int64_t later = kNow + 100'000;
  while (window.Lags(later)) window.Answered(window.Next(later, DealWindow::Reach::kUsual), later, 0);
  ASSERT_TRUE(window.IsNew(2, later));
  window.Answered(window.Next(later, DealWindow::Reach::kUsual), later, 1);
  EXPECT_EQ(window.remembered(), 1u);
}

TEST(DealWindowTest, RemembersALimitedNumber) {
  DealWindow::Options options;
  options.remembered_max = 100;
  DealWindow window(kNow, options);
  for (int64_t ticket = 0; ticket < 1'000; ++ticket) EXPECT_TRUE(window.IsNew(ticket, kNow + ticket / 10));
  EXPECT_EQ(window.remembered(), 100u);
  EXPECT_FALSE(window.IsNew(999, kNow + 99));
}

}  // namespace
}  // namespace mtsuite::connector::mt5
