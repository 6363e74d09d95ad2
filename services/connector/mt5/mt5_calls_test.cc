// The calls, and what they make of answers.
#include <future>
#include <string>
#include <vector>

#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/server_fixture.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::mtsuite::testing::HasMetadata;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using ::mtsuite::testing::IsOkAndHolds;
using ::testing::HasSubstr;
using Reaction = TestServer::Reaction;
using Received = TestPeer::Received;

class Mt5CallsTest : public Mt5WebApiServerTest {};

INSTANTIATE_TEST_SUITE_P(PlainAndAes, Mt5CallsTest,
                         ::testing::Values(Mt5Options::Encryption::kNone, Mt5Options::Encryption::kAes),
                         [](const auto& info) {
                           return info.param == Mt5Options::Encryption::kAes ? "Aes" : "Plain";
                         });

TEST_P(Mt5CallsTest, ReadsAnAccountWithItsCurrency) {
  peer_.Answer("USER_GET", UserAnswer(1001));
  StartAndConnect();
  ASSERT_OK_AND_ASSIGN(const auto account, GetAccount(1001));
  EXPECT_EQ(account.login(), 1001);
  EXPECT_EQ(account.currency_code(), "USD");
  EXPECT_EQ(account.balance(), "10.00");
  peer_.Answer("USER_GET", {.retcode = 13, .text = "Not found"});
  EXPECT_THAT(GetAccount(9), HasReason(type::v1::ACCOUNT_NOT_FOUND));
}

TEST_P(Mt5CallsTest, BooksOnce) {
  peer_.Answer("TRADE_BALANCE", {.parameters = {{"TICKET", "4711"}}});
  StartAndConnect();
  const auto booked = Book("1000.00");
  ASSERT_OK(booked);
  EXPECT_EQ(booked->ticket, 4711);
  EXPECT_EQ(peer_.count("TRADE_BALANCE"), 1);
}

TEST_P(Mt5CallsTest, UnreadableSuccessOfAMutationLeavesDoubt) {
  peer_.Answer("TRADE_BALANCE", {.parameters = {{"TICKET", "none"}}});
  StartAndConnect();
  EXPECT_THAT(Book("1.00"), HasOutcome(type::v1::UNCONFIRMED));
}

TEST_P(Mt5CallsTest, RefusalsTellWhatThereIs) {
  peer_.Answer("TRADE_BALANCE", {.retcode = 10019, .text = "No money"});
  peer_.Answer("USER_GET", UserAnswer(1001));
  peer_.Answer("USER_ACCOUNT_GET",
               {.body = R"({"Login":"1001","CurrencyDigits":"2","MarginFree":"7.50","Balance":"10.00"})"});
  StartAndConnect();
  const auto booked = Book("-100.00");
  EXPECT_THAT(booked, HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  EXPECT_THAT(booked, HasOutcome(type::v1::REJECTED));
  EXPECT_THAT(booked, HasMetadata("free_margin", "7.50"));
}

TEST_P(Mt5CallsTest, WhatTheServerWouldAlterIsRefusedBefore) {
  peer_.Answer("USER_GET", UserAnswer(1001));
  StartAndConnect();
  ASSERT_OK(GetAccount(1001));
  EXPECT_THAT(Book("0.00"), HasReason(type::v1::AMOUNT_NOT_POSITIVE));
  EXPECT_THAT(Book("1.005"), HasReason(type::v1::AMOUNT_TOO_PRECISE));
  EXPECT_THAT(Book("1000000000.01"), HasReason(type::v1::AMOUNT_TOO_LARGE));
  EXPECT_THAT(Book("1.00", std::string(32, 'x')), HasReason(type::v1::COMMENT_TOO_LONG));
  EXPECT_EQ(peer_.count("TRADE_BALANCE"), 0);
}

TEST_P(Mt5CallsTest, ChangesOfRightsReadTheOthersFirst) {
  std::string body;
  peer_.Answer("USER_GET", UserAnswer(1001));
  peer_.On("USER_UPDATE", [&body](const Received& command) {
    body = command.body;
    TestPeer::Answer answer = UserAnswer(1001);
    answer.body.replace(answer.body.find("483"), 3, "482");
    return Reaction{answer};
  });
  StartAndConnect();
  AccountChange change;
  change.account.set_login(1001);
  change.account.mutable_rights()->set_enabled(false);
  change.paths = {"rights.enabled"};
  const auto changed = Wait<accounts::v1::Account>(
      [&](absl::Time deadline, auto done) { server_->UpdateAccount(change, deadline, std::move(done)); });
  ASSERT_OK(changed);
  EXPECT_FALSE(changed->rights().enabled());
  EXPECT_THAT(body, HasSubstr("\"Rights\" : \"482\""));
  EXPECT_THAT(body, ::testing::Not(HasSubstr("Group")));
}

TEST_P(Mt5CallsTest, ChangesThatTheServerLeavesOutAreTold) {
  peer_.Answer("USER_UPDATE", UserAnswer(1001));
  StartAndConnect();
  AccountChange change;
  change.account.set_login(1001);
  change.account.set_leverage(500);
  change.paths = {"leverage"};
  const auto changed = Wait<accounts::v1::Account>(
      [&](absl::Time deadline, auto done) { server_->UpdateAccount(change, deadline, std::move(done)); });
  EXPECT_THAT(changed, HasReason(type::v1::TRADE_SERVER_REJECTED));
  EXPECT_THAT(changed, HasMetadata("unchanged", "leverage"));
}

TEST_P(Mt5CallsTest, OpensAccountsOfKnownGroupsOnly) {
  peer_.Answer("USER_ADD", UserAnswer(1001));
  StartAndConnect();
  NewAccount account;
  account.account.set_login(1001);
  account.account.set_group("demo\\none");
  account.main_password = "Passw0rd!";
  account.investor_password = "Invest0r!";
  const auto open = [&] {
    return Wait<accounts::v1::Account>(
        [&](absl::Time deadline, auto done) { server_->CreateAccount(account, deadline, std::move(done)); });
  };
  EXPECT_THAT(open(), HasReason(type::v1::GROUP_NOT_FOUND));
  account.account.set_group("demo\\usd");
  account.main_password = "password";
  const auto weak = open();
  EXPECT_THAT(weak, HasReason(type::v1::PASSWORD_TOO_WEAK));
  EXPECT_THAT(weak, HasMetadata("rule", "upper"));
  EXPECT_THAT(weak, HasOutcome(type::v1::REJECTED));
  EXPECT_EQ(peer_.count("USER_ADD"), 0);
  account.main_password = "Passw0rd!";
  ASSERT_OK(open());
  peer_.Answer("USER_ADD", {.retcode = 3004, .text = "Account exists"});
  EXPECT_THAT(open(), HasReason(type::v1::LOGIN_TAKEN));
}

TEST_P(Mt5CallsTest, ChecksThePhonePassword) {
  peer_.Answer("USER_GET", UserAnswer(1001, R"(,"PhonePassword":"word")"));
  StartAndConnect();
  const auto check = [&](std::string password) {
    return Wait<bool>([&](absl::Time deadline, auto done) {
      server_->CheckPassword({1001, accounts::v1::PHONE, password}, deadline, std::move(done));
    });
  };
  EXPECT_THAT(check("word"), IsOkAndHolds(true));
  EXPECT_THAT(check("wore"), IsOkAndHolds(false));
  EXPECT_THAT(check(""), IsOkAndHolds(false));
  peer_.Answer("USER_PASS_CHECK", {.retcode = 3006, .text = "Invalid account password"});
  EXPECT_THAT(Wait<bool>([&](absl::Time deadline, auto done) {
                server_->CheckPassword({1001, accounts::v1::MAIN, "x"}, deadline, std::move(done));
              }),
              IsOkAndHolds(false));
}

}  // namespace
}  // namespace mtsuite::connector::mt5
