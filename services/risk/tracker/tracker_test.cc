#include "services/risk/tracker/tracker.h"

#include "gmock/gmock.h"
#include "services/risk/tracker/tracker_fixture.h"

namespace mtsuite::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::StatusIs;

Tracker::Rules OneRule(const std::string& rule) { return CompileText("rules { id: 'r' " + rule + " }"); }

TEST(Tracker, BreachesBelowTheFloorAndNotOnIt) {
  Account account(OneRule("max_loss { amount: '2000' }"), "50000");
  EXPECT_THAT(account.Floats("-2000"), IsEmpty());
  EXPECT_THAT(account.Floats("-2000.01"), ElementsAre("BREACH r 47999.99/48000"));
  const Finding& breach = account.last()[0];
  EXPECT_EQ(breach.cause, v1::PRICES);
  EXPECT_TRUE(breach.hard && !breach.shadow);
  ASSERT_THAT(breach.references, ::testing::SizeIs(1));
  EXPECT_EQ(breach.references[0].name, ReferenceValue::kInitialBalance);
  EXPECT_EQ(breach.references[0].value, D("50000"));
  EXPECT_EQ(breach.references[0].set_by, v1::START);
}

TEST(Tracker, BreachesOnTheFloorWhereToldTo) {
  Account account(OneRule("max_loss { amount: '2000' breach_at: AT_OR_BELOW }"), "50000");
  EXPECT_THAT(account.Floats("-1999.99"), IsEmpty());
  EXPECT_THAT(account.Floats("-2000"), ElementsAre("BREACH r 48000/48000"));
}

TEST(Tracker, FindsNothingMoreAfterAHardBreach) {
  Account account(
      CompileText("rules { id: 'a' max_loss { amount: '2000' } } rules { id: 'b' daily_loss { amount: "
                  "'1000' } } rules { id: 'c' severity: SOFT exposure { amount: '1' } }"),
      "50000");
  // Of several at once, all are found, in the order of the rules.
  EXPECT_THAT(account.Floats("-3000"), ElementsAre("BREACH a 47000/48000", "BREACH b 47000/49000"));
  EXPECT_TRUE(account.tracker().failed());
  EXPECT_THAT(account.Floats("-9000"), IsEmpty());
  EXPECT_THAT(account.Opens("EURUSD", "1", {.symbols = {}, .exposure = D("5")}), IsEmpty());
  EXPECT_THAT(account.Waits("2026-11-30T12:00"), IsEmpty());
}

TEST(Tracker, PausesAfterASoftBreachUntilTheNextReset) {
  Account account(OneRule("severity: SOFT daily_loss { amount: '1000' }"), "50000");
  EXPECT_THAT(account.Floats("-1000.5"), ElementsAre("BREACH r 48999.5/49000"));
  EXPECT_THAT(account.Floats("-1500"), IsEmpty());
  account.Floats("0");
  account.Closes("-1500");
  EXPECT_THAT(account.Waits("2026-11-24T00:00"), ElementsAre("REARMED r 0/0"));
  EXPECT_EQ(account.Limit(), "47500");
  EXPECT_THAT(account.Floats("-1000.01"), ElementsAre("BREACH r 47499.99/47500"));
}

TEST(Tracker, MayBreachAgainByTheResetThatArmsIt) {
  Account account(OneRule("severity: SOFT max_loss { amount: '1000' }"), "50000");
  account.Floats("-1200");
  EXPECT_THAT(account.Waits("2026-11-24T00:00"), ElementsAre("REARMED r 0/0", "BREACH r 48800/49000"));
  EXPECT_EQ(account.last()[1].cause, v1::RESET);
}

TEST(Tracker, RecordsBreachesInShadowOnceAndGoesOn) {
  Account account(CompileText("rules { id: 'a' mode: SHADOW max_loss { amount: '1000' } } "
                              "rules { id: 'b' max_loss { amount: '2000' } }"),
                  "50000");
  EXPECT_THAT(account.Floats("-1001"), ElementsAre("BREACH a 48999/49000"));
  EXPECT_TRUE(account.last()[0].shadow);
  EXPECT_FALSE(account.tracker().failed());
  EXPECT_THAT(account.Floats("-1500"), IsEmpty());
  EXPECT_THAT(account.Waits("2026-11-25T00:00"), IsEmpty());
  EXPECT_THAT(account.Floats("-2001"), ElementsAre("BREACH b 47999/48000"));
}

TEST(Tracker, WarnsOnceAndAgainBelowTheHysteresis) {
  Account account(
      OneRule("max_loss { amount: '1000' warn_levels { percents: [50, 80] hysteresis_percent: 10 } }"),
      "50000");
  EXPECT_THAT(account.Floats("-499.99"), IsEmpty());
  EXPECT_THAT(account.Floats("-500"), ElementsAre("WARNING r 49500/49000 50%"));
  EXPECT_THAT(account.Floats("-400"), IsEmpty());  // 40 % is not below 50 - 10
  EXPECT_THAT(account.Floats("-600"), IsEmpty());
  EXPECT_THAT(account.Floats("-399.99"), ElementsAre("CLEARED r 49600.01/49000 50%"));
  EXPECT_THAT(account.Floats("-800"), ElementsAre("WARNING r 49200/49000 80%"));
  EXPECT_THAT(account.Floats("-650"), ElementsAre("CLEARED r 49350/49000 80%"));
  EXPECT_EQ(account.tracker().Status()[0].warn_percent, 50);
  EXPECT_THAT(account.Floats("-850"), ElementsAre("WARNING r 49150/49000 80%"));
  EXPECT_THAT(account.Floats("0"), ElementsAre("CLEARED r 50000/49000 50%"));
}

TEST(Tracker, ClearsWarningsOfTheDayAtTheReset) {
  Account account(OneRule("daily_loss { amount: '1000' warn_levels { percents: 50 } }"), "50000");
  EXPECT_THAT(account.Closes("-600"), ElementsAre("WARNING r 49400/49000 50%"));
  EXPECT_THAT(account.Waits("2026-11-24T00:00"), IsEmpty());
  EXPECT_EQ(account.tracker().Status()[0].warn_percent, 0);
  EXPECT_THAT(account.Floats("-500"), ElementsAre("WARNING r 48900/48400 50%"));
}

TEST(Tracker, ReachesTheTargetOnce) {
  Account account(
      CompileText("rules { id: 'open' profit_target { percent: '8' } } rules { id: 'closed' profit_target "
                  "{ percent: '8' evaluated_value: BALANCE } }"),
      "100000");
  EXPECT_THAT(account.Floats("7999.99"), IsEmpty());
  EXPECT_THAT(account.Floats("8000"), ElementsAre("TARGET open 108000/108000"));
  EXPECT_THAT(account.Floats("9000"), IsEmpty());
  account.Floats("0");
  EXPECT_THAT(account.Closes("9000"), ElementsAre("TARGET closed 109000/108000"));
  EXPECT_FALSE(account.tracker().failed());
}

TEST(Tracker, TrailsTheHighestEquityOfTheDay) {
  Account account(OneRule("max_loss { amount: '1000' trailing: INTRADAY_EQUITY }"), "50000");
  account.Floats("700.25");
  EXPECT_EQ(account.Limit(), "49700.25");
  EXPECT_THAT(account.Floats("-299.75"), IsEmpty());
  EXPECT_THAT(account.Floats("-299.76"), ElementsAre("BREACH r 49700.24/49700.25"));
  ASSERT_THAT(account.last()[0].references, ::testing::SizeIs(2));
  EXPECT_EQ(account.last()[0].references[1].value, D("50700.25"));
  EXPECT_EQ(account.last()[0].references[1].set_by, v1::PRICES);
}

TEST(Tracker, StaysAtItsLockLevel) {
  Account account(OneRule("max_loss { amount: '1000' trailing: INTRADAY_EQUITY lock_at: '50000' }"), "50000");
  account.Floats("999");
  EXPECT_FALSE(account.tracker().Status()[0].locked);
  account.Floats("5000");
  EXPECT_TRUE(account.tracker().Status()[0].locked);
  EXPECT_THAT(account.Floats("0"), IsEmpty());
  EXPECT_THAT(account.Floats("-0.01"), ElementsAre("BREACH r 49999.99/50000"));
}

TEST(Tracker, TakesWhatFellDueWhileNothingHappened) {
  Account account(OneRule("daily_loss { amount: '1000' }"), "50000");
  account.Closes("-900");
  account.Closes("-50");
  // Three resets later.
  account.Waits("2026-11-26T10:00");
  EXPECT_EQ(account.Limit(), "48050");
  EXPECT_EQ(account.tracker().state().day_start_balance.time, At("2026-11-26T00:00"));
}

TEST(Tracker, TakesTimesThatGoBackAsTheLast) {
  Account account(OneRule("daily_loss { amount: '1000' }"), "50000");
  account.Waits("2026-11-24T10:00");
  account.Waits("2026-11-23T10:00");
  EXPECT_EQ(account.tracker().state().time, At("2026-11-24T10:00"));
}

// Athens' and Nicosia's days have 23 and 25 hours when clocks change; a loss on both sides of the change is
// one of the same day.
TEST(Tracker, CountsLongAndShortDaysAsOne) {
  const struct {
    const char* start;
    const char* last;
    int hours;
  } kCases[] = {{"2026-03-29T00:00", "2026-03-29T23:59", 23}, {"2026-10-25T00:00", "2026-10-25T23:59", 25}};
  for (const auto& test : kCases) {
    Account account(OneRule("daily_loss { amount: '1000' }"), "50000", test.start);
    EXPECT_EQ(account.tracker().NextDue() - At(test.start), absl::Hours(test.hours));
    account.Closes("-600");
    account.Waits(test.last);
    EXPECT_THAT(account.Closes("-401"), ElementsAre("BREACH r 48999/49000"));
  }
}

TEST(Tracker, NeedsMoneyToBegin) {
  Tracker::Findings findings;
  EXPECT_THAT(
      Tracker::Start(OneRule("max_loss { percent: '10' }"), {.time = At("2026-11-23T12:00")}, findings),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rule_set.initial_balance")));
}

TEST(Tracker, BeginsWithTheInitialBalanceOfTheRules) {
  Account account(CompileText("initial_balance: '100000' rules { id: 'r' max_loss { percent: '10' } }"),
                  "89000");
  EXPECT_THAT(account.last(), ElementsAre(::testing::Field(&Finding::cause, v1::START)));
  EXPECT_EQ(account.Limit(), "90000");
}

TEST(Tracker, KeepsWhatItKnowsWhenRulesChange) {
  Account account(CompileText("rules { id: 'total' max_loss { amount: '2000' trailing: INTRADAY_EQUITY } } "
                              "rules { id: 'daily' mode: SHADOW daily_loss { amount: '500' } }"),
                  "50000");
  account.Floats("3000");
  account.Closes("1000");
  account.Floats("-600");
  account.Waits("2026-11-24T09:00");
  ASSERT_EQ(account.Limit(0), "52000");
  ASSERT_EQ(account.Limit(1), "50500");
  // The same peak with another amount; the other rule is another one now.
  EXPECT_THAT(account.Changes(
                  CompileText("version: 2 rules { id: 'total' max_loss { amount: '4000' trailing: "
                              "INTRADAY_EQUITY } } rules { id: 'daily-2' daily_loss { amount: '500' } }")),
              IsEmpty());
  EXPECT_EQ(account.Limit(0), "50000");
  EXPECT_EQ(account.Limit(1), "50500");
  EXPECT_EQ(account.tracker().rules().version, 2);
}

TEST(Tracker, CanBreachByAChangeOfRules) {
  Account account(OneRule("max_loss { amount: '2000' }"), "50000");
  account.Floats("-1500");
  EXPECT_THAT(account.Changes(OneRule("max_loss { amount: '1000' }")), ElementsAre("BREACH r 48500/49000"));
  EXPECT_EQ(account.last()[0].cause, v1::RULE_CHANGE);
}

TEST(Tracker, ArmsRulesThatBecomeHardOrEnforced) {
  Account paused(OneRule("severity: SOFT max_loss { amount: '2000' }"), "50000");
  paused.Floats("-2001");
  EXPECT_THAT(paused.Changes(OneRule("severity: SOFT max_loss { amount: '1900' }")), IsEmpty());
  EXPECT_THAT(paused.Changes(OneRule("max_loss { amount: '2000' }")), ElementsAre("BREACH r 47999/48000"));
  EXPECT_TRUE(paused.tracker().failed());

  Account shadow(OneRule("mode: SHADOW max_loss { amount: '2000' }"), "50000");
  shadow.Floats("-2001");
  EXPECT_THAT(shadow.Changes(OneRule("max_loss { amount: '2000' }")), ElementsAre("BREACH r 47999/48000"));
}

TEST(Tracker, RefusesRulesThatCannotHoldForItsInitialBalance) {
  Account account(OneRule("max_loss { amount: '2000' }"), "50000");
  Tracker::Findings findings;
  EXPECT_THAT(
      account.tracker().OnRules(At("2026-11-23T13:00"), OneRule("max_loss { amount: '50000' }"), findings),
      StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(account.Limit(), "48000");
}

TEST(Tracker, CanBeArmedAgainByPeople) {
  Account account(OneRule("max_loss { amount: '2000' }"), "50000");
  account.Floats("-2001");
  ASSERT_TRUE(account.tracker().failed());
  EXPECT_THAT(account.Rearms(), IsEmpty());
  EXPECT_FALSE(account.tracker().failed());
  EXPECT_THAT(account.Floats("-2001"), ElementsAre("BREACH r 47999/48000"));
}

}  // namespace
}  // namespace mtsuite::risk
