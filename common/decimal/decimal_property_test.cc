// Decimal against an independent implementation (Python's decimal module, as a table) and against its own
// laws.
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/decimal/decimal.h"
#include "common/testing/seed.h"
#include "gtest/gtest.h"

namespace mtsuite {
namespace {

// Large sums are outside what ParseWire takes, so results are compared as text.
std::string Text(const std::optional<Decimal>& value) { return value ? value->ToString() : "overflow"; }

Rounding RoundingOf(std::string_view name) {
  if (name == "kHalfEven") return Rounding::kHalfEven;
  if (name == "kHalfUp") return Rounding::kHalfUp;
  if (name == "kDown") return Rounding::kDown;
  if (name == "kFloor") return Rounding::kFloor;
  EXPECT_EQ(name, "kCeiling");
  return Rounding::kCeiling;
}

std::string Evaluate(const std::vector<std::string>& row) {
  const Decimal a = Decimal::ParseWire(row[1]).value();
  const Decimal b = row[2] == "-" ? Decimal() : Decimal::ParseWire(row[2]).value();
  int scale = 0;
  if (row[3] != "-") {
    EXPECT_TRUE(absl::SimpleAtoi(row[3], &scale));
  }
  if (row[0] == "add") {
    EXPECT_EQ(Decimal::CheckedAdd(a, b), Decimal::CheckedAdd(b, a));
    return Text(Decimal::CheckedAdd(a, b));
  }
  if (row[0] == "multiply") return Text(Decimal::CheckedMultiply(a, b));
  if (row[0] == "compare") return a < b ? "-1" : (a == b ? "0" : "1");
  if (row[0] == "rescale") return a.Rescale(scale, RoundingOf(row[4])).ToString();
  if (row[0] == "divide") return Decimal::Divide(a, b, scale, RoundingOf(row[4])).value().ToString();
  return absl::StrCat("unknown operation ", row[0]);
}

TEST(DecimalPropertyTest, AgreesWithPython) {
  std::ifstream file("common/decimal/testdata/python_decimal.tsv");
  ASSERT_TRUE(file.is_open());
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    ASSERT_EQ(row.size(), 6u) << line;
    EXPECT_EQ(Evaluate(row), row[5]) << line;
  }
  EXPECT_GT(rows, 1000);
}

class DecimalLawsTest : public ::testing::Test {
 protected:
  // Up to 12 digits before and up to `max_scale` digits after the point.
  Decimal Random(int max_scale) {
    const int scale = std::uniform_int_distribution<int>(0, max_scale)(random_);
    int64_t limit = 1;
    for (int i = std::uniform_int_distribution<int>(0, 18)(random_); i > 0; --i) limit *= 10;
    return Decimal::FromScaled(std::uniform_int_distribution<int64_t>(-limit, limit)(random_), scale);
  }

  std::mt19937_64 random_{testing::TestSeed()};
};

TEST_F(DecimalLawsTest, TextRoundTrips) {
  for (int i = 0; i < 20000; ++i) {
    const Decimal value = Random(18);
    ASSERT_EQ(Decimal::ParseWire(value.ToString()).value(), value);
    ASSERT_EQ(Decimal::ParseWire(value.ToString(18)).value(), value);
    ASSERT_EQ(value.ToString(), value.ToString(value.digits()));
    const absl::StatusOr<int64_t> scaled = value.ToScaled(9);
    if (scaled.ok()) {
      ASSERT_EQ(Decimal::FromScaled(*scaled, 9), value);
    }
  }
}

TEST_F(DecimalLawsTest, ArithmeticLaws) {
  for (int i = 0; i < 20000; ++i) {
    const Decimal a = Random(6);
    const Decimal b = Random(6);
    const Decimal c = Decimal::FromInteger(std::uniform_int_distribution<int>(-1000, 1000)(random_));
    ASSERT_EQ(a + b - b, a);
    ASSERT_EQ((a + b) * c, a * c + b * c);
    ASSERT_EQ(a <=> b, (a - b).sign() <=> 0);
    ASSERT_EQ(a <=> b, 0 <=> (b <=> a));
    ASSERT_EQ(-(a - b), b - a);
  }
}

TEST_F(DecimalLawsTest, RoundingStaysWithinOneUnitAndOnItsSide) {
  for (int i = 0; i < 20000; ++i) {
    const Decimal a = Random(18);
    const int scale = std::uniform_int_distribution<int>(0, 17)(random_);
    const Decimal unit = Decimal::FromScaled(1, scale);
    const Decimal floor = a.Rescale(scale, Rounding::kFloor);
    const Decimal ceiling = a.Rescale(scale, Rounding::kCeiling);
    ASSERT_LE(floor, a);
    ASSERT_GE(ceiling, a);
    ASSERT_LT(a - floor, unit);
    ASSERT_LT(ceiling - a, unit);
    ASSERT_EQ(a.Rescale(scale, Rounding::kDown), a.sign() < 0 ? ceiling : floor);
    for (const Rounding nearest : {Rounding::kHalfEven, Rounding::kHalfUp}) {
      ASSERT_LE((a - a.Rescale(scale, nearest)).Abs(), (a - floor).Abs());
      ASSERT_LE((a - a.Rescale(scale, nearest)).Abs(), (a - ceiling).Abs());
    }
    ASSERT_LE(a.Rescale(scale, Rounding::kHalfEven).digits(), scale);
  }
}

}  // namespace
}  // namespace mtsuite
