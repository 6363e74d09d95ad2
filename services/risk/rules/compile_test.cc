#include "services/risk/rules/compile.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::risk {
namespace {

using ::testing::AllOf;
using testing::HasMetadata;
using ::testing::HasSubstr;
using testing::ParseTextProto;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;

Decimal D(const char* text) { return *Decimal::Parse(text); }

absl::StatusOr<CompiledRuleSet> CompileText(const std::string& text) {
  return Compile(ParseTextProto<v1::RuleSet>(text), absl::FixedTimeZone(2 * 3600));
}

// "field: reason: message" of a rule set's first mistake; "ok" without one.
std::string Complaint(const std::string& text) {
  const absl::Status status = CompileText(text).status();
  if (status.ok()) return "ok";
  const google::rpc::BadRequest bad = GetBadRequest(status);
  const std::string field = bad.field_violations_size() == 1 ? bad.field_violations(0).field() : "?";
  return absl::StrCat(field, " ",
                      type::v1::ErrorReason_Name(GetErrorReason(status).value_or(type::v1::INTERNAL)), " ",
                      std::string(status.message()));
}

std::string WithRules(const std::string& rules) { return "name: 'x' " + rules; }
std::string WithRule(const std::string& rule) { return WithRules("rules { id: 'r' " + rule + " }"); }

constexpr char kRule[] = "rules { id: 'r' max_loss { percent: '10' } }";

TEST(Compile, FillsInWhatIsLeftOut) {
  ASSERT_OK_AND_ASSIGN(const CompiledRuleSet set, CompileText(WithRule("max_loss { percent: '10' }")));
  EXPECT_EQ(set.name, "x");
  EXPECT_TRUE(set.deposits_move_references);
  EXPECT_FALSE(set.credit_counts);
  EXPECT_EQ(set.lock_action, v1::RuleSet::DISABLE);
  EXPECT_EQ(set.flat_deadline, absl::Seconds(60));
  // Midnight of the server's zone, UTC+2.
  EXPECT_EQ(set.days.DayOf(absl::UnixEpoch()).start, absl::UnixEpoch() - absl::Hours(2));
  ASSERT_THAT(set.rules, SizeIs(1));
  EXPECT_TRUE(set.rules[0].hard);
  EXPECT_FALSE(set.rules[0].shadow);
  const auto& loss = std::get<MaxLoss>(set.rules[0].terms);
  EXPECT_EQ(loss.limit.Of(D("100000")), D("10000"));
  EXPECT_EQ(loss.trailing, v1::MaxLossRule::NOT_TRAILING);
  EXPECT_EQ(loss.amount_of, v1::INITIAL);
  EXPECT_EQ(loss.value, v1::EQUITY);
}

constexpr char kChallenge[] = R"pb(
  name: "challenge-100k"
  version: 3
  initial_balance: "100000"
  day_reset { local_time: "17:00" time_zone: "America/New_York" }
  deposit_policy: LEAVE_REFERENCES
  credit_policy: MOVE_REFERENCES_BY_CREDIT
  lock_action: MOVE_GROUP
  move_to_group: "failed\\usd"
  flat_deadline { seconds: 30 }
  rules {
    id: "total"
    max_loss {
      percent: "6"
      trailing: END_OF_DAY
      lock_at_percent: "100"
      warn_levels {
        percents: [ 50, 80 ]
        hysteresis_percent: 10
      }
    }
  }
  rules {
    id: "daily"
    severity: SOFT
    daily_loss { percent: "4" amount_of: BASIS basis: HIGHER_OF_BALANCE_AND_EQUITY breach_at: AT_OR_BELOW }
  }
  rules {
    id: "target"
    profit_target { amount: "8000" evaluated_value: BALANCE }
  }
  rules {
    id: "days"
    min_trading_days { days: 5 }
  }
  rules {
    id: "lots"
    volume_limit { symbol_mask: "XAU*" max_lots_per_order: "1" max_lots: "5" }
  }
  rules {
    id: "exposure"
    mode: SHADOW
    exposure { percent: "3000" }
  }
  rules {
    id: "weekend"
    holding_window {
      time_zone: "Europe/Prague"
      windows { start_day: FRIDAY start_time: "22:00" end_day: SUNDAY end_time: "23:00" }
    }
  }
  rules {
    id: "idle"
    inactivity { max_days: 30 }
  }
)pb";

TEST(Compile, TakesAWholeChallenge) {
  ASSERT_OK_AND_ASSIGN(const CompiledRuleSet set, CompileText(kChallenge));
  EXPECT_EQ(set.version, 3);
  EXPECT_TRUE(set.credit_counts && set.credit_moves_references && !set.deposits_move_references);
  EXPECT_EQ(set.flat_deadline, absl::Seconds(30));
  const auto& loss = std::get<MaxLoss>(set.rules[0].terms);
  EXPECT_EQ(loss.lock->Of(D("100000")), D("100000"));
  ASSERT_THAT(loss.warn_levels, SizeIs(2));
  EXPECT_EQ(loss.warn_levels[1].raise, D("0.8"));
  EXPECT_EQ(loss.warn_levels[1].clear, D("0.7"));
  EXPECT_TRUE(std::get<DailyLoss>(set.rules[1].terms).breached_on_floor);
  EXPECT_FALSE(set.rules[1].hard);
  EXPECT_TRUE(set.rules[5].shadow);
  EXPECT_TRUE(std::get<VolumeLimit>(set.rules[4].terms).symbols.Matches("XAUUSD"));
}

TEST(Compile, SaysWhatIsWrongWithTheSet) {
  const struct {
    std::string text;
    const char* complaint;
  } kCases[] = {
      {kRule, "rule_set.name FIELD_REQUIRED"},
      {absl::StrCat("name: 'A b' ", kRule), "rule_set.name FIELD_INVALID"},
      {absl::StrCat("name: '", std::string(65, 'x'), "' ", kRule), "rule_set.name FIELD_INVALID"},
      {absl::StrCat("name: 'x' description: '", std::string(501, 'x'), "' ", kRule),
       "rule_set.description FIELD_TOO_LONG"},
      {"name: 'x'", "rule_set.rules FIELD_REQUIRED"},
      {absl::StrCat("name: 'x' day_reset { time_zone: 'Europe/Atlantis' } ", kRule),
       "rule_set.day_reset.time_zone FIELD_INVALID rule_set.day_reset.time_zone: no time zone "
       "\"Europe/Atlantis\""},
      {absl::StrCat("name: 'x' day_reset { local_time: '24:00' } ", kRule),
       "rule_set.day_reset.local_time FIELD_INVALID"},
      {absl::StrCat("name: 'x' initial_balance: '-1' ", kRule), "rule_set.initial_balance FIELD_INVALID"},
      {absl::StrCat("name: 'x' initial_balance: '0' ", kRule), "rule_set.initial_balance FIELD_INVALID"},
      {absl::StrCat("name: 'x' initial_balance: '1000000000001' ", kRule),
       "rule_set.initial_balance FIELD_INVALID"},
      {absl::StrCat("name: 'x' deposit_policy: 9 ", kRule), "rule_set.deposit_policy FIELD_INVALID"},
      {absl::StrCat("name: 'x' credit_policy: 9 ", kRule), "rule_set.credit_policy FIELD_INVALID"},
      {absl::StrCat("name: 'x' lock_action: 9 ", kRule), "rule_set.lock_action FIELD_INVALID"},
      {absl::StrCat("name: 'x' lock_action: MOVE_GROUP ", kRule), "rule_set.move_to_group FIELD_REQUIRED"},
      {absl::StrCat("name: 'x' move_to_group: 'g' ", kRule), "rule_set.move_to_group FIELD_INVALID"},
      {absl::StrCat("name: 'x' flat_deadline { nanos: 5 } ", kRule), "rule_set.flat_deadline FIELD_INVALID"},
      {absl::StrCat("name: 'x' flat_deadline { seconds: 3601 } ", kRule),
       "rule_set.flat_deadline FIELD_INVALID"},
      {absl::StrCat("name: 'x' effective_time { seconds: -1 } ", kRule),
       "rule_set.effective_time TIME_RANGE_INVALID"},
      {absl::StrCat("name: 'x' ", kRule, kRule), "rule_set.rules[1].id FIELD_INVALID"},
      {"name: 'x' rules { max_loss { percent: '1' } }", "rule_set.rules[0].id FIELD_REQUIRED"},
      {"name: 'x' rules { id: 'r' }", "rule_set.rules[0] FIELD_INVALID"},
  };
  for (const auto& test : kCases) EXPECT_THAT(Complaint(test.text), HasSubstr(test.complaint)) << test.text;
}

TEST(Compile, TakesSoManyRulesAndNoMore) {
  std::string many = "name: 'x'";
  for (int i = 0; i < 21; ++i)
    absl::StrAppend(&many, " rules { id: 'r", i, "' volume_limit { max_lots: '1' } }");
  EXPECT_THAT(Complaint(many), HasSubstr("rule_set.rules FIELD_INVALID rule_set.rules: at most 20 rules"));
}

TEST(Compile, SaysWhatIsWrongWithARule) {
  const struct {
    const char* rule;
    const char* complaint;
  } kCases[] = {
      {"severity: 7 max_loss { percent: '1' }", "rules[0].severity FIELD_INVALID"},
      {"mode: 7 max_loss { percent: '1' }", "rules[0].mode FIELD_INVALID"},
      {"max_loss {}", "rules[0].max_loss FIELD_INVALID"},
      {"max_loss { amount: '-2000' }", "rules[0].max_loss.amount FIELD_INVALID"},
      {"max_loss { amount: '0' }", "rules[0].max_loss.amount FIELD_INVALID"},
      {"max_loss { amount: '1e3' }", "rules[0].max_loss.amount FIELD_INVALID"},
      {"max_loss { amount: '1000000000000.01' }", "rules[0].max_loss.amount FIELD_INVALID"},
      {"max_loss { percent: '0' }", "rules[0].max_loss.percent FIELD_INVALID"},
      {"max_loss { percent: '-5' }", "rules[0].max_loss.percent FIELD_INVALID"},
      {"max_loss { percent: '100' }", "rules[0].max_loss.percent FIELD_INVALID"},
      {"max_loss { percent: '1.00005' }", "rules[0].max_loss.percent FIELD_INVALID"},
      {"max_loss { amount: '5' amount_of: INITIAL }", "rules[0].max_loss.amount_of FIELD_INVALID"},
      {"max_loss { percent: '5' amount_of: DAY_START_BALANCE }", "rules[0].max_loss.amount_of FIELD_INVALID"},
      {"max_loss { percent: '5' amount_of: BASIS }", "rules[0].max_loss.amount_of FIELD_INVALID"},
      {"max_loss { percent: '5' amount_of: 8 }", "rules[0].max_loss.amount_of FIELD_INVALID"},
      {"max_loss { percent: '5' trailing: 8 }", "rules[0].max_loss.trailing FIELD_INVALID"},
      {"max_loss { percent: '5' evaluated_value: 8 }", "rules[0].max_loss.evaluated_value FIELD_INVALID"},
      {"max_loss { percent: '5' breach_at: 8 }", "rules[0].max_loss.breach_at FIELD_INVALID"},
      {"max_loss { percent: '5' lock_at: '1' }", "rules[0].max_loss.lock_at FIELD_INVALID"},
      {"max_loss { percent: '5' trailing: END_OF_DAY lock_at_percent: '94' }",
       "rules[0].max_loss.lock_at_percent FIELD_INVALID"},
      {"max_loss { percent: '5' warn_levels {} }", "rules[0].max_loss.warn_levels.percents FIELD_REQUIRED"},
      {"max_loss { percent: '5' warn_levels { percents: 100 } }",
       "rules[0].max_loss.warn_levels.percents[0] FIELD_INVALID"},
      {"max_loss { percent: '5' warn_levels { percents: [80, 80] } }",
       "rules[0].max_loss.warn_levels.percents[1] FIELD_INVALID"},
      {"max_loss { percent: '5' warn_levels { percents: [10, 20, 30, 40, 50, 60] } }",
       "rules[0].max_loss.warn_levels.percents FIELD_INVALID"},
      {"max_loss { percent: '5' warn_levels { percents: 20 hysteresis_percent: 20 } }",
       "rules[0].max_loss.warn_levels.hysteresis_percent FIELD_INVALID"},
      {"daily_loss { percent: '5' basis: 9 }", "rules[0].daily_loss.basis FIELD_INVALID"},
      {"daily_loss { amount: '-1' }", "rules[0].daily_loss.amount FIELD_INVALID"},
      {"profit_target { percent: '10001' }", "rules[0].profit_target.percent FIELD_INVALID"},
      {"severity: SOFT profit_target { percent: '8' }", "rules[0].severity FIELD_INVALID"},
      {"severity: HARD min_trading_days { days: 4 }", "rules[0].severity FIELD_INVALID"},
      {"min_trading_days { days: 0 }", "rules[0].min_trading_days.days FIELD_INVALID"},
      {"min_trading_days { days: 366 }", "rules[0].min_trading_days.days FIELD_INVALID"},
      {"volume_limit {}", "rules[0].volume_limit FIELD_INVALID"},
      {"volume_limit { max_lots: '0' }", "rules[0].volume_limit.max_lots FIELD_INVALID"},
      {"volume_limit { max_positions: -1 }", "rules[0].volume_limit.max_positions FIELD_INVALID"},
      {"volume_limit { max_lots_per_order: '2' max_lots: '1' }",
       "rules[0].volume_limit.max_lots_per_order FIELD_INVALID"},
      {"volume_limit { max_lots_per_symbol: '2' max_lots: '1' }",
       "rules[0].volume_limit.max_lots_per_symbol FIELD_INVALID"},
      {"exposure { amount: '-1' }", "rules[0].exposure.amount FIELD_INVALID"},
      {"exposure { percent: '1000001' }", "rules[0].exposure.percent FIELD_INVALID"},
      {"holding_window {}", "rules[0].holding_window.windows FIELD_REQUIRED"},
      {"holding_window { time_zone: 'Mars' windows { start_time: '22:00' end_time: '06:00' } }",
       "rules[0].holding_window.time_zone FIELD_INVALID"},
      {"holding_window { windows { start_time: '22:00' } }",
       "rules[0].holding_window.windows[0].end_time FIELD_REQUIRED"},
      {"holding_window { windows { start_day: FRIDAY start_time: '22:00' end_time: '06:00' } }",
       "rules[0].holding_window.windows[0].end_day FIELD_REQUIRED"},
      {"holding_window { windows { start_time: '22:00' end_time: '22:00' } }",
       "rules[0].holding_window.windows FIELD_INVALID"},
      {"inactivity { max_days: 3651 }", "rules[0].inactivity.max_days FIELD_INVALID"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Complaint(WithRule(test.rule)), HasSubstr(absl::StrCat("rule_set.", test.complaint)))
        << test.rule;
  }
}

TEST(Compile, RefusesWhatCannotBeWithTheInitialBalance) {
  EXPECT_THAT(Complaint("initial_balance: '50000' " + WithRule("max_loss { amount: '50000' }")),
              HasSubstr("rule_set.rules[0].max_loss.amount FIELD_INVALID"));
  EXPECT_THAT(Complaint("initial_balance: '50000' " +
                        WithRule("max_loss { amount: '2000' trailing: END_OF_DAY lock_at: '47999.99' }")),
              AllOf(HasSubstr("rule_set.rules[0].max_loss.lock_at FIELD_INVALID"), HasSubstr("48000")));
  EXPECT_EQ(Complaint("initial_balance: '50000' " +
                      WithRule("max_loss { amount: '2000' trailing: END_OF_DAY lock_at: '48000' }")),
            "ok");
}

TEST(CheckInitialBalance, FindsPercentagesOfNothing) {
  ASSERT_OK_AND_ASSIGN(const CompiledRuleSet set, CompileText(WithRule("daily_loss { percent: '5' }")));
  EXPECT_OK(CheckInitialBalance(set, D("0.01")));
  for (const char* balance : {"0", "-5"}) {
    EXPECT_THAT(CheckInitialBalance(set, D(balance)),
                StatusIs(kInvalidArgument, HasSubstr("rule_set.initial_balance")));
  }
}

TEST(Compile, RefusesRulesThatContradict) {
  const struct {
    const char* rules;
    const char* complaint;
  } kCases[] = {
      {"rules { id: 'a' max_loss { percent: '8' } } rules { id: 'b' max_loss { percent: '10' } }",
       "rule_set.rules[1] FIELD_INVALID"},
      {"rules { id: 'a' daily_loss { percent: '5' } } rules { id: 'b' daily_loss { amount: '10' } }",
       "rule_set.rules[1] FIELD_INVALID"},
      {"rules { id: 'a' profit_target { percent: '5' } } rules { id: 'b' profit_target { amount: '10' } }",
       "rule_set.rules[1] FIELD_INVALID"},
      {"rules { id: 'a' inactivity { max_days: 3 } } rules { id: 'b' inactivity { max_days: 4 } }",
       "rule_set.rules[1] FIELD_INVALID"},
      {"rules { id: 'a' severity: SOFT daily_loss { percent: '5' } } rules { id: 'b' daily_loss { percent: "
       "'5' } }",
       "rule_set.rules[0] FIELD_INVALID"},
      {"rules { id: 'a' severity: SOFT daily_loss { percent: '4' } } rules { id: 'b' daily_loss { percent: "
       "'5' } }",
       "ok"},
      {"rules { id: 'a' mode: SHADOW max_loss { percent: '8' } } rules { id: 'b' max_loss { percent: '10' } "
       "}",
       "ok"},
      {"rules { id: 'a' max_loss { percent: '8' } } "
       "rules { id: 'b' max_loss { percent: '10' trailing: INTRADAY_EQUITY } }",
       "ok"},
      {"rules { id: 'a' volume_limit { symbol_mask: 'XAU*' max_lots: '1' } } "
       "rules { id: 'b' volume_limit { max_lots: '5' } }",
       "ok"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Complaint(WithRules(test.rules)), HasSubstr(test.complaint)) << test.rules;
  }
  EXPECT_THAT(CompileText(WithRules(kCases[0].rules)),
              AllOf(HasMetadata("rule", "b"), HasMetadata("other_rule", "a")));
}

}  // namespace
}  // namespace mtsuite::risk
