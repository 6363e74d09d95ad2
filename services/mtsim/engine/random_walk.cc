#include "services/mtsim/engine/random_walk.h"

#include <algorithm>

namespace mtsuite::mtsim {
namespace {

constexpr int64_t kBellDeviation = 65536;
// 1000 * sqrt(1000): the root of a thousand milliseconds in the scale used below.
constexpr int64_t kRootOfSecond = 31623;
// A distance from the start price is halved in about three weeks.
constexpr int64_t kPullMilliseconds = int64_t{30} * 24 * 3600 * 1000;

int64_t ToMillipoints(const Symbol& symbol, Fixed price) {
  const int64_t point = symbol.point().units();
  return static_cast<int64_t>(static_cast<__int128>(price.units()) * 1000 / point);
}

}  // namespace

int64_t IntegerSquareRoot(int64_t value) {
  if (value < 2) return value;
  int64_t root = 0;
  for (int64_t bit = int64_t{1} << 31; bit > 0; bit >>= 1) {
    const int64_t candidate = root + bit;
    if (candidate <= value / candidate) root = candidate;
  }
  return root;
}

RandomWalk::RandomWalk(const Symbol& symbol, uint64_t seed) : random_(seed ^ StableHash(symbol.name)) {
  Reset(symbol, symbol.feed.start_price);
}

void RandomWalk::Reset(const Symbol& symbol, Fixed bid) { millipoints_ = ToMillipoints(symbol, bid); }

Tick RandomWalk::Step(const Symbol& symbol, absl::Time time, absl::Duration elapsed) {
  const FeedParameters& feed = symbol.feed;
  const int64_t milliseconds = std::clamp<int64_t>(absl::ToInt64Milliseconds(elapsed), 0, 24 * 3600 * 1000);
  const int64_t deviation =
      feed.volatility_millipoints * IntegerSquareRoot(milliseconds * 1'000'000) / kRootOfSecond;
  const int64_t start = ToMillipoints(symbol, feed.start_price);
  const auto pull =
      static_cast<int64_t>(static_cast<__int128>(start - millipoints_) * milliseconds / kPullMilliseconds);
  const auto move = static_cast<int64_t>(static_cast<__int128>(deviation) * random_.Bell() / kBellDeviation);
  millipoints_ = std::clamp(millipoints_ + pull + move, std::max<int64_t>(start / 4, 1000),
                            std::max<int64_t>(start, 1000) * 4);
  const int64_t bid_points = (millipoints_ + 500) / 1000;
  const int64_t spread =
      feed.spread_points + static_cast<int64_t>(random_.Below(feed.spread_jitter_points + 1));
  const int64_t point = symbol.point().units();
  return {.time = time,
          .bid = Fixed::FromUnits(bid_points * point),
          .ask = Fixed::FromUnits((bid_points + spread) * point)};
}

}  // namespace mtsuite::mtsim
