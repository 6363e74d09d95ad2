// Rules about what is open, and about trading days.
#include "gmock/gmock.h"
#include "services/risk/tracker/tracker_fixture.h"

namespace mtsuite::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Holdings Held(const std::string& lots, int positions, const std::string& exposure = "0") {
  return {.symbols = {{"EURUSD", D(lots), positions}}, .exposure = D(exposure)};
}

TEST(TrackerPositions, LimitsLotsAndPositions) {
  const auto account = [](const std::string& limits) {
    return Account(CompileText("rules { id: 'r' severity: SOFT volume_limit { " + limits + " } }"), "10000");
  };
  Account order = account("max_lots_per_order: '2'");
  EXPECT_THAT(order.Opens("EURUSD", "2", Held("2", 1)), IsEmpty());
  EXPECT_THAT(order.Opens("EURUSD", "2.01", Held("4.01", 2)), ElementsAre("BREACH r 2.01/2"));

  Account symbol = account("max_lots_per_symbol: '3'");
  EXPECT_THAT(symbol.Opens("EURUSD", "3", Held("3", 1)), IsEmpty());
  EXPECT_THAT(symbol.Opens("EURUSD", "0.1", Held("3.1", 2)), ElementsAre("BREACH r 3.1/3"));

  Account total = account("max_lots: '3'");
  const Holdings two = {.symbols = {{"EURUSD", D("2"), 1}, {"XAUUSD", D("1.5"), 1}}, .exposure = Decimal()};
  EXPECT_THAT(total.Opens("XAUUSD", "1.5", two), ElementsAre("BREACH r 3.5/3"));

  Account masked = account("symbol_mask: 'XAU*' max_lots_per_order: '1' max_lots: '2'");
  EXPECT_THAT(masked.Opens("EURUSD", "9", Held("9", 1)), IsEmpty());
  EXPECT_THAT(masked.Opens("XAUUSD", "1.5", two), ElementsAre("BREACH r 1.5/1"));

  Account positions = account("max_positions: 2");
  EXPECT_THAT(positions.Opens("EURUSD", "1", Held("2", 2)), IsEmpty());
  EXPECT_THAT(positions.Opens("EURUSD", "1", Held("3", 3)), ElementsAre("BREACH r 3/2"));
  // Once, until the next reset; then again if they are still open.
  EXPECT_THAT(positions.Opens("EURUSD", "1", Held("4", 4)), IsEmpty());
  EXPECT_THAT(positions.Waits("2026-11-24T00:00"), ElementsAre("REARMED r 0/0", "BREACH r 4/2"));
}

TEST(TrackerPositions, LimitsExposure) {
  Account account(CompileText("rules { id: 'r' exposure { percent: '3000' } }"), "10000");
  EXPECT_THAT(account.Opens("EURUSD", "3", Held("3", 1, "300000")), IsEmpty());
  EXPECT_THAT(account.Opens("EURUSD", "0.01", Held("3.01", 2, "300000.01")),
              ElementsAre("BREACH r 300000.01/300000"));
}

class WeekendTest : public ::testing::Test {
 protected:
  Account Begin(const std::string& start) {
    return Account(
        CompileText("rules { id: 'r' holding_window { windows { start_day: FRIDAY start_time: '21:00' "
                    "end_day: SUNDAY end_time: '23:00' } } }"),
        "10000", start);
  }
};

TEST_F(WeekendTest, BreachesByWhatIsOpenWhenTheWindowBegins) {
  Account account = Begin("2026-11-20T12:00");
  EXPECT_EQ(account.tracker().NextDue(), At("2026-11-20T21:00"));
  account.Opens("EURUSD", "1", Held("1", 1));
  EXPECT_THAT(account.Waits("2026-11-20T20:59"), IsEmpty());
  EXPECT_THAT(account.Waits("2026-11-20T21:00"), ElementsAre("BREACH r 1/0"));
  EXPECT_EQ(account.last()[0].cause, v1::WINDOW);
}

TEST_F(WeekendTest, BreachesByWhatIsOpenedInTheWindow) {
  Account account = Begin("2026-11-20T12:00");
  EXPECT_THAT(account.Waits("2026-11-22T22:59"), IsEmpty());
  EXPECT_THAT(account.Opens("EURUSD", "1", Held("1", 1)), ElementsAre("BREACH r 1/0"));
}

TEST_F(WeekendTest, LeavesTheRestOfTheWeekAlone) {
  Account account = Begin("2026-11-22T23:00");
  EXPECT_THAT(account.Opens("EURUSD", "1", Held("1", 1)), IsEmpty());
  EXPECT_THAT(account.Waits("2026-11-27T20:59"), IsEmpty());
  EXPECT_THAT(account.Trades({.holdings = {}, .closed = true}), IsEmpty());
  EXPECT_THAT(account.Waits("2026-11-30T12:00"), IsEmpty());
}

TEST(TrackerPositions, CountsDaysOnWhichSomethingOpened) {
  Account account(CompileText("rules { id: 'r' min_trading_days { days: 3 } }"), "10000");
  EXPECT_THAT(account.Opens("EURUSD", "1"), IsEmpty());
  EXPECT_THAT(account.Opens("EURUSD", "1"), IsEmpty());
  account.Waits("2026-11-24T10:00");
  EXPECT_THAT(account.Closes("5"), IsEmpty());
  account.Waits("2026-11-25T10:00");
  EXPECT_THAT(account.Opens("EURUSD", "1"), IsEmpty());
  EXPECT_EQ(account.tracker().state().trading_days, 2);
  account.Waits("2026-11-26T10:00");
  EXPECT_THAT(account.Opens("EURUSD", "1"), ElementsAre("DAYS r 3/3"));
  EXPECT_FALSE(account.tracker().failed());
}

TEST(TrackerPositions, CountsWholeDaysOfInactivity) {
  Account account(CompileText("rules { id: 'r' inactivity { max_days: 3 } }"), "10000");
  // The rest of the first day does not count, then two days without and one with a trade.
  account.Waits("2026-11-26T10:00");
  EXPECT_THAT(account.Closes("1"), IsEmpty());
  EXPECT_THAT(account.Waits("2026-11-29T23:59"), IsEmpty());
  EXPECT_THAT(account.Waits("2026-11-30T00:00"), ElementsAre("BREACH r 3/3"));
}

}  // namespace
}  // namespace mtsuite::risk
