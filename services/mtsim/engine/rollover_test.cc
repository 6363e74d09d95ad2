#include "services/mtsim/engine/rollover.h"

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

class RolloverTest : public EngineTest {
 protected:
  RolloverTest() {
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    SetPrice("EURUSD", "1.10000"_fx, "1.10000"_fx);
  }
  // The tests start on a Wednesday noon; the server's midnight comes ten hours later.
  void SleepNights(int nights) {
    clock_.SetTime(TestStart() + absl::Hours(10) + absl::Hours(24 * (nights - 1)));
    engine_->Advance();
  }
  Fixed Storage(uint64_t position) const { return PositionOf(position)->storage; }

  const uint64_t login_ = AddAccount("demo\\retail-usd", "10000"_fx);
};

TEST_F(RolloverTest, WednesdayCountsThreeTimesAndTheWeekendNotAtAll) {
  ChangeSymbol([](Symbol& symbol) {
    symbol.swap_long = "-7"_fx;
    symbol.swap_short = "2"_fx;
  });
  const uint64_t buy = Trade(Market(login_, Side::kBuy, "1"_fx)).position;
  const uint64_t sell = Trade(Market(login_, Side::kSell, "0.5"_fx)).position;
  const int nights[] = {3, 4, 5, 5, 5, 6, 7, 10};
  for (int i = 0; i < 8; ++i) {
    SleepNights(i + 1);
    EXPECT_EQ(Storage(buy), Fixed::FromInteger(-7 * nights[i])) << i;
    EXPECT_EQ(Storage(sell), Fixed::FromInteger(nights[i])) << i;
  }
  const TradeResult closed = Close({.position = buy});
  EXPECT_EQ(DealOf(closed.deal).storage, "-70"_fx);
}

TEST_F(RolloverTest, AJumpChargesEveryNight) {
  ChangeSymbol([](Symbol& symbol) { symbol.swap_long = "-7"_fx; });
  const uint64_t buy = Trade(Market(login_, Side::kBuy, "1"_fx)).position;
  SleepNights(8);
  EXPECT_EQ(Storage(buy), "-70"_fx);
}

TEST_F(RolloverTest, KnowsTheModesOfSwaps) {
  struct Case {
    SwapMode mode;
    Fixed long_swap;
    Fixed expected;
  };
  // One lot of 100,000 euro, opened at 1.1 and now at 1.2.
  const Case cases[] = {
      {SwapMode::kOff, "-10"_fx, "0"_fx},
      {SwapMode::kPoints, "-10"_fx, "-10"_fx},
      {SwapMode::kSymbolCurrency, "-10"_fx, "-12"_fx},
      {SwapMode::kMarginCurrency, "-10"_fx, "-12"_fx},
      {SwapMode::kGroupCurrency, "-10"_fx, "-10"_fx},
      {SwapMode::kInterestCurrent, "-3"_fx, "-10"_fx},
      {SwapMode::kInterestOpen, "-3"_fx, "-9.16666667"_fx},
  };
  const uint64_t buy = Trade(Market(login_, Side::kBuy, "1"_fx)).position;
  SetPrice("EURUSD", "1.20000"_fx, "1.20000"_fx);
  const Group& group = *engine_->state().groups.Find("demo\\retail-usd");
  for (const Case& test : cases) {
    ChangeSymbol([&](Symbol& symbol) {
      symbol.swap_mode = test.mode;
      symbol.swap_long = test.long_swap;
    });
    EXPECT_EQ(
        SwapPerNight(*PositionOf(buy), *engine_->state().symbols.Find("EURUSD"), group, engine_->valuation()),
        test.expected)
        << static_cast<int>(test.mode);
  }
}

TEST_F(RolloverTest, SomeGroupsPayNone) {
  ChangeGroup([](Group& group) { group.trade_flags &= ~kGroupSwaps; });
  const uint64_t buy = Trade(Market(login_, Side::kBuy, "1"_fx)).position;
  SleepNights(8);
  EXPECT_TRUE(Storage(buy).IsZero());
}

TEST_F(RolloverTest, CryptoPaysEveryNight) {
  const uint64_t buy = Trade(Market(login_, Side::kBuy, "0.1"_fx, "BTCUSD")).position;
  const Fixed night = SwapPerNight(*PositionOf(buy), *engine_->state().symbols.Find("BTCUSD"),
                                   *engine_->state().groups.Find("demo\\retail-usd"), engine_->valuation())
                          .Round(2);
  SleepNights(7);
  EXPECT_EQ(Storage(buy), Multiply(night, Fixed::FromInteger(7)));
}

}  // namespace
}  // namespace mtsuite::mtsim
