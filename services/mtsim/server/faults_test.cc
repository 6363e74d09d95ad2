// Every kind of fault, as a client meets it, and what became of the command.
#include "services/mtsim/server/server_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::mtsuite::testing::StatusIs;

// Long enough that nobody waits for it: ClearFaults or the end of the test comes first.
constexpr absl::Duration kLong = absl::Minutes(30);
constexpr absl::Duration kShort = absl::Milliseconds(50);
// How long a test listens before it believes in silence.
constexpr absl::Duration kSilence = absl::Milliseconds(100);

class FaultsTest : public ServerTest {
 protected:
  void AddDepositFault(FaultKind kind, absl::Duration delay = {}) {
    AddFault({.kind = kind, .command = "TRADE_*", .count = 1, .delay = delay, .retcode = 10019});
  }
  void ClearFaults() {
    OnServer([](World&, Server& server) { server.ClearFaults(); });
  }
};

TEST_F(FaultsTest, Refuse) {
  AddDepositFault(FaultKind::kRefuse);
  auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const ServerMessage answer, client->Call(Deposit("x")));
  EXPECT_EQ(answer.text, "TRADE_BALANCE|RETCODE=10019 Not enough money|\r\n");
  EXPECT_EQ(Deals("x"), 0);
  ASSERT_OK_AND_ASSIGN(const ServerMessage again, client->Call(Deposit("x")));
  EXPECT_EQ(again.retcode(), 0);
}

TEST_F(FaultsTest, DelayBeforeHoldsBackTheCommandAndNothingElse) {
  AddDepositFault(FaultKind::kDelayBefore, kLong);
  auto client = Connect();
  ASSERT_OK(client->Send(10, Deposit("x")));
  ASSERT_OK_AND_ASSIGN(const ServerMessage other, client->Call("TEST_ACCESS|\r\n"));
  EXPECT_EQ(other.retcode(), 0);
  EXPECT_EQ(Deals("x"), 0);
  ClearFaults();
  ASSERT_OK_AND_ASSIGN(const ServerMessage late, client->Receive());
  EXPECT_EQ(late.serial, 10);
  EXPECT_EQ(Deals("x"), 1);
}

TEST_F(FaultsTest, DelayedCommandIsCarriedOutAlthoughItsClientHasGone) {
  AddDepositFault(FaultKind::kDelayBefore, kLong);
  {
    auto client = Connect();
    ASSERT_OK(client->Send(10, Deposit("x")));
    ASSERT_OK(client->Call("QUIT|\r\n"));
  }
  OnServer([](World&, Server& server) { server.Restart(absl::ZeroDuration()); });
  EXPECT_EQ(Deals("x"), 0);
  ClearFaults();
  EXPECT_EQ(Deals("x"), 1);
}

TEST_F(FaultsTest, DelayRunsByItself) {
  AddDepositFault(FaultKind::kDelayBefore, kShort);
  auto client = Connect();
  const absl::Time start = RealClock().TimeNow();
  ASSERT_OK(client->Call(Deposit("x")));
  EXPECT_GE(RealClock().TimeNow() - start, kShort);
  EXPECT_EQ(Deals("x"), 1);
}

TEST_F(FaultsTest, DelayAfterHoldsBackTheAnswer) {
  AddDepositFault(FaultKind::kDelayAfter, kLong);
  auto client = Connect();
  ASSERT_OK(client->Send(10, Deposit("x")));
  ASSERT_OK(client->Call("TEST_ACCESS|\r\n"));
  EXPECT_EQ(Deals("x"), 1);
  ClearFaults();
  ASSERT_OK_AND_ASSIGN(const ServerMessage late, client->Receive());
  EXPECT_EQ(late.serial, 10);
  EXPECT_EQ(late.retcode(), 0);
}

TEST_F(FaultsTest, DropBeforeAndDropAfter) {
  auto client = Connect();
  AddDepositFault(FaultKind::kDropBefore);
  ASSERT_OK(client->Send(10, Deposit("before")));
  ASSERT_OK(client->Call("TEST_ACCESS|\r\n"));
  AddDepositFault(FaultKind::kDropAfter);
  ASSERT_OK(client->Send(11, Deposit("after")));
  ASSERT_OK(client->Call("TEST_ACCESS|\r\n"));
  EXPECT_EQ(Deals("before"), 0);
  EXPECT_EQ(Deals("after"), 1);
}

TEST_F(FaultsTest, CutBefore) {
  AddDepositFault(FaultKind::kCutBefore);
  auto client = Connect();
  EXPECT_THAT(client->Call(Deposit("x")), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Deals("x"), 0);
}

TEST_F(FaultsTest, CutMidFrame) {
  AddDepositFault(FaultKind::kCutMidFrame);
  auto client = Connect();
  EXPECT_THAT(client->Call(Deposit("x")), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Deals("x"), 1);
}

TEST_F(FaultsTest, StallEndsWhenCleared) {
  AddDepositFault(FaultKind::kStall);
  auto client = Connect();
  ASSERT_OK(client->Send(10, Deposit("x")));
  ASSERT_OK(client->Send(11, "TEST_ACCESS|\r\n"));
  EXPECT_THAT(client->Receive(kSilence), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(Deals("x"), 1);
  ClearFaults();
  ASSERT_OK_AND_ASSIGN(const ServerMessage first, client->Receive());
  EXPECT_EQ(first.serial, 10);
  ASSERT_OK_AND_ASSIGN(const ServerMessage second, client->Receive());
  EXPECT_EQ(second.serial, 11);
}

TEST_F(FaultsTest, StallEndsByItself) {
  AddDepositFault(FaultKind::kStall, kShort);
  auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const ServerMessage answer, client->Call(Deposit("x")));
  EXPECT_EQ(answer.retcode(), 0);
}

TEST_F(FaultsTest, CorruptNeverLooksLikeAnotherValidAnswer) {
  for (int i = 0; i < 50; ++i) {
    AddDepositFault(FaultKind::kCorrupt);
    auto client = Connect(/*encrypt=*/i % 2 == 0);
    ASSERT_OK(client->Send(10, Deposit("x")));
    const auto answer = client->Receive(kSilence);
    if (answer.ok()) {
      EXPECT_THAT(answer->retcode(), ::testing::AnyOf(0, -1)) << answer->text;
    }
  }
  EXPECT_EQ(Deals("x"), 50);
}

TEST_F(FaultsTest, DuplicateReply) {
  AddDepositFault(FaultKind::kDuplicateReply);
  auto client = Connect();
  ASSERT_OK(client->Send(10, Deposit("x")));
  ASSERT_OK_AND_ASSIGN(const ServerMessage first, client->Receive());
  ASSERT_OK_AND_ASSIGN(const ServerMessage second, client->Receive());
  EXPECT_EQ(first.text, second.text);
  EXPECT_EQ(first.serial, second.serial);
  EXPECT_EQ(Deals("x"), 1);
}

TEST_F(FaultsTest, Restart) {
  AddDepositFault(FaultKind::kRestart, kLong);
  auto client = Connect();
  auto bystander = Connect();
  EXPECT_THAT(client->Call(Deposit("x")), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(bystander->Receive(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Deals("x"), 1);
  Client late(kManagerPassword, true);
  EXPECT_THAT(late.Login(server_->port(), kManager), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(FaultsTest, RefuseConnections) {
  auto client = Connect();
  AddFault({.kind = FaultKind::kRefuseConnections, .count = 1});
  Client late(kManagerPassword, true);
  EXPECT_THAT(late.Login(server_->port(), kManager), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_OK(client->Call("TEST_ACCESS|\r\n"));
  Connect();
}

TEST_F(FaultsTest, MatchTheAccountInTheBodyToo) {
  AddFault({.kind = FaultKind::kRefuse, .login = kLogin, .retcode = 8});
  auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const ServerMessage update, client->Call("USER_UPDATE|\r\n{\"Login\":100000}"));
  EXPECT_EQ(update.retcode(), 8);
  ASSERT_OK_AND_ASSIGN(const ServerMessage other, client->Call("USER_GET|LOGIN=1|\r\n"));
  EXPECT_EQ(other.retcode(), 13);
}

}  // namespace
}  // namespace mtsuite::mtsim
