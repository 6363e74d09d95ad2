#include "services/accounts/bookings.h"

#include "gtest/gtest.h"
#include "services/accounts/booking_comment.h"

namespace mtsuite::accounts {
namespace {

using Operation = v1::BalanceOperation;
using type::v1::Deal;

Deal Make(Deal::Type type, const std::string& profit) {
  Deal deal;
  deal.set_ticket(7);
  deal.set_login(1000);
  deal.set_type(type);
  deal.set_profit(profit);
  deal.set_comment("salary #AbCdEf01234");
  return deal;
}

TEST(Bookings, TheSignBecomesTheType) {
  EXPECT_EQ(ToBalanceOperation(Make(Deal::BALANCE, "10.00"))->type(), Operation::DEPOSIT);
  EXPECT_EQ(ToBalanceOperation(Make(Deal::BALANCE, "-10.00"))->type(), Operation::WITHDRAWAL);
  EXPECT_EQ(ToBalanceOperation(Make(Deal::BALANCE, "-10.00"))->amount(), "10.00");
  EXPECT_EQ(ToBalanceOperation(Make(Deal::CREDIT, "-5.00"))->type(), Operation::CREDIT_OUT);
  EXPECT_EQ(ToBalanceOperation(Make(Deal::CHARGE, "-3.00"))->amount(), "3.00");
  EXPECT_EQ(ToBalanceOperation(Make(Deal::CORRECTION, "-3.00"))->amount(), "-3.00");
}

TEST(Bookings, TradesAndPlatformBookingsAreNone) {
  EXPECT_FALSE(ToBalanceOperation(Make(Deal::BUY, "10.00")).has_value());
  EXPECT_FALSE(ToBalanceOperation(Make(Deal::COMMISSION, "-1.00")).has_value());
}

TEST(Bookings, TheTagIsNotTheCallersComment) {
  EXPECT_EQ(ToBalanceOperation(Make(Deal::BALANCE, "1.00"))->comment(), "salary");
  EXPECT_EQ(WithoutOperationTag("#AbCdEf01234"), "");
  EXPECT_EQ(WithoutOperationTag("bonus #12"), "bonus #12");
  EXPECT_EQ(WithoutOperationTag("invoice#AbCdEf01234"), "invoice#AbCdEf01234");
  EXPECT_EQ(WithoutOperationTag("a #AbCdEf0123-"), "a #AbCdEf0123-");
  EXPECT_EQ(WithoutOperationTag(""), "");
}

}  // namespace
}  // namespace mtsuite::accounts
