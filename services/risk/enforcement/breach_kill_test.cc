// A whole enforcement against an unkind trading world, killed at every single step, and restored from its
// saved bytes: the end is always the same.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/testing/matchers.h"
#include "common/testing/seed.h"
#include "services/risk/enforcement/breach_machine.h"
#include "services/risk/enforcement/trading_world.h"

namespace mtsuite::risk {
namespace {

using v1::Breach;
using v1::BreachAction;

const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);

// Runs a machine as the service does: stores first, then sends. Dies when told, losing all but what it stored
// and what has left.
class Process {
 public:
  // `stale`: how many of the newest saves a restart does not find.
  Process(TradingWorld& world, const BreachMachine::Beginning& beginning, int kill_at, int stale)
      : world_(world), kill_at_(kill_at), stale_(stale) {
    machine_ = BreachMachine::Begin(beginning, {});
    saves_.push_back(machine_->Save());
    Do(machine_->Resume(world_.now()));
  }

  // Until the breach has ended, or is a pause, or `until`.
  void Run(absl::Time until) {
    while (world_.now() < until) {
      if (!alive_) Restart();
      const absl::Time wake = std::min(machine_->wake_time(), until);
      if (machine_->finished() && wake == until && !world_.RunNext(until)) break;
      if (machine_->finished()) continue;
      if (!world_.RunNext(wake) && alive_ && world_.now() >= machine_->wake_time()) {
        Do(machine_->OnTimer(world_.now()));
      }
    }
    if (!alive_) Restart();
  }

  // As its caller does: again, when the process died before it answered.
  void Lift() {
    while (machine_->breach().state() != Breach::LIFTING && machine_->breach().state() != Breach::LIFTED) {
      absl::StatusOr<Reaction> reaction = machine_->Lift("key-1", "a mistake", world_.now());
      if (!reaction.ok()) return;
      Do(*reaction);
      if (!alive_) Restart();
    }
  }

  const BreachMachine& machine() const { return *machine_; }
  int points() const { return points_; }

 private:
  void Do(const Reaction& reaction) {
    if (Dies()) return;
    if (reaction.save) saves_.push_back(machine_->Save());
    if (Dies()) return;
    const int life = life_;
    for (const BreachCommand& command : reaction.commands) {
      world_.Take(command, [this, life, id = command.operation_id](const BreachReply& reply) {
        if (life == life_ && alive_) Do(machine_->OnReply(id, reply, world_.now()));
      });
      if (Dies()) return;
    }
    if (!reaction.read) return;
    world_.Read([this, life](const absl::StatusOr<AccountPicture>& picture) {
      if (life == life_ && alive_) Do(machine_->OnPicture(picture, world_.now()));
    });
    Dies();
  }

  bool Dies() {
    if (points_++ != kill_at_) return false;
    alive_ = false;
    ++life_;
    return true;
  }

  void Restart() {
    // Nobody is there for a while.
    const absl::Time back = world_.now() + absl::Milliseconds(20);
    while (world_.RunNext(back)) {
    }
    const size_t newest = saves_.size() - 1;
    saves_.resize(newest - std::min<size_t>(newest, stale_) + 1);
    auto restored = BreachMachine::Restore(saves_.back(), {});
    ASSERT_OK(restored);
    machine_ = *std::move(restored);
    alive_ = true;
    Do(machine_->Resume(world_.now()));
  }

  TradingWorld& world_;
  const int kill_at_;
  const int stale_;
  std::unique_ptr<BreachMachine> machine_;
  std::vector<std::string> saves_;
  bool alive_ = true;
  int life_ = 0;
  int points_ = 0;
};

struct Scenario {
  std::string name;
  TradingWorld::Behaviour behaviour;
  v1::Severity severity = v1::HARD;
  v1::RuleSet::LockAction lock = v1::RuleSet::DISABLE;
  bool behind_our_back = false;
};

std::vector<Scenario> Scenarios() {
  return {
      {"kind", {}},
      {"kind_soft", {}, v1::SOFT},
      {"kind_move_group", {}, v1::HARD, v1::RuleSet::MOVE_GROUP},
      {"kind_read_only", {}, v1::HARD, v1::RuleSet::READ_ONLY},
      {"behind_our_back", {}, v1::HARD, v1::RuleSet::DISABLE, true},
      {"requotes", {.requotes = 60}, v1::HARD, v1::RuleSet::MOVE_GROUP, true},
      {"partial_fills", {.partial_fills = 70}, v1::SOFT, v1::RuleSet::DISABLE, true},
      {"lost_answers", {.lost_answers = 60}, v1::HARD, v1::RuleSet::DISABLE, true},
      {"lost_requests", {.not_sent = 30, .lost_requests = 40, .failed_reads = 30}},
      {"closed_market", {.market_opens = kStart + absl::Seconds(40)}, v1::HARD, v1::RuleSet::DISABLE, true},
      {"everything",
       {.requotes = 30,
        .partial_fills = 40,
        .not_sent = 20,
        .lost_answers = 30,
        .lost_requests = 20,
        .failed_reads = 30,
        .market_opens = kStart + absl::Seconds(3)},
       v1::HARD,
       v1::RuleSet::MOVE_GROUP,
       true},
  };
}

BreachMachine::Beginning BeginningOf(const Scenario& scenario, const TradingWorld& world) {
  BreachMachine::Beginning beginning;
  beginning.breach.set_breach_id("0123456789abcdef01234567");
  beginning.breach.set_login(1001);
  beginning.breach.set_severity(scenario.severity);
  beginning.breach.set_mode(v1::ENFORCE);
  *beginning.breach.mutable_breach_time() = ToProtoTime(kStart);
  if (scenario.severity == v1::SOFT) {
    *beginning.breach.mutable_rearm_time() = ToProtoTime(kStart + absl::Minutes(5));
  }
  beginning.lock_action = scenario.lock;
  beginning.move_to_group = "failed";
  beginning.flat_deadline = absl::Seconds(30);
  beginning.account = world.Picture();
  return beginning;
}

TradingWorld MakeWorld(const Scenario& scenario, uint64_t seed) {
  TradingWorld::Behaviour behaviour = scenario.behaviour;
  behaviour.seed = seed;
  TradingWorld world(behaviour, kStart);
  world.Open(11, 100, -500);
  world.Open(12, 7, 20);
  world.Open(13, 1, -900);
  world.Place(21);
  world.Place(22);
  if (!scenario.behind_our_back) return world;
  // An order is triggered, a stop loss hits, a dealer opens a position and lets the client trade again.
  world.At(kStart + absl::Milliseconds(4), [](TradingWorld& w) { w.Open(31, 50, -1); });
  world.At(kStart + absl::Milliseconds(11), [](TradingWorld& w) { w.Open(32, 50, -1); });
  world.At(kStart + absl::Milliseconds(40), [](TradingWorld& w) {
    w.read_only = false;
    w.Open(33, 10, -1);
    w.Place(23);
  });
  world.At(kStart + absl::Milliseconds(700), [](TradingWorld& w) { w.Open(34, 10, -1); });
  return world;
}

// Which state may follow which in the list of steps, when all are kept.
bool MayFollow(Breach::State from, Breach::State to) {
  switch (to) {
    case Breach::BLOCKING:
      return from == Breach::RECORDED || from == Breach::VERIFYING || from == Breach::LOCKING;
    case Breach::CANCELLING:
      return from == Breach::BLOCKING;
    case Breach::CLOSING:
      return from == Breach::CANCELLING;
    case Breach::VERIFYING:
      return from == Breach::CLOSING || from == Breach::FLAT || from == Breach::LOCKING;
    case Breach::FLAT:
      return from == Breach::VERIFYING;
    case Breach::LOCKING:
    case Breach::REARMING:
      return from == Breach::FLAT;
    case Breach::DONE:
      return from == Breach::LOCKING || from == Breach::FLAT;
    case Breach::REARMED:
      return from == Breach::REARMING;
    default:
      return true;
  }
}

void ExpectStepsInOrder(const Breach& breach) {
  ASSERT_GT(breach.steps_size(), 0);
  EXPECT_EQ(breach.steps(0).state(), Breach::RECORDED);
  Breach::State before = Breach::RECORDED;
  for (int i = 0; i < breach.steps_size(); ++i) {
    const v1::BreachStep& step = breach.steps(i);
    EXPECT_EQ(step.number(), i + 1);
    if (i == 0) continue;
    EXPECT_LE(FromProtoTime(breach.steps(i - 1).time()), FromProtoTime(step.time()));
    if (step.state() == Breach::ESCALATED) continue;
    if (breach.steps_size() < 100) {
      EXPECT_TRUE(MayFollow(before, step.state()))
          << Breach::State_Name(before) << " -> " << Breach::State_Name(step.state());
    }
    before = step.state();
  }
}

std::set<std::string> AppliedCloses(const Breach& breach) {
  std::set<std::string> ids;
  for (const BreachAction& action : breach.actions()) {
    if (action.type() == BreachAction::CLOSE_POSITION && action.state() == BreachAction::APPLIED) {
      EXPECT_TRUE(ids.insert(action.operation_id()).second) << action.operation_id() << " is there twice";
    }
  }
  return ids;
}

// Whether a restart found everything that was stored.
enum class Saves { kAll, kSome };

void ExpectEnded(const Scenario& scenario, const Breach& breach, const TradingWorld& world, Saves saves) {
  EXPECT_EQ(breach.state(), scenario.severity == v1::SOFT ? Breach::REARMED : Breach::DONE)
      << breach.ShortDebugString();
  EXPECT_THAT(world.Picture().positions, ::testing::IsEmpty());
  EXPECT_THAT(world.Picture().orders, ::testing::IsEmpty());
  const bool hard = scenario.severity == v1::HARD;
  EXPECT_EQ(world.read_only || !world.enabled, hard);
  EXPECT_EQ(world.enabled, !(hard && scenario.lock == v1::RuleSet::DISABLE));
  EXPECT_EQ(world.group, hard && scenario.lock == v1::RuleSet::MOVE_GROUP ? "failed" : "challenge");
  EXPECT_THAT(world.complaints(), ::testing::IsEmpty());
  if (saves == Saves::kAll) {
    EXPECT_EQ(AppliedCloses(breach), world.executed_closes());
  } else {
    EXPECT_THAT(world.executed_closes(), ::testing::IsSupersetOf(AppliedCloses(breach)));
  }
  EXPECT_TRUE(breach.has_flat_time());
  ExpectStepsInOrder(breach);
}

class BreachKillTest : public ::testing::TestWithParam<Scenario> {
 protected:
  // Gives the number of points at which the process could have been killed.
  int RunWithKill(uint64_t seed, int kill_at, int stale = 0) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", killed at ", kill_at, ", stale ", stale));
    TradingWorld world = MakeWorld(GetParam(), seed);
    Process process(world, BeginningOf(GetParam(), world), kill_at, stale);
    process.Run(kStart + absl::Minutes(20));
    ExpectEnded(GetParam(), process.machine().breach(), world, stale == 0 ? Saves::kAll : Saves::kSome);
    return process.points();
  }
};

TEST_P(BreachKillTest, EndsTheSameWhereverItIsKilled) {
  const uint64_t seed = testing::TestSeed();
  const int points = RunWithKill(seed, -1);
  EXPECT_GT(points, 10);
  // Rounds that come again and again, as on a closed market, are tried at some steps only.
  for (int kill_at = 0; kill_at < points && !HasFailure(); kill_at += kill_at < 150 ? 1 : 31) {
    RunWithKill(seed, kill_at);
  }
}

// More than is promised, as operation ids follow from what is done: not even lost writes double anything.
// What was sent in between is not known any more, though; and what was given back cannot be again, under the
// same id.
TEST_P(BreachKillTest, EndsTheSameWhenTheLastSavesAreLost) {
  if (GetParam().severity == v1::SOFT) GTEST_SKIP() << "the account was given back already";
  const uint64_t seed = testing::TestSeed() + 1;
  const int points = RunWithKill(seed, -1);
  for (const int stale : {1, 2, 5, 1000}) {
    for (int kill_at = 0; kill_at < points && !HasFailure(); kill_at += kill_at < 60 ? 5 : 97) {
      RunWithKill(seed, kill_at, stale);
    }
  }
}

TEST_P(BreachKillTest, EndsUnderManyKindsOfTrouble) {
  for (uint64_t i = 0; i < 30 && !HasFailure(); ++i) RunWithKill(testing::TestSeed() + i, -1);
}

// Lifted at some moment, killed at another: the account is as it was, and nothing more is sent.
TEST_P(BreachKillTest, LiftGivesTheAccountBack) {
  if (GetParam().behind_our_back) GTEST_SKIP() << "others change the rights meanwhile";
  const uint64_t seed = testing::TestSeed();
  for (int lift_at = 0; lift_at < 2000 && !HasFailure(); lift_at += 197) {
    for (int kill_at = -1; kill_at < 50 && !HasFailure(); kill_at += 3) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, ", lifted at ", lift_at, " ms, killed at ", kill_at));
      TradingWorld world = MakeWorld(GetParam(), seed);
      Process process(world, BeginningOf(GetParam(), world), kill_at, 0);
      process.Run(kStart + absl::Milliseconds(lift_at));
      process.Lift();
      process.Run(kStart + absl::Minutes(20));
      const Breach& breach = process.machine().breach();
      EXPECT_EQ(breach.state(), Breach::LIFTED) << breach.ShortDebugString();
      EXPECT_TRUE(world.enabled && !world.read_only && world.group == "challenge");
      EXPECT_THAT(world.complaints(), ::testing::IsEmpty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, BreachKillTest, ::testing::ValuesIn(Scenarios()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mtsuite::risk
