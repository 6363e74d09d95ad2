#include "services/mtsim/engine/valuation.h"

#include <cmath>

#include "services/mtsim/engine/engine_fixture.h"
#include "services/mtsim/engine/margin.h"

namespace mtsuite::mtsim {
namespace {

class ValuationTest : public EngineTest {
 protected:
  ValuationTest() {
    SetPrice("EURUSD", "1.08000"_fx, "1.08010"_fx);
    SetPrice("GBPUSD", "1.27000"_fx, "1.27020"_fx);
    SetPrice("USDJPY", "150.000"_fx, "150.020"_fx);
    SetPrice("EURGBP", "0.85000"_fx, "0.85020"_fx);
    SetPrice("EURJPY", "162.000"_fx, "162.030"_fx);
    SetPrice("GBPJPY", "190.500"_fx, "190.540"_fx);
    SetPrice("XAUUSD", "2050.00"_fx, "2050.30"_fx);
    SetPrice("DE40", "16900.00"_fx, "16901.00"_fx);
  }

  PositionState Evaluate(uint64_t position) const {
    return engine_->valuation().Evaluate(*engine_->state().positions.Find(position));
  }
  std::string RateText(std::string_view from, std::string_view to, Side side) const {
    const auto rate = engine_->valuation().converter().Find(from, to, side);
    return rate.has_value() ? rate->ToFixed().ToString(8) : "none";
  }
};

TEST_F(ValuationTest, ConversionTakesTheSideOfThePair) {
  EXPECT_EQ(RateText("USD", "USD", Side::kBuy), "1.00000000");
  EXPECT_EQ(RateText("EUR", "USD", Side::kBuy), "1.08010000");
  EXPECT_EQ(RateText("EUR", "USD", Side::kSell), "1.08000000");
  EXPECT_EQ(RateText("JPY", "USD", Side::kBuy), "0.00666667");   // 1 / 150.000
  EXPECT_EQ(RateText("JPY", "USD", Side::kSell), "0.00666578");  // 1 / 150.020
  // Directly through the cross, though the dollar would do as well.
  EXPECT_EQ(RateText("GBP", "EUR", Side::kBuy), "1.17647059");  // 1 / 0.85000
  EXPECT_EQ(RateText("XXX", "USD", Side::kBuy), "none");
}

TEST_F(ValuationTest, ConversionGoesByWayOfDollars) {
  SetPrice("NZDUSD", "0.60000"_fx, "0.60010"_fx);
  SetPrice("USDCAD", "1.36000"_fx, "1.36020"_fx);
  EXPECT_EQ(RateText("NZD", "CAD", Side::kBuy), "0.81625602");  // 0.60010 * 1.36020
  EXPECT_EQ(RateText("CAD", "NZD", Side::kBuy), "1.22549020");  // 1 / 1.36000 / 0.60000
}

TEST_F(ValuationTest, ProfitInTheAccountsOwnCurrency) {
  const uint64_t login = AddAccount("demo\\retail-usd", "10000"_fx);
  const TradeResult buy =
      Open({.login = login, .symbol = "EURUSD", .volume = "0.35"_fx, .price = "1.07123"_fx});
  EXPECT_EQ(Evaluate(buy.position).price_current, "1.08"_fx);
  EXPECT_EQ(Evaluate(buy.position).profit, "306.95"_fx);
  const TradeResult sell = Open(
      {.login = login, .symbol = "EURUSD", .side = Side::kSell, .volume = "0.35"_fx, .price = "1.07123"_fx});
  EXPECT_EQ(Evaluate(sell.position).price_current, "1.0801"_fx);
  EXPECT_EQ(Evaluate(sell.position).profit, "-310.45"_fx);
}

TEST_F(ValuationTest, ProfitOfAPairWithTheAccountsBaseIsDividedByTheClosingPrice) {
  const uint64_t login = AddAccount("demo\\retail-usd", "10000"_fx);
  const TradeResult buy = Open({.login = login, .symbol = "USDJPY", .volume = "1"_fx, .price = "149.000"_fx});
  const PositionState state = Evaluate(buy.position);
  EXPECT_EQ(state.profit, "666.67"_fx);  // 100000 yen / 150.000
  EXPECT_EQ(state.rate_profit, "0.00666667"_fx);
}

TEST_F(ValuationTest, ProfitOfCrossesIsConverted) {
  const uint64_t login = AddAccount("demo\\retail-usd", "10000"_fx);
  const TradeResult cross =
      Open({.login = login, .symbol = "EURGBP", .volume = "0.5"_fx, .price = "0.84900"_fx});
  EXPECT_EQ(Evaluate(cross.position).profit, "63.51"_fx);  // 50 GBP * 1.27020
  const TradeResult yen = Open(
      {.login = login, .symbol = "GBPJPY", .side = Side::kSell, .volume = "0.1"_fx, .price = "190.000"_fx});
  EXPECT_EQ(Evaluate(yen.position).profit, "-36.00"_fx);  // -5400 yen / 150.020 = -35.9952
}

TEST_F(ValuationTest, IndexInItsOwnCurrencyAndMetal) {
  const uint64_t login = AddAccount("demo\\retail-usd", "100000"_fx);
  const TradeResult dax = Open({.login = login, .symbol = "DE40", .volume = "2"_fx, .price = "16800.00"_fx});
  EXPECT_EQ(Evaluate(dax.position).profit, "216.02"_fx);  // 200 EUR * 1.08010
  const TradeResult gold = Open(
      {.login = login, .symbol = "XAUUSD", .side = Side::kSell, .volume = "0.2"_fx, .price = "2060.00"_fx});
  EXPECT_EQ(Evaluate(gold.position).profit, "194"_fx);  // 9.70 * 100 * 0.2
}

TEST_F(ValuationTest, StateAddsUp) {
  const uint64_t login = AddAccount("demo\\retail-usd", "1000"_fx);
  ASSERT_TRUE(engine_->balances().Apply({.login = login, .type = 3, .amount = "200"_fx}).ok());
  Open(
      {.login = login, .symbol = "EURUSD", .volume = "0.5"_fx, .price = "1.08200"_fx, .storage = "-1.25"_fx});
  const TradeState state = StateOf(login);
  EXPECT_EQ(state.profit, "-100"_fx);
  EXPECT_EQ(state.storage, "-1.25"_fx);
  EXPECT_EQ(state.floating, "-101.25"_fx);
  EXPECT_EQ(state.equity, "1098.75"_fx);
  EXPECT_EQ(state.margin, "540.05"_fx);  // 500 EUR at the ask of the opening
  EXPECT_EQ(state.margin_free, "558.70"_fx);
  EXPECT_EQ(state.margin_level, "203.45"_fx);
  EXPECT_EQ(state.activation, StopOutActivation::kNone);
}

TEST_F(ValuationTest, MarginCallAndStopOutAreSeen) {
  const uint64_t login = AddAccount("demo\\retail-usd", "1000"_fx);
  Open({.login = login, .symbol = "EURUSD", .volume = "0.9"_fx, .price = "1.08000"_fx});
  EXPECT_EQ(StateOf(login).activation, StopOutActivation::kNone);
  clock_.AdvanceTime(absl::Seconds(5));
  SetPrice("EURUSD", "1.07960"_fx, "1.07970"_fx);
  EXPECT_EQ(StateOf(login).activation, StopOutActivation::kMarginCall);
  EXPECT_EQ(StateOf(login).activation_time, TestStart() + absl::Seconds(5));
  // At night, so that nothing is closed.
  clock_.SetTime(TestStart() + absl::Hours(10) - absl::Minutes(1));
  SetPrice("EURUSD", "1.07000"_fx, "1.07010"_fx);
  const TradeState state = StateOf(login);
  EXPECT_EQ(state.activation, StopOutActivation::kStopOut);
  EXPECT_EQ(state.activation_level, state.margin_level);
  EXPECT_EQ(state.activation_equity, "100"_fx);
  EXPECT_EQ(state.activation_margin, state.margin);
}

TEST_F(ValuationTest, FreeMarginFollowsTheGroupsMode) {
  const uint64_t login = AddAccount("demo\\retail-usd", "1000"_fx);
  Open({.login = login, .symbol = "EURUSD", .volume = "0.1"_fx, .price = "1.07000"_fx});  // +100
  const Fixed margin = StateOf(login).margin;
  Group group = *engine_->state().groups.Find("demo\\retail-usd");
  const auto free_margin = [&](FreeMarginMode mode) {
    group.free_margin_mode = mode;
    EXPECT_TRUE(engine_->PutGroup(group).ok());
    return StateOf(login).margin_free + margin;
  };
  EXPECT_EQ(free_margin(FreeMarginMode::kNoFloating), "1000"_fx);
  EXPECT_EQ(free_margin(FreeMarginMode::kFloating), "1100"_fx);
  EXPECT_EQ(free_margin(FreeMarginMode::kProfitOnly), "1100"_fx);
  EXPECT_EQ(free_margin(FreeMarginMode::kLossOnly), "1000"_fx);
}

TEST_F(ValuationTest, UnknownLoginIsNotFound) {
  EXPECT_EQ(engine_->valuation().Account(1).retcode(), Retcode::kNotFound);
}

// An independent calculation in long double for every symbol, side and account currency, straight from the
// definition and without the engine's conversion code: the value of each currency in dollars is taken from
// one table.
TEST_F(ValuationTest, AgreesWithAReferenceOnEverySymbol) {
  for (const char* group : {"demo\\retail-usd", "demo\\retail-eur"}) {
    const std::string account_currency = engine_->state().groups.Find(group)->currency;
    const uint64_t login = AddAccount(group, "100000000"_fx);
    for (const SymbolRef& symbol : engine_->state().symbols.all()) {
      for (const Side side : {Side::kBuy, Side::kSell}) {
        const Quote quote = *engine_->feed().Last(symbol->id);
        const Fixed open = (quote.bid + Divide(quote.bid, "97"_fx)).Round(symbol->digits);
        const TradeResult trade =
            Open({.login = login, .symbol = symbol->name, .side = side, .volume = "1.3"_fx, .price = open});
        const auto price = [](Fixed value) { return static_cast<long double>(value.units()) / 1e8L; };
        const long double close = price(side == Side::kBuy ? quote.bid : quote.ask);
        long double raw = (close - price(open)) * 1.3L * price(symbol->contract_size);
        if (side == Side::kSell) raw = -raw;
        // A pair `from` against `to`, crossing half the spread in the direction that the trade's side says.
        const auto pair = [&](const std::string& from, const std::string& to) -> long double {
          if (from == to) return 1;
          const bool buy = side == Side::kBuy;
          if (const SymbolRef direct = engine_->state().symbols.Find(from + to)) {
            const Quote& q = *engine_->feed().Last(direct->id);
            return price(buy ? q.ask : q.bid);
          }
          const SymbolRef inverse = engine_->state().symbols.Find(to + from);
          if (inverse == nullptr) return 0;
          const Quote& q = *engine_->feed().Last(inverse->id);
          return 1 / price(buy ? q.bid : q.ask);
        };
        long double rate = pair(symbol->currency_profit, account_currency);
        if (rate == 0) rate = pair(symbol->currency_profit, "USD") * pair("USD", account_currency);
        const long double expected = std::round(raw * rate * 100) / 100;
        EXPECT_NEAR(static_cast<double>(price(Evaluate(trade.position).profit)),
                    static_cast<double>(expected), 0.0101)
            << symbol->name << " " << account_currency;
        EXPECT_NE(expected, 0) << symbol->name;
      }
    }
  }
}

}  // namespace
}  // namespace mtsuite::mtsim
