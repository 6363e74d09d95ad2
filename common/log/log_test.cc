#include "common/log/log.h"

#include <limits>
#include <string>
#include <vector>

#include "common/log/capture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace mtsuite::log {
namespace {

using ::testing::ContainsRegex;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogTest : public ::testing::Test {
 protected:
  LogTest() { Configure("accounts", Level::kInfo); }

  nlohmann::json OnlyLine() {
    const std::vector<std::string> lines = capture_.lines();
    EXPECT_THAT(lines, SizeIs(1));
    return lines.size() == 1 ? nlohmann::json::parse(lines[0]) : nlohmann::json();
  }

  Capture capture_;
};

TEST_F(LogTest, WritesOneJsonObjectWithAllFields) {
  LOG_EVENT(kInfo, "account_created", {"login", 1001}, {"server", "mt5-demo"}, {"replayed", false},
            {"ratio", 0.5}, {"bytes", size_t{7}});
  const nlohmann::json line = OnlyLine();
  EXPECT_EQ(line["service"], "accounts");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["event"], "account_created");
  EXPECT_EQ(line["login"], 1001);
  EXPECT_EQ(line["server"], "mt5-demo");
  EXPECT_EQ(line["replayed"], false);
  EXPECT_EQ(line["ratio"], 0.5);
  EXPECT_EQ(line["bytes"], 7);
  EXPECT_THAT(line["ts"].get<std::string>(), ContainsRegex("^20..-..-..T..:..:..\\.......Z$"));
}

TEST_F(LogTest, TakesAnEventWithoutFields) {
  LOG_EVENT(kWarning, "started");
  EXPECT_EQ(OnlyLine()["level"], "warning");
}

TEST_F(LogTest, EscapesWhatWouldBreakTheLine) {
  const std::string nasty = "a\"b\\c\nd\te\x01 \xc3\xa9";
  LOG_EVENT(kInfo, "text", {"value", nasty});
  EXPECT_EQ(OnlyLine()["value"], nasty);
}

TEST_F(LogTest, RepairsInvalidUtf8) {
  LOG_EVENT(kInfo, "text", {"value", "ok\xff\xfe"});
  EXPECT_EQ(OnlyLine()["value"], "ok\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_F(LogTest, WritesNullForNumbersThatJsonDoesNotHave) {
  LOG_EVENT(kInfo, "number", {"value", std::numeric_limits<double>::quiet_NaN()});
  EXPECT_TRUE(OnlyLine()["value"].is_null());
}

TEST_F(LogTest, LeavesOutLinesBelowTheLevelAndDoesNotEvaluateThem) {
  int evaluated = 0;
  LOG_EVENT(kDebug, "detail", {"value", ++evaluated});
  EXPECT_EQ(evaluated, 0);
  EXPECT_THAT(capture_.lines(), IsEmpty());
}

TEST_F(LogTest, FindsLinesByEvent) {
  LOG_EVENT(kInfo, "one");
  LOG_EVENT(kInfo, "two");
  EXPECT_THAT(capture_.LinesOf("two"), SizeIs(1));
}

TEST(ParseLevelTest, KnowsTheFourNames) {
  EXPECT_EQ(ParseLevel("debug"), Level::kDebug);
  EXPECT_EQ(ParseLevel("error"), Level::kError);
  EXPECT_EQ(ParseLevel("INFO"), std::nullopt);
  EXPECT_EQ(ParseLevel("none"), std::nullopt);
}

}  // namespace
}  // namespace mtsuite::log
