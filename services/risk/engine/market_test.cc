#include "services/risk/engine/market.h"

#include <string>

#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::risk {
namespace {

Decimal D(const char* text) { return *Decimal::Parse(text); }

class MarketTest : public ::testing::Test {
 protected:
  SymbolId Add(const std::string& name, int digits = 4) {
    quotes::v1::Symbol symbol;
    symbol.set_name(name);
    symbol.set_base_currency_code(name.substr(0, 3));
    symbol.set_profit_currency_code(name.substr(3, 3));
    symbol.set_digits(digits);
    symbol.set_contract_size("100000");
    symbol.set_calculation_mode(quotes::v1::Symbol::FOREX);
    return *market_.AddSymbol(symbol);
  }
  void Quote(SymbolId id, int64_t bid, int64_t ask) {
    market_.SetQuote(id, {.bid = bid, .ask = ask});
    for (const RateId rate : market_.symbol(id).rates) market_.RefreshRate(rate);
  }
  // Checks that both forms of the rate agree, and returns it.
  std::optional<Decimal> Rate(const char* from, const char* to, Side side) {
    const RateId id = market_.RateBetween(from, to, side);
    const std::optional<Decimal> exact = market_.ExactRate(id);
    EXPECT_NEAR(market_.FastRate(id), exact.value_or(Decimal()).ToDouble(), 1e-11);
    return exact;
  }

  Market market_;
};

TEST_F(MarketTest, TakesTheAskForBuysAndTheBidForSells) {
  Quote(Add("EURUSD"), 10'800, 10'802);
  EXPECT_EQ(Rate("EUR", "USD", Side::kBuy), D("1.0802"));
  EXPECT_EQ(Rate("EUR", "USD", Side::kSell), D("1.08"));
  // Inverted, what costs more is one by the bid.
  EXPECT_EQ(Rate("USD", "EUR", Side::kBuy)->ToString(), "0.925925925926");
  EXPECT_EQ(Rate("USD", "EUR", Side::kSell)->ToString(), "0.925754489909");
  EXPECT_EQ(market_.RateBetween("EUR", "EUR", Side::kBuy), kIdentityRate);
  EXPECT_EQ(Rate("EUR", "EUR", Side::kBuy), D("1"));
}

TEST_F(MarketTest, HasNoRateWithoutPrices) {
  const SymbolId gbpusd = Add("GBPUSD");
  const SymbolId eurusd = Add("EURUSD");
  EXPECT_EQ(Rate("GBP", "EUR", Side::kBuy), std::nullopt);
  Quote(gbpusd, 12'500, 12'500);
  EXPECT_EQ(Rate("GBP", "EUR", Side::kBuy), std::nullopt);
  Quote(eurusd, 10'000, 12'500);
  EXPECT_EQ(Rate("GBP", "EUR", Side::kBuy), D("1.25"));
  EXPECT_EQ(Rate("GBP", "EUR", Side::kSell), D("1"));
  EXPECT_EQ(Rate("GBP", "CHF", Side::kBuy), std::nullopt);
}

TEST_F(MarketTest, KeepsToTheChainThatItTookFirst) {
  const SymbolId first = Add("EURUSD.a");
  const SymbolId second = Add("EURUSD.b");
  EXPECT_EQ(Rate("EUR", "USD", Side::kSell), std::nullopt);
  Quote(second, 10'900, 10'900);
  EXPECT_EQ(Rate("EUR", "USD", Side::kSell), D("1.09"));
  Quote(first, 10'800, 10'800);
  EXPECT_EQ(Rate("EUR", "USD", Side::kSell), D("1.09"));
  Quote(second, 11'000, 11'000);
  EXPECT_EQ(Rate("EUR", "USD", Side::kSell), D("1.1"));
}

TEST_F(MarketTest, FindsChainsOfSymbolsThatCameLater) {
  EXPECT_EQ(Rate("EUR", "USD", Side::kBuy), std::nullopt);
  Quote(Add("EURUSD"), 10'800, 10'802);
  EXPECT_EQ(Rate("EUR", "USD", Side::kBuy), D("1.0802"));
}

TEST_F(MarketTest, ForgetsPricesWhenTheirDigitsChange) {
  const SymbolId id = Add("EURUSD");
  Quote(id, 10'800, 10'802);
  EXPECT_EQ(Add("EURUSD", 5), id);
  EXPECT_FALSE(market_.symbol(id).quote.has_value());
  EXPECT_EQ(market_.symbol(id).digits, 5);
}

}  // namespace
}  // namespace mtsuite::risk
