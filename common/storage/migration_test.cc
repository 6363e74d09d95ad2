#include "common/storage/migration.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/storage/database.h"
#include "common/storage/testing_database.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::storage {
namespace {

using mtsuite::testing::StatusIs;
using ::testing::HasSubstr;

const std::vector<Migration>& Steps() {
  static const std::vector<Migration> steps = {
      {1, "commands", {"CREATE TABLE commands (id TEXT PRIMARY KEY, request BYTES NOT NULL)"}},
      {2,
       "state",
       {"ALTER TABLE commands ADD COLUMN state BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX commands_state ON commands (state)"}},
  };
  return steps;
}

class MigrationTest : public ::testing::TestWithParam<std::string> {
 protected:
  MigrationTest() : files_(GetParam()), database_(Open()) {}

  std::unique_ptr<Database> Open() {
    auto database = Database::Open(files_.url());
    EXPECT_OK(database);
    return *std::move(database);
  }

  absl::Status InsertCommand(const std::string& id) {
    static const Statement insert = {
        .sql = "INSERT INTO commands (id, request, state) VALUES (:id, :request, :state)",
        .parameters = {Type::kText, Type::kBytes, Type::kInt}};
    return database_->Write([&](Transaction& t) { return t.Execute(insert, {id, Bytes{"r"}, 1}).status(); });
  }

  TestingDatabase files_;
  std::unique_ptr<Database> database_;
  SimulatedClock clock_;
};

TEST_P(MigrationTest, AppliesAllStepsOnce) {
  EXPECT_OK(Migrate(*database_, "journal", Steps(), clock_));
  EXPECT_OK(InsertCommand("a"));
  EXPECT_OK(Migrate(*database_, "journal", Steps(), clock_));
  EXPECT_OK(InsertCommand("b"));
}

TEST_P(MigrationTest, ContinuesWhereAnEarlierProgramStopped) {
  EXPECT_OK(Migrate(*database_, "journal", absl::MakeSpan(Steps()).subspan(0, 1), clock_));
  EXPECT_FALSE(InsertCommand("a").ok());
  EXPECT_OK(Migrate(*database_, "journal", Steps(), clock_));
  EXPECT_OK(InsertCommand("a"));
}

TEST_P(MigrationTest, RefusesANewerSchema) {
  EXPECT_OK(Migrate(*database_, "journal", Steps(), clock_));
  EXPECT_THAT(Migrate(*database_, "journal", absl::MakeSpan(Steps()).subspan(0, 1), clock_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("run a newer program")));
}

TEST_P(MigrationTest, RefusesAnotherHistory) {
  EXPECT_OK(Migrate(*database_, "journal", Steps(), clock_));
  std::vector<Migration> other = Steps();
  other[1].name = "status";
  EXPECT_THAT(Migrate(*database_, "journal", other, clock_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("'state' in the database")));
}

TEST_P(MigrationTest, ComponentsAreIndependent) {
  EXPECT_OK(Migrate(*database_, "journal", Steps(), clock_));
  EXPECT_OK(Migrate(*database_, "eventlog",
                    {{1, "events", {"CREATE TABLE events (sequence BIGINT PRIMARY KEY)"}}}, clock_));
}

TEST_P(MigrationTest, AFailingStepLeavesNothingBehind) {
  const std::vector<Migration> broken = {
      {1,
       "half",
       {"CREATE TABLE half (id BIGINT PRIMARY KEY)", "CREATE TABLE half (id BIGINT PRIMARY KEY)"}}};
  EXPECT_FALSE(Migrate(*database_, "journal", broken, clock_).ok());
  const std::vector<Migration> mended = {{1, "half", {"CREATE TABLE half (id BIGINT PRIMARY KEY)"}}};
  EXPECT_OK(Migrate(*database_, "journal", mended, clock_));
}

TEST_P(MigrationTest, SeveralProcessesMayStartAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const std::unique_ptr<Database> own = Open();
      EXPECT_OK(Migrate(*own, "journal", Steps(), clock_));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_OK(InsertCommand("a"));
}

INSTANTIATE_TEST_SUITE_P(Backends, MigrationTest, ::testing::ValuesIn(TestBackends()));

}  // namespace
}  // namespace mtsuite::storage
