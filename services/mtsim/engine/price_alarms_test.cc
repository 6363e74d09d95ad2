#include "services/mtsim/engine/price_alarms.h"

#include "gmock/gmock.h"

namespace mtsuite::mtsim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Alarm kStop{AlarmKind::kStopLoss, 5};
constexpr Alarm kTake{AlarmKind::kTakeProfit, 4};
constexpr Alarm kOrder{AlarmKind::kPendingOrder, 3};

TEST(PriceAlarmsTest, FireFromTheirPriceOnUntilCleared) {
  PriceAlarms alarms;
  alarms.Set({1, 7, AlarmTrigger::kBidFalls, "10"_fx, kStop});
  alarms.Set({1, 7, AlarmTrigger::kBidRises, "20"_fx, kTake});
  alarms.Set({2, 7, AlarmTrigger::kAskFalls, "12"_fx, kOrder});
  alarms.Set({2, 7, AlarmTrigger::kAskRises, "25"_fx, {AlarmKind::kMargin, 2}});
  const auto reached = [&](Fixed bid, Fixed ask) { return alarms.Reached(7, {.bid = bid, .ask = ask}); };
  EXPECT_THAT(reached("10.1"_fx, "12.1"_fx), IsEmpty());
  EXPECT_THAT(reached("10"_fx, "12"_fx), ElementsAre(kStop, kOrder));
  EXPECT_THAT(reached("5"_fx, "6"_fx), ElementsAre(kStop, kOrder));
  EXPECT_THAT(reached("20"_fx, "24"_fx), ElementsAre(kTake));
  EXPECT_THAT(reached("21"_fx, "25"_fx), ElementsAre(kTake, Alarm{AlarmKind::kMargin, 2}));
  EXPECT_THAT(alarms.Reached(6, {.bid = "1"_fx, .ask = "1"_fx}), IsEmpty());
  EXPECT_THAT(alarms.Reached(8, {.bid = "1"_fx, .ask = "1"_fx}), IsEmpty());
  alarms.Clear(1);
  EXPECT_THAT(reached("5"_fx, "6"_fx), ElementsAre(kOrder));
  alarms.Clear(2);
  alarms.Clear(2);
  EXPECT_EQ(alarms.size(), 0u);
}

TEST(PriceAlarmsTest, OneAlarmAtTwoPricesFiresOnce) {
  PriceAlarms alarms;
  alarms.Set({1, 0, AlarmTrigger::kBidFalls, "10"_fx, kStop});
  alarms.Set({1, 0, AlarmTrigger::kBidFalls, "11"_fx, kStop});
  EXPECT_THAT(alarms.Reached(0, {.bid = "9"_fx, .ask = "9"_fx}), ElementsAre(kStop));
}

}  // namespace
}  // namespace mtsuite::mtsim
