// Deposits, withdrawals, credit and all else that is booked without a trade.
#include "gmock/gmock.h"
#include "services/risk/tracker/tracker_fixture.h"

namespace mtsuite::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kRules[] =
    "rules { id: 'total' max_loss { percent: '10' } } "
    "rules { id: 'daily' daily_loss { percent: '5' } } "
    "rules { id: 'trailing' max_loss { percent: '10' amount_of: BASIS trailing: INTRADAY_EQUITY lock_at: "
    "'100000' } } "
    "rules { id: 'target' profit_target { percent: '8' } }";

TEST(TrackerMoney, MovesFloorsAndTargetsByDeposits) {
  Account account(CompileText(kRules), "100000");
  account.Floats("2000");
  EXPECT_THAT(account.Books(MoneyKind::kDeposit, "5000"), IsEmpty());
  EXPECT_EQ(account.Limit(0), "95000");
  EXPECT_EQ(account.Limit(1), "100000");
  EXPECT_EQ(account.Limit(2), "96800");
  EXPECT_EQ(account.Limit(3), "113000");
  // A payout; the equity is where it was against every limit.
  EXPECT_THAT(account.Books(MoneyKind::kDeposit, "-25000"), IsEmpty());
  EXPECT_EQ(account.Limit(0), "70000");
  EXPECT_EQ(account.Limit(1), "75000");
  EXPECT_THAT(account.Floats("-5000.01"), ElementsAre("BREACH daily 74999.99/75000"));
  // The reference is told as it was set and as it moved.
  EXPECT_EQ(account.last()[0].references[0].value, D("80000"));
  EXPECT_EQ(account.last()[0].references[0].value_as_set, D("100000"));
}

TEST(TrackerMoney, CountsTheNextDayFromWhatIsThere) {
  Account account(CompileText("rules { id: 'r' daily_loss { percent: '5' amount_of: DAY_START_BALANCE } }"),
                  "100000");
  account.Books(MoneyKind::kDeposit, "20000");
  EXPECT_EQ(account.Limit(), "115000");
  account.Waits("2026-11-24T00:00");
  EXPECT_EQ(account.Limit(), "114000");
}

TEST(TrackerMoney, TakesDepositsAsProfitsWhereToldTo) {
  Account account(CompileText(std::string("deposit_policy: LEAVE_REFERENCES ") + kRules), "100000");
  EXPECT_THAT(account.Books(MoneyKind::kDeposit, "8000"), ElementsAre("TARGET target 108000/108000"));
  EXPECT_EQ(account.Limit(0), "90000");
  EXPECT_EQ(account.Limit(2), "97200");
  EXPECT_THAT(account.Books(MoneyKind::kDeposit, "-13000.01"),
              ElementsAre("BREACH daily 94999.99/95000", "BREACH trailing 94999.99/97200"));
}

TEST(TrackerMoney, IgnoresCreditUnlessToldOtherwise) {
  Account ignores(CompileText(kRules), "100000");
  EXPECT_THAT(ignores.Books(MoneyKind::kCredit, "9000"), IsEmpty());
  EXPECT_EQ(ignores.tracker().equity(), D("100000"));

  Account counts(CompileText(std::string("credit_policy: COUNT_CREDIT ") + kRules), "100000");
  EXPECT_THAT(counts.Books(MoneyKind::kCredit, "8000"), ElementsAre("TARGET target 108000/108000"));
  EXPECT_EQ(counts.Limit(0), "90000");

  Account moves(CompileText(std::string("credit_policy: MOVE_REFERENCES_BY_CREDIT ") + kRules), "100000");
  EXPECT_THAT(moves.Books(MoneyKind::kCredit, "9000"), IsEmpty());
  EXPECT_EQ(moves.tracker().equity(), D("109000"));
  EXPECT_EQ(moves.Limit(0), "99000");
}

TEST(TrackerMoney, TakesChargesAsLosses) {
  Account account(CompileText(kRules), "100000");
  EXPECT_THAT(account.Books(MoneyKind::kResult, "-5000.01"), ElementsAre("BREACH daily 94999.99/95000"));
  EXPECT_EQ(account.last()[0].cause, v1::MONEY);
}

TEST(TrackerMoney, HoldsTheBalanceAloneAgainstRulesOfBalance) {
  Account account(CompileText("rules { id: 'r' max_loss { amount: '1000' evaluated_value: BALANCE } }"),
                  "50000");
  EXPECT_THAT(account.Floats("-5000"), IsEmpty());
  account.Floats("0");
  EXPECT_THAT(account.Closes("-1000.01"), ElementsAre("BREACH r 48999.99/49000"));
}

TEST(TrackerMoney, TrailsClosedBalancesOnlyWhenSomethingCloses) {
  Account account(CompileText("rules { id: 'r' max_loss { amount: '1000' trailing: CLOSED_BALANCE } }"),
                  "50000");
  account.Floats("800");
  EXPECT_EQ(account.Limit(), "49000");
  account.Closes("300");
  EXPECT_EQ(account.Limit(), "49300");
  account.Closes("-100");
  EXPECT_EQ(account.Limit(), "49300");
  account.Waits("2026-11-24T12:00");
  EXPECT_EQ(account.Limit(), "49300");
}

TEST(TrackerMoney, BringsNumbersTo8Places) {
  Account account(
      CompileText("rules { id: 'r' max_loss { percent: '0.0001' warn_levels { percents: 33 } } }"),
      "0.00000001");
  Tracker::Findings findings;
  account.tracker().OnPrices(At("2026-11-23T13:00"), *Decimal::ParseWire("0.000000004999999999"), findings);
  EXPECT_EQ(account.tracker().state().floating, Decimal());
  EXPECT_THAT(findings, IsEmpty());
}

}  // namespace
}  // namespace mtsuite::risk
