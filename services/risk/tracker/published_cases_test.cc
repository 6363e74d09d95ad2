// The worked examples that firms publish, as testdata/drawdown_cases.yaml has them with their sources.
#include <algorithm>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "services/risk/tracker/tracker_fixture.h"
#include "yaml-cpp/yaml.h"

namespace mtsuite::risk {
namespace {

void SetReset(const std::string& text, v1::RuleSet& rules) {
  // "00:00 Europe/Prague" or "00:00 server time".
  const std::string zone = text.substr(6);
  rules.mutable_day_reset()->set_local_time(text.substr(0, 5));
  if (zone != "server time") rules.mutable_day_reset()->set_time_zone(zone);
}

template <typename Loss>
void SetLimit(const YAML::Node& node, Loss* loss) {
  if (node["percent"]) loss->set_percent(node["percent"].as<std::string>());
  if (node["amount"]) loss->set_amount(node["amount"].as<std::string>());
}

v1::RuleSet RulesOf(const YAML::Node& example) {
  v1::RuleSet rules;
  rules.set_name(example["id"].as<std::string>());
  rules.set_initial_balance(example["initial"].as<std::string>());
  v1::Rule* rule = rules.add_rules();
  rule->set_id("loss");
  if (const YAML::Node daily = example["daily"]) {
    SetReset(daily["reset"].as<std::string>(), rules);
    SetLimit(daily, rule->mutable_daily_loss());
    const auto of = daily["amount_of"].as<std::string>();
    const auto basis = daily["basis"].as<std::string>();
    EXPECT_TRUE((of == "initial" || of == "basis") && basis == "balance") << "a new kind of example";
    rule->mutable_daily_loss()->set_amount_of(of == "basis" ? v1::BASIS : v1::INITIAL);
    rule->mutable_daily_loss()->set_basis(v1::DailyLossRule::BALANCE_AT_RESET);
  } else {
    const YAML::Node total = example["max_loss"];
    SetLimit(total, rule->mutable_max_loss());
    const auto kind = total["kind"].as<std::string>();
    EXPECT_TRUE(kind == "static" || kind == "trailing_end_of_day") << "a new kind of example";
    if (kind != "static") rule->mutable_max_loss()->set_trailing(v1::MaxLossRule::END_OF_DAY);
    if (total["lock_at"]) rule->mutable_max_loss()->set_lock_at(total["lock_at"].as<std::string>());
  }
  return rules;
}

// Plays the steps of an example. Those without a day are examples of their own.
class Player {
 public:
  explicit Player(const YAML::Node& example) : example_(example) {}

  void Play() {
    for (const YAML::Node& step : example_["steps"]) {
      if (tracker_ == nullptr || !step["day"]) Begin();
      SCOPED_TRACE(YAML::Dump(step));
      const bool breached = PlayStep(step);
      EXPECT_EQ(breached, step["breached"] && step["breached"].as<bool>());
      EXPECT_EQ(tracker_->Status()[0].limit, D(step["floor"].as<std::string>()));
      if (step["equity"]) {
        EXPECT_EQ(tracker_->equity(), D(step["equity"].as<std::string>()));
      }
    }
  }

 private:
  void Begin() {
    time_ = At("2026-03-26T12:00");
    day_ = 1;
    floating_ = Decimal();
    Tracker::Findings findings;
    absl::StatusOr<Tracker> tracker =
        Tracker::Start(CompileMessage(RulesOf(example_)),
                       {.time = time_, .balance = D(example_["initial"].as<std::string>())}, findings);
    ASSERT_OK(tracker);
    tracker_ = std::make_unique<Tracker>(*std::move(tracker));
  }

  void BringBalanceTo(const YAML::Node& balance, Tracker::Findings& findings) {
    if (!balance) return;
    const Decimal profit = D(balance.as<std::string>()) - tracker_->state().balance;
    tracker_->OnTrade({.time = time_, .booked = profit, .floating = floating_, .closed = true}, findings);
  }

  void Float(const YAML::Node& floating, Tracker::Findings& findings) {
    if (!floating) return;
    floating_ = D(floating.as<std::string>());
    tracker_->OnPrices(time_, floating_, findings);
  }

  // Whether the step breached.
  bool PlayStep(const YAML::Node& step) {
    Tracker::Findings findings;
    if (step["day"] && step["day"].as<int>() > day_) {
      EXPECT_EQ(step["day"].as<int>(), ++day_);
      BringBalanceTo(step["balance_at_reset"], findings);
      BringBalanceTo(step["balance_at_day_end"], findings);
      if (step["equity_at_reset"]) {
        floating_ = D(step["equity_at_reset"].as<std::string>()) - tracker_->state().balance;
        tracker_->OnPrices(time_, floating_, findings);
      }
      EXPECT_TRUE(findings.empty()) << "before the reset: " << Describe(findings[0]);
      // Over the night in which Europe's clocks change.
      time_ += absl::Hours(24);
      tracker_->OnTime(time_, findings);
    }
    if (step["closed_profit"]) {
      const Decimal profit = D(step["closed_profit"].as<std::string>());
      tracker_->OnTrade({.time = time_, .booked = profit, .floating = floating_, .closed = true}, findings);
    }
    BringBalanceTo(step["balance"], findings);
    Float(step["then_floating"], findings);
    Float(step["floating"], findings);
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.kind == Finding::kBreach; });
  }

  const YAML::Node example_;
  std::unique_ptr<Tracker> tracker_;
  absl::Time time_;
  int day_ = 1;
  Decimal floating_;
};

TEST(PublishedCases, ComeOutAsTheFirmsSay) {
  const YAML::Node examples = YAML::LoadFile("services/risk/testdata/drawdown_cases.yaml");
  std::set<std::string> played;
  for (const YAML::Node& example : examples) {
    SCOPED_TRACE(example["id"].as<std::string>());
    Player(example).Play();
    played.insert(example["id"].as<std::string>());
  }
  EXPECT_THAT(played,
              ::testing::UnorderedElementsAre("ftmo_2step_daily", "ftmo_2step_overnight",
                                              "ftmo_max_loss_static", "alpha_capital_daily_from_balance",
                                              "percent_of_day_start_balance", "topstep_eod_trailing_locks"));
}

// The shapes in which published programs differ, listed at the end of the same file. The account has 100,000;
// on the first day it closes 2,000 of profit, its open profit goes up to 2,500, and is 1,500 at the reset.
TEST(PublishedShapes, GiveTheirFloors) {
  const struct {
    const char* rule;
    const char* floor;  // after the reset
  } kCases[] = {
      // Daily: the amount, and what it is counted from.
      {"daily_loss { percent: '5' basis: BALANCE_AT_RESET }", "97000"},
      {"daily_loss { percent: '5' basis: HIGHER_OF_BALANCE_AND_EQUITY }", "98500"},
      {"daily_loss { percent: '5' basis: INITIAL_BALANCE }", "95000"},
      {"daily_loss { percent: '5' basis: EQUITY_AT_RESET }", "98500"},
      {"daily_loss { percent: '5' amount_of: DAY_START_BALANCE basis: BALANCE_AT_RESET }", "96900"},
      {"daily_loss { percent: '5' amount_of: DAY_START_BALANCE basis: HIGHER_OF_BALANCE_AND_EQUITY }",
       "98400"},
      {"daily_loss { percent: '5' amount_of: DAY_START_BALANCE basis: INITIAL_BALANCE }", "94900"},
      {"daily_loss { percent: '5' amount_of: BASIS basis: HIGHER_OF_BALANCE_AND_EQUITY }", "98325"},
      {"daily_loss { percent: '5' amount_of: BASIS basis: EQUITY_AT_RESET }", "98325"},
      {"daily_loss { amount: '3000' basis: BALANCE_AT_RESET }", "99000"},
      {"daily_loss { amount: '3000' basis: HIGHER_OF_BALANCE_AND_EQUITY }", "100500"},
      {"daily_loss { amount: '3000' basis: INITIAL_BALANCE }", "97000"},
      // In all: what it trails, without and with a lock level.
      {"max_loss { percent: '8' }", "92000"},
      {"max_loss { percent: '8' trailing: END_OF_DAY }", "94000"},
      {"max_loss { percent: '8' trailing: CLOSED_BALANCE }", "94000"},
      {"max_loss { percent: '8' trailing: INTRADAY_EQUITY }", "96500"},
      {"max_loss { percent: '8' amount_of: BASIS trailing: INTRADAY_EQUITY }", "96140"},
      {"max_loss { amount: '4000' trailing: END_OF_DAY lock_at_percent: '100' }", "98000"},
      {"max_loss { amount: '1500' trailing: END_OF_DAY lock_at_percent: '100' }", "100000"},
      {"max_loss { amount: '1500' trailing: CLOSED_BALANCE lock_at: '100100' }", "100100"},
      {"max_loss { amount: '4000' trailing: INTRADAY_EQUITY lock_at_percent: '100' }", "100000"},
  };
  for (const auto& test : kCases) {
    Account account(CompileText(absl::StrCat("rules { id: 'r' ", test.rule, " }")), "100000");
    account.Closes("2000");
    account.Floats("2500");
    account.Floats("1500");
    account.Waits("2026-11-24T12:00");
    EXPECT_EQ(account.Limit(), test.floor) << test.rule;
    EXPECT_FALSE(account.tracker().failed()) << test.rule;
  }
}

TEST(PublishedShapes, ResetWhereAndWhenTheySay) {
  const struct {
    const char* reset;
    const char* winter;  // the first reset after noon UTC on 23 November 2026
    const char* summer;  // and on 23 June 2026
  } kCases[] = {
      {"local_time: '00:00' time_zone: 'Europe/Prague'", "2026-11-23T23:00:00+00:00",
       "2026-06-23T22:00:00+00:00"},
      {"", "2026-11-23T22:00:00+00:00", "2026-06-23T21:00:00+00:00"},
      {"local_time: '00:00' time_zone: 'UTC+3'", "2026-11-23T21:00:00+00:00", "2026-06-23T21:00:00+00:00"},
      {"local_time: '17:00' time_zone: 'America/New_York'", "2026-11-23T22:00:00+00:00",
       "2026-06-23T21:00:00+00:00"},
      {"local_time: '18:00' time_zone: 'America/New_York'", "2026-11-23T23:00:00+00:00",
       "2026-06-23T22:00:00+00:00"},
  };
  for (const auto& test : kCases) {
    const Tracker::Rules rules = CompileText(
        absl::StrCat("day_reset { ", test.reset, " } rules { id: 'r' daily_loss { percent: '5' } }"));
    const auto next = [&](const char* start) {
      return absl::FormatTime(Account(rules, "100000", start).tracker().NextDue(), absl::UTCTimeZone());
    };
    EXPECT_EQ(next("2026-11-23T14:00"), test.winter) << test.reset;
    EXPECT_EQ(next("2026-06-23T15:00"), test.summer) << test.reset;
  }
}

TEST(PublishedShapes, FailOrPauseOnADailyBreach) {
  const std::string daily = "daily_loss { percent: '5' } }";
  Account hard(CompileText("rules { id: 'r' severity: HARD " + daily), "100000");
  EXPECT_THAT(hard.Floats("-5000.01"), ::testing::ElementsAre("BREACH r 94999.99/95000"));
  EXPECT_TRUE(hard.tracker().failed());
  Account soft(CompileText("rules { id: 'r' severity: SOFT " + daily), "100000");
  EXPECT_THAT(soft.Floats("-5000.01"), ::testing::ElementsAre("BREACH r 94999.99/95000"));
  EXPECT_FALSE(soft.tracker().failed());
}

}  // namespace
}  // namespace mtsuite::risk
