#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/testing/seed.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/ticks/candle_store.h"
#include "services/connector/ticks/tick_hub.h"

namespace mtsuite::connector {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kStart = absl::FromUnixSeconds(1'768'000'020);

TickUpdate MakeTick(const std::string& symbol, int64_t bid, int64_t millis = 0) {
  TickUpdate tick;
  tick.symbol = symbol;
  tick.digits = 5;
  tick.bid = bid;
  tick.ask = bid + 10;
  tick.time = kStart + absl::Milliseconds(millis);
  return tick;
}

TEST(CandleStoreTest, MinutesHoldTheirTicks) {
  CandleStore store;
  for (const auto& [seconds, price] :
       std::vector<std::pair<int, int>>{{0, 10}, {5, 12}, {59, 8}, {61, 9}, {200, 7}}) {
    store.Add(kStart + absl::Seconds(seconds), price, 3, 5);
  }
  const auto all = store.Read(absl::InfinitePast(), absl::InfiniteFuture(), 10, false);
  ASSERT_EQ(all.size(), 3u) << "minutes without a tick have no candle";
  EXPECT_EQ(all[0].open_seconds, absl::ToUnixSeconds(kStart));
  EXPECT_EQ(all[0].open, 10);
  EXPECT_EQ(all[0].high, 12);
  EXPECT_EQ(all[0].low, 8);
  EXPECT_EQ(all[0].close, 8);
  EXPECT_EQ(all[0].tick_count, 3);
  EXPECT_EQ(all[0].volume, 9);
  EXPECT_EQ(all[1].open, 9);
  const auto newest = store.Read(absl::InfinitePast(), absl::InfiniteFuture(), 1, true);
  ASSERT_EQ(newest.size(), 1u);
  EXPECT_EQ(newest[0].close, 7);
  EXPECT_EQ(store.Read(absl::FromUnixSeconds(all[1].open_seconds), absl::InfiniteFuture(), 10, false).size(),
            2u);
  EXPECT_EQ(store.Read(absl::InfinitePast(), absl::FromUnixSeconds(all[1].open_seconds), 10, false).size(),
            1u);
  store.Add(kStart, 1, 0, 3);
  EXPECT_EQ(store.Read(absl::InfinitePast(), absl::InfiniteFuture(), 10, false).size(), 1u) << "other digits";
}

class TickHubTest : public ::testing::Test {
 protected:
  // "EURUSD 100 +2": symbol, bid, skipped.
  std::vector<std::string> Take(TickSubscription& subscription) {
    v1::TickBatch batch;
    std::vector<std::string> said;
    if (!subscription.Take(&batch)) return said;
    for (const v1::TickSymbol& symbol : batch.symbols()) names_[symbol.symbol_number()] = symbol.symbol();
    for (const v1::Tick& tick : batch.ticks()) {
      said.push_back(names_.at(tick.symbol_number()) + " " + std::to_string(tick.bid()) +
                     (tick.skipped_count() > 0 ? " +" + std::to_string(tick.skipped_count()) : ""));
    }
    if (batch.snapshot_end()) said.push_back("end");
    sequence_ = batch.position().sequence();
    return said;
  }

  SimulatedClock clock_{kStart};
  std::shared_ptr<TickHub> hub_ = std::make_shared<TickHub>(clock_, "epoch");
  std::map<int32_t, std::string> names_;
  int64_t sequence_ = 0;
  int notified_ = 0;
};

TEST_F(TickHubTest, ASnapshotThenChangesConflated) {
  hub_->Publish({MakeTick("EURUSD", 100), MakeTick("USDJPY", 200)});
  const auto subscription = hub_->Subscribe({}, [this] { ++notified_; });
  EXPECT_THAT(Take(*subscription), ElementsAre("EURUSD 100", "USDJPY 200", "end"));
  EXPECT_EQ(sequence_, 2);
  EXPECT_THAT(Take(*subscription), IsEmpty());
  for (int i = 1; i <= 3; ++i) hub_->Publish({MakeTick("EURUSD", 100 + i, i)});
  hub_->Publish({MakeTick("GBPUSD", 300)});
  EXPECT_EQ(notified_, 4);
  EXPECT_THAT(Take(*subscription), ElementsAre("EURUSD 103 +2", "GBPUSD 300"));
  EXPECT_EQ(sequence_, 6);
  hub_->Publish({MakeTick("EURUSD", 103, 3)});
  EXPECT_THAT(Take(*subscription), IsEmpty()) << "told again";
}

TEST_F(TickHubTest, TellsTheLastPriceOfASymbol) {
  EXPECT_FALSE(hub_->Last("EURUSD").has_value());
  hub_->Publish({MakeTick("EURUSD", 108'432), MakeTick("XAUUSD", 0)});
  hub_->Publish({MakeTick("EURUSD", 108'433, 7)});
  const std::optional<MarketQuote> last = hub_->Last("EURUSD");
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->bid.ToString(), "1.08433");
  EXPECT_EQ(last->ask.ToString(), "1.08443");
  EXPECT_EQ(last->time, kStart + absl::Milliseconds(7));
}

TEST_F(TickHubTest, AnEmptySnapshotEndsToo) {
  const auto subscription = hub_->Subscribe({.symbols = {"EURUSD"}, .every_tick = false}, [] {});
  EXPECT_THAT(Take(*subscription), ElementsAre("end"));
  hub_->Publish({MakeTick("USDJPY", 1), MakeTick("EURUSD", 2)});
  EXPECT_THAT(Take(*subscription), ElementsAre("EURUSD 2"));
}

TEST_F(TickHubTest, EveryTickMeansEveryTick) {
  hub_->Publish({MakeTick("EURUSD", 100)});
  const auto subscription = hub_->Subscribe({.symbols = {}, .every_tick = true}, [] {});
  for (int i = 1; i <= 3; ++i) hub_->Publish({MakeTick("EURUSD", 100 + i, i)});
  EXPECT_THAT(Take(*subscription),
              ElementsAre("EURUSD 100", "EURUSD 101", "EURUSD 102", "EURUSD 103", "end"));
  for (size_t i = 0; i <= TickSubscription::kWaitingMax; ++i) {
    hub_->Publish({MakeTick("EURUSD", static_cast<int64_t>(1000 + i), static_cast<int64_t>(10 + i))});
  }
  EXPECT_TRUE(subscription->overflowed());
}

TEST_F(TickHubTest, TheFeedGrowsOldInSilence) {
  EXPECT_FALSE(hub_->feed_age().has_value());
  hub_->Publish({MakeTick("EURUSD", 100)});
  clock_.AdvanceTime(absl::Seconds(7));
  EXPECT_EQ(hub_->feed_age(), absl::Seconds(7));
  const auto subscription = hub_->Subscribe({}, [] {});
  v1::TickBatch batch;
  subscription->FillHeartbeat(&batch);
  EXPECT_EQ(batch.feed_age().seconds(), 7);
  EXPECT_EQ(batch.position().epoch(), "epoch");
}

// Whatever the reader's pace: in the end it has the newest tick of each symbol, and seen plus skipped is all.
TEST_F(TickHubTest, NothingIsLostSilently) {
  std::mt19937_64 random(testing::TestSeed());
  const auto subscription = hub_->Subscribe({}, [] {});
  std::map<int32_t, int64_t> accounted;
  std::map<int32_t, int64_t> bids;
  std::map<std::string, int64_t> published;
  const auto read = [&] {
    v1::TickBatch batch;
    while (subscription->Take(&batch)) {
      for (const v1::TickSymbol& symbol : batch.symbols()) names_[symbol.symbol_number()] = symbol.symbol();
      for (const v1::Tick& tick : batch.ticks()) {
        accounted[tick.symbol_number()] += 1 + tick.skipped_count();
        EXPECT_EQ(accounted[tick.symbol_number()], tick.sequence());
        bids[tick.symbol_number()] = tick.bid();
      }
      batch.Clear();
    }
  };
  for (int i = 0; i < 5000; ++i) {
    const std::string symbol = "S" + std::to_string(random() % 20);
    published[symbol] = i;
    hub_->Publish({MakeTick(symbol, i, i)});
    // From the first tick on, so that nothing lies before the stream.
    if (i < 200 || random() % 50 == 0) read();
  }
  read();
  ASSERT_EQ(bids.size(), published.size());
  for (const auto& [number, bid] : bids) EXPECT_EQ(bid, published[names_[number]]);
}

}  // namespace
}  // namespace mtsuite::connector
