#include "services/mtsim/engine/balance_operations.h"

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

class BalanceOperationsTest : public EngineTest {
 protected:
  Retcode Apply(int type, Fixed amount, bool check_margin = true) {
    return engine_->balances()
        .Apply({.login = login_, .type = type, .amount = amount, .check_margin = check_margin})
        .retcode();
  }

  const uint64_t login_ = AddAccount("demo\\retail-usd");
};

TEST_F(BalanceOperationsTest, DepositIsADealWithTheAmountAsProfit) {
  const auto deal = engine_->balances().Apply({.login = login_,
                                               .amount = "1000.00"_fx,
                                               .comment = "a comment of more than thirty-one characters",
                                               .dealer = 7});
  ASSERT_TRUE(deal.ok());
  EXPECT_EQ((*deal)->deal, engine_->state().options.first_deal);
  EXPECT_EQ((*deal)->action, DealAction::kBalance);
  EXPECT_EQ((*deal)->entry, DealEntry::kIn);
  EXPECT_EQ((*deal)->profit, "1000"_fx);
  EXPECT_EQ((*deal)->comment, "a comment of more than thirty-o");
  EXPECT_EQ((*deal)->dealer, 7u);
  EXPECT_EQ((*deal)->symbol, nullptr);
  EXPECT_EQ((*deal)->time, TestStart());
  EXPECT_EQ(AccountOf(login_).balance, "1000"_fx);
}

TEST_F(BalanceOperationsTest, OnlyFiveKindsAreAllowed) {
  for (const int type : {-1, 0, 1, 7, 8, 20, 255})
    EXPECT_EQ(Apply(type, "1"_fx), Retcode::kInvalidParameters) << type;
  for (const int type : {2, 3, 4, 5, 6}) EXPECT_EQ(Apply(type, "1"_fx), Retcode::kDone) << type;
  EXPECT_EQ(AccountOf(login_).balance, "4"_fx);
  EXPECT_EQ(AccountOf(login_).credit, "1"_fx);
}

TEST_F(BalanceOperationsTest, AmountsAreLimitedAndRounded) {
  EXPECT_EQ(Apply(2, "1000000000.01"_fx), Retcode::kMoneyLimit);
  EXPECT_EQ(Apply(2, "-1000000000.01"_fx), Retcode::kMoneyLimit);
  EXPECT_EQ(Apply(2, "1000000000"_fx), Retcode::kDone);
  EXPECT_EQ(Apply(2, "0"_fx), Retcode::kInvalidParameters);
  EXPECT_EQ(Apply(2, "0.004"_fx), Retcode::kInvalidParameters);
  EXPECT_EQ(Apply(2, "0.005"_fx), Retcode::kDone);
  EXPECT_EQ(AccountOf(login_).balance, "1000000000.01"_fx);
}

TEST_F(BalanceOperationsTest, BalanceHasAnUpperEnd) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Apply(2, "1000000000"_fx), Retcode::kDone);
  EXPECT_EQ(Apply(2, "0.01"_fx), Retcode::kMoneyLimit);
  EXPECT_EQ(Apply(2, "-0.01"_fx), Retcode::kDone);
}

TEST_F(BalanceOperationsTest, WithdrawalNeedsBalance) {
  ASSERT_EQ(Apply(2, "100"_fx), Retcode::kDone);
  ASSERT_EQ(Apply(3, "50"_fx), Retcode::kDone);
  // Free margin is 150, but only the balance can be taken out, whatever is asked to be checked.
  for (const int type : {2, 4, 5, 6}) {
    EXPECT_EQ(Apply(type, "-100.01"_fx), Retcode::kNoMoney) << type;
    EXPECT_EQ(Apply(type, "-100.01"_fx, false), Retcode::kNoMoney) << type;
  }
  EXPECT_EQ(Apply(2, "-100"_fx), Retcode::kDone);
  EXPECT_TRUE(AccountOf(login_).balance.IsZero());
}

TEST_F(BalanceOperationsTest, CreditIsTakenFromCredit) {
  ASSERT_EQ(Apply(2, "100"_fx), Retcode::kDone);
  ASSERT_EQ(Apply(3, "50"_fx), Retcode::kDone);
  EXPECT_EQ(Apply(3, "-50.01"_fx), Retcode::kNoMoney);
  EXPECT_EQ(Apply(3, "-50.01"_fx, false), Retcode::kNoMoney);
  EXPECT_EQ(Apply(3, "-50"_fx), Retcode::kDone);
  EXPECT_EQ(AccountOf(login_).balance, "100"_fx);
}

TEST_F(BalanceOperationsTest, OpenPositionsBindMoneyUnlessTheCheckIsOff) {
  ASSERT_EQ(Apply(2, "1000"_fx), Retcode::kDone);
  SetPrice("EURUSD", "1.08000"_fx, "1.08000"_fx);
  // 0.5 lots at leverage 100 hold 500 EUR = 540 USD.
  Open({.login = login_, .symbol = "EURUSD", .volume = "0.5"_fx});
  EXPECT_EQ(StateOf(login_).margin_free, "460"_fx);
  EXPECT_EQ(Apply(2, "-460.01"_fx), Retcode::kNoMoney);
  EXPECT_EQ(Apply(4, "-460.01"_fx), Retcode::kNoMoney);
  EXPECT_EQ(Apply(2, "-460.01"_fx, false), Retcode::kDone);
  EXPECT_EQ(StateOf(login_).margin_free, "-0.01"_fx);
}

TEST_F(BalanceOperationsTest, UnknownLoginIsNotFound) {
  EXPECT_EQ(engine_->balances().Apply({.login = 1, .amount = "1"_fx}).retcode(), Retcode::kNotFound);
  EXPECT_EQ(engine_->balances().Check(1, false).retcode(), Retcode::kNotFound);
}

TEST_F(BalanceOperationsTest, HistoryCanBeSeeded) {
  const absl::Time past = TestStart() - absl::Hours(24 * 30);
  const auto deal = engine_->balances().Apply({.login = login_, .amount = "5"_fx, .time = past});
  ASSERT_TRUE(deal.ok());
  EXPECT_EQ((*deal)->time, past);
}

TEST_F(BalanceOperationsTest, CheckComparesWithTheDeals) {
  ASSERT_EQ(Apply(2, "100"_fx), Retcode::kDone);
  ASSERT_EQ(Apply(3, "10"_fx), Retcode::kDone);
  ASSERT_EQ(Apply(4, "-1.50"_fx), Retcode::kDone);
  const auto check = engine_->balances().Check(login_, true);
  ASSERT_TRUE(check.ok());
  EXPECT_EQ(check->balance_history, "98.5"_fx);
  EXPECT_EQ(check->balance_user, check->balance_history);
  EXPECT_EQ(check->credit_history, "10"_fx);
  EXPECT_EQ(check->credit_user, check->credit_history);
}

}  // namespace
}  // namespace mtsuite::mtsim
