#include "common/conversion/conversion.h"

#include "gtest/gtest.h"

namespace mtsuite::conversion {
namespace {

using quotes::v1::Symbol;

Decimal D(const char* text) { return *Decimal::Parse(text); }

class ConversionTest : public ::testing::Test {
 protected:
  void Quote(const std::string& name, const char* bid, const char* ask, int64_t second = 100) {
    if (!prices_.contains(name)) {
      Symbol symbol;
      symbol.set_name(name);
      symbol.set_base_currency_code(name.substr(0, 3));
      symbol.set_profit_currency_code(name.substr(3, 3));
      symbol.set_calculation_mode(Symbol::FOREX);
      graph_.Add(symbol);
    }
    prices_[name] = {D(bid), D(ask), absl::FromUnixSeconds(second)};
  }

  std::optional<Rate> Convert(const std::string& from, const std::string& to) {
    return BestRate(graph_.ShortestChains(from, to), [this](const std::string& symbol) {
      const auto found = prices_.find(symbol);
      return found == prices_.end() ? std::nullopt : std::optional(found->second);
    });
  }

  CurrencyGraph graph_;
  std::map<std::string, Price> prices_;
};

TEST_F(ConversionTest, ACurrencyIsWorthItself) {
  const auto rate = Convert("USD", "USD");
  ASSERT_TRUE(rate.has_value());
  EXPECT_EQ(rate->mid, D("1"));
  EXPECT_TRUE(rate->chain.empty());
}

TEST_F(ConversionTest, GoesStraightOrInverted) {
  Quote("EURUSD", "1.0800", "1.0802");
  const auto straight = Convert("EUR", "USD");
  EXPECT_EQ(straight->bid, D("1.08"));
  EXPECT_EQ(straight->ask, D("1.0802"));
  EXPECT_EQ(straight->mid, D("1.0801"));
  const auto inverted = Convert("USD", "EUR");
  EXPECT_EQ(inverted->bid.ToString(), "0.925754489909");
  EXPECT_TRUE(inverted->chain[0].inverted);
  EXPECT_LT(inverted->bid, inverted->ask);
}

TEST_F(ConversionTest, TakesTheShortestChainAndOfThoseTheFreshest) {
  Quote("EURUSD", "1.1", "1.1", 50);
  Quote("USDJPY", "150", "150", 50);
  Quote("EURGBP", "0.85", "0.85", 90);
  Quote("GBPJPY", "190", "190", 90);
  const auto crossed = Convert("EUR", "JPY");
  ASSERT_TRUE(crossed.has_value());
  EXPECT_EQ(crossed->mid, D("161.5"));
  EXPECT_EQ(crossed->chain[0].symbol, "EURGBP");
  EXPECT_EQ(crossed->time, absl::FromUnixSeconds(90));
  Quote("EURJPY", "161", "161", 1);
  EXPECT_EQ(Convert("EUR", "JPY")->mid, D("161"));
}

TEST_F(ConversionTest, KnowsNoWayWhereThereIsNone) {
  Quote("EURUSD", "1.1", "1.1");
  Quote("XXXYYY", "1", "1");
  EXPECT_TRUE(graph_.ShortestChains("EUR", "YYY").empty());
  EXPECT_FALSE(Convert("EUR", "YYY").has_value());
  Symbol index;
  index.set_name("GER40");
  index.set_base_currency_code("EUR");
  index.set_profit_currency_code("YYY");
  index.set_calculation_mode(Symbol::CFD_INDEX);
  graph_.Add(index);
  EXPECT_TRUE(graph_.ShortestChains("EUR", "YYY").empty()) << "an index is not a rate";
}

TEST_F(ConversionTest, AChainWithoutAPriceDoesNotCount) {
  Quote("EURUSD", "0", "0");
  EXPECT_EQ(graph_.ShortestChains("EUR", "USD").size(), 1u);
  EXPECT_FALSE(Convert("EUR", "USD").has_value());
}

TEST_F(ConversionTest, LongChainsOfLongPricesStillHaveARate) {
  Quote("AAABBB", "1.12345678", "1.12345678");
  Quote("BBBCCC", "1.12345678", "1.12345678");
  Quote("CCCDDD", "1.12345678", "1.12345678");
  const auto rate = Convert("AAA", "DDD");
  ASSERT_TRUE(rate.has_value());
  EXPECT_NEAR(rate->mid.ToDouble(), 1.12345678 * 1.12345678 * 1.12345678, 1e-8);
}

}  // namespace
}  // namespace mtsuite::conversion
