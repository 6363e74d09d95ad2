#include "services/mtsim/seeding.h"

#include "common/testing/matchers.h"
#include "services/mtsim/engine/dump.h"
#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::mtsuite::testing::StatusIs;

using SeedingTest = EngineTest;

TEST_F(SeedingTest, OpensManyAccountsWithDeposits) {
  ASSERT_OK_AND_ASSIGN(
      const LoginSpan span,
      OpenSeededAccounts(*engine_, {.count = 500, .group = "demo\\retail-usd", .deposit = "100"_fx}));
  EXPECT_EQ(span.last - span.first, 499u);
  const Account* account = engine_->state().accounts.Find(span.last);
  EXPECT_EQ(account->balance, "100"_fx);
  EXPECT_NE(account->details.name, "");
  EXPECT_EQ(engine_->accounts().CheckPassword(span.last, PasswordKind::kMain, kSeededPassword),
            Retcode::kDone);
}

TEST_F(SeedingTest, RefusesWhatCannotBeOpened) {
  EXPECT_THAT(OpenSeededAccounts(*engine_, {.count = 0, .group = "demo\\retail-usd"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(OpenSeededAccounts(*engine_, {.count = 100'001, .group = "demo\\retail-usd"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(OpenSeededAccounts(*engine_, {.count = 1, .group = "none"}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(OpenSeededAccounts(*engine_, {.count = 1, .group = "demo\\retail-usd", .password = "weak"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const uint64_t login = AddAccount("demo\\retail-usd");
  EXPECT_THAT(OpenSeededAccounts(*engine_, {.count = 1, .first_login = login, .group = "demo\\retail-usd"}),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(SeedingTest, HistoryIsPlausibleAndRepeatable) {
  const uint64_t login = AddAccount("demo\\retail-usd", "10000"_fx);
  ASSERT_OK_AND_ASSIGN(
      const int64_t deals,
      WriteSeededHistory(*engine_, {.login = login, .trade_count = 200, .days = 60, .seed = 7}));
  // Hours in which nothing trades are left out.
  EXPECT_GT(deals, 300);
  EXPECT_LE(deals, 400);
  EXPECT_EQ(engine_->state().positions.size(), 0u);
  const Account* account = engine_->state().accounts.Find(login);
  EXPECT_GT(account->balance, "5000"_fx);
  EXPECT_LT(account->balance, "30000"_fx);
  int won = 0;
  int lost = 0;
  absl::Time last = absl::InfinitePast();
  for (const Deal& deal : engine_->state().deals.records()) {
    if (!deal.IsTrade() || deal.entry != DealEntry::kOut) continue;
    ++(deal.profit.IsNegative() ? lost : won);
    EXPECT_GE(deal.time, last) << "tickets grow with time";
    last = deal.time;
  }
  EXPECT_GT(won, 50);
  EXPECT_GT(lost, 50);
  EXPECT_LE(last, engine_->state().Now());

  SimulatedClock clock(TestStart());
  ASSERT_OK_AND_ASSIGN(const auto other, Engine::Create({}, clock));
  ASSERT_TRUE(other->accounts().Add(TestAccount("demo\\retail-usd")).ok());
  ASSERT_TRUE(other->balances().Apply({.login = login, .amount = "10000"_fx}).ok());
  ASSERT_OK(WriteSeededHistory(*other, {.login = login, .trade_count = 200, .days = 60, .seed = 7}));
  EXPECT_EQ(Dump(other->state()), Dump(engine_->state()));
}

TEST_F(SeedingTest, HistoryNeedsMoneyAndLimits) {
  const uint64_t poor = AddAccount("demo\\retail-usd");
  EXPECT_THAT(WriteSeededHistory(*engine_, {.login = poor, .trade_count = 1, .days = 1}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(WriteSeededHistory(*engine_, {.login = 1, .trade_count = 1, .days = 1}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(WriteSeededHistory(*engine_, {.login = poor, .trade_count = 0, .days = 1}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(WriteSeededHistory(*engine_, {.login = poor, .trade_count = 1, .days = 3651}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SeedingTest, TheDemoWorldIsNotEmpty) {
  ASSERT_OK(BuildDemoWorld(*engine_));
  EXPECT_EQ(engine_->state().accounts.size(), 12u);
  EXPECT_GT(engine_->state().deals.size(), 1000u);
  EXPECT_GT(engine_->state().positions.size(), 8u);
  engine_->state().accounts.ForEach([&](const Account& account) {
    EXPECT_FALSE(account.balance.IsNegative()) << account.login;
    const Result<BalanceCheck> check = engine_->balances().Check(account.login, false);
    EXPECT_EQ(check->balance_user, check->balance_history);
  });
}

}  // namespace
}  // namespace mtsuite::mtsim
