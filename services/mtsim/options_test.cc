#include "services/mtsim/options.h"

#include "common/config/config.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::mtsim {
namespace {

using ::mtsuite::testing::StatusIs;
using ::testing::HasSubstr;

absl::StatusOr<Options> Read(const std::string& yaml) {
  ASSIGN_OR_RETURN(const auto config, config::ParseConfig<config::v1::MtsimConfig>(yaml, "test.yaml"));
  return ReadOptions(config);
}

TEST(OptionsTest, TakesDefaultsAndRights) {
  ASSERT_OK_AND_ASSIGN(const Options options, Read(R"(
mt5: {listen: "127.0.0.1:0"}
managers:
  - {login: 1, password: a}
  - {login: 2, password: b, rights: [accounts, balance], groups: 'demo\*', addresses: [10.0.0.1]}
  - {login: 3, password: c, rights: [none], disabled: true, web_api_denied: true}
)"));
  ASSERT_EQ(options.managers.size(), 3u);
  EXPECT_TRUE(options.managers[0].Has(kAdministrate));
  EXPECT_TRUE(options.managers[0].Sees("any\\group"));
  EXPECT_EQ(options.managers[1].rights, kManageAccounts | kManageBalance);
  EXPECT_FALSE(options.managers[1].Sees("real\\usd"));
  EXPECT_EQ(options.managers[2].rights, 0u);
  EXPECT_FALSE(options.managers[2].enabled);
  EXPECT_FALSE(options.managers[2].web_api);
  EXPECT_EQ(options.feed_rate_percent, 100);
}

TEST(OptionsTest, NamesWhatIsWrong) {
  const std::string base = "mt5: {listen: \"127.0.0.1:0\"}\n";
  const std::string manager = base + "managers: [{login: 1, password: a}]\n";
  const auto invalid = [](std::string_view text) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(text)));
  };
  EXPECT_THAT(Read("seed: 1"), invalid("mt5.listen"));
  EXPECT_THAT(Read(base), invalid("managers"));
  EXPECT_THAT(Read(base + "managers: [{login: 1}]"), invalid("password_file"));
  EXPECT_THAT(Read(base + "managers: [{login: 1, password: a}, {login: 1, password: b}]"), invalid("twice"));
  EXPECT_THAT(Read(base + "managers: [{password: a}]"), invalid("login"));
  EXPECT_THAT(Read(manager + "feed: {rate_percent: 10001}"), invalid("rate_percent"));
  EXPECT_THAT(Read(manager + "feed: {interval: 0s}"), invalid("interval"));
  EXPECT_THAT(Read(manager + "first_login: 5"), invalid("first_login"));
}

TEST(OptionsTest, StandsStillOnRequest) {
  ASSERT_OK_AND_ASSIGN(const Options options,
                       Read("mt5: {listen: \"127.0.0.1:0\"}\nmanagers: [{login: 1, password: a}]\n"
                            "feed: {stopped: true, interval: 50ms}"));
  EXPECT_EQ(options.feed_rate_percent, 0);
  EXPECT_EQ(options.server.feed_interval, absl::Milliseconds(50));
}

}  // namespace
}  // namespace mtsuite::mtsim
