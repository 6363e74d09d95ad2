#include "services/mtsim/engine/price_feed.h"

#include <fstream>

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

Replay::LineSource Lines(std::vector<std::string> lines) {
  auto remaining = std::make_shared<std::deque<std::string>>(lines.begin(), lines.end());
  return [remaining]() -> std::optional<std::string> {
    if (remaining->empty()) return std::nullopt;
    std::string line = std::move(remaining->front());
    remaining->pop_front();
    return line;
  };
}

class PriceFeedTest : public EngineTest {
 protected:
  void AdvanceBy(absl::Duration duration) {
    clock_.AdvanceTime(duration);
    engine_->Advance();
  }
  const Quote& Last(std::string_view symbol) const { return *engine_->state().feed.Last(symbol); }
  uint32_t Id(std::string_view symbol) const { return engine_->state().symbols.Find(symbol)->id; }
};

TEST_F(PriceFeedTest, EverySymbolHasAFirstQuote) {
  for (const SymbolRef& symbol : engine_->state().symbols.all()) {
    const Quote& quote = Last(symbol->name);
    EXPECT_EQ(quote.bid, symbol->feed.start_price) << symbol->name;
    EXPECT_GE(quote.ask - quote.bid,
              Multiply(symbol->point(), Fixed::FromInteger(symbol->feed.spread_points)));
    EXPECT_EQ(quote.time, TestStart());
  }
}

TEST_F(PriceFeedTest, TicksComeAtTheConfiguredRate) {
  const uint64_t before = engine_->state().feed.Statistics(Id("EURUSD"))->ticks;
  AdvanceBy(absl::Seconds(90));
  EXPECT_EQ(engine_->state().feed.Statistics(Id("EURUSD"))->ticks - before, 90u);
  EXPECT_EQ(Last("EURUSD").time, TestStart() + absl::Seconds(90));
  EXPECT_EQ(engine_->feed().SetRatePercent(200), Retcode::kDone);
  AdvanceBy(absl::Seconds(10));
  EXPECT_EQ(engine_->state().feed.Statistics(Id("EURUSD"))->ticks - before, 110u);
  EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
  AdvanceBy(absl::Seconds(10));
  EXPECT_EQ(engine_->state().feed.Statistics(Id("EURUSD"))->ticks - before, 110u);
  EXPECT_EQ(engine_->feed().SetRatePercent(-1), Retcode::kInvalidParameters);
}

TEST_F(PriceFeedTest, PricesDoNotDependOnHowTimePasses) {
  SimulatedClock other_clock(TestStart());
  auto other = *Engine::Create({}, other_clock);
  AdvanceBy(absl::Minutes(30));
  for (int i = 0; i < 1800; ++i) {
    other_clock.AdvanceTime(absl::Seconds(1));
    other->Advance();
  }
  for (const SymbolRef& symbol : engine_->state().symbols.all()) {
    EXPECT_EQ(Last(symbol->name).bid, other->feed().Last(symbol->name)->bid) << symbol->name;
    EXPECT_EQ(Last(symbol->name).time, other->feed().Last(symbol->name)->time) << symbol->name;
  }
}

TEST_F(PriceFeedTest, SeedDecidesThePrices) {
  SimulatedClock start(TestStart());
  auto other = *Engine::Create({.seed = 2}, start);
  start.AdvanceTime(absl::Minutes(5));
  other->Advance();
  AdvanceBy(absl::Minutes(5));
  EXPECT_NE(Last("EURUSD").bid, other->feed().Last("EURUSD")->bid);
}

// Golden values: the walk must give the same prices on every compiler and library for ever.
TEST_F(PriceFeedTest, WalkIsTheSameEverywhere) {
  AdvanceBy(absl::Hours(1));
  EXPECT_EQ(Last("EURUSD").bid.ToString(5) + " " + Last("EURUSD").ask.ToString(5), "1.08357 1.08365");
  EXPECT_EQ(Last("XAUUSD").bid.ToString(2) + " " + Last("XAUUSD").ask.ToString(2), "2054.90 2055.09");
}

TEST_F(PriceFeedTest, ClosedMarketsStandStill) {
  // Saturday noon on the server.
  clock_.SetTime(TestStart() + absl::Hours(24 * 3));
  engine_->Advance();
  const Fixed friday = Last("EURUSD").bid;
  const auto at = engine_->state().server_time.WeekMinuteOf(Last("EURUSD").time);
  EXPECT_EQ(at.weekday, 5);
  const Fixed bitcoin = Last("BTCUSD").bid;
  AdvanceBy(absl::Hours(2));
  EXPECT_EQ(Last("EURUSD").bid, friday);
  EXPECT_NE(Last("BTCUSD").bid, bitcoin);
}

TEST_F(PriceFeedTest, LongSpansAreBoundedAndPlausible) {
  const uint64_t before = engine_->feed().trans_id();
  clock_.AdvanceTime(absl::Hours(24 * 365));
  engine_->Advance();
  // Up to the last month's end, the last day's end, and now.
  EXPECT_LE(engine_->feed().trans_id() - before,
            engine_->state().symbols.size() * PriceFeed::kTicksPerAdvanceMax * 3);
  for (const SymbolRef& symbol : engine_->state().symbols.all()) {
    EXPECT_GE(Last(symbol->name).bid, Divide(symbol->feed.start_price, "5"_fx));
    EXPECT_LE(Last(symbol->name).bid, Multiply(symbol->feed.start_price, "4.1"_fx));
  }
}

TEST_F(PriceFeedTest, IncrementalPollsSeeChangesOnly) {
  const std::vector<SymbolRef> all = engine_->state().symbols.all();
  EXPECT_EQ(engine_->feed().ChangedSince(0, all).size(), all.size());
  const uint64_t seen = engine_->feed().trans_id();
  EXPECT_TRUE(engine_->feed().ChangedSince(seen, all).empty());
  SetPrice("GBPUSD", "1.30000"_fx, "1.30010"_fx);
  const auto changed = engine_->feed().ChangedSince(seen, all);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0]->name, "GBPUSD");
  EXPECT_EQ(engine_->feed().trans_id(), seen + 1);
}

TEST_F(PriceFeedTest, SetPriceChecksAndTheWalkGoesOnFromThere) {
  const absl::Time now = clock_.TimeNow();
  PriceFeed& feed = engine_->feed();
  EXPECT_EQ(feed.SetPrice("NONE", "1"_fx, "1"_fx, now), Retcode::kNotFound);
  EXPECT_EQ(feed.SetPrice("EURUSD", "0"_fx, "1"_fx, now), Retcode::kInvalidPrice);
  EXPECT_EQ(feed.SetPrice("EURUSD", "1.1"_fx, "1"_fx, now), Retcode::kInvalidPrice);
  EXPECT_EQ(feed.SetPrice("EURUSD", "1.000001"_fx, "1.1"_fx, now), Retcode::kInvalidPrice);
  SetPrice("EURUSD", "1.20000"_fx, "1.20010"_fx);
  AdvanceBy(absl::Seconds(10));
  EXPECT_GT(Last("EURUSD").bid, "1.19000"_fx);
  EXPECT_EQ(feed.SetMode("EURUSD", FeedMode::kManual), Retcode::kDone);
  const Fixed frozen = Last("EURUSD").bid;
  AdvanceBy(absl::Minutes(10));
  EXPECT_EQ(Last("EURUSD").bid, frozen);
  EXPECT_EQ(feed.SetMode("EURUSD", FeedMode::kRandomWalk), Retcode::kDone);
  AdvanceBy(absl::Minutes(10));
  EXPECT_NE(Last("EURUSD").bid, frozen);
}

TEST_F(PriceFeedTest, StatisticsOfTheDay) {
  ASSERT_EQ(engine_->feed().SetMode("EURUSD", FeedMode::kManual), Retcode::kDone);
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  SetPrice("EURUSD", "1.09000"_fx, "1.09010"_fx);
  const TickStatistics& day = *engine_->state().feed.Statistics(Id("EURUSD"));
  EXPECT_EQ(day.bid.high, "1.1"_fx);
  EXPECT_EQ(day.bid.low, "1.085"_fx);
  EXPECT_EQ(day.bid.direction, PriceDirection::kDown);
  EXPECT_EQ(day.ask.high, "1.1001"_fx);
  EXPECT_EQ(day.price_open, "1.085"_fx);
  EXPECT_TRUE(day.price_close.IsZero());
  clock_.AdvanceTime(absl::Hours(24));
  SetPrice("EURUSD", "1.19900"_fx, "1.19910"_fx);
  EXPECT_EQ(day.price_open, "1.199"_fx);
  EXPECT_EQ(day.price_close, "1.09"_fx);
  EXPECT_EQ(day.price_change, "10"_fx);
  EXPECT_EQ(day.bid.low, "1.199"_fx);
}

TEST_F(PriceFeedTest, GroupsWidenTheSpread) {
  SetPrice("EURUSD", "1.08000"_fx, "1.08010"_fx);
  const Symbol& symbol = *engine_->state().symbols.Find("EURUSD");
  const Quote quote =
      QuoteForGroup(Last("EURUSD"), symbol, *engine_->state().groups.Find("real\\standard-usd"));
  EXPECT_EQ(quote.bid, "1.07998"_fx);
  EXPECT_EQ(quote.ask, "1.08012"_fx);
  const Quote same = QuoteForGroup(Last("EURUSD"), symbol, *engine_->state().groups.Find("demo\\retail-usd"));
  EXPECT_EQ(same.bid, "1.08"_fx);
}

TEST_F(PriceFeedTest, ReplayPlaysQuotesInTheirRhythm) {
  Replay replay(Lines({"time,bid,ask", "2020-01-01 00:00:00,1.10000,1.10010",
                       "2020-01-01 00:00:10,1.20000,1.20010", "2020-01-01 00:00:20,1.30000,1.30010"}),
                {});
  ASSERT_EQ(engine_->feed().StartReplay("EURUSD", std::move(replay), clock_.TimeNow()), Retcode::kDone);
  AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(Last("EURUSD").bid, "1.1"_fx);
  EXPECT_EQ(engine_->feed().Mode("EURUSD"), FeedMode::kReplay);
  AdvanceBy(absl::Seconds(9));
  EXPECT_EQ(Last("EURUSD").bid, "1.2"_fx);
  EXPECT_EQ(Last("EURUSD").time, TestStart() + absl::Seconds(10));
  AdvanceBy(absl::Seconds(60));
  EXPECT_EQ(Last("EURUSD").ask, "1.3001"_fx);
  EXPECT_EQ(engine_->feed().Mode("EURUSD"), FeedMode::kManual);
  EXPECT_EQ(engine_->feed().replay_error("EURUSD"), "");
}

TEST_F(PriceFeedTest, ReplayTurnsBarsIntoFourTicks) {
  Replay replay(Lines({"time,open,high,low,close", "2020-01-01 00:00,1.1,1.4,1.0,1.2",
                       "2020-01-01 01:00,1.2,1.3,0.9,1.1"}),
                {.speed = 60, .spread_points = 20});
  replay.Begin(TestStart(), 5);
  std::vector<std::string> seen;
  while (true) {
    const auto tick = replay.Next(absl::InfiniteFuture());
    ASSERT_TRUE(tick.ok());
    if (!tick->has_value()) break;
    seen.push_back(absl::FormatDuration((*tick)->time - TestStart()) + " " + (*tick)->bid.ToString(1) + " " +
                   (*tick)->ask.ToString(4));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"0 1.1 1.1002", "15s 1.0 1.0002", "30s 1.4 1.4002",
                                            "45s 1.2 1.2002", "1m 1.2 1.2002", "1m15s 1.3 1.3002",
                                            "1m30s 0.9 0.9002", "1m45s 1.1 1.1002"}));
  EXPECT_TRUE(replay.finished());
}

TEST_F(PriceFeedTest, BrokenReplayStopsAndSaysWhere) {
  Replay replay(Lines({"time,bid,ask", "2020-01-01 00:00:00,1.1,1.1", "2020-01-01 00:00:05,1.2,1.2", "oops"}),
                {});
  ASSERT_EQ(engine_->feed().StartReplay("EURUSD", std::move(replay), clock_.TimeNow()), Retcode::kDone);
  AdvanceBy(absl::Minutes(1));
  EXPECT_EQ(engine_->feed().Mode("EURUSD"), FeedMode::kManual);
  EXPECT_EQ(engine_->feed().replay_error("EURUSD").substr(0, 7), "line 4:");
  EXPECT_EQ(engine_->feed().StartReplay("EURUSD", Replay(Lines({}), {.speed = 0}), clock_.TimeNow()),
            Retcode::kInvalidParameters);
}

TEST_F(PriceFeedTest, ShippedHistoryPlaysToItsEnd) {
  auto file = std::make_shared<std::ifstream>("services/mtsim/data/eurusd-h1.csv");
  ASSERT_TRUE(file->is_open());
  Replay replay(
      [file]() -> std::optional<std::string> {
        std::string line;
        if (!std::getline(*file, line)) return std::nullopt;
        return line;
      },
      {.speed = 3600});
  replay.Begin(TestStart(), 5);
  int ticks = 0;
  while (true) {
    const auto tick = replay.Next(absl::InfiniteFuture());
    ASSERT_TRUE(tick.ok()) << tick.status();
    if (!tick->has_value()) break;
    ++ticks;
  }
  EXPECT_EQ(ticks, 4 * 1000);
}

}  // namespace
}  // namespace mtsuite::mtsim
