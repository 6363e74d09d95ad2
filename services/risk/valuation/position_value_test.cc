#include "services/risk/valuation/position_value.h"

#include <string>

#include "common/testing/matchers.h"

namespace mtsuite::risk {
namespace {

using quotes::v1::Symbol;
using testing::IsOkAndHolds;
using testing::StatusIs;

Decimal D(const std::string& text) { return *Decimal::ParseWire(text); }

PositionTerms Euro(type::v1::Side side, const std::string& open, const std::string& close) {
  PositionTerms terms;
  terms.side = side;
  terms.volume = D("0.10");
  terms.open_price = D(open);
  terms.close_price = D(close);
  terms.contract_size = D("100000");
  terms.calculation_mode = Symbol::FOREX;
  return terms;
}

TEST(PositionProfit, IsThePriceDifferenceTimesUnits) {
  EXPECT_THAT(PositionProfit(Euro(type::v1::BUY, "1.10000", "1.09001"), 2), IsOkAndHolds(D("-99.9")));
  EXPECT_THAT(PositionProfit(Euro(type::v1::SELL, "1.10000", "1.09001"), 2), IsOkAndHolds(D("99.9")));
}

TEST(PositionProfit, RoundsHalvesAwayFromZero) {
  PositionTerms terms = Euro(type::v1::BUY, "1.10000", "1.10001");
  terms.conversion_rate = D("0.125");  // 0.1 x 0.125 = 0.0125
  EXPECT_THAT(PositionProfit(terms, 3), IsOkAndHolds(D("0.013")));
  terms.side = type::v1::SELL;
  EXPECT_THAT(PositionProfit(terms, 3), IsOkAndHolds(D("-0.013")));
  EXPECT_THAT(PositionProfit(terms, 0), IsOkAndHolds(D("0")));
}

TEST(PositionProfit, ConvertsWithRatesOfManyPlaces) {
  PositionTerms yen = Euro(type::v1::BUY, "150.123", "149.987");
  yen.conversion_rate = D("0.006661204983");
  // -0.136 x 10000 x 0.006661204983 = -9.05923877688
  EXPECT_THAT(PositionProfit(yen, 2), IsOkAndHolds(D("-9.06")));
  yen.open_price = D("150.12345678");
  yen.volume = D("0.12345678");
  yen.conversion_rate = D("0.006661204983123456");
  EXPECT_OK(PositionProfit(yen, 2));
}

TEST(PositionProfit, OfFuturesFollowsTheTick) {
  PositionTerms future = Euro(type::v1::BUY, "4500.25", "4501.00");
  future.calculation_mode = Symbol::FUTURES;
  future.volume = D("2");
  future.contract_size = D("1");
  future.tick_size = D("0.25");
  future.tick_value = D("12.5");
  EXPECT_THAT(PositionProfit(future, 2), IsOkAndHolds(D("75")));
  future.tick_size = Decimal();
  EXPECT_THAT(PositionProfit(future, 2), IsOkAndHolds(D("1.5")));
}

TEST(PositionProfit, RefusesWhatHasNoValue) {
  EXPECT_THAT(PositionProfit(Euro(type::v1::SIDE_UNSPECIFIED, "1", "2"), 2),
              StatusIs(absl::StatusCode::kInvalidArgument));
  PositionTerms huge = Euro(type::v1::BUY, "1", "999999999999999.12345678");
  huge.volume = D("999999999999999.12345678");
  EXPECT_THAT(PositionProfit(huge, 2), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(PositionExposure, CountsBothDirectionsAlike) {
  EXPECT_THAT(PositionExposure(Euro(type::v1::BUY, "1.1", "1.08"), 2), IsOkAndHolds(D("10800")));
  EXPECT_THAT(PositionExposure(Euro(type::v1::SELL, "1.1", "1.08"), 2), IsOkAndHolds(D("10800")));
}

TEST(CloseSlippage, IsBelowZeroWhenWorse) {
  EXPECT_EQ(CloseSlippage(type::v1::BUY, D("1.1"), D("1.0998")), D("-0.0002"));
  EXPECT_EQ(CloseSlippage(type::v1::SELL, D("1.1"), D("1.0998")), D("0.0002"));
}

}  // namespace
}  // namespace mtsuite::risk
