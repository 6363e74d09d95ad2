#include "common/decimal/decimal.h"

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/hash/hash_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite {
namespace {

using ::testing::HasSubstr;

static_assert(std::is_trivially_copyable_v<Decimal>);

Decimal D(std::string_view text) {
  absl::StatusOr<Decimal> value = Decimal::ParseWire(text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or(Decimal());
}

TEST(DecimalTest, ZeroIsZeroInEveryScale) {
  EXPECT_EQ(Decimal(), D("0"));
  EXPECT_EQ(D("-0.00"), D("0"));
  EXPECT_EQ(Decimal::FromScaled(0, 18), Decimal());
  EXPECT_EQ(Decimal().ToString(), "0");
  EXPECT_EQ(Decimal().ToString(2), "0.00");
  EXPECT_EQ(Decimal().sign(), 0);
  EXPECT_TRUE((D("1.5") - D("1.50")).IsZero());
}

TEST(DecimalTest, EqualNumbersAreEqualWhateverTheirScale) {
  EXPECT_EQ(D("1.0"), D("1.00"));
  EXPECT_EQ(Decimal::FromScaled(100, 2), Decimal::FromInteger(1));
  EXPECT_EQ(Decimal::FromScaled(100, 2).digits(), 0);
  EXPECT_EQ(Decimal::FromScaled(105, 2).digits(), 2);
  EXPECT_EQ(Decimal::FromScaled(-1000, 1).ToString(), "-100");
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {Decimal(), D("1"), D("1.0"), D("-1"), D("10"), D("0.1"), D("123456789012345678.000000000000000001"),
       Decimal::FromScaled(1, 18), Decimal::FromScaled(10, 18)}));
}

TEST(DecimalTest, ScaledIntegers) {
  EXPECT_EQ(D("1.08432").ToScaled(5).value(), 108432);
  EXPECT_EQ(D("-0.1").ToScaled(8).value(), -10000000);
  EXPECT_EQ(Decimal::FromScaled(std::numeric_limits<int64_t>::min(), 0).ToString(), "-9223372036854775808");
  EXPECT_EQ(Decimal::FromScaled(std::numeric_limits<int64_t>::max(), 18).ToString(), "9.223372036854775807");
  EXPECT_EQ(Decimal::FromInteger(std::numeric_limits<int64_t>::min()).ToScaled(0).value(),
            std::numeric_limits<int64_t>::min());
  const absl::Status precise = D("1.005").ToScaled(2).status();
  EXPECT_EQ(precise.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(precise.message()), HasSubstr("1.005 has 3 fraction digits, allowed are 2"));
  EXPECT_EQ(D("10").ToScaled(18).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(D("9223372036854775.808").ToScaled(3).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(D("123456789012345678").ToScaled(18).status().code(), absl::StatusCode::kOutOfRange);
}

TEST(DecimalTest, FixedDigits) {
  EXPECT_EQ(D("1.5").ToString(2), "1.50");
  EXPECT_EQ(D("-0.05").ToString(2), "-0.05");
  EXPECT_EQ(D("12").ToString(0), "12");
  EXPECT_EQ(D("12").ToString(5), "12.00000");
  EXPECT_EQ(D("-123456789012345678.123456789012345678").ToString(18),
            "-123456789012345678.123456789012345678");
  std::ostringstream out;
  out << D("1.10");
  EXPECT_EQ(out.str(), "1.1");
  EXPECT_DEATH(D("1.005").ToString(2), "more fraction digits");
}

TEST(DecimalTest, Doubles) {
  EXPECT_EQ(D("0.1").ToDouble(), 0.1);
  EXPECT_EQ(D("-123456.789").ToDouble(), -123456.789);
  EXPECT_EQ(Decimal::FromDouble(0.1, 18).value().ToString(), "0.100000000000000006");
  EXPECT_EQ(Decimal::FromDouble(1.08432499999, 5).value().ToString(), "1.08432");
  EXPECT_EQ(Decimal::FromDouble(-2.5, 0).value().ToString(), "-2");
  EXPECT_EQ(Decimal::FromDouble(-0.0001, 2).value(), Decimal());
  EXPECT_EQ(Decimal::FromDouble(9.9e17, 2).value().ToString(), "990000000000000000");
  EXPECT_FALSE(Decimal::FromDouble(1e18, 2).ok());
  EXPECT_FALSE(Decimal::FromDouble(std::nan(""), 2).ok());
  EXPECT_FALSE(Decimal::FromDouble(-std::numeric_limits<double>::infinity(), 2).ok());
}

TEST(DecimalTest, OverflowIsCaught) {
  const Decimal large = D("999999999999999999.999999999999999999");
  EXPECT_EQ(Decimal::CheckedMultiply(large, large), std::nullopt);
  EXPECT_EQ(Decimal::CheckedMultiply(D("0.000000000000000001"), D("0.1")), std::nullopt);
  EXPECT_EQ(Decimal::CheckedMultiply(D("0.000000000000000005"), D("0.2")), D("0.000000000000000001"));
  const Decimal huge = D("1e17") * D("1e17") * D("1000");
  EXPECT_EQ(Decimal::CheckedAdd(huge, D("0.001")), std::nullopt);
  EXPECT_EQ(*Decimal::CheckedAdd(huge, D("0.1")) - D("0.1"), huge);
  EXPECT_GT(huge, D("0.001"));
  EXPECT_LT(-huge, D("0.001"));
  EXPECT_LT(D("-0.001"), huge);
  EXPECT_DEATH(large * large, "multiplication overflows");
  EXPECT_DEATH(huge + D("0.001"), "addition overflows");
  EXPECT_EQ(Decimal::Divide(huge, D("0.001"), 0, Rounding::kDown).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Decimal::Divide(D("1"), D("0"), 2, Rounding::kDown).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Decimal::Divide(large, D("1e-18"), 0, Rounding::kDown).value().ToString(), std::string(36, '9'));
}

TEST(DecimalTest, CompoundAssignmentAndSigns) {
  Decimal balance = D("1000.00");
  balance += D("0.10");
  balance -= D("200.05");
  EXPECT_EQ(balance, D("800.05"));
  balance *= D("-2");
  EXPECT_EQ(balance, D("-1600.1"));
  EXPECT_EQ(balance.sign(), -1);
  EXPECT_EQ(balance.Abs(), D("1600.1"));
  EXPECT_EQ((-balance).sign(), 1);
}

struct TextCase {
  std::string text;
  std::string expected;  // canonical text, or a part of the error message
};

TEST(DecimalParseTest, PublicNotation) {
  const std::vector<TextCase> cases = {
      {"0", "0"},
      {"-0", "0"},
      {"0.00", "0"},
      {"007", "7"},
      {"-12.5", "-12.5"},
      {"1.08432", "1.08432"},
      {"10.10", "10.1"},
      {"100", "100"},
      {"999999999999999.99999999", "999999999999999.99999999"},
      {"-0.00000001", "-0.00000001"},
  };
  for (const TextCase& c : cases) {
    const absl::StatusOr<Decimal> value = Decimal::Parse(c.text);
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(value->ToString(), c.expected);
    EXPECT_EQ(Decimal::ParseWire(c.text).value(), *value);
  }
}

TEST(DecimalParseTest, PublicErrorsSayWhatAndWhere) {
  const std::vector<TextCase> cases = {
      {"", "empty"},
      {"-", "expected a digit at position 2"},
      {"+1", "expected a digit at position 1"},
      {" 1", "expected a digit at position 1"},
      {"1 ", "expected a digit or '.' at position 2"},
      {".5", "expected a digit at position 1"},
      {"5.", "expected a digit at position 3"},
      {"1.2.3", "expected a digit at position 4"},
      {"1,000", "expected a digit or '.' at position 2"},
      {"1e3", "expected a digit or '.' at position 2"},
      {"0x10", "expected a digit or '.' at position 2"},
      {"NaN", "expected a digit at position 1"},
      {"--1", "expected a digit at position 2"},
      {"1234567890123456", "more than 15 digits before the point at position 16"},
      {"0.123456789", "more than 8 digits after the point at position 11"},
      {"0.1234567800", "more than 8 digits after the point at position 11"},
      {"\xEF\xBC\x91", "\"\\xef\\xbc\\x91\""},
      {std::string("1\0", 2), "expected a digit or '.' at position 2"},
  };
  for (const TextCase& c : cases) {
    const absl::Status status = Decimal::Parse(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.expected));
  }
}

TEST(DecimalParseTest, WireNotation) {
  const std::vector<TextCase> cases = {
      {"1e-05", "0.00001"},
      {"1E+05", "100000"},
      {"-1.5e3", "-1500"},
      {"1.50e1", "15"},
      {"0e999", "0"},
      {"1000e-3", "1"},
      {"0.100000000000000000000000", "0.1"},
      {"100000000000000000000e-20", "1"},
      {"0.000000000000000001", "0.000000000000000001"},
      {"999999999999999999.999999999999999999", "999999999999999999.999999999999999999"},
      {"1e17", "100000000000000000"},
  };
  for (const TextCase& c : cases) {
    const absl::StatusOr<Decimal> value = Decimal::ParseWire(c.text);
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(value->ToString(), c.expected) << c.text;
  }
}

TEST(DecimalParseTest, WireErrors) {
  const std::vector<TextCase> cases = {
      {"", "empty"},
      {"1e", "expected a digit at position 3"},
      {"1e+", "expected a digit at position 4"},
      {"1e+-5", "expected a digit at position 4"},
      {"1e5.0", "expected a digit at position 4"},
      {"e5", "expected a digit at position 1"},
      {"1f", "expected a digit, '.' or 'e' at position 2"},
      {"inf", "expected a digit at position 1"},
      {"1e99999999999", "exponent out of range"},
      {"1e-1001", "exponent out of range"},
      {"1e18", "more than 18 digits before the point"},
      {"1e-19", "more than 18 digits after the point"},
      {"0.1234567890123456789", "more than 18 digits after the point"},
      {"1234567890123456789012345678901234567", "too many digits"},
      {std::string(500, '1'), "too long"},
  };
  for (const TextCase& c : cases) {
    const absl::Status status = Decimal::ParseWire(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.expected));
  }
}

}  // namespace
}  // namespace mtsuite
