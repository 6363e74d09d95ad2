#include "services/mtsim/server/server_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::mtsuite::testing::StatusIs;
using ::testing::HasSubstr;

TEST_F(ServerTest, ServesPlainAndEncryptedClients) {
  for (const bool encrypt : {true, false}) {
    auto client = Connect(encrypt);
    ASSERT_OK_AND_ASSIGN(const ServerMessage user, client->Call("USER_GET|LOGIN=100000|\r\n"));
    EXPECT_EQ(user.retcode(), 0);
    EXPECT_THAT(user.body(), HasSubstr("\"Login\" : \"100000\""));
    ASSERT_OK_AND_ASSIGN(const ServerMessage missing, client->Call("USER_GET|LOGIN=5|\r\n"));
    EXPECT_EQ(missing.text, "USER_GET|RETCODE=13 Not found|\r\n");
  }
}

TEST_F(ServerTest, AnswersPipelinedCommandsInOrder) {
  auto client = Connect();
  std::string bytes;
  for (uint16_t i = 1; i <= 1000; ++i) bytes += client->codec().Encode(i, "USER_GET|LOGIN=100000|\r\n");
  ASSERT_OK(client->SendBytes(bytes));
  for (uint16_t i = 1; i <= 1000; ++i) {
    ASSERT_OK_AND_ASSIGN(const ServerMessage answer, client->Receive());
    ASSERT_EQ(answer.serial, i);
  }
}

TEST_F(ServerTest, SplitsLongAnswersAndTakesSplitCommands) {
  OnServer([](World& world, Server&) {
    ASSERT_OK(OpenSeededAccounts(world.engine, {.count = 20'000, .group = "demo\\retail-eur"}));
  });
  for (const bool encrypt : {true, false}) {
    auto client = Connect(encrypt);
    ASSERT_OK_AND_ASSIGN(const ServerMessage logins, client->Call("USER_LOGINS|GROUP=demo\\retail-eur|\r\n"));
    const std::string body = logins.body();
    EXPECT_EQ(std::count(body.begin(), body.end(), ','), 19'999);
    EXPECT_GT(client->pings(), 0);
    const std::string mail(100'000, 'm');
    ASSERT_OK_AND_ASSIGN(const ServerMessage sent, client->Call("MAIL_SEND|TO=1|SUBJECT=s|\r\n" + mail));
    EXPECT_EQ(sent.retcode(), 0);
    OnServer([&](World& world, Server&) { EXPECT_EQ(world.bulletin.messages().back().text, mail); });
  }
}

TEST_F(ServerTest, EndsWithQuit) {
  auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const ServerMessage answer, client->Call("QUIT|\r\n"));
  EXPECT_EQ(answer.retcode(), 0);
  EXPECT_THAT(client->Receive(), StatusIs(absl::StatusCode::kUnavailable));
  OnServer([](World&, Server& server) { EXPECT_EQ(server.connection_count(), 0u); });
}

TEST_F(ServerTest, RefusesAWrongPassword) {
  Client client("Wrong-Pass1", true);
  EXPECT_THAT(client.Login(server_->port(), kManager), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(client.Login(server_->port(), 7), ::testing::Not(testing::IsOk()));
}

TEST_F(ServerTest, RestartsOnCommandAndKeepsItsAccounts) {
  auto client = Connect();
  ASSERT_OK(client->Send(9, "SERVER_RESTART|\r\n"));
  while (client->Receive().ok()) {
  }
  auto again = Connect();
  ASSERT_OK_AND_ASSIGN(const ServerMessage user, again->Call("USER_GET|LOGIN=100000|\r\n"));
  EXPECT_EQ(user.retcode(), 0);
}

TEST_F(ServerTest, TurnsConnectionsAwayWhileItIsDown) {
  OnServer([](World&, Server& server) { server.Restart(absl::Hours(1)); });
  Client client(kManagerPassword, true);
  EXPECT_THAT(client.Login(server_->port(), kManager), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, StopsWithClientsConnected) {
  auto client = Connect();
  server_->Stop();
  EXPECT_THAT(client->Receive(), StatusIs(absl::StatusCode::kUnavailable));
  server_->Post([](World&, Server&) { FAIL() << "tasks after the stop are dropped"; });
}

TEST(ServerBindTest, SaysWhyItCannotListen) {
  WorldClock clock(RealClock());
  auto engine = *Engine::Create({}, clock);
  World world(*engine, clock, {}, 1);
  EXPECT_THAT(Server(world, {.listen = "nonsense"}).Start(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Server(world, {.listen = "host.example:1"}).Start(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  Server first(world, {.listen = "127.0.0.1:0"});
  ASSERT_OK(first.Start());
  Server second(world, {.listen = absl::StrCat("127.0.0.1:", first.port())});
  EXPECT_THAT(second.Start(), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace mtsuite::mtsim
