#include "services/connector/eventlog/event_log.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/storage/testing_database.h"
#include "common/testing/matchers.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/store/schema.h"
#include "services/connector/testing/simulated_committer.h"
#include "services/connector/testing/simulated_scheduler.h"

namespace mtsuite::connector {
namespace {

using accounts::v1::Account;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

const absl::Time kStart = absl::FromUnixSeconds(1'760'000'000);

Account MakeAccount(int64_t login, const std::string& name = "Holder") {
  Account account;
  account.set_login(login);
  account.set_name(name);
  return account;
}

type::v1::Deal MakeDeal(int64_t ticket, absl::Time time) {
  type::v1::Deal deal;
  deal.set_ticket(ticket);
  *deal.mutable_time() = ToProto(time);
  return deal;
}

// A log on a real database; Restart is a crash.
class EventLogTest : public ::testing::TestWithParam<std::string> {
 protected:
  struct Process {
    explicit Process(EventLogTest& test)
        : scheduler(test.time_),
          committer(scheduler, {.next_fault = [&test] { return test.fault_; }, .runner = test.runner_.get()}),
          log(EventLog::Create(test.options_, {test.time_.clock(), scheduler, committer, test.store_,
                                               [&test] { return absl::StrCat("epoch-", ++test.epochs_); }})) {
    }
    SimulatedScheduler scheduler;
    SimulatedCommitter committer;
    std::shared_ptr<EventLog> log;
  };

  EventLogTest()
      : database_(Open(testing_database_.url())), runner_(std::make_unique<DatabaseRunner>(*database_)) {
    EXPECT_OK(MigrateConnectorSchema(*database_, time_.clock()));
    options_.server = "s";
  }

  static std::unique_ptr<storage::Database> Open(const std::string& url) {
    auto database = storage::Database::Open(url);
    EXPECT_THAT(database, IsOk());
    return *std::move(database);
  }

  EventLog::Restored Restart() {
    process_.reset();
    process_ = std::make_unique<Process>(*this);
    EventLog::Restored result;
    bool done = false;
    process_->log->Start([&](absl::StatusOr<EventLog::Restored> restored) {
      ASSERT_THAT(restored, IsOk());
      result = *std::move(restored);
      done = true;
    });
    Settle();
    EXPECT_TRUE(done);
    return result;
  }
  void Settle() { time_.Advance(absl::Milliseconds(100)); }
  EventLog& log() { return *process_->log; }

  // What a reader gets that has everything up to `sequence`: "c1" created, "u1" updated, "d1" deleted, "t1"
  // deal.
  std::vector<std::string> Read(int64_t sequence) {
    std::vector<std::string> names;
    bool end = false;
    while (!end) {
      log().Read(sequence, 3, [&](const absl::StatusOr<std::vector<EventPtr>>& events) {
        ASSERT_THAT(events, IsOk());
        end = events->empty();
        for (const EventPtr& event : *events) {
          EXPECT_EQ(event->position().sequence(), ++sequence) << "a gap";
          if (event->has_account_created())
            names.push_back(absl::StrCat("c", event->account_created().login()));
          if (event->has_account_updated())
            names.push_back(absl::StrCat("u", event->account_updated().login()));
          if (event->event_case() == v1::Event::kAccountDeleted)
            names.push_back(absl::StrCat("d", event->account_deleted()));
          if (event->has_deal_booked()) names.push_back(absl::StrCat("t", event->deal_booked().ticket()));
        }
      });
      Settle();
    }
    return names;
  }

  SimulatedTime time_{kStart};
  storage::TestingDatabase testing_database_{GetParam()};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<DatabaseRunner> runner_;
  EventStore store_{*runner_};
  EventLog::Options options_;
  SimulatedCommitter::Fault fault_ = SimulatedCommitter::Fault::kNone;
  int epochs_ = 0;
  std::unique_ptr<Process> process_;
};

TEST_P(EventLogTest, NumbersStoresAndReplays) {
  Restart();
  log().SetBaselined();
  log().AppendAccounts({{MakeAccount(1)}, {MakeAccount(2)}, {3}}, false);
  log().AppendDeals({MakeDeal(50, kStart), MakeDeal(51, kStart)});
  Settle();
  EXPECT_THAT(Read(0), ElementsAre("c1", "u2", "d3", "t50", "t51"));
  EXPECT_THAT(Read(3), ElementsAre("t50", "t51"));
  const v1::EventPosition last = log().last();
  EXPECT_EQ(last.sequence(), 5);
  Restart();
  EXPECT_EQ(log().last().epoch(), last.epoch());
  EXPECT_THAT(Read(0), ElementsAre("c1", "u2", "d3", "t50", "t51"));
}

TEST_P(EventLogTest, DealsAreToldOnceAlsoAcrossRestarts) {
  Restart();
  log().AppendDeals({MakeDeal(50, kStart), MakeDeal(51, kStart + absl::Seconds(5))});
  log().AppendDeals({MakeDeal(51, kStart + absl::Seconds(5))});
  Settle();
  const EventLog::Restored restored = Restart();
  EXPECT_LE(restored.deals_since, kStart);
  log().AppendDeals({MakeDeal(50, kStart), MakeDeal(51, kStart + absl::Seconds(5)), MakeDeal(52, kStart)});
  Settle();
  EXPECT_THAT(Read(0), ElementsAre("t50", "t51", "t52"));
}

TEST_P(EventLogTest, WhatACrashLostIsToldAgain) {
  Restart();
  log().SetBaselined();
  Settle();
  log().AppendDeals({MakeDeal(50, kStart)});
  log().AppendAccounts({{MakeAccount(1)}, {}, {}}, false);
  // The crash comes before anything was written.
  EXPECT_THAT(Restart().digests, IsEmpty());
  log().AppendDeals({MakeDeal(50, kStart)});
  log().AppendAccounts({{MakeAccount(1)}, {}, {}}, false);
  Settle();
  EXPECT_THAT(Read(0), ElementsAre("t50", "c1"));
  EXPECT_EQ(Restart().digests.size(), 1u);
}

TEST_P(EventLogTest, AccountsThatWereThereBeforeAreNoNews) {
  Restart();
  log().AppendAccounts({{MakeAccount(1), MakeAccount(2)}, {}, {}}, false);
  log().AppendAccounts({{MakeAccount(3)}, {}, {}}, true);
  log().SetBaselined();
  log().AppendAccounts({{MakeAccount(4)}, {}, {}}, false);
  Settle();
  EXPECT_THAT(Read(0), ElementsAre("c3", "c4"));
  EXPECT_EQ(Restart().digests.size(), 4u);
}

TEST_P(EventLogTest, FailedWritesAreTriedAgainInOrder) {
  Restart();
  fault_ = SimulatedCommitter::Fault::kFailsAfterWriting;
  log().AppendDeals({MakeDeal(50, kStart)});
  Settle();
  log().AppendDeals({MakeDeal(51, kStart)});
  Settle();
  EXPECT_EQ(log().last().sequence(), 0) << "visible before it is known to be durable";
  fault_ = SimulatedCommitter::Fault::kNone;
  time_.Advance(absl::Seconds(3));
  EXPECT_THAT(Read(0), ElementsAre("t50", "t51"));
}

TEST_P(EventLogTest, TooLongWithoutADatabaseBeginsANewEpoch) {
  options_.pending_max = 2;
  Restart();
  log().AppendDeals({MakeDeal(1, kStart)});
  Settle();
  const v1::EventPosition old = log().last();
  fault_ = SimulatedCommitter::Fault::kFails;
  for (int64_t ticket = 10; ticket < 20; ++ticket) log().AppendDeals({MakeDeal(ticket, kStart)});
  Settle();
  fault_ = SimulatedCommitter::Fault::kNone;
  time_.Advance(absl::Seconds(3));
  EXPECT_NE(log().last().epoch(), old.epoch());
  EXPECT_TRUE(log().FindStart(old).reset);
}

TEST_P(EventLogTest, PositionsThatAreNotHeldAreReset) {
  options_.events_max = 2;
  Restart();
  for (int64_t ticket = 1; ticket <= 5; ++ticket) log().AppendDeals({MakeDeal(ticket, kStart)});
  Settle();
  time_.Advance(absl::Minutes(2));
  v1::EventPosition position = log().last();
  position.set_sequence(3);
  EXPECT_FALSE(log().FindStart(position).reset);
  EXPECT_THAT(Read(3), ElementsAre("t4", "t5"));
  position.set_sequence(2);
  EXPECT_TRUE(log().FindStart(position).reset);
  EXPECT_EQ(log().FindStart(position).sequence, 3);
  position.set_sequence(99);
  EXPECT_TRUE(log().FindStart(position).reset);
  position.set_sequence(5);
  position.set_epoch("another");
  EXPECT_TRUE(log().FindStart(position).reset);
  EXPECT_EQ(log().FindStart(std::nullopt).sequence, 5);
}

TEST_P(EventLogTest, ReadersBehindTheMemoryReadTheDatabase) {
  options_.memory_max = 2;
  Restart();
  for (int64_t ticket = 1; ticket <= 9; ++ticket) log().AppendDeals({MakeDeal(ticket, kStart)});
  Settle();
  EXPECT_EQ(Read(0).size(), 9u);
  EXPECT_THAT(Read(7), ElementsAre("t8", "t9"));
}

TEST_P(EventLogTest, WatchersHearOfVisibleEvents) {
  Restart();
  int calls = 0;
  const uint64_t id = log().Watch([&] { ++calls; });
  log().AppendDeals({MakeDeal(1, kStart)});
  Settle();
  EXPECT_EQ(calls, 1);
  log().Unwatch(id);
  log().AppendDeals({MakeDeal(2, kStart)});
  Settle();
  EXPECT_EQ(calls, 1);
}

INSTANTIATE_TEST_SUITE_P(Databases, EventLogTest, ::testing::ValuesIn(storage::TestBackends()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mtsuite::connector
