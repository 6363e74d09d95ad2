#include "services/connector/lease/lease.h"

#include <memory>

#include "common/storage/testing_database.h"
#include "common/testing/matchers.h"
#include "common/testing/temp_dir.h"
#include "services/connector/lease/instance.h"
#include "services/connector/store/schema.h"
#include "services/connector/testing/simulated_committer.h"
#include "services/connector/testing/simulated_scheduler.h"

namespace mtsuite::connector {
namespace {

using testing::IsOk;
using testing::StatusIs;

class LeaseTest : public ::testing::TestWithParam<std::string> {
 protected:
  // One process that wants to drive the server.
  struct Process {
    Process(LeaseTest& test, const std::string& owner)
        : scheduler(test.time_),
          committer(scheduler, {.next_fault =
                                    [this] {
                                      return cut_off ? SimulatedCommitter::Fault::kFails
                                                     : SimulatedCommitter::Fault::kNone;
                                    },
                                .runner = test.runner_.get()}),
          lease(Lease::Create(
              {.server = "s", .owner = owner}, {scheduler, committer, test.store_}, [this] { ++acquired; },
              [this] { ++lost; })) {
      lease->Start();
    }
    SimulatedScheduler scheduler;
    SimulatedCommitter committer;
    bool cut_off = false;
    int acquired = 0;
    int lost = 0;
    std::shared_ptr<Lease> lease;
  };

  LeaseTest()
      : database_(Open(testing_database_.url())), runner_(std::make_unique<DatabaseRunner>(*database_)) {
    EXPECT_OK(MigrateConnectorSchema(*database_, time_.clock()));
  }

  static std::unique_ptr<storage::Database> Open(const std::string& url) {
    auto database = storage::Database::Open(url);
    EXPECT_THAT(database, IsOk());
    return *std::move(database);
  }

  absl::Status CheckOwner(const std::string& owner) {
    return runner_->Run([&] { return store_.CheckOwner("s", owner); });
  }

  SimulatedTime time_{absl::FromUnixSeconds(1'760'000'000)};
  storage::TestingDatabase testing_database_{GetParam()};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<DatabaseRunner> runner_;
  LeaseStore store_{*runner_};
};

TEST_P(LeaseTest, FirstComesFirst) {
  Process a(*this, "a");
  time_.Advance(absl::Seconds(1));
  Process b(*this, "b");
  time_.Advance(absl::Minutes(5));
  EXPECT_TRUE(a.lease->valid());
  EXPECT_FALSE(b.lease->valid());
  EXPECT_EQ(a.acquired, 1);
  EXPECT_EQ(b.acquired, 0);
  EXPECT_OK(CheckOwner("a"));
  EXPECT_THAT(CheckOwner("b"), StatusIs(absl::StatusCode::kAborted));
}

TEST_P(LeaseTest, NeverTwoOwnersWhenOneIsCutOff) {
  Process a(*this, "a");
  time_.Advance(absl::Seconds(1));
  Process b(*this, "b");
  time_.Advance(absl::Seconds(20));
  a.cut_off = true;
  for (int i = 0; i < 600; ++i) {
    time_.Advance(absl::Milliseconds(100));
    ASSERT_FALSE(a.lease->valid() && b.lease->valid());
  }
  EXPECT_EQ(a.lost, 1);
  EXPECT_EQ(b.acquired, 1);
  EXPECT_TRUE(b.lease->valid());
  a.cut_off = false;
  time_.Advance(absl::Minutes(2));
  EXPECT_FALSE(a.lease->valid()) << "taken back from a healthy owner";
  EXPECT_EQ(b.lost, 0);
}

TEST_P(LeaseTest, OwnerThatComesBackInTimeGoesOn) {
  Process a(*this, "a");
  time_.Advance(absl::Seconds(1));
  a.cut_off = true;
  time_.Advance(absl::Seconds(17));
  EXPECT_EQ(a.lost, 1);
  a.cut_off = false;
  time_.Advance(absl::Seconds(6));
  EXPECT_EQ(a.acquired, 2);
  EXPECT_TRUE(a.lease->valid());
}

TEST_P(LeaseTest, RestartedOwnerNeedNotWait) {
  auto crashing = std::make_unique<Process>(*this, "a");
  time_.Advance(absl::Seconds(7));
  crashing.reset();
  Process again(*this, "a");
  time_.Advance(absl::Milliseconds(50));
  EXPECT_TRUE(again.lease->valid());
}

TEST_P(LeaseTest, ReleasedLeaseIsFreeAtOnce) {
  Process a(*this, "a");
  time_.Advance(absl::Seconds(1));
  a.lease->Stop();
  EXPECT_FALSE(a.lease->valid());
  time_.Advance(absl::Seconds(1));
  Process b(*this, "b");
  time_.Advance(absl::Milliseconds(50));
  EXPECT_TRUE(b.lease->valid());
}

INSTANTIATE_TEST_SUITE_P(Databases, LeaseTest, ::testing::ValuesIn(storage::TestBackends()),
                         [](const auto& info) { return info.param; });

TEST(InstanceTest, KeepsItsIdAndExcludesOthers) {
  const testing::TempDir folder;
  const std::string state = folder.Join("state");
  std::string id;
  {
    ASSERT_OK_AND_ASSIGN(const auto first, Instance::Open(state));
    id = first->id();
    EXPECT_EQ(id.size(), 36u);
    EXPECT_THAT(Instance::Open(state), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  ASSERT_OK_AND_ASSIGN(const auto second, Instance::Open(state));
  EXPECT_EQ(second->id(), id);
}

}  // namespace
}  // namespace mtsuite::connector
