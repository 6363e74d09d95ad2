// The life of accounts.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/fixture.h"

namespace mtsuite::conformance {
namespace {

using ::mtsuite::testing::HasMetadata;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using ::mtsuite::testing::StatusIs;
using ::testing::UnorderedElementsAre;

class AccountsConformance : public ConformanceTest {};
INSTANTIATE_TEST_SUITE_P(Platforms, AccountsConformance, ::testing::ValuesIn(Platforms()), PlatformName);

TEST_P(AccountsConformance, OpensWithWhatWasAskedAndReadsItBack) {
  NewAccount applicant = Applicant(200'001);
  applicant.account.set_comment("note | with = all \\ signs");
  applicant.account.set_document_id("doc-1");
  applicant.account.set_status("VIP");
  applicant.account.set_lead_source("ads");
  applicant.account.mutable_contact()->set_city("Zürich 漢字");
  applicant.account.mutable_rights()->set_expert_advisors_allowed(false);
  ASSERT_OK_AND_ASSIGN(const Account created, Create(applicant));
  ASSERT_OK_AND_ASSIGN(const Account read, Get(200'001));
  for (const Account& account : {created, read}) {
    EXPECT_EQ(account.login(), 200'001);
    EXPECT_EQ(account.group(), environment_->usd_group());
    EXPECT_EQ(account.leverage(), 100);
    EXPECT_EQ(account.name(), "Ada Lovelace");
    EXPECT_EQ(account.comment(), "note | with = all \\ signs");
    EXPECT_EQ(account.document_id(), "doc-1");
    EXPECT_EQ(account.status(), "VIP");
    EXPECT_EQ(account.lead_source(), "ads");
    EXPECT_EQ(account.contact().email(), "ada@example.com");
    EXPECT_EQ(account.contact().city(), "Zürich 漢字");
    EXPECT_EQ(account.currency_code(), "USD");
    EXPECT_EQ(account.balance(), "0.00");
    EXPECT_EQ(account.credit(), "0.00");
    EXPECT_TRUE(account.rights().enabled());
    EXPECT_FALSE(account.rights().read_only());
    EXPECT_FALSE(account.rights().expert_advisors_allowed());
    EXPECT_TRUE(account.rights().password_change_allowed());
    EXPECT_LT(
        absl::AbsDuration(RealClock().TimeNow() - absl::FromUnixSeconds(account.create_time().seconds())),
        absl::Minutes(2))
        << "not in UTC";
  }
}

TEST_P(AccountsConformance, ALoginIsTakenOnce) {
  ASSERT_OK(Create(200'001));
  const auto again = Create(200'001);
  EXPECT_THAT(again, StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(again, HasReason(type::v1::LOGIN_TAKEN));
  EXPECT_THAT(again, HasOutcome(type::v1::REJECTED));
  EXPECT_THAT(again, HasMetadata("login", "200001"));
}

TEST_P(AccountsConformance, LeverageZeroTakesADefault) {
  NewAccount applicant = Applicant(200'001);
  applicant.account.set_leverage(0);
  ASSERT_OK_AND_ASSIGN(const Account account, Create(applicant));
  EXPECT_GT(account.leverage(), 0);
}

TEST_P(AccountsConformance, BadApplicationsAreRefusedAndLeaveNothing) {
  NewAccount applicant = Applicant(200'001);
  applicant.account.set_group("demo\\none");
  auto refused = Create(applicant);
  EXPECT_THAT(refused, HasReason(type::v1::GROUP_NOT_FOUND));
  EXPECT_THAT(refused, HasOutcome(type::v1::REJECTED));
  EXPECT_THAT(refused, HasMetadata("group", "demo\\none"));

  applicant = Applicant(200'001);
  applicant.account.set_leverage(1001);
  refused = Create(applicant);
  EXPECT_THAT(refused, HasReason(type::v1::LEVERAGE_OUT_OF_RANGE));
  EXPECT_THAT(refused, HasMetadata("max", "1000"));

  for (const auto& [password, rule] :
       std::vector<std::pair<std::string, std::string>>{{"Sh0rt!", "min_length"},
                                                        {"PASSW0RD!", "lower"},
                                                        {"passw0rd!", "upper"},
                                                        {"Password!", "digit"}}) {
    applicant = Applicant(200'001);
    applicant.main_password = password;
    refused = Create(applicant);
    EXPECT_THAT(refused, HasReason(type::v1::PASSWORD_TOO_WEAK)) << password;
    EXPECT_THAT(refused, HasMetadata("rule", rule)) << password;
    EXPECT_THAT(refused, HasOutcome(type::v1::REJECTED)) << password;
  }
  EXPECT_THAT(Get(200'001), HasReason(type::v1::ACCOUNT_NOT_FOUND));
}

TEST_P(AccountsConformance, AnUpdateChangesWhatItNamesAndNothingElse) {
  NewAccount applicant = Applicant(200'001);
  applicant.account.set_comment("keep");
  ASSERT_OK(Create(applicant));
  Account change;
  change.set_login(200'001);
  change.set_leverage(25);
  change.mutable_contact()->set_email("new@example.com");
  change.set_comment("not in the mask");
  ASSERT_OK_AND_ASSIGN(const Account updated, Update(change, {"leverage", "contact.email"}));
  EXPECT_EQ(updated.leverage(), 25);
  EXPECT_EQ(updated.contact().email(), "new@example.com");
  EXPECT_EQ(updated.contact().country(), "United Kingdom");
  EXPECT_EQ(updated.comment(), "keep");
  EXPECT_EQ(updated.name(), "Ada Lovelace");

  change.clear_comment();
  ASSERT_OK_AND_ASSIGN(const Account cleared, Update(change, {"comment"}));
  EXPECT_EQ(cleared.comment(), "");
}

TEST_P(AccountsConformance, RightsChangeOneByOne) {
  ASSERT_OK(Create(200'001));
  Account change;
  change.set_login(200'001);
  change.mutable_rights()->set_enabled(false);
  change.mutable_rights()->set_reports_enabled(false);
  ASSERT_OK_AND_ASSIGN(const Account disabled, Update(change, {"rights.enabled"}));
  EXPECT_FALSE(disabled.rights().enabled());
  EXPECT_TRUE(disabled.rights().reports_enabled());
  change.mutable_rights()->set_enabled(true);
  change.mutable_rights()->set_read_only(true);
  ASSERT_OK_AND_ASSIGN(const Account read_only, Update(change, {"rights.enabled", "rights.read_only"}));
  EXPECT_TRUE(read_only.rights().enabled());
  EXPECT_TRUE(read_only.rights().read_only());
  EXPECT_TRUE(read_only.rights().reports_enabled());
}

// Each of them reads the bits before it writes them.
TEST_P(AccountsConformance, ManyChangesOfRightsAtOnceLoseNone) {
  ASSERT_OK(Create(200'001));
  const std::vector<std::string> paths = {"rights.enabled", "rights.password_change_allowed",
                                          "rights.expert_advisors_allowed", "rights.trailing_stops_allowed",
                                          "rights.reports_enabled"};
  Account change;
  change.set_login(200'001);
  accounts::v1::Rights& rights = *change.mutable_rights();
  rights.set_enabled(false);
  rights.set_password_change_allowed(false);
  rights.set_expert_advisors_allowed(false);
  rights.set_trailing_stops_allowed(false);
  rights.set_reports_enabled(false);
  std::vector<std::promise<absl::Status>> results(paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    server().UpdateAccount({change, {paths[i]}}, Deadline(), [&results, i](absl::StatusOr<Account> account) {
      results[i].set_value(account.status());
    });
  }
  for (auto& result : results) EXPECT_OK(result.get_future().get());
  ASSERT_OK_AND_ASSIGN(const Account account, Get(200'001));
  EXPECT_FALSE(account.rights().enabled());
  EXPECT_FALSE(account.rights().password_change_allowed());
  EXPECT_FALSE(account.rights().expert_advisors_allowed());
  EXPECT_FALSE(account.rights().trailing_stops_allowed());
  EXPECT_FALSE(account.rights().reports_enabled());
}

TEST_P(AccountsConformance, GroupsChangeWithinTheirCurrency) {
  ASSERT_OK(Create(200'001));
  Account change;
  change.set_login(200'001);
  change.set_group(environment_->other_usd_group());
  ASSERT_OK_AND_ASSIGN(const Account moved, Update(change, {"group"}));
  EXPECT_EQ(moved.group(), environment_->other_usd_group());
  change.set_group(environment_->eur_group());
  const auto other = Update(change, {"group"});
  EXPECT_THAT(other, HasReason(type::v1::GROUP_CURRENCY_DIFFERS));
  EXPECT_THAT(other, HasMetadata("currency", "USD"));
  EXPECT_THAT(other, HasMetadata("new_currency", "EUR"));
  EXPECT_THAT(other, HasOutcome(type::v1::REJECTED));
  change.set_group("demo\\none");
  EXPECT_THAT(Update(change, {"group"}), HasReason(type::v1::GROUP_NOT_FOUND));
  ASSERT_OK_AND_ASSIGN(const Account account, Get(200'001));
  EXPECT_EQ(account.group(), environment_->other_usd_group());
}

TEST_P(AccountsConformance, BadUpdatesAreRefused) {
  ASSERT_OK(Create(200'001));
  Account change;
  change.set_login(200'001);
  change.set_leverage(1001);
  EXPECT_THAT(Update(change, {"leverage"}), HasReason(type::v1::LEVERAGE_OUT_OF_RANGE));
  EXPECT_THAT(Update(change, {"balance"}), HasReason(type::v1::FIELD_NOT_MUTABLE));
  EXPECT_THAT(Update(change, {"nonsense"}), HasReason(type::v1::UPDATE_MASK_INVALID));
  change.set_login(999'999);
  change.set_leverage(10);
  EXPECT_THAT(Update(change, {"leverage"}), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  change.mutable_rights()->set_enabled(false);
  const auto unknown = Update(change, {"rights.enabled"});
  EXPECT_THAT(unknown, HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(unknown, HasOutcome(type::v1::REJECTED));
}

TEST_P(AccountsConformance, DeletedAccountsAreGone) {
  ASSERT_OK(Create(200'001));
  ASSERT_OK(Delete(200'001));
  EXPECT_THAT(Get(200'001), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  const absl::Status again = Delete(200'001);
  EXPECT_THAT(again, HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(again, HasOutcome(type::v1::REJECTED));
}

TEST_P(AccountsConformance, OpenPositionsForbidDeletion) {
  ASSERT_OK(Create(200'001));
  ASSERT_OK(Deposit(200'001, "10000.00"));
  environment_->OpenPosition(200'001);
  const absl::Status refused = Delete(200'001);
  EXPECT_THAT(refused, HasReason(type::v1::OPEN_POSITIONS_FORBID_CHANGE));
  EXPECT_THAT(refused, HasOutcome(type::v1::REJECTED));
  EXPECT_OK(Get(200'001));
}

TEST_P(AccountsConformance, ReadsManyAtOnceAndLeavesOutThoseThatDoNotExist) {
  for (int64_t login = 200'001; login <= 200'005; ++login) ASSERT_OK(Create(login));
  const auto read = [&](const std::vector<int64_t>& logins) {
    return Wait<std::vector<Account>>(
        [&](auto done) { server().GetAccounts(logins, Deadline(), std::move(done)); });
  };
  ASSERT_OK_AND_ASSIGN(const auto some, read({200'005, 999'999, 200'001}));
  std::vector<int64_t> logins;
  for (const Account& account : some) logins.push_back(account.login());
  EXPECT_THAT(logins, UnorderedElementsAre(200'001, 200'005));
  ASSERT_OK_AND_ASSIGN(const auto none, read({999'999}));
  EXPECT_TRUE(none.empty());
}

TEST_P(AccountsConformance, ChangesAreToldToTheObserver) {
  ASSERT_OK(Create(200'001));
  EXPECT_TRUE(environment_->AwaitAccount([](const Account& account) { return account.login() == 200'001; }));
  Account change;
  change.set_login(200'001);
  change.set_leverage(33);
  ASSERT_OK(Update(change, {"leverage"}));
  EXPECT_TRUE(environment_->AwaitAccount([](const Account& account) { return account.leverage() == 33; }));
  ASSERT_OK(Delete(200'001));
  EXPECT_TRUE(environment_->AwaitGone(200'001));
}

}  // namespace
}  // namespace mtsuite::conformance
