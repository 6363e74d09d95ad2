// Trade requests: queued, asked about until they are final, and lost on the way.
#include <atomic>
#include <future>
#include <string>

#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/server_fixture.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::mtsuite::testing::HasMetadata;
using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using Reaction = TestServer::Reaction;
using Received = TestPeer::Received;
using Then = TestServer::Then;

class Mt5TradingTest : public Mt5WebApiServerTest {
 protected:
  // Requests are queued under ascending ids.
  void QueueAll() {
    peer_.On("DEALER_SEND", [this](const Received& command) {
      absl::MutexLock lock(&mutex_);
      bodies_.push_back(command.body);
      return Reaction{
          TestPeer::Answer{.parameters = {{"ID", std::to_string(100 + static_cast<int>(bodies_.size()))}}}};
    });
  }
  // Every id that is asked for has this state; none are known when `state` is empty.
  void Tell(const std::string& state) {
    peer_.On("DEALER_UPDATES", [state](const Received& command) {
      const std::string ids(command.line.Get("ID"));
      std::string body;
      for (size_t begin = 0; begin < ids.size() && !state.empty();) {
        const size_t end = std::min(ids.find(',', begin), ids.size());
        body += (body.empty() ? "\"" : ",\"") + ids.substr(begin, end - begin) + "\":" + state;
        begin = end + 1;
      }
      return Reaction{TestPeer::Answer{.body = "{" + body + "}"}};
    });
  }
  static std::string State(int retcode, const std::string& more = "") {
    return R"([{"result":{"Retcode":")" + std::to_string(retcode) + "\"" + more + "}}]";
  }

  OrderPlacement Purchase() const {
    OrderPlacement order;
    order.login = 1001;
    order.symbol = "EURUSD";
    order.digits = 5;
    order.side = type::v1::BUY;
    order.type = type::v1::MARKET;
    order.volume = Decimal::Parse("0.1").value();
    order.price = Decimal::Parse("1.1").value();
    order.fill_policy = type::v1::FILL_OR_KILL;
    order.comment = "#TAG";
    return order;
  }
  absl::StatusOr<TradeReceipt> Place() {
    return Wait<TradeReceipt>(
        [&](absl::Time deadline, auto done) { server_->PlaceOrder(Purchase(), deadline, std::move(done)); });
  }
  void StartTrading() {
    StartAndConnect();
    // The connection for trading may come up a little later than the others.
    while (GetOutcome(Place().status()) == type::v1::NOT_SENT) {
    }
    absl::MutexLock lock(&mutex_);
    bodies_.clear();
  }

  absl::Mutex mutex_;
  std::vector<std::string> bodies_;
};

INSTANTIATE_TEST_SUITE_P(PlainAndAes, Mt5TradingTest,
                         ::testing::Values(Mt5Options::Encryption::kNone, Mt5Options::Encryption::kAes),
                         [](const auto& info) {
                           return info.param == Mt5Options::Encryption::kAes ? "Aes" : "Plain";
                         });

TEST_P(Mt5TradingTest, AsksUntilTheStateIsFinal) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  std::atomic<int> questions = 0;
  peer_.On("DEALER_UPDATES", [&questions](const Received& command) {
    const std::string id(command.line.Get("ID"));
    if (id.empty()) return Reaction{TestPeer::Answer{.body = "{}"}};
    const int question = ++questions;
    const std::string state =
        question == 1 ? "[]"
        : question == 2
            ? State(10002)
            : State(10009, R"(,"DealID":"5","OrderID":"4","Price":"1.10010","VolumeExt":"10000000",
                                 "TickBid":"1.1","TickAsk":"1.1001")");
    return Reaction{TestPeer::Answer{.body = "{\"" + id + "\":" + state + "}"}};
  });
  const auto placed = Place();
  ASSERT_OK(placed);
  EXPECT_EQ(placed->state, orders::v1::Order::FILLED);
  EXPECT_EQ(placed->deal_ticket, 5);
  EXPECT_EQ(placed->order_ticket, 4);
  EXPECT_EQ(placed->price.ToString(), "1.1001");
  EXPECT_EQ(placed->filled_volume.ToString(), "0.1");
  EXPECT_GE(questions.load(), 3);
}

TEST_P(Mt5TradingTest, AQuickExecutionIsToldByTheQuestionThatGoesAlong) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  const int questions = peer_.count("DEALER_UPDATES");
  peer_.On("DEALER_UPDATES", [this](const Received& command) {
    EXPECT_EQ(command.line.Get("ID"), "");
    absl::MutexLock lock(&mutex_);
    return Reaction{
        TestPeer::Answer{.body = "{\"" + std::to_string(100 + bodies_.size()) + "\":" + State(10009) + "}"}};
  });
  EXPECT_OK(Place());
  EXPECT_EQ(peer_.count("DEALER_UPDATES"), questions + 1);
}

TEST_P(Mt5TradingTest, AStateThatIsToldBeforeTheIdIsKept) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  Received sent;
  peer_.On("DEALER_SEND", [&sent](const Received& command) {
    sent = command;
    return Reaction{};
  });
  peer_.On("DEALER_UPDATES", [&sent](const Received& command) {
    EXPECT_EQ(command.line.Get("ID"), "") << "it was told, and the server tells things once";
    return Reaction{.answer = TestPeer::Answer{.body = "{\"77\":" + State(10009, R"(,"DealID":"5")") + "}"},
                    .belated = {{sent, TestPeer::Answer{.parameters = {{"ID", "77"}}}}}};
  });
  const auto placed = Place();
  ASSERT_OK(placed);
  EXPECT_EQ(placed->deal_ticket, 5);
}

TEST_P(Mt5TradingTest, AServerThatTellsOnlyOfIdsIsAskedForThem) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  peer_.On("DEALER_UPDATES", [](const Received& command) {
    const std::string id(command.line.Get("ID"));
    if (id.empty()) return Reaction{TestPeer::Answer{.retcode = 3, .text = "Invalid parameters"}};
    return Reaction{TestPeer::Answer{.body = "{\"" + id + "\":" + State(10009) + "}"}};
  });
  EXPECT_OK(Place());
}

TEST_P(Mt5TradingTest, RefusalsAreFinal) {
  QueueAll();
  Tell(State(10018));
  StartAndConnect();
  ASSERT_TRUE(peer_.AwaitCount("TIME_GET", 1));
  absl::StatusOr<TradeReceipt> placed = Place();
  while (GetOutcome(placed.status()) == type::v1::NOT_SENT) placed = Place();
  EXPECT_THAT(placed, HasReason(type::v1::MARKET_CLOSED));
  EXPECT_THAT(placed, HasOutcome(type::v1::REJECTED));
  EXPECT_THAT(placed, HasMetadata("retcode", "10018"));
  EXPECT_THAT(placed, HasMetadata("symbol", "EURUSD"));
  Tell(State(10004, R"(,"TickBid":"1.2","TickAsk":"1.3")"));
  placed = Place();
  EXPECT_THAT(placed, HasReason(type::v1::REQUOTE));
  EXPECT_THAT(placed, HasMetadata("bid", "1.2"));
  peer_.Answer("DEALER_SEND", {.retcode = 10013, .text = "Invalid request"});
  EXPECT_THAT(Place(), HasOutcome(type::v1::REJECTED));
}

TEST_P(Mt5TradingTest, ARequestThatTheServerForgotIsInDoubt) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  Tell("");
  EXPECT_THAT(Place(), HasOutcome(type::v1::UNCONFIRMED));
  Tell(State(10012));
  EXPECT_THAT(Place(), HasOutcome(type::v1::UNCONFIRMED));
  peer_.Answer("DEALER_UPDATES", {.body = "{"});
  EXPECT_THAT(Place(), HasOutcome(type::v1::UNCONFIRMED));
}

TEST_P(Mt5TradingTest, ALostConnectionLeavesDoubtAndSendsNothingTwice) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  const int sent = peer_.count("DEALER_SEND");
  peer_.On("DEALER_UPDATES", [](const Received&) { return Reaction{std::nullopt, Then::kCut}; });
  EXPECT_THAT(Place(), HasOutcome(type::v1::UNCONFIRMED));
  EXPECT_EQ(peer_.count("DEALER_SEND"), sent + 1);
  Tell(State(10009));
  while (!Place().ok()) {
  }
}

TEST_P(Mt5TradingTest, ASlowExecutionEndsAtTheDeadline) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  Tell(State(10002));
  timeout_ = absl::Milliseconds(80);
  const auto placed = Place();
  EXPECT_THAT(placed, HasReason(type::v1::TRADE_SERVER_TIMEOUT));
  EXPECT_THAT(placed, HasOutcome(type::v1::UNCONFIRMED));
}

TEST_P(Mt5TradingTest, NoMoreAreUnderWayThanTheServerTakes) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  Tell("[]");
  constexpr int kOrders = 200;
  const int before = peer_.count("DEALER_SEND");
  std::vector<std::promise<absl::StatusOr<TradeReceipt>>> placed(kOrders);
  for (auto& promise : placed) {
    server_->PlaceOrder(Purchase(), Deadline(), [&promise](absl::StatusOr<TradeReceipt> receipt) {
      promise.set_value(std::move(receipt));
    });
  }
  ASSERT_TRUE(peer_.AwaitCount("DEALER_SEND", before + 128));
  const int questions = peer_.count("DEALER_UPDATES");
  ASSERT_TRUE(peer_.AwaitCount("DEALER_UPDATES", questions + 3));
  EXPECT_EQ(peer_.count("DEALER_SEND"), before + 128);
  Tell(State(10009));
  for (auto& promise : placed) EXPECT_OK(promise.get_future().get());
  EXPECT_EQ(peer_.count("DEALER_SEND"), before + kOrders);
}

TEST_P(Mt5TradingTest, AChangeToWhatIsThereIsASuccess) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  const auto change = [this] {
    std::promise<absl::Status> promise;
    StopsChange stops;
    stops.login = 1001;
    stops.ticket = 9;
    stops.symbol = "EURUSD";
    stops.paths = {"stop_loss"};
    server_->ChangeStops(stops, Deadline(),
                         [&](absl::Status status) { promise.set_value(std::move(status)); });
    return promise.get_future().get();
  };
  Tell(State(10025));
  EXPECT_OK(change());
  Tell(State(10036));
  EXPECT_THAT(change(), HasReason(type::v1::POSITION_CLOSED));
}

TEST_P(Mt5TradingTest, StopLeavesWhatIsUnderWayInDoubt) {
  QueueAll();
  Tell(State(10009));
  StartTrading();
  Tell("[]");
  std::promise<absl::StatusOr<TradeReceipt>> promise;
  const int sent = peer_.count("DEALER_SEND");
  server_->PlaceOrder(Purchase(), Deadline(),
                      [&](absl::StatusOr<TradeReceipt> receipt) { promise.set_value(std::move(receipt)); });
  ASSERT_TRUE(peer_.AwaitCount("DEALER_SEND", sent + 1));
  server_->Stop();
  EXPECT_THAT(promise.get_future().get(), HasOutcome(type::v1::UNCONFIRMED));
}

}  // namespace
}  // namespace mtsuite::connector::mt5
