#include "services/mtsim/engine/account_operations.h"

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

class AccountOperationsTest : public EngineTest {
 protected:
  AccountOperationsTest()
      : EngineTest({.login_ranges = {{5000, 5002}}, .foreign_login_ranges = {{9000, 9999}}}) {}

  Retcode Add(const NewAccount& account) { return engine_->accounts().Add(account).retcode(); }
};

constexpr char kRetail[] = "demo\\retail-usd";

TEST_F(AccountOperationsTest, NewAccountHasThePlatformsDefaults) {
  const uint64_t login = AddAccount(kRetail);
  const Account& account = AccountOf(login);
  EXPECT_EQ(login, 5000u);
  EXPECT_EQ(account.rights, 0x163u);
  EXPECT_EQ(account.leverage, 100);
  EXPECT_EQ(account.registration, TestStart());
  EXPECT_EQ(account.last_password_change, TestStart());
  EXPECT_TRUE(account.balance.IsZero());
}

TEST_F(AccountOperationsTest, RefusesIncompleteAccounts) {
  const NewAccount good = TestAccount(kRetail);
  NewAccount bad = good;
  bad.group = "no\\such";
  EXPECT_EQ(Add(bad), Retcode::kNoPermission);
  bad = good;
  bad.details.name.clear();
  EXPECT_EQ(Add(bad), Retcode::kInvalidParameters);
  for (const int leverage : {0, -1, 1001}) {
    bad = good;
    bad.leverage = leverage;
    EXPECT_EQ(Add(bad), Retcode::kInvalidParameters) << leverage;
  }
  bad = good;
  bad.main_password = "weak";
  EXPECT_EQ(Add(bad), Retcode::kInvalidPassword);
  bad = good;
  bad.investor_password.clear();
  EXPECT_EQ(Add(bad), Retcode::kInvalidPassword);
  bad = good;
  bad.api_password = "weak";
  EXPECT_EQ(Add(bad), Retcode::kInvalidPassword);
  EXPECT_EQ(engine_->state().accounts.size(), 0u);
}

TEST_F(AccountOperationsTest, GroupsMayAskForMore) {
  NewAccount account = TestAccount("real\\standard-usd");
  EXPECT_EQ(Add(account), Retcode::kInvalidPassword);  // ten characters at least
  account.main_password = account.investor_password = "Passw0rd!+";
  account.leverage = 501;
  EXPECT_EQ(Add(account), Retcode::kInvalidParameters);
  account.leverage = 500;
  EXPECT_EQ(Add(account), Retcode::kDone);
}

TEST_F(AccountOperationsTest, LoginsAreGivenOutInOrderAndRunOut) {
  NewAccount chosen = TestAccount(kRetail);
  chosen.login = 5001;
  EXPECT_EQ(Add(chosen), Retcode::kDone);
  EXPECT_EQ(Add(chosen), Retcode::kAccountExists);
  EXPECT_EQ(AddAccount(kRetail), 5000u);
  EXPECT_EQ(AddAccount(kRetail), 5002u);
  EXPECT_EQ(Add(TestAccount(kRetail)), Retcode::kLoginsExhausted);
  EXPECT_EQ(engine_->accounts().Delete(5001), Retcode::kDone);
  EXPECT_EQ(AddAccount(kRetail), 5001u);
  EXPECT_EQ(Add(TestAccount(kRetail)), Retcode::kLoginsExhausted);
  EXPECT_EQ(engine_->accounts().Delete(5000), Retcode::kDone);
  EXPECT_EQ(AddAccount(kRetail), 5000u);
}

TEST_F(AccountOperationsTest, LoginsOfOtherServersAreRefused) {
  NewAccount account = TestAccount(kRetail);
  account.login = 9500;
  EXPECT_EQ(Add(account), Retcode::kLoginReserved);
  account.login = 123;  // Outside of the ranges for allocation is fine.
  EXPECT_EQ(Add(account), Retcode::kDone);
}

TEST_F(AccountOperationsTest, LongTextsAreCut) {
  NewAccount account = TestAccount(kRetail);
  account.details.name = std::string(300, 'x');
  const auto added = engine_->accounts().Add(account);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ((*added)->details.name.size(), 127u);
}

TEST_F(AccountOperationsTest, UpdateChangesOnlyWhatIsGiven) {
  const uint64_t login = AddAccount(kRetail);
  AccountUpdate update;
  update.leverage = 200;
  update.email = "a@b.example";
  ASSERT_TRUE(engine_->accounts().Update(login, update).ok());
  const Account& account = AccountOf(login);
  EXPECT_EQ(account.leverage, 200);
  EXPECT_EQ(account.details.email, "a@b.example");
  EXPECT_EQ(account.details.name, "Test Trader");
  EXPECT_EQ(account.rights, kDefaultUserRights);
}

TEST_F(AccountOperationsTest, BadValuesAreLeftOutOfAnUpdate) {
  const uint64_t login = AddAccount(kRetail);
  AccountUpdate update;
  update.leverage = 0;
  update.name = "";
  update.comment = "kept";
  ASSERT_TRUE(engine_->accounts().Update(login, update).ok());
  EXPECT_EQ(AccountOf(login).leverage, 100);
  EXPECT_EQ(AccountOf(login).details.name, "Test Trader");
  EXPECT_EQ(AccountOf(login).details.comment, "kept");
  EXPECT_EQ(engine_->accounts().Update(1, update).retcode(), Retcode::kNotFound);
}

TEST_F(AccountOperationsTest, GroupChangeKeepsCurrencyAndMarginMode) {
  const uint64_t login = AddAccount(kRetail, "10000"_fx);
  AccountUpdate update;
  update.group = "demo\\retail-eur";
  update.comment = "not applied";
  EXPECT_EQ(engine_->accounts().Update(login, update).retcode(), Retcode::kDifferentCurrency);
  update.group = "no\\such";
  EXPECT_EQ(engine_->accounts().Update(login, update).retcode(), Retcode::kNoPermission);
  EXPECT_EQ(AccountOf(login).details.comment, "");

  const TradeResult trade = Open({.login = login, .symbol = "EURUSD", .volume = "0.1"_fx});
  update.group = "demo\\netting-usd";
  EXPECT_EQ(engine_->accounts().Update(login, update).retcode(), Retcode::kHasOpenTrades);
  Close({.position = trade.position});
  EXPECT_TRUE(engine_->accounts().Update(login, update).ok());
  EXPECT_TRUE(engine_->state().accounts.LoginsOf(kRetail).empty());
  EXPECT_TRUE(engine_->state().accounts.LoginsOf("demo\\netting-usd").contains(login));
}

TEST_F(AccountOperationsTest, DeleteNeedsAnIdleAccount) {
  const uint64_t login = AddAccount(kRetail, "10000"_fx);
  const TradeResult trade = Open({.login = login, .symbol = "EURUSD", .volume = "0.1"_fx});
  EXPECT_EQ(engine_->accounts().Delete(login), Retcode::kHasOpenTrades);
  Close({.position = trade.position});
  EXPECT_EQ(engine_->accounts().Delete(login), Retcode::kDone);
  EXPECT_EQ(engine_->accounts().Delete(login), Retcode::kNotFound);
  EXPECT_EQ(engine_->state().accounts.Find(login), nullptr);
  // The deal stays; a new owner of the login does not inherit it.
  EXPECT_NE(engine_->state().deals.Find(trade.deal), nullptr);
  EXPECT_EQ(engine_->state().deals.Count(login, TimeWindow()), 0u);
}

TEST_F(AccountOperationsTest, PasswordsAreCheckedAndChanged) {
  const uint64_t login = AddAccount(kRetail);
  AccountOperations& accounts = engine_->accounts();
  EXPECT_EQ(accounts.CheckPassword(login, PasswordKind::kMain, kTestPassword), Retcode::kDone);
  EXPECT_EQ(accounts.CheckPassword(login, PasswordKind::kMain, "Other0ne!"), Retcode::kInvalidPassword);
  EXPECT_EQ(accounts.CheckPassword(login, PasswordKind::kApi, ""), Retcode::kInvalidPassword);
  EXPECT_EQ(accounts.CheckPassword(7, PasswordKind::kMain, kTestPassword), Retcode::kNotFound);

  clock_.AdvanceTime(absl::Hours(1));
  EXPECT_EQ(accounts.SetPassword(login, PasswordKind::kInvestor, "weak"), Retcode::kInvalidPassword);
  EXPECT_EQ(AccountOf(login).last_password_change, TestStart());
  EXPECT_EQ(accounts.SetPassword(login, PasswordKind::kInvestor, "Other0ne!"), Retcode::kDone);
  EXPECT_EQ(accounts.CheckPassword(login, PasswordKind::kInvestor, "Other0ne!"), Retcode::kDone);
  EXPECT_EQ(accounts.CheckPassword(login, PasswordKind::kMain, kTestPassword), Retcode::kDone);
  EXPECT_EQ(AccountOf(login).last_password_change, TestStart() + absl::Hours(1));
}

TEST_F(AccountOperationsTest, ListsByGroupMask) {
  const uint64_t usd = AddAccount(kRetail);
  const uint64_t eur = AddAccount("demo\\retail-eur");
  const uint64_t netting = AddAccount("demo\\netting-usd");
  const AccountBook& book = engine_->state().accounts;
  EXPECT_EQ(book.Select("*"), (std::vector<uint64_t>{usd, eur, netting}));
  EXPECT_EQ(book.Select("demo\\retail*"), (std::vector<uint64_t>{usd, eur}));
  EXPECT_EQ(book.Select("demo*,!*eur"), (std::vector<uint64_t>{usd, netting}));
  EXPECT_TRUE(book.Select("real*").empty());
}

}  // namespace
}  // namespace mtsuite::mtsim
