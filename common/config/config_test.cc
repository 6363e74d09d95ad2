#include "common/config/config.h"

#include <string>

#include "common/config/config_test.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::config {
namespace {

using ::testing::ElementsAre;
using testing::Everything;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Everything ParseOrDie(const std::string& yaml) {
  absl::StatusOr<Everything> parsed = ParseConfig<Everything>(yaml, "test.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? *parsed : Everything();
}

std::string ErrorOf(const std::string& yaml) {
  const absl::StatusOr<Everything> parsed = ParseConfig<Everything>(yaml, "test.yaml");
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << yaml;
  return std::string(parsed.status().message());
}

TEST(ConfigTest, ReadsEveryKindOfField) {
  const Everything config = ParseOrDie(R"(
name: accounts
count: -5
big_count: 9000000000
port: 8080
mask: 18446744073709551615
enabled: true
ratio: 0.25
level: warning
timeout: 1m30s
expires: 2026-01-31T12:00:00Z
nested:
  address: 127.0.0.1:0
  children:
    - address: a
    - {address: b}
list: [{address: c}]
tags: [x, "1", 2]
limits: {calls: 5}
servers:
  mt5-demo: {address: d}
steps: [250ms, 2s]
left: here
maybe: 0
)");
  EXPECT_EQ(config.name(), "accounts");
  EXPECT_EQ(config.count(), -5);
  EXPECT_EQ(config.big_count(), 9000000000);
  EXPECT_EQ(config.port(), 8080u);
  EXPECT_EQ(config.mask(), 18446744073709551615u);
  EXPECT_TRUE(config.enabled());
  EXPECT_EQ(config.ratio(), 0.25);
  EXPECT_EQ(config.level(), Everything::LOG_LEVEL_WARNING);
  EXPECT_EQ(config.timeout().seconds(), 90);
  EXPECT_EQ(config.expires().seconds(), 1769860800);
  EXPECT_EQ(config.nested().address(), "127.0.0.1:0");
  EXPECT_EQ(config.nested().children(1).address(), "b");
  EXPECT_EQ(config.list(0).address(), "c");
  EXPECT_THAT(config.tags(), ElementsAre("x", "1", "2"));
  EXPECT_THAT(config.limits(), UnorderedElementsAre(Pair("calls", 5)));
  EXPECT_EQ(config.servers().at("mt5-demo").address(), "d");
  EXPECT_EQ(config.steps(0).nanos(), 250000000);
  EXPECT_EQ(config.left(), "here");
  EXPECT_TRUE(config.has_maybe());
}

TEST(ConfigTest, AnEmptyFileIsAnEmptyMessage) {
  EXPECT_EQ(ParseOrDie("").ByteSizeLong(), 0u);
  EXPECT_EQ(ParseOrDie("# nothing yet\n").ByteSizeLong(), 0u);
}

TEST(ConfigTest, TakesFullEnumNames) {
  EXPECT_EQ(ParseOrDie("level: LOG_LEVEL_DEBUG").level(), Everything::LOG_LEVEL_DEBUG);
}

TEST(ConfigTest, UnknownKeyNamesPlaceAndNearestName) {
  EXPECT_EQ(ErrorOf("name: x\ntimout: 3s\n"), "test.yaml:2:1: unknown key 'timout'; did you mean 'timeout'?");
  EXPECT_EQ(ErrorOf("nested:\n  adress: x\n"),
            "test.yaml:2:3: unknown key 'adress'; did you mean 'address'?");
  EXPECT_EQ(ErrorOf("nested: {zzz: x}"), "test.yaml:1:10: unknown key 'zzz'; known are address, children");
}

TEST(ConfigTest, WrongTypesNamePlaceFieldAndWhatIsExpected) {
  EXPECT_EQ(ErrorOf("name: a\ncount: many"),
            "test.yaml:2:8: 'count': expected a whole number of 32 bits, got 'many'");
  EXPECT_THAT(ErrorOf("count: 3000000000"), HasSubstr("32 bits"));
  EXPECT_THAT(ErrorOf("count: \"5\""), HasSubstr("expected a whole number"));
  EXPECT_THAT(ErrorOf("big_count: 1.5"), HasSubstr("64 bits"));
  EXPECT_THAT(ErrorOf("port: -1"), HasSubstr("not negative"));
  EXPECT_THAT(ErrorOf("mask: -1"), HasSubstr("not negative"));
  EXPECT_THAT(ErrorOf("enabled: yes"), HasSubstr("expected true or false, got 'yes'"));
  EXPECT_THAT(ErrorOf("ratio: half"), HasSubstr("expected a number"));
  EXPECT_THAT(ErrorOf("level: warnin"), HasSubstr("unknown value 'warnin'; did you mean 'warning'?"));
  EXPECT_THAT(ErrorOf("timeout: 30"), HasSubstr("expected a duration such as 30s"));
  EXPECT_THAT(ErrorOf("timeout: -30s"), HasSubstr("expected a duration"));
  EXPECT_THAT(ErrorOf("timeout: inf"), HasSubstr("expected a duration"));
  EXPECT_THAT(ErrorOf("expires: tomorrow"), HasSubstr("expected a time"));
}

TEST(ConfigTest, WrongShapesNamePlaceAndField) {
  EXPECT_EQ(ErrorOf("tags: x"), "test.yaml:1:7: 'tags' must be a list");
  EXPECT_THAT(ErrorOf("name: [x]"), HasSubstr("'name' must be a single value"));
  EXPECT_THAT(ErrorOf("timeout: {seconds: 3}"), HasSubstr("'timeout' must be a single value"));
  EXPECT_THAT(ErrorOf("nested: x"), HasSubstr("expected a mapping of Nested's fields"));
  EXPECT_THAT(ErrorOf("limits: [1]"), HasSubstr("'limits' must be a mapping"));
  EXPECT_THAT(ErrorOf("limits: {calls: x}"), HasSubstr("whole number"));
  EXPECT_THAT(ErrorOf("- a\n- b"), HasSubstr("expected a mapping of Everything's fields"));
  EXPECT_THAT(ErrorOf("[a]: b"), HasSubstr("a key must be a name"));
}

TEST(ConfigTest, RefusesWhatWouldBeIgnoredSilently) {
  EXPECT_EQ(ErrorOf("name: a\nname: b"), "test.yaml:2:1: 'name' is set twice");
  EXPECT_THAT(ErrorOf("limits: {a: 1, a: 2}"), HasSubstr("'a' is set twice"));
  EXPECT_THAT(ErrorOf("name:"), HasSubstr("'name' has no value"));
  EXPECT_THAT(ErrorOf("tags: [a, ~]"), HasSubstr("has no value"));
  EXPECT_THAT(ErrorOf("limits: {a: }"), HasSubstr("'a' has no value"));
  EXPECT_THAT(ErrorOf("left: a\nright: b"), HasSubstr("'right' cannot be set beside 'left'"));
  EXPECT_THAT(ErrorOf("name: a\n---\nname: b"), HasSubstr("more than one document"));
}

TEST(ConfigTest, SyntaxErrorsNameTheirPlace) {
  EXPECT_THAT(ErrorOf("name: [a\ncount: 1"), HasSubstr("test.yaml:"));
}

TEST(ConfigTest, LimitsDepth) {
  std::string yaml = "nested: ";
  for (int i = 0; i < 40; ++i) yaml += "{children: [";
  yaml += "{address: x}";
  for (int i = 0; i < 40; ++i) yaml += "]}";
  EXPECT_THAT(ErrorOf(yaml), HasSubstr("nested too deeply"));
}

TEST(ConfigTest, DoesNotExpandTheEnvironment) { EXPECT_EQ(ParseOrDie("name: ${HOME}").name(), "${HOME}"); }

TEST(LoadConfigTest, SaysWhichFileIsMissing) {
  const absl::StatusOr<Everything> loaded = LoadConfig<Everything>("/nonexistent/x.yaml");
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(loaded.status().message()), HasSubstr("/nonexistent/x.yaml"));
}

}  // namespace
}  // namespace mtsuite::config
