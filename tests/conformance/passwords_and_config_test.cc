// Passwords, groups, symbols, and what the server says of itself.
#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/fixture.h"

namespace mtsuite::conformance {
namespace {

using ::mtsuite::testing::HasMetadata;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using ::mtsuite::testing::IsOkAndHolds;

constexpr int64_t kLogin = 200'001;

class PasswordsConformance : public ConformanceTest {};
INSTANTIATE_TEST_SUITE_P(Platforms, PasswordsConformance, ::testing::ValuesIn(Platforms()), PlatformName);

TEST_P(PasswordsConformance, EachPasswordIsSetAndCheckedOnItsOwn) {
  NewAccount applicant = Applicant(kLogin);
  applicant.phone_password = "secret word";
  ASSERT_OK(Create(applicant));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::MAIN, kMain}), IsOkAndHolds(true));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::MAIN, kInvestor}), IsOkAndHolds(false));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::INVESTOR, kInvestor}), IsOkAndHolds(true));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::PHONE, "secret word"}), IsOkAndHolds(true));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::PHONE, "Secret word"}), IsOkAndHolds(false));

  const std::string odd = "N3w|=\\p\xC3\xA4!";
  ASSERT_OK(SetPassword({kLogin, accounts::v1::MAIN, odd}));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::MAIN, odd}), IsOkAndHolds(true));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::MAIN, kMain}), IsOkAndHolds(false));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::INVESTOR, kInvestor}), IsOkAndHolds(true));
  ASSERT_OK(SetPassword({kLogin, accounts::v1::PHONE, "other"}));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::PHONE, "other"}), IsOkAndHolds(true));
}

TEST_P(PasswordsConformance, WeakPasswordsAndUnknownAccountsAreRefused) {
  ASSERT_OK(Create(kLogin));
  const absl::Status weak = SetPassword({kLogin, accounts::v1::MAIN, "alllower1!"});
  EXPECT_THAT(weak, HasReason(type::v1::PASSWORD_TOO_WEAK));
  EXPECT_THAT(weak, HasMetadata("rule", "upper"));
  EXPECT_THAT(weak, HasOutcome(type::v1::REJECTED));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::MAIN, kMain}), IsOkAndHolds(true));
  EXPECT_THAT(SetPassword({999'999, accounts::v1::MAIN, kMain}), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(CheckPassword({999'999, accounts::v1::MAIN, kMain}), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(CheckPassword({999'999, accounts::v1::PHONE, "x"}), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(CheckPassword({kLogin, accounts::v1::PHONE, ""}), IsOkAndHolds(false)) << "none is set";
}

TEST_P(PasswordsConformance, ThePolicyCanBeAskedWithoutTheServer) {
  EXPECT_OK(server().CheckNewPassword({kLogin, accounts::v1::MAIN, kMain}, 8));
  EXPECT_THAT(server().CheckNewPassword({kLogin, accounts::v1::MAIN, "x"}, 8),
              HasReason(type::v1::PASSWORD_TOO_WEAK));
}

class ConfigConformance : public ConformanceTest {};
INSTANTIATE_TEST_SUITE_P(Platforms, ConfigConformance, ::testing::ValuesIn(Platforms()), PlatformName);

TEST_P(ConfigConformance, ListsGroups) {
  ASSERT_OK_AND_ASSIGN(const auto groups, Wait<std::vector<accounts::v1::Group>>([&](auto done) {
                         server().ListGroups(Deadline(), std::move(done));
                       }));
  const auto find = [&groups](const std::string& name) {
    return *std::find_if(groups.begin(), groups.end(),
                         [&](const auto& group) { return group.name() == name; });
  };
  const accounts::v1::Group usd = find(environment_->usd_group());
  EXPECT_EQ(usd.currency_code(), "USD");
  EXPECT_EQ(usd.currency_digits(), 2);
  EXPECT_GE(usd.min_password_length(), 5);
  EXPECT_NE(usd.stop_out_level(), "");
  EXPECT_NE(usd.position_mode(), accounts::v1::Group::POSITION_MODE_UNSPECIFIED);
  EXPECT_EQ(find(environment_->eur_group()).currency_code(), "EUR");
}

TEST_P(ConfigConformance, ListsSymbols) {
  ASSERT_OK_AND_ASSIGN(const auto symbols, Wait<std::vector<quotes::v1::Symbol>>([&](auto done) {
                         server().ListSymbols(Deadline(), std::move(done));
                       }));
  const auto eurusd = std::find_if(symbols.begin(), symbols.end(),
                                   [](const auto& symbol) { return symbol.name() == "EURUSD"; });
  ASSERT_NE(eurusd, symbols.end());
  EXPECT_EQ(eurusd->base_currency_code(), "EUR");
  EXPECT_EQ(eurusd->profit_currency_code(), "USD");
  EXPECT_EQ(eurusd->digits(), 5);
  EXPECT_EQ(eurusd->contract_size(), "100000");
  EXPECT_EQ(eurusd->tick_size(), "0.00001");
  EXPECT_EQ(eurusd->min_volume(), "0.01");
}

TEST_P(ConfigConformance, DescribesItself) {
  const operations::v1::Server description = server().Describe();
  EXPECT_NE(description.server(), "");
  EXPECT_NE(description.platform(), operations::v1::Server::PLATFORM_UNSPECIFIED);
  EXPECT_EQ(description.state(), operations::v1::Server::CONNECTED);
  EXPECT_GT(description.build(), 0);
  EXPECT_NE(description.time_zone(), "");
  EXPECT_GT(description.capabilities_size(), 0);
  EXPECT_TRUE(description.has_round_trip_time());
}

TEST_P(ConfigConformance, CallsEndAtTheirDeadline) {
  const auto late = Wait<Account>(
      [&](auto done) { server().GetAccount(1, RealClock().TimeNow() - absl::Seconds(1), std::move(done)); });
  EXPECT_THAT(late, HasReason(type::v1::TRADE_SERVER_TIMEOUT));
  connector::Booking booking;
  booking.login = kLogin;
  booking.type = BalanceOperation::DEPOSIT;
  booking.signed_amount = Decimal::FromInteger(1);
  const auto booked = Wait<BookingResult>(
      [&](auto done) { server().Book(booking, RealClock().TimeNow() - absl::Seconds(1), std::move(done)); });
  EXPECT_THAT(booked, HasOutcome(type::v1::NOT_SENT));
}

}  // namespace
}  // namespace mtsuite::conformance
