#include "services/mtsim/engine/margin.h"

#include "gtest/gtest.h"
#include "services/mtsim/engine/default_market.h"

namespace mtsuite::mtsim {
namespace {

Symbol Find(std::string_view name) {
  for (Symbol& symbol : DefaultSymbols()) {
    if (symbol.name == name) return symbol;
  }
  ADD_FAILURE() << "no symbol " << name;
  return {};
}

MarginLeg Leg(Fixed volume, Fixed price, Fixed rate) {
  MarginLeg leg;
  leg.Add(volume, price, rate);
  return leg;
}

Fixed Margin(const Symbol& symbol, const MarginLeg& buys, const MarginLeg& sells = {},
             MarginMode mode = MarginMode::kHedging) {
  return PositionMargin({.symbol = symbol, .mode = mode, .leverage = 100, .buys = buys, .sells = sells});
}

TEST(MarginTest, FormulasOfTheCalculationModes) {
  Symbol symbol = Find("EURUSD");
  const MarginLeg leg = Leg("2"_fx, "1.10000"_fx, "1.5"_fx);
  EXPECT_EQ(Margin(symbol, leg), "3000"_fx);  // 2 * 100000 / 100 * 1.5
  symbol.calc_mode = CalcMode::kForexNoLeverage;
  EXPECT_EQ(Margin(symbol, leg), "300000"_fx);
  symbol.calc_mode = CalcMode::kCfd;
  EXPECT_EQ(Margin(symbol, leg), "330000"_fx);
  symbol.calc_mode = CalcMode::kCfdLeverage;
  EXPECT_EQ(Margin(symbol, leg), "3300"_fx);
  symbol.calc_mode = CalcMode::kCfdIndex;
  symbol.tick_size = "0.5"_fx;
  symbol.tick_value = "2"_fx;
  EXPECT_EQ(Margin(symbol, leg), "1320000"_fx);
  symbol.calc_mode = CalcMode::kFutures;
  symbol.margin_initial = "4000"_fx;
  EXPECT_EQ(Margin(symbol, leg), "12000"_fx);
}

TEST(MarginTest, RatesAndFixedMargins) {
  Symbol symbol = Find("EURUSD");
  symbol.margin_rates_initial[0] = "0.5"_fx;
  const MarginLeg leg = Leg("1"_fx, "1.1"_fx, "1"_fx);
  EXPECT_EQ(Margin(symbol, leg), "500"_fx);
  EXPECT_EQ(Margin(symbol, {}, leg), "1000"_fx);
  symbol.margin_rates_maintenance[0] = "0.25"_fx;
  EXPECT_EQ(Margin(symbol, leg), "250"_fx);
  symbol.margin_initial = "2000"_fx;
  EXPECT_EQ(Margin(symbol, {}, leg), "20"_fx);
  symbol.margin_maintenance = "1000"_fx;
  EXPECT_EQ(Margin(symbol, {}, leg), "10"_fx);
}

TEST(MarginTest, AveragesAreWeightedByVolume) {
  MarginLeg leg = Leg("1"_fx, "100"_fx, "1"_fx);
  leg.Add("3"_fx, "200"_fx, "2"_fx);
  EXPECT_EQ(leg.volume, "4"_fx);
  EXPECT_EQ(leg.price, "175"_fx);
  EXPECT_EQ(leg.rate, "1.75"_fx);
}

TEST(MarginTest, CoveredVolumeUsesTheHedgedContract) {
  Symbol symbol = Find("EURUSD");
  const MarginLeg buys = Leg("3"_fx, "1.1"_fx, "1"_fx);
  const MarginLeg sells = Leg("1"_fx, "1.2"_fx, "1"_fx);
  symbol.margin_hedged = "0"_fx;
  EXPECT_EQ(Margin(symbol, buys, sells), "2000"_fx);
  symbol.margin_hedged = "50000"_fx;
  EXPECT_EQ(Margin(symbol, buys, sells), "2500"_fx);
  EXPECT_EQ(Margin(symbol, sells, buys), "2500"_fx);
  symbol.margin_flags = kMarginHedgeLargerLeg;
  EXPECT_EQ(Margin(symbol, buys, sells), "3000"_fx);
}

TEST(MarginTest, CoveredVolumeUsesTheAveragesOfBothLegs) {
  Symbol symbol = Find("XAUUSD");
  symbol.margin_hedged = "100"_fx;
  const MarginLeg buys = Leg("1"_fx, "2000"_fx, "1"_fx);
  const MarginLeg sells = Leg("1"_fx, "2100"_fx, "1"_fx);
  EXPECT_EQ(Margin(symbol, buys, sells), "2050"_fx);
}

TEST(MarginTest, NothingOpenNeedsNothing) {
  const Symbol symbol = Find("EURUSD");
  EXPECT_TRUE(Margin(symbol, {}).IsZero());
  EXPECT_TRUE(Margin(symbol, {}, {}, MarginMode::kNetting).IsZero());
}

}  // namespace
}  // namespace mtsuite::mtsim
