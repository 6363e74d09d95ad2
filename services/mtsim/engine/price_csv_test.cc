#include "services/mtsim/engine/price_csv.h"

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

absl::Time Utc(int year, int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, 0), absl::UTCTimeZone());
}

TEST(PriceCsvTest, ReadsQuotes) {
  PriceCsvParser parser;
  EXPECT_FALSE(parser.ParseLine("time,bid,ask")->has_value());
  const auto row = parser.ParseLine("2024-01-17 12:30:00,1.08,1.0801");
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ((*row)->time, Utc(2024, 1, 17, 12, 30));
  EXPECT_EQ((*row)->open, "1.08"_fx);
  EXPECT_EQ((*row)->ask, "1.0801"_fx);
  EXPECT_FALSE((*row)->IsBar());
}

TEST(PriceCsvTest, ReadsBarsWithAnUnnamedTimeColumn) {
  PriceCsvParser parser;
  ASSERT_TRUE(parser.ParseLine(",Open,High,Low,Close,Volume").ok());
  const auto row = parser.ParseLine("2017-04-19 09:00:00,1.0716,1.0722,1.07083,1.07219,1413");
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_TRUE((*row)->IsBar());
  EXPECT_EQ((*row)->high, "1.0722"_fx);
  EXPECT_EQ((*row)->low, "1.07083"_fx);
  EXPECT_EQ((*row)->close, "1.07219"_fx);
}

TEST(PriceCsvTest, ToleratesTheHabitsOfOtherPrograms) {
  PriceCsvParser parser;
  EXPECT_FALSE(parser.ParseLine("\xEF\xBB\xBF# exported\r")->has_value());
  EXPECT_FALSE(parser.ParseLine("\r")->has_value());
  EXPECT_FALSE(parser.ParseLine("\"Ask\"; \"Bid\" ;\"DateTime\"\r")->has_value());
  for (const char* line : {"1.0801;1.08;2024.01.17 12:00\r", " 1.0801 ; 1.08 ; 2024-01-17T12:00:00.000Z",
                           "1.08010000000000;1.0800000000001;2024/01/17 12:00:00", "1.0801;1.08;1705492800",
                           "1.0801;1.08;1705492800000"}) {
    const auto row = parser.ParseLine(line);
    ASSERT_TRUE(row.ok()) << row.status();
    ASSERT_TRUE(row->has_value());
    EXPECT_EQ((*row)->time, Utc(2024, 1, 17, 12)) << line;
    EXPECT_EQ((*row)->open, "1.08"_fx);
  }
}

struct BadLine {
  const char* line;
  const char* expected;
};

class BadLineTest : public testing::TestWithParam<BadLine> {};

TEST_P(BadLineTest, IsReportedWithItsNumber) {
  PriceCsvParser parser;
  ASSERT_TRUE(parser.ParseLine("time,bid,ask").ok());
  ASSERT_TRUE(parser.ParseLine("2024-01-17 12:00,1,1").ok());
  const auto row = parser.ParseLine(GetParam().line);
  EXPECT_EQ(row.status().code(), absl::StatusCode::kInvalidArgument) << GetParam().line;
  EXPECT_TRUE(absl::StartsWith(row.status().message(), "line 3: ")) << row.status();
  EXPECT_TRUE(absl::StrContains(row.status().message(), GetParam().expected)) << row.status();
}

INSTANTIATE_TEST_SUITE_P(Cases, BadLineTest,
                         testing::Values(BadLine{"yesterday,1,1", "is not a time"},
                                         BadLine{"2024-02-31 12:00,1,1", "is not a time"},
                                         BadLine{"2024-01-17 25:00,1,1", "is not a time"},
                                         BadLine{"-5,1,1", "is not a time"},
                                         BadLine{"2024-01-17 12:00,1", "has 2 fields"},
                                         BadLine{"2024-01-17 12:00,x,1", "not a price"},
                                         BadLine{"2024-01-17 12:00,0,1", "out of range"},
                                         BadLine{"2024-01-17 12:00,-1,1", "out of range"},
                                         BadLine{"2024-01-17 12:00,1,0.9", "below the bid"},
                                         BadLine{"2024-01-17 11:59,1,1", "before that of the previous row"}));

TEST(PriceCsvTest, HeaderMustNameThePrices) {
  EXPECT_FALSE(PriceCsvParser().ParseLine("2024-01-17 12:00,1,1").ok());
  EXPECT_FALSE(PriceCsvParser().ParseLine("time,bid").ok());
  EXPECT_FALSE(PriceCsvParser().ParseLine("bid,ask").ok());
  EXPECT_FALSE(PriceCsvParser().ParseLine(std::string(5000, 'x')).ok());
}

TEST(PriceCsvTest, BarsMustBePossible) {
  PriceCsvParser parser;
  ASSERT_TRUE(parser.ParseLine("time,open,high,low,close").ok());
  EXPECT_FALSE(parser.ParseLine("2024-01-17 12:00,1,2,1.5,1.7").ok());
  EXPECT_FALSE(parser.ParseLine("2024-01-17 12:00,1,2,1,2.1").ok());
  EXPECT_TRUE(parser.ParseLine("2024-01-17 12:00,1,2,1,2").ok());
}

}  // namespace
}  // namespace mtsuite::mtsim
