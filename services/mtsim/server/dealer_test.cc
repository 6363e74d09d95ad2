// Trading over the wire.
#include "services/mtsim/server/server_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DealerTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    OnServer([](World& world, Server&) {
      // The next noon of a Wednesday, so that markets are open whenever the test runs.
      absl::CivilDay day(absl::ToCivilDay(world.clock.TimeNow(), absl::UTCTimeZone()) + 1);
      while (absl::GetWeekday(day) != absl::Weekday::wednesday) ++day;
      ASSERT_OK(world.clock.FreezeAt(absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(12)));
      world.engine.Advance();
      ASSERT_EQ(world.engine.feed().SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx, world.clock.TimeNow()),
                Retcode::kDone);
    });
  }

  static std::string BuyCommand(std::string_view comment, int filling = 0) {
    return absl::StrCat(R"(DEALER_SEND|)"
                        "\r\n"
                        R"({"Action":200,"Login":)",
                        kLogin, R"(,"Symbol":"EURUSD","Volume":1000,"Type":0,"TypeFill":)", filling,
                        R"(,"PriceOrder":1.1001,"Digits":5,"Comment":")", std::string(comment), "\"}");
  }

  // Sends a request that must be queued; returns its id.
  static std::string Queue(Client& client, const std::string& command) {
    const absl::StatusOr<ServerMessage> answer = client.Call(command);
    if (!answer.ok()) return std::string(answer.status().message());
    EXPECT_EQ(answer->retcode(), 0) << answer->text;
    return answer->Parameter("ID");
  }
  static std::string Updates(Client& client, std::string_view id = "") {
    const absl::StatusOr<ServerMessage> answer = client.Call(
        id.empty() ? "DEALER_UPDATES|\r\n" : absl::StrCat("DEALER_UPDATES|ID=", std::string(id), "|\r\n"));
    return answer.ok() ? answer->body() : std::string(answer.status().message());
  }

  int Positions() {
    int count = 0;
    OnServer([&](World& world, Server&) { count = static_cast<int>(world.engine.state().positions.size()); });
    return count;
  }
};

TEST_F(DealerTest, TradesAndTellsTheOutcomeOnce) {
  auto client = Connect();
  const std::string id = Queue(*client, BuyCommand("wire"));
  const std::string updates = Updates(*client, id);
  EXPECT_THAT(updates, HasSubstr("\"Retcode\" : \"10002\""));
  EXPECT_THAT(updates, HasSubstr("\"Retcode\" : \"10009\""));
  EXPECT_THAT(updates, HasSubstr("\"IDClient\" : \"" + id + "\""));
  EXPECT_EQ(Updates(*client, id), "{}\r\n");
  EXPECT_EQ(Deals("wire"), 1);
  ASSERT_OK_AND_ASSIGN(
      const ServerMessage positions,
      client->Call(absl::StrCat("POSITION_GET_PAGE|LOGIN=", kLogin, "|OFFSET=0|TOTAL=10|\r\n")));
  EXPECT_THAT(positions.body(), HasSubstr("\"Comment\" : \"wire\""));
}

TEST_F(DealerTest, OtherConnectionsSeeNothing) {
  auto client = Connect();
  auto other = Connect();
  const std::string id = Queue(*client, BuyCommand("x"));
  EXPECT_EQ(Updates(*other, id), "{}\r\n");
  EXPECT_EQ(Updates(*other), "{}\r\n");
  EXPECT_THAT(Updates(*client), HasSubstr("10009"));
}

TEST_F(DealerTest, ALostReplyIsStillATrade) {
  AddFault({.kind = FaultKind::kCutMidFrame, .command = "DEALER_SEND", .count = 1});
  auto client = Connect();
  EXPECT_FALSE(client->Call(BuyCommand("lost")).ok());
  EXPECT_EQ(Deals("lost"), 1);
  auto again = Connect();
  EXPECT_EQ(Updates(*again), "{}\r\n");
}

TEST_F(DealerTest, SlowExecutionOutlivesItsConnection) {
  AddFault({.kind = FaultKind::kTradeDelay, .delay = absl::Minutes(10)});
  auto client = Connect();
  const std::string id = Queue(*client, BuyCommand("slow"));
  EXPECT_THAT(Updates(*client, id), Not(HasSubstr("10009")));
  EXPECT_EQ(Updates(*client, id), absl::StrCat("{\r\n\"", id, "\" : []\r\n}\r\n"));
  EXPECT_EQ(Positions(), 0);
  ASSERT_OK(client->Call("QUIT|\r\n"));
  OnServer([](World&, Server& server) { server.ClearFaults(); });
  EXPECT_EQ(Deals("slow"), 1);
  OnServer([](World& world, Server&) { EXPECT_EQ(world.desk.in_flight(), 0u); });
}

TEST_F(DealerTest, FaultsTurnTradesDown) {
  auto client = Connect();
  AddFault({.kind = FaultKind::kTradeReject, .count = 1, .retcode = 10004, .symbol = "EUR*"});
  AddFault({.kind = FaultKind::kTradeReject, .count = 1});
  AddFault({.kind = FaultKind::kTradePartialFill, .count = 1, .fill_percent = 30});
  EXPECT_THAT(Updates(*client, Queue(*client, BuyCommand("a"))), HasSubstr("\"Retcode\" : \"10004\""));
  EXPECT_THAT(Updates(*client, Queue(*client, BuyCommand("b"))), HasSubstr("\"Retcode\" : \"10006\""));
  EXPECT_EQ(Positions(), 0);
  const std::string partial = Updates(*client, Queue(*client, BuyCommand("c", 1)));
  EXPECT_THAT(partial, HasSubstr("\"Retcode\" : \"10010\""));
  EXPECT_THAT(partial, HasSubstr("\"ResultVolume\" : \"300\""));
  EXPECT_THAT(Updates(*client, Queue(*client, BuyCommand("d"))), HasSubstr("\"Retcode\" : \"10009\""));
}

}  // namespace
}  // namespace mtsuite::mtsim
