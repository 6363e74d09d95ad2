// Walks through every sequence of events that an operation can meet, and checks at each step what must always
// hold.
#include "services/connector/journal/operation_machine.h"

#include <string>
#include <vector>

#include "common/status/error.h"
#include "common/testing/matchers.h"

namespace mtsuite::connector {
namespace {

using operations::v1::Operation;
using Step = OperationMachine::Step;
using Verdict = Evidence::Verdict;
using testing::HasOutcome;
using testing::HasReason;

const OperationMachine::Limits kLimits;
const absl::Time kStart = absl::FromUnixSeconds(1'000);

OperationRecord NewRecord() {
  OperationRecord record;
  record.operation_id = "op";
  record.command.mutable_book();
  record.kind = Operation::BALANCE_OPERATION;
  return record;
}

absl::Status Failure(Outcome outcome) {
  return MakeError(absl::StatusCode::kInternal, type::v1::TRADE_SERVER_REJECTED, "failed").Outcome(outcome);
}

Evidence Says(Verdict verdict) {
  Evidence evidence;
  evidence.verdict = verdict;
  if (verdict == Verdict::kRejected) evidence.rejection = Failure(type::v1::REJECTED);
  return evidence;
}

// What the walk knows of the world: what is stored, and how often the command may be on its way.
struct World {
  OperationState stored = Operation::STATE_UNSPECIFIED;
  int32_t stored_attempt = 0;
  int sent = 0;
  // Sent, unanswered, and not yet found absent often enough.
  bool in_doubt = false;
  int misses_after_settling = 0;
  absl::Time doubt_since;
  absl::Time now = kStart;
};

class Walk {
 public:
  // Tries every event that can come next, `depth` events deep.
  void Explore(const OperationMachine& machine, const World& world, int depth) {
    Check(machine, world);
    ++visited_;
    if (::testing::Test::HasFailure()) return;
    if (machine.step() == Step::kDone) {
      ++finished_;
      return;
    }
    if (depth == 0) return;
    switch (machine.step()) {
      case Step::kPrepare:
        return ExplorePrepare(machine, world, depth);
      case Step::kRecord:
      case Step::kConclude:
        return ExploreStore(machine, world, depth);
      case Step::kSend:
        return ExploreSend(machine, world, depth);
      case Step::kVerify:
      case Step::kSearch:
        return ExploreSearch(machine, world, depth);
      case Step::kWait: {
        OperationMachine next = machine;
        World later = world;
        later.now = std::max(world.now, machine.wake_time());
        next.Wake();
        return Explore(next, later, depth - 1);
      }
      case Step::kDone:
        return;
    }
  }

  int visited() const { return visited_; }
  int finished() const { return finished_; }

 private:
  static void Check(const OperationMachine& machine, const World& world) {
    if (machine.step() == Step::kSend) {
      EXPECT_EQ(world.stored, Operation::PENDING) << "sent without a durable record";
      EXPECT_EQ(world.stored_attempt, world.sent + 1) << "sent twice for one record";
      EXPECT_FALSE(world.in_doubt) << "sent again while an earlier attempt may be on its way";
    }
    if (machine.step() == Step::kConclude && machine.record().state == Operation::NOT_APPLIED &&
        world.in_doubt) {
      EXPECT_GE(world.misses_after_settling, kLimits.searches_needed) << "gave up too early";
    }
    if (machine.step() == Step::kDone && machine.answer().ok()) {
      EXPECT_EQ(world.stored, machine.record().state) << "told what is not durable";
      EXPECT_FALSE(IsUnresolved(machine.record().state)) << "told without an outcome";
    }
    if (machine.step() == Step::kDone && !machine.answer().ok()) {
      EXPECT_EQ(GetOutcome(machine.answer()) == type::v1::UNCONFIRMED, false);
    }
  }

  void ExplorePrepare(const OperationMachine& machine, const World& world, int depth) {
    OperationMachine ready = machine;
    ready.Prepared(Preparation{7, {}});
    Explore(ready, world, depth - 1);
    OperationMachine refused = machine;
    refused.Prepared(Failure(type::v1::REJECTED));
    Explore(refused, world, depth - 1);
  }

  void ExploreStore(const OperationMachine& machine, const World& world, int depth) {
    OperationMachine stored = machine;
    World after = world;
    after.stored = machine.record().state;
    after.stored_attempt = machine.record().attempt;
    stored.Stored(absl::OkStatus(), world.now);
    if (!IsUnresolved(machine.record().state)) after.in_doubt = false;
    Explore(stored, after, depth - 1);
    OperationMachine failed = machine;
    failed.Stored(absl::UnavailableError("disk full"), world.now);
    Explore(failed, world, depth - 1);
  }

  void ExploreSend(const OperationMachine& machine, const World& world, int depth) {
    World after = world;
    ++after.sent;
    after.now += absl::Seconds(1);
    OperationMachine applied = machine;
    applied.Sent(OperationResult(), after.now);
    Explore(applied, after, depth - 1);
    for (const Outcome outcome : {type::v1::NOT_SENT, type::v1::REJECTED}) {
      OperationMachine failed = machine;
      failed.Sent(Failure(outcome), after.now);
      Explore(failed, after, depth - 1);
    }
    for (const Outcome outcome : {type::v1::UNCONFIRMED, type::v1::OUTCOME_UNSPECIFIED}) {
      OperationMachine doubtful = machine;
      World doubt = after;
      doubt.in_doubt = true;
      doubt.doubt_since = after.now;
      doubt.misses_after_settling = 0;
      doubtful.Sent(Failure(outcome), after.now);
      Explore(doubtful, doubt, depth - 1);
    }
  }

  void ExploreSearch(const OperationMachine& machine, const World& world, int depth) {
    for (const Verdict verdict :
         {Verdict::kApplied, Verdict::kRejected, Verdict::kNotFound, Verdict::kUnknowable}) {
      OperationMachine next = machine;
      World after = world;
      next.BeginSearch(world.now);
      const bool counts = verdict == Verdict::kNotFound && machine.step() == Step::kSearch &&
                          world.now >= world.doubt_since + kLimits.settle_window;
      if (counts) ++after.misses_after_settling;
      after.now += absl::Milliseconds(10);
      next.Searched(Says(verdict), after.now);
      if (verdict == Verdict::kApplied || verdict == Verdict::kRejected) after.in_doubt = false;
      Explore(next, after, depth - 1);
    }
    OperationMachine failed = machine;
    World after = world;
    after.misses_after_settling = 0;
    failed.BeginSearch(world.now);
    failed.Searched(absl::UnavailableError("link lost"), world.now);
    Explore(failed, after, depth - 1);
  }

  int visited_ = 0;
  int finished_ = 0;
};

TEST(OperationMachineTest, EverySequenceOfANewOperationIsSafe) {
  Walk walk;
  walk.Explore(OperationMachine::New(NewRecord(), kLimits), World(), 14);
  EXPECT_GT(walk.finished(), 100);
}

TEST(OperationMachineTest, EverySequenceOfARepeatIsSafe) {
  OperationRecord record = NewRecord();
  record.state = Operation::NOT_APPLIED;
  record.attempt = 1;
  World world;
  world.stored = Operation::NOT_APPLIED;
  world.stored_attempt = 1;
  world.sent = 1;
  Walk walk;
  walk.Explore(OperationMachine::Repeat(record, kLimits), world, 13);
  EXPECT_GT(walk.finished(), 100);
}

TEST(OperationMachineTest, EverySequenceAfterACrashIsSafe) {
  for (const OperationState state : {Operation::PENDING, Operation::UNCONFIRMED}) {
    OperationRecord record = NewRecord();
    record.state = state;
    record.attempt = 1;
    World world;
    world.stored = state;
    world.stored_attempt = 1;
    world.sent = 1;
    world.in_doubt = true;
    world.doubt_since = kStart;
    Walk walk;
    walk.Explore(OperationMachine::Interrupted(record, kLimits, kStart), world, 13);
    EXPECT_GT(walk.finished(), 100);
  }
}

TEST(OperationMachineTest, LostBookingIsDeclaredNotAppliedRightAfterTheSettleWindow) {
  OperationMachine machine = OperationMachine::New(NewRecord(), kLimits);
  machine.Prepared(Preparation{7, {}});
  machine.Stored(absl::OkStatus(), kStart);
  machine.Sent(Failure(type::v1::UNCONFIRMED), kStart);
  machine.Stored(absl::OkStatus(), kStart);
  absl::Time now = kStart;
  int searches = 0;
  while (machine.step() != Step::kConclude) {
    ASSERT_LT(++searches, 50);
    machine.BeginSearch(now);
    machine.Searched(Says(Verdict::kNotFound), now);
    if (machine.step() != Step::kWait) continue;
    now = machine.wake_time();
    machine.Wake();
  }
  EXPECT_EQ(machine.record().state, Operation::NOT_APPLIED);
  EXPECT_GE(now - kStart, kLimits.settle_window);
  EXPECT_LE(now - kStart, kLimits.settle_window + absl::Seconds(1));
}

TEST(OperationMachineTest, RejectedRepeatIsAppliedWhenTheFirstAttemptTurnsOutToBe) {
  OperationRecord record = NewRecord();
  record.state = Operation::NOT_APPLIED;
  record.attempt = 1;
  OperationMachine machine = OperationMachine::Repeat(record, kLimits);
  machine.Searched(Says(Verdict::kNotFound), kStart);
  machine.Prepared(Preparation{7, {}});
  machine.Stored(absl::OkStatus(), kStart);
  machine.Sent(Failure(type::v1::REJECTED), kStart);
  ASSERT_EQ(machine.step(), Step::kVerify);
  machine.Searched(Says(Verdict::kApplied), kStart);
  EXPECT_EQ(machine.record().state, Operation::APPLIED);
  EXPECT_TRUE(machine.arrived_late());
}

TEST(OperationMachineTest, FailedRecordIsNotSent) {
  OperationMachine machine = OperationMachine::New(NewRecord(), kLimits);
  machine.Prepared(Preparation{7, {}});
  machine.Stored(absl::UnavailableError("disk full"), kStart);
  ASSERT_EQ(machine.step(), Step::kDone);
  EXPECT_THAT(machine.answer(), HasOutcome(type::v1::NOT_SENT));
  EXPECT_THAT(machine.answer(), HasReason(type::v1::SERVICE_UNAVAILABLE));
}

}  // namespace
}  // namespace mtsuite::connector
