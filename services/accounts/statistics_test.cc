#include "services/accounts/statistics.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::accounts {
namespace {

using type::v1::Deal;

// Noon UTC of 2026-03-01 plus some hours.
int64_t At(int hours) { return 1772366400 + hours * 3600; }

struct TradeDeal {
  int64_t position;
  Deal::Type type;
  Deal::Entry entry;
  std::string volume, profit, swap, commission;
};

Deal Make(int hours, const TradeDeal& trade) {
  Deal deal;
  deal.set_ticket(hours + 1);
  deal.mutable_time()->set_seconds(At(hours));
  deal.set_position_ticket(trade.position);
  deal.set_type(trade.type);
  deal.set_entry(trade.entry);
  deal.set_volume(trade.volume);
  deal.set_profit(trade.profit);
  deal.set_swap(trade.swap);
  deal.set_commission(trade.commission);
  return deal;
}

Deal Money(int hours, Deal::Type type, const std::string& amount) {
  Deal deal;
  deal.set_ticket(hours + 1);
  deal.mutable_time()->set_seconds(At(hours));
  deal.set_type(type);
  deal.set_profit(amount);
  return deal;
}

v1::Statistics Compute(const std::vector<Deal>& deals, StatisticsOptions options = {}) {
  StatisticsBuilder builder(options);
  for (const Deal& deal : deals) {
    EXPECT_TRUE(builder.Add(deal).ok()) << deal.ShortDebugString();
  }
  return builder.Build();
}

TEST(Statistics, AnEmptyAccountHasZeroesAndNoRatios) {
  const v1::Statistics statistics = Compute({});
  EXPECT_EQ(statistics.trade_count(), 0);
  EXPECT_EQ(statistics.net_profit(), "0.00");
  EXPECT_EQ(statistics.max_drawdown(), "0.00");
  EXPECT_EQ(statistics.win_rate(), "");
  EXPECT_EQ(statistics.profit_factor(), "");
  EXPECT_EQ(statistics.max_drawdown_percent(), "");
  EXPECT_FALSE(statistics.has_average_holding_time());
}

TEST(Statistics, CountsWinsLossesAndTheirRatios) {
  const v1::Statistics statistics = Compute({
      Money(0, Deal::BALANCE, "1000.00"), Make(1, {1, Deal::BUY, Deal::IN, "1.00", "0.00", "0.00", "-3.00"}),
      Make(3, {1, Deal::SELL, Deal::OUT, "1.00", "106.00", "-1.00", "-3.00"}),  // 99.00 after 2 h
      Make(4, {2, Deal::SELL, Deal::IN, "0.50", "0.00", "0.00", "0.00"}),
      Make(8, {2, Deal::BUY, Deal::OUT, "0.50", "-49.50", "0.00", "0.00"}),  // -49.50 after 4 h
      Make(9, {3, Deal::BUY, Deal::IN, "0.10", "0.00", "0.00", "0.00"}),
      Make(9, {3, Deal::SELL, Deal::OUT, "0.10", "0.00", "0.00", "0.00"}),  // neither won nor lost
  });
  EXPECT_EQ(statistics.trade_count(), 3);
  EXPECT_EQ(statistics.winning_trade_count(), 1);
  EXPECT_EQ(statistics.losing_trade_count(), 1);
  EXPECT_EQ(statistics.long_trade_count(), 2);
  EXPECT_EQ(statistics.short_trade_count(), 1);
  EXPECT_EQ(statistics.win_rate(), "33.33");
  EXPECT_EQ(statistics.gross_profit(), "99.00");
  EXPECT_EQ(statistics.gross_loss(), "-49.50");
  EXPECT_EQ(statistics.net_profit(), "49.50");
  EXPECT_EQ(statistics.profit_factor(), "2.00");
  EXPECT_EQ(statistics.expectancy(), "16.50");
  EXPECT_EQ(statistics.average_win(), "99.00");
  EXPECT_EQ(statistics.worst_trade(), "-49.50");
  EXPECT_EQ(statistics.volume(), "1.6");
  EXPECT_EQ(statistics.swap(), "-1.00");
  EXPECT_EQ(statistics.commission(), "-6.00");
  EXPECT_EQ(statistics.deposits(), "1000.00");
  EXPECT_EQ(statistics.average_holding_time().seconds(), 2 * 3600);
}

TEST(Statistics, PartialClosesShareTheOpeningCommissionToTheCent) {
  const v1::Statistics statistics = Compute({
      Make(0, {1, Deal::BUY, Deal::IN, "0.30", "0.00", "0.00", "-1.00"}),
      Make(1, {1, Deal::SELL, Deal::OUT, "0.10", "10.00", "0.00", "0.00"}),
      Make(2, {1, Deal::SELL, Deal::OUT, "0.10", "10.00", "0.00", "0.00"}),
      Make(3, {1, Deal::SELL, Deal::OUT, "0.10", "10.00", "0.00", "0.00"}),
  });
  EXPECT_EQ(statistics.trade_count(), 3);
  EXPECT_EQ(statistics.net_profit(), "29.00");
  EXPECT_EQ(statistics.best_trade(), "9.67");
}

TEST(Statistics, AReversalClosesTheOldPositionAndOpensTheNewOne) {
  const v1::Statistics statistics = Compute({
      Make(0, {1, Deal::BUY, Deal::IN, "1.00", "0.00", "0.00", "-2.00"}),
      Make(1, {1, Deal::SELL, Deal::IN_OUT, "3.00", "50.00", "0.00",
               "-6.00"}),  // closes 1.00 long, opens 2.00 short
      Make(2, {1, Deal::BUY, Deal::OUT, "2.00", "20.00", "0.00", "-4.00"}),
  });
  EXPECT_EQ(statistics.trade_count(), 2);
  EXPECT_EQ(statistics.long_trade_count(), 1);
  EXPECT_EQ(statistics.short_trade_count(), 1);
  EXPECT_EQ(statistics.best_trade(), "46.00");  // 50 - 2 (opening) - 2 (its third of 6)
  EXPECT_EQ(statistics.net_profit(), "58.00");  // 70 - 12
}

TEST(Statistics, DepositsAndWithdrawalsAreNoDrawdown) {
  const v1::Statistics statistics = Compute({
      Money(0, Deal::BALANCE, "1000.00"),
      Make(1, {1, Deal::SELL, Deal::OUT, "1.00", "100.00", "0.00", "0.00"}),
      Money(2, Deal::BALANCE, "-600.00"),
      Make(3, {2, Deal::SELL, Deal::OUT, "1.00", "-50.00", "0.00", "0.00"}),
      Money(4, Deal::CREDIT, "500.00"),
      Make(5, {3, Deal::SELL, Deal::OUT, "1.00", "-75.00", "0.00", "0.00"}),
      Make(6, {4, Deal::SELL, Deal::OUT, "1.00", "10.00", "0.00", "0.00"}),
  });
  EXPECT_EQ(statistics.max_drawdown(), "125.00");
  EXPECT_EQ(statistics.max_drawdown_percent(), "25.00");  // of the peak of 500.00 after the withdrawal
  EXPECT_EQ(statistics.withdrawals(), "-600.00");
  EXPECT_EQ(statistics.max_consecutive_losses(), 2);
}

TEST(Statistics, DaysAndMonthsFollowTheServersZone) {
  absl::TimeZone athens;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Athens", &athens));
  StatisticsOptions options;
  options.zone = athens;
  // 2026-03-31 21:30 UTC is 00:30 of April 1st in Athens (summer time).
  Deal late = Make(0, {1, Deal::SELL, Deal::OUT, "1.00", "5.00", "0.00", "0.00"});
  late.mutable_time()->set_seconds(1774992600);
  const v1::Statistics statistics = Compute({Money(0, Deal::BALANCE, "100.00"), late}, options);
  ASSERT_EQ(statistics.days_size(), 2);
  EXPECT_EQ(statistics.days(0).period(), "2026-03-01");
  EXPECT_EQ(statistics.days(0).net_deposits(), "100.00");
  EXPECT_EQ(statistics.days(1).period(), "2026-04-01");
  EXPECT_EQ(statistics.days(1).closing_balance(), "105.00");
  ASSERT_EQ(statistics.months_size(), 2);
  EXPECT_EQ(statistics.months(1).period(), "2026-04");
  EXPECT_EQ(statistics.months(1).trade_count(), 1);
}

TEST(Statistics, DealsBeforeTheSpanSetTheStageOnly) {
  StatisticsOptions options;
  options.start = absl::FromUnixSeconds(At(2));
  options.end = absl::FromUnixSeconds(At(4));
  const v1::Statistics statistics = Compute(
      {
          Money(0, Deal::BALANCE, "1000.00"),
          Make(1, {1, Deal::BUY, Deal::IN, "1.00", "0.00", "0.00", "-3.00"}),
          Make(2, {1, Deal::SELL, Deal::OUT, "1.00", "13.00", "0.00", "0.00"}),
          Make(4, {2, Deal::SELL, Deal::OUT, "1.00", "-99.00", "0.00", "0.00"}),
      },
      options);
  EXPECT_EQ(statistics.trade_count(), 1);
  EXPECT_EQ(statistics.net_profit(), "10.00");
  EXPECT_EQ(statistics.deposits(), "0.00");
  ASSERT_EQ(statistics.days_size(), 1);
  EXPECT_EQ(statistics.days(0).closing_balance(), "1010.00");
}

TEST(Statistics, ADamagedDecimalIsAnErrorWithTheTicket) {
  StatisticsBuilder builder({});
  const absl::Status status = builder.Add(Money(6, Deal::BALANCE, "12,50"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("deal 7"));
}

}  // namespace
}  // namespace mtsuite::accounts
