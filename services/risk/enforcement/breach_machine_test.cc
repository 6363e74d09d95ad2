#include "services/risk/enforcement/breach_machine.h"

#include <memory>
#include <string>
#include <vector>

#include "common/clock/proto_time.h"
#include "common/testing/matchers.h"

namespace mtsuite::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::StatusIs;
using v1::Breach;
using v1::BreachAction;
using Outcome = BreachReply::Outcome;

const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);
constexpr char kId[] = "0123456789abcdef01234567";

AccountPicture::Position Position(int64_t ticket, int profit) {
  return {ticket, "EURUSD", type::v1::BUY, "1.00", "1.10000", Decimal::FromInteger(profit)};
}

AccountPicture Flat() {
  AccountPicture picture;
  picture.read_only = true;
  picture.group = "challenge";
  picture.balance = "89000.00";
  return picture;
}

BreachReply Applied() {
  BreachReply reply;
  reply.outcome = Outcome::kApplied;
  return reply;
}

BreachReply Closed(const std::string& price) {
  BreachReply reply = Applied();
  reply.filled_volume = "1.00";
  reply.remaining_volume = "0.00";
  reply.price = price;
  reply.fill_time = kStart;
  return reply;
}

BreachReply Failed(Outcome outcome, const std::string& reason) {
  BreachReply reply;
  reply.outcome = outcome;
  reply.error_reason = reason;
  return reply;
}

class BreachMachineTest : public ::testing::Test {
 protected:
  BreachMachineTest() {
    beginning_.breach.set_breach_id(kId);
    beginning_.breach.set_severity(v1::HARD);
    *beginning_.breach.mutable_breach_time() = ToProtoTime(kStart);
    beginning_.account = Flat();
    beginning_.account.read_only = false;
  }

  void Begin() {
    machine_ = BreachMachine::Begin(beginning_, {});
    Keep(machine_->Resume(now_));
  }
  void Keep(Reaction reaction) {
    last_ = std::move(reaction);
    reading_ |= last_.read;
    ids_.clear();
    for (const BreachCommand& command : last_.commands) ids_.push_back(command.operation_id.substr(25));
  }
  void Reply(const std::string& id, const BreachReply& reply) {
    Keep(machine_->OnReply(std::string(kId) + "." + id, reply, now_));
  }
  void Picture(const absl::StatusOr<AccountPicture>& picture) {
    ASSERT_TRUE(reading_);
    reading_ = false;
    Keep(machine_->OnPicture(picture, now_));
  }
  void Wait(absl::Duration duration) {
    now_ += duration;
    Keep(machine_->OnTimer(now_));
  }
  // Two looks that see nothing.
  void SeeFlat() {
    Picture(Flat());
    Wait(machine_->wake_time() - now_);
    Picture(Flat());
  }
  Breach::State state() const { return machine_->breach().state(); }
  const BreachAction& action(int i) const { return machine_->breach().actions(i); }

  BreachMachine::Beginning beginning_;
  absl::Time now_ = kStart;
  std::unique_ptr<BreachMachine> machine_;
  Reaction last_;
  bool reading_ = false;
  std::vector<std::string> ids_;
};

TEST_F(BreachMachineTest, BlocksThenCancelsThenClosesTheWorstFirst) {
  beginning_.account.positions = {Position(1, 10), Position(2, -50), Position(3, -50)};
  beginning_.account.orders = {8, 9};
  Begin();
  EXPECT_TRUE(last_.save);
  EXPECT_THAT(ids_, ElementsAre("block.1"));
  EXPECT_EQ(last_.commands[0].change.read_only, true);
  Reply("block.1", Applied());
  EXPECT_THAT(ids_, ElementsAre("cancel.8.1", "cancel.9.1"));
  Reply("cancel.8.1", Applied());
  EXPECT_THAT(ids_, IsEmpty());
  Reply("cancel.9.1", Applied());
  EXPECT_THAT(ids_, ElementsAre("close.2.1", "close.3.1", "close.1.1"));
  Reply("close.2.1", Closed("1.09900"));
  Reply("close.3.1", Closed("1.10000"));
  EXPECT_FALSE(last_.read);
  Reply("close.1.1", Closed("1.10100"));
  EXPECT_EQ(state(), Breach::VERIFYING);
  SeeFlat();
  EXPECT_EQ(state(), Breach::LOCKING);
  EXPECT_THAT(ids_, ElementsAre("lock.1"));
  EXPECT_EQ(last_.commands[0].change.enabled, false);
  Reply("lock.1", Applied());
  AccountPicture locked = Flat();
  locked.enabled = false;
  Picture(locked);
  EXPECT_EQ(state(), Breach::DONE);
  EXPECT_EQ(machine_->wake_time(), absl::InfiniteFuture());
  EXPECT_EQ(machine_->breach().flat_balance(), "89000.00");
  EXPECT_EQ(action(3).slippage(), "-0.001");
  EXPECT_EQ(action(4).slippage(), "0");
  EXPECT_EQ(action(5).slippage(), "0.001");
}

TEST_F(BreachMachineTest, LongOperationIdsFit) {
  EXPECT_LE(BreachOperationId(kId, BreachAction::RESTORE_ACCOUNT, 0, INT32_MAX).size(), 64u);
  EXPECT_LE(BreachOperationId(kId, BreachAction::CANCEL_ORDER, INT64_MAX, INT32_MAX).size(), 64u);
}

TEST_F(BreachMachineTest, ShadowIsOnlyRecorded) {
  beginning_.breach.set_mode(v1::SHADOW);
  beginning_.account.positions = {Position(1, 10)};
  Begin();
  EXPECT_EQ(state(), Breach::DONE);
  EXPECT_THAT(last_.commands, IsEmpty());
  EXPECT_FALSE(last_.read);
  EXPECT_THAT(machine_->Lift("me", "because", now_), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(BreachMachineTest, ASilentBlockDoesNotHoldUpTheClosing) {
  beginning_.account.positions = {Position(1, 10)};
  Begin();
  Wait(machine_->wake_time() - now_);
  EXPECT_THAT(ids_, ElementsAre("close.1.1"));
  Reply("close.1.1", Closed("1.1"));
  AccountPicture open = Flat();
  open.read_only = false;
  Picture(open);
  EXPECT_EQ(state(), Breach::VERIFYING) << "flat, but not blocked";
  Reply("block.1", Applied());
  EXPECT_TRUE(last_.read);
  SeeFlat();
  EXPECT_EQ(state(), Breach::LOCKING);
}

TEST_F(BreachMachineTest, ARequoteIsTriedAgainUnderANewId) {
  beginning_.account.positions = {Position(1, 10)};
  Begin();
  Reply("block.1", Applied());
  Reply("close.1.1", Failed(Outcome::kRejected, "REQUOTE"));
  AccountPicture open = Flat();
  open.positions = {Position(1, 9)};
  Picture(open);
  EXPECT_THAT(ids_, IsEmpty());
  Wait(absl::Milliseconds(100));
  Picture(open);
  EXPECT_THAT(ids_, ElementsAre("close.1.2"));
  EXPECT_EQ(action(1).attempt(), 2);
  EXPECT_EQ(action(1).error_reason(), "REQUOTE");
  EXPECT_EQ(action(1).breach_price(), "1.10000");
}

TEST_F(BreachMachineTest, WhatIsUnconfirmedIsAskedForUnderTheSameId) {
  beginning_.account.positions = {Position(1, 10)};
  Begin();
  Reply("block.1", Applied());
  Reply("close.1.1", Failed(Outcome::kUnconfirmed, "OPERATION_UNCONFIRMED"));
  Picture(Flat());
  Wait(absl::Milliseconds(100));
  EXPECT_THAT(ids_, ElementsAre("close.1.1"));
  Reply("close.1.1", Failed(Outcome::kUnconfirmed, "OPERATION_UNCONFIRMED"));
  for (int i = 0; i < 3; ++i) {
    Wait(absl::Seconds(1));
    if (reading_) Picture(Flat());
  }
  EXPECT_EQ(state(), Breach::VERIFYING) << "it may still be carried out";
  Reply("close.1.1", Closed("1.1"));
  if (reading_) Picture(Flat());
  EXPECT_EQ(state(), Breach::VERIFYING) << "what was seen before the answer does not count";
  Wait(machine_->wake_time() - now_);
  Picture(Flat());
  EXPECT_EQ(state(), Breach::LOCKING);
  EXPECT_EQ(machine_->breach().flat_time().seconds(), absl::ToUnixSeconds(kStart));
}

TEST_F(BreachMachineTest, TheRestOfAPartialFillIsClosedAtOnce) {
  beginning_.account.positions = {Position(1, 10)};
  Begin();
  Reply("block.1", Applied());
  BreachReply part = Closed("1.1");
  part.filled_volume = "0.40";
  part.remaining_volume = "0.60";
  Reply("close.1.1", part);
  EXPECT_THAT(ids_, ElementsAre("close.1.2"));
  EXPECT_EQ(action(1).filled_volume(), "0.40");
  EXPECT_EQ(action(2).volume(), "0.60");
}

TEST_F(BreachMachineTest, AStaleLookDoesNotCloseAgain) {
  beginning_.account.positions = {Position(1, 10)};
  Begin();
  Reply("block.1", Applied());
  Reply("close.1.1", Closed("1.1"));
  AccountPicture stale = Flat();
  stale.positions = {Position(1, 10)};
  Picture(stale);
  EXPECT_THAT(ids_, IsEmpty());
  Wait(absl::Milliseconds(100));
  SeeFlat();
  EXPECT_EQ(state(), Breach::LOCKING);
}

TEST_F(BreachMachineTest, AClosedMarketEscalatesAndGoesOn) {
  beginning_.account.positions = {Position(1, 10)};
  beginning_.flat_deadline = absl::Seconds(5);
  Begin();
  Reply("block.1", Applied());
  AccountPicture open = Flat();
  open.positions = {Position(1, 10)};
  int attempts = 0;
  while (now_ < kStart + absl::Hours(1)) {
    for (const std::string& id : std::vector<std::string>(ids_)) {
      ++attempts;
      BreachReply closed = Failed(Outcome::kRejected, "MARKET_CLOSED");
      closed.retry_after = absl::Hours(10);
      Reply(id, closed);
    }
    while (reading_) Picture(open);
    if (ids_.empty()) Wait(std::max(machine_->wake_time() - now_, absl::Milliseconds(1)));
  }
  EXPECT_NEAR(attempts, 60, 5);
  EXPECT_EQ(machine_->breach().actions_size(), 2);
  int escalations = 0;
  for (const v1::BreachStep& step : machine_->breach().steps())
    escalations += step.state() == Breach::ESCALATED;
  EXPECT_EQ(escalations, 1);
  EXPECT_EQ(FromProtoTime(machine_->breach().escalate_time()), kStart + absl::Seconds(5));
  EXPECT_LE(machine_->breach().steps_size(), 101);
}

TEST_F(BreachMachineTest, ASoftBreachPausesUntilTheReset) {
  beginning_.breach.set_severity(v1::SOFT);
  *beginning_.breach.mutable_rearm_time() = ToProtoTime(kStart + absl::Hours(2));
  Begin();
  Reply("block.1", Applied());
  SeeFlat();
  EXPECT_EQ(state(), Breach::FLAT);
  EXPECT_EQ(machine_->wake_time(), kStart + absl::Hours(2));
  // What is opened in the pause is closed as well.
  Keep(machine_->OnAccountChanged(now_));
  AccountPicture open = Flat();
  open.positions = {Position(5, 1)};
  Picture(open);
  EXPECT_THAT(ids_, ElementsAre("close.5.1"));
  Reply("close.5.1", Closed("1.1"));
  SeeFlat();
  EXPECT_EQ(state(), Breach::FLAT);
  Wait(absl::Hours(2));
  EXPECT_THAT(ids_, ElementsAre("restore.1"));
  EXPECT_EQ(last_.commands[0].change, (AccountChange{.read_only = false}));
  Reply("restore.1", Applied());
  EXPECT_EQ(state(), Breach::REARMED);
}

TEST_F(BreachMachineTest, AnAccountThatWasReadOnlyStaysSo) {
  beginning_.breach.set_severity(v1::SOFT);
  *beginning_.breach.mutable_rearm_time() = ToProtoTime(kStart + absl::Seconds(1));
  beginning_.account.read_only = true;
  Begin();
  EXPECT_THAT(ids_, IsEmpty());
  SeeFlat();
  EXPECT_EQ(state(), Breach::REARMED);
  EXPECT_EQ(machine_->breach().actions_size(), 0);
}

TEST_F(BreachMachineTest, LiftWaitsForADoubtfulBlock) {
  Begin();
  Reply("block.1", Failed(Outcome::kUnconfirmed, ""));
  EXPECT_THAT(machine_->Lift("", "why", now_), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(Reaction reaction, machine_->Lift("key-1", "a wrong price", now_));
  Keep(std::move(reaction));
  EXPECT_EQ(state(), Breach::LIFTING);
  EXPECT_THAT(ids_, IsEmpty());
  Wait(absl::Milliseconds(100));
  EXPECT_THAT(ids_, ElementsAre("block.1"));
  EXPECT_GT(machine_->wake_time(), now_);
  Reply("block.1", Applied());
  EXPECT_THAT(ids_, ElementsAre("restore.1"));
  Reply("restore.1", Applied());
  EXPECT_EQ(state(), Breach::LIFTED);
  EXPECT_EQ(machine_->breach().manual_override().principal(), "key-1");
  EXPECT_EQ(machine_->breach().manual_override().state(), Breach::VERIFYING);
  EXPECT_THAT(machine_->Lift("key-1", "again", now_), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(BreachMachineTest, LiftAfterTheEndUndoesTheLock) {
  beginning_.lock_action = v1::RuleSet::MOVE_GROUP;
  beginning_.move_to_group = "failed";
  Begin();
  Reply("block.1", Applied());
  SeeFlat();
  EXPECT_EQ(last_.commands[0].change, (AccountChange{.group = "failed"}));
  Reply("lock.1", Applied());
  AccountPicture moved = Flat();
  moved.group = "failed";
  Picture(moved);
  EXPECT_EQ(state(), Breach::DONE);
  ASSERT_OK_AND_ASSIGN(Reaction reaction, machine_->Lift("key-1", "appeal", now_));
  EXPECT_EQ(reaction.commands.at(0).change, (AccountChange{.read_only = false, .group = "challenge"}));
}

TEST_F(BreachMachineTest, OldActionsAreLeftOutWithoutUsingIdsAgain) {
  BreachMachine::Limits limits;
  limits.actions.max_actions = 3;
  machine_ = BreachMachine::Begin(beginning_, limits);
  Keep(machine_->Resume(now_));
  Reply("block.1", Applied());
  for (int64_t ticket = 1; ticket <= 4; ++ticket) {
    AccountPicture open = Flat();
    open.positions = {Position(ticket, 1)};
    Picture(open);
    ASSERT_EQ(ids_.size(), 1u);
    Reply(ids_[0], Closed("1.1"));
  }
  EXPECT_EQ(machine_->breach().actions_size(), 3);
  EXPECT_EQ(machine_->breach().actions_left_out(), 2);
  EXPECT_EQ(action(0).type(), BreachAction::BLOCK_ACCOUNT) << "what is needed to give the account back stays";
  AccountPicture again = Flat();
  again.positions = {Position(1, 1)};
  Picture(again);
  EXPECT_THAT(ids_, ElementsAre("close.1.2"));
}

TEST_F(BreachMachineTest, ForeignAnswersAreIgnored) {
  Begin();
  Reply("close.77.1", Closed("1.1"));
  Reply("block.2", Applied());
  EXPECT_EQ(state(), Breach::BLOCKING);
  EXPECT_FALSE(last_.save);
}

TEST(BreachMachineRestore, RefusesWhatIsNoState) {
  EXPECT_THAT(BreachMachine::Restore("\xff\xff", {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("breach")));
  EXPECT_THAT(BreachMachine::Restore("", {}), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace mtsuite::risk
