// Connecting, watching, losing and stopping.
#include <atomic>
#include <future>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/server_fixture.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using ::mtsuite::testing::StatusIs;
using ::testing::ElementsAre;
using Reaction = TestServer::Reaction;
using Received = TestPeer::Received;
using Then = TestServer::Then;

INSTANTIATE_TEST_SUITE_P(PlainAndAes, Mt5WebApiServerTest,
                         ::testing::Values(Mt5Options::Encryption::kNone, Mt5Options::Encryption::kAes),
                         [](const auto& info) {
                           return info.param == Mt5Options::Encryption::kAes ? "Aes" : "Plain";
                         });

TEST_P(Mt5WebApiServerTest, ConnectsAndDescribesItself) {
  StartAndConnect();
  const Server server = server_->Describe();
  EXPECT_EQ(server.server(), "mt5-test");
  EXPECT_EQ(server.platform(), Server::MT5);
  EXPECT_EQ(server.build(), 3662);
  EXPECT_EQ(server.time_zone(), "UTC");
  EXPECT_EQ(server.state_message(), "");
  EXPECT_TRUE(observer_.Await([](const Observer& o) { return o.sweeps_ > 0; }));
  EXPECT_EQ(peer_.connections(), 5);
  EXPECT_EQ(peer_.encrypted(), GetParam() == Mt5Options::Encryption::kAes);
}

TEST_P(Mt5WebApiServerTest, FailsFastWhileDisconnected) {
  peer_.CutAll(true);
  Start();
  AwaitState(Server::DISCONNECTED);
  const auto read = GetAccount(1001);
  EXPECT_THAT(read, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(read, HasReason(type::v1::TRADE_SERVER_UNAVAILABLE));
  EXPECT_TRUE(GetRetryAfter(read.status()).has_value());
  const auto booked = Book("1.00");
  EXPECT_THAT(booked, HasReason(type::v1::TRADE_SERVER_UNAVAILABLE));
  EXPECT_THAT(booked, HasOutcome(type::v1::NOT_SENT));
  peer_.CutAll(false);
  AwaitState(Server::CONNECTED);
  EXPECT_EQ(peer_.count("TRADE_BALANCE"), 0);
}

TEST_P(Mt5WebApiServerTest, ALostReplyIsUnconfirmedAndNothingIsSentTwice) {
  peer_.On("TRADE_BALANCE", [](const Received&) { return Reaction{std::nullopt, Then::kCut}; });
  StartAndConnect();
  const auto booked = Book("1000.00");
  EXPECT_THAT(booked, HasReason(type::v1::TRADE_SERVER_UNAVAILABLE));
  EXPECT_THAT(booked, HasOutcome(type::v1::UNCONFIRMED));
  peer_.On("TRADE_BALANCE", [](const Received&) {
    return Reaction{TestPeer::Answer{.parameters = {{"TICKET", "1"}}}, Then::kCutMidFrame};
  });
  AwaitState(Server::CONNECTED);
  EXPECT_THAT(Book("1000.00"), HasOutcome(type::v1::UNCONFIRMED));
  EXPECT_EQ(peer_.count("TRADE_BALANCE"), 2);
}

TEST_P(Mt5WebApiServerTest, ASilentServerLeavesDoubtAtTheDeadline) {
  peer_.On("TRADE_BALANCE", [](const Received&) { return Reaction{}; });
  StartAndConnect();
  timeout_ = absl::Milliseconds(50);
  const auto booked = Book("1000.00");
  EXPECT_THAT(booked, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(booked, HasReason(type::v1::TRADE_SERVER_TIMEOUT));
  EXPECT_THAT(booked, HasOutcome(type::v1::UNCONFIRMED));
}

TEST_P(Mt5WebApiServerTest, TellsNewDealsOnceInTheOrderOfTheirTickets) {
  const std::string now = std::to_string(absl::ToUnixSeconds(RealClock().TimeNow()));
  const auto deal = [&now](int ticket) {
    return R"({"Deal":")" + std::to_string(ticket) + R"(","Login":"1","Action":"2","Time":")" + now + "\"}";
  };
  peer_.Answer("DEAL_GET_BATCH", {.body = "[" + deal(7) + "," + deal(5) + "]"});
  StartAndConnect();
  EXPECT_TRUE(observer_.Await([](const Observer& o) { return o.deals_.size() >= 2; }));
  peer_.Answer("DEAL_GET_BATCH", {.body = "[" + deal(5) + "," + deal(9) + "," + deal(7) + "]"});
  EXPECT_TRUE(observer_.Await([](const Observer& o) { return o.deals_.size() >= 3; }));
  server_->Stop();
  EXPECT_THAT(observer_.deals_, ElementsAre(5, 7, 9));
}

TEST_P(Mt5WebApiServerTest, AsksForNewDealsByTheirNumbers) {
  const auto now = absl::ToUnixSeconds(RealClock().TimeNow());
  std::atomic<int> second_time{0};
  peer_.On("DEAL_GET_BATCH", [&](const Received& command) {
    const auto deal = [now](int ticket) {
      return absl::StrCat(R"({"Deal":")", ticket, R"(","Login":"1","Action":"2","Time":")", now, "\"}");
    };
    const std::string tickets(command.line.Get("TICKET"));
    if (tickets.empty()) return Reaction{TestPeer::Answer{.body = absl::StrCat("[", deal(7), "]")}};
    if (absl::StartsWith(tickets, "8,")) {
      return Reaction{TestPeer::Answer{.body = absl::StrCat("[", deal(8), ",", deal(10), "]")}};
    }
    // What was left out is asked for again, once it is there.
    if (absl::StartsWith(tickets, "9,11,") && ++second_time > 1) {
      return Reaction{TestPeer::Answer{.body = absl::StrCat("[", deal(9), "]")}};
    }
    return Reaction{TestPeer::Answer{.retcode = 13, .text = "Not found"}};
  });
  StartAndConnect();
  EXPECT_TRUE(observer_.Await([](const Observer& o) { return o.deals_.size() >= 4; }));
  server_->Stop();
  EXPECT_THAT(observer_.deals_, ElementsAre(7, 8, 10, 9));
}

TEST_P(Mt5WebApiServerTest, AServerThatRefusesNumbersIsAskedForSpansOfTime) {
  const auto now = absl::ToUnixSeconds(RealClock().TimeNow());
  std::atomic<bool> refused = false;
  peer_.On("DEAL_GET_BATCH", [&](const Received& command) {
    if (!command.line.Get("TICKET").empty()) {
      refused = true;
      return Reaction{TestPeer::Answer{.retcode = 3, .text = "Invalid parameters"}};
    }
    return Reaction{
        TestPeer::Answer{.body = absl::StrCat(R"([{"Deal":")", refused ? 8 : 7,
                                              R"(","Login":"1","Action":"2","Time":")", now, "\"}]")}};
  });
  StartAndConnect();
  EXPECT_TRUE(observer_.Await([](const Observer& o) { return o.deals_.size() >= 2; }));
  server_->Stop();
  EXPECT_THAT(observer_.deals_, ElementsAre(7, 8));
}

TEST_P(Mt5WebApiServerTest, SweepsAllAccountsInPortions) {
  peer_.Answer("USER_LOGINS", {.body = R"(["3","1","2"])"});
  peer_.On("USER_GET_BATCH", [](const Received& command) {
    std::string body;
    for (const char* login : {"1", "2", "3"}) {
      if (command.line.Get("LOGIN").find(login) == std::string_view::npos) continue;
      body += (body.empty() ? "" : ",") + UserAnswer(std::stoi(login)).body;
    }
    return Reaction{TestPeer::Answer{.body = "[" + body + "]"}};
  });
  Mt5Options options = Options(peer_.port());
  options.sweep_chunk = 2;
  Start(options);
  EXPECT_TRUE(observer_.Await([](const Observer& o) { return o.sweeps_ > 0; }));
  server_->Stop();
  EXPECT_THAT(observer_.logins_, ElementsAre(1, 2, 3));
  ASSERT_EQ(observer_.accounts_.size(), 3u);
  EXPECT_EQ(observer_.accounts_[2].currency_code(), "USD");
  EXPECT_EQ(peer_.count("USER_GET_BATCH"), 2);
}

TEST_P(Mt5WebApiServerTest, ComesBackAfterTheServerRestarts) {
  peer_.Answer("USER_GET", UserAnswer(1001));
  StartAndConnect();
  peer_.CutAll(true);
  AwaitState(Server::DISCONNECTED);
  peer_.CutAll(false);
  AwaitState(Server::CONNECTED);
  EXPECT_OK(GetAccount(1001));
}

TEST_P(Mt5WebApiServerTest, TheZoneComesFromTheServerWhenNotConfigured) {
  peer_.Answer("TIME_GET", {.body = R"({"TimeZone":"120","Daylight":"1","DaylightState":"1"})"});
  peer_.Answer("USER_GET", UserAnswer(1001, R"(,"Registration":"1768471200")"));
  Mt5Options options = Options(peer_.port());
  options.time_zone.clear();
  Start(options);
  AwaitState(Server::CONNECTED);
  ASSERT_OK_AND_ASSIGN(const auto account, GetAccount(1001));
  EXPECT_EQ(account.create_time().seconds(), 1768471200 - 3 * 3600);
}

TEST_P(Mt5WebApiServerTest, StopEndsEverythingAsItStands) {
  peer_.On("TRADE_BALANCE", [](const Received&) { return Reaction{}; });
  StartAndConnect();
  std::promise<absl::StatusOr<BookingResult>> promise;
  Booking booking;
  booking.login = 1001;
  booking.type = accounts::v1::BalanceOperation::DEPOSIT;
  booking.signed_amount = Decimal::FromInteger(1);
  server_->Book(booking, Deadline(),
                [&](absl::StatusOr<BookingResult> r) { promise.set_value(std::move(r)); });
  EXPECT_TRUE(peer_.AwaitCount("TRADE_BALANCE", 1));
  server_->Stop();
  EXPECT_THAT(promise.get_future().get(), HasOutcome(type::v1::UNCONFIRMED));
  EXPECT_THAT(Book("1.00"), HasOutcome(type::v1::NOT_SENT));
  EXPECT_EQ(server_->Describe().state(), Server::DISCONNECTED);
}

TEST_P(Mt5WebApiServerTest, CallsBeforeStartEndAtTheLatestWithStop) {
  server_ = Mt5WebApiServer::Create(Options(peer_.port()), RealClock()).value();
  std::promise<absl::Status> promise;
  server_->DeleteAccount(1, Deadline(), [&](absl::Status status) { promise.set_value(std::move(status)); });
  server_->Stop();
  EXPECT_THAT(promise.get_future().get(), HasOutcome(type::v1::NOT_SENT));
}

TEST(Mt5WebApiServerOptionsTest, OptionsThatCannotWorkAreRefused) {
  Mt5Options good;
  good.host = "h";
  good.manager_login = 1;
  good.manager_password = "p";
  EXPECT_OK(Mt5WebApiServer::Create(good, RealClock()));
  Mt5Options bad = good;
  bad.time_zone = "Europe/Atlantis";
  EXPECT_THAT(Mt5WebApiServer::Create(bad, RealClock()), StatusIs(absl::StatusCode::kInvalidArgument));
  bad = good;
  bad.agent = "two words";
  EXPECT_THAT(Mt5WebApiServer::Create(bad, RealClock()), StatusIs(absl::StatusCode::kInvalidArgument));
  bad = good;
  bad.manager_password.clear();
  EXPECT_THAT(Mt5WebApiServer::Create(bad, RealClock()), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(Mt5WebApiServerTest, TellsHowOrdersEndedThatWaitedWhenAnEarlierProcessLooked) {
  for (const int64_t ticket : {7, 8}) {
    orders::v1::Order& order = told_.open_orders.emplace_back();
    order.set_ticket(ticket);
    order.set_login(1001);
    order.set_state(orders::v1::Order::PLACED);
  }
  peer_.On("HISTORY_GET", [](const TestPeer::Received& command) -> TestServer::Reaction {
    if (command.line.Get("TICKET") != "7") return {TestPeer::Answer{.retcode = 13, .text = "Not found"}};
    return {
        TestPeer::Answer{.body = R"({"Order":"7","Login":"1001","Symbol":"EURUSD","Digits":"5","State":"6",
        "Reason":"2","Type":"2","TypeFill":"2","TypeTime":"0","PriceOrder":"1.2","VolumeInitialExt":"10000000",
        "VolumeCurrentExt":"10000000","TimeSetupMsc":"1768000000000","TimeDoneMsc":"1768000001000"})"}};
  });
  StartAndConnect();
  ASSERT_TRUE(observer_.Await([](const Observer& observer) { return observer.done_orders_.size() >= 2; }));
  absl::MutexLock lock(&observer_.mutex_);
  ASSERT_EQ(observer_.done_orders_.size(), 2u);
  for (const orders::v1::Order& order : observer_.done_orders_) {
    // One as the history has it, the other as gone from there too.
    EXPECT_EQ(order.state(), order.ticket() == 7 ? orders::v1::Order::EXPIRED : orders::v1::Order::CANCELLED);
  }
}

}  // namespace
}  // namespace mtsuite::connector::mt5
