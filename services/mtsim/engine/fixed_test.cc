#include "services/mtsim/engine/fixed.h"

#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

TEST(FixedTest, LiteralsAndTextAgree) {
  EXPECT_EQ("1.08432"_fx.units(), 108'432'000);
  EXPECT_EQ("-12.5"_fx.units(), -1'250'000'000);
  EXPECT_EQ("7"_fx, Fixed::FromInteger(7));
  EXPECT_EQ(*Fixed::Parse("0.00000001"), Fixed::FromUnits(1));
  EXPECT_FALSE(Fixed::Parse("1e5").ok());
}

TEST(FixedTest, PrintsExactlyTheDigits) {
  EXPECT_EQ("1.5"_fx.ToString(5), "1.50000");
  EXPECT_EQ("-0.005"_fx.ToString(2), "-0.01");
  EXPECT_EQ("0.004"_fx.ToString(2), "0.00");
  EXPECT_EQ("-0.004"_fx.ToString(2), "0.00");
  EXPECT_EQ("12"_fx.ToString(0), "12");
}

TEST(FixedTest, RoundsHalfAwayFromZero) {
  EXPECT_EQ("2.345"_fx.Round(2), "2.35"_fx);
  EXPECT_EQ("-2.345"_fx.Round(2), "-2.35"_fx);
  EXPECT_EQ("2.3449999"_fx.Round(2), "2.34"_fx);
  EXPECT_EQ("2.5"_fx.Round(0), "3"_fx);
  EXPECT_EQ("1.23456789"_fx.Round(8), "1.23456789"_fx);
}

TEST(FixedTest, SaturatesInsteadOfWrapping) {
  const Fixed large = Fixed::FromUnits(INT64_MAX);
  EXPECT_EQ(large + large, large);
  EXPECT_EQ(-large - large, -large);
  EXPECT_EQ(Multiply(large, large), large);
  EXPECT_EQ(large.ToString(2), "92233720368.54");
  EXPECT_EQ((-large).ToString(0), "-92233720368");
  EXPECT_EQ(Multiply(large, large, -large), -large);
  EXPECT_EQ(Multiply(-large, large, -large), large);
  EXPECT_EQ(Fixed::FromInteger(INT64_MAX), large);
}

TEST(FixedTest, MultipliesAndDivides) {
  EXPECT_EQ(Multiply("0.00015"_fx, "100000"_fx, "0.07"_fx), "1.05"_fx);
  EXPECT_EQ(Multiply("0.00000001"_fx, "0.5"_fx), "0.00000001"_fx);
  EXPECT_EQ(Multiply("-0.00000001"_fx, "0.5"_fx), "-0.00000001"_fx);
  EXPECT_EQ(Divide("1"_fx, "3"_fx), "0.33333333"_fx);
  EXPECT_EQ(Divide("-2"_fx, "3"_fx), "-0.66666667"_fx);
  EXPECT_EQ(Divide("2"_fx, "-3"_fx), "-0.66666667"_fx);
  EXPECT_EQ(Divide("2"_fx, Fixed()), Fixed());
}

TEST(FixedTest, ConvertsToDecimalAndBack) {
  for (const Fixed value : {"0"_fx, "1.00000001"_fx, "-5.5"_fx, Fixed::FromUnits(INT64_MAX)}) {
    EXPECT_EQ(*Fixed::FromDecimal(value.ToDecimal()), value);
  }
  EXPECT_FALSE(Fixed::FromDecimal(*Decimal::ParseWire("0.000000001")).ok());
  EXPECT_FALSE(Fixed::FromDecimal(*Decimal::ParseWire("92233720369")).ok());
}

}  // namespace
}  // namespace mtsuite::mtsim
