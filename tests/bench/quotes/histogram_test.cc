#include "tests/bench/quotes/histogram.h"

#include <limits>

#include "gtest/gtest.h"

namespace mtsuite::bench {
namespace {

TEST(HistogramTest, IsExactForSmallNumbersAndCloseForLargeOnes) {
  for (const int64_t value : {int64_t{0}, int64_t{1}, int64_t{31}, int64_t{32}, int64_t{63}, int64_t{64},
                              int64_t{1000}, int64_t{123'456'789}, std::numeric_limits<int64_t>::max() / 2}) {
    Histogram histogram;
    histogram.Add(value);
    const int64_t told = histogram.Percentile(0.5);
    EXPECT_LE(told, value);
    EXPECT_GE(told, value - (value < 64 ? 0 : value / 32)) << value;
  }
}

TEST(HistogramTest, TellsPercentilesOfAllThatWereMerged) {
  Histogram low;
  Histogram high;
  for (int i = 0; i < 99; ++i) low.Add(10);
  high.Add(64'000);
  low.Merge(high);
  EXPECT_EQ(low.total(), 100u);
  EXPECT_EQ(low.Percentile(0.5), 10);
  EXPECT_EQ(low.Percentile(0.98), 10);
  EXPECT_GE(low.Percentile(0.99), 62'000);
}

TEST(HistogramTest, AnswersWithoutValues) { EXPECT_EQ(Histogram().Percentile(0.99), 0); }

}  // namespace
}  // namespace mtsuite::bench
