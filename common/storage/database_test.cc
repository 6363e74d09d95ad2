#include "common/storage/database.h"

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/storage/testing_database.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

// What every backend promises; each test runs on each of them.
namespace mtsuite::storage {
namespace {

using mtsuite::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

const Statement kInsert = {.sql = "INSERT INTO items (id, name, data) VALUES (:id, :name, :data)",
                           .parameters = {Type::kInt, Type::kText, Type::kBytes}};
const Statement kUpsert = {.sql =
                               "INSERT INTO items (id, name) VALUES (:id, :name) "
                               "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                           .parameters = {Type::kInt, Type::kText}};
const Statement kSelect = {.sql = "SELECT id, name, data FROM items ORDER BY id",
                           .parameters = {},
                           .columns = {Type::kInt, Type::kText, Type::kBytes}};
const Statement kCount = {.sql = "SELECT COUNT(*) FROM items", .parameters = {}, .columns = {Type::kInt}};
const Statement kRename = {.sql = "UPDATE items SET name = :name WHERE id >= :from",
                           .parameters = {Type::kText, Type::kInt}};

class DatabaseTest : public ::testing::TestWithParam<std::string> {
 protected:
  DatabaseTest() : files_(GetParam()), database_(Open()) {
    const std::string bytes = database_->backend() == Backend::kSqlite ? "BLOB" : "BYTEA";
    EXPECT_OK(database_->Write([&](Transaction& t) {
      return t.ExecuteOnce(
          "CREATE TABLE items (id BIGINT PRIMARY KEY, name TEXT CHECK (name <> 'forbidden'), data " + bytes +
          ")");
    }));
  }

  std::unique_ptr<Database> Open(const DatabaseOptions& options = {}) {
    auto database = Database::Open(files_.url(), options);
    EXPECT_OK(database);
    return *std::move(database);
  }

  absl::Status Insert(Database& database, int64_t id, const std::string& name) {
    return database.Write([&](Transaction& t) {
      return t.Execute(kInsert, {id, name, Bytes{"x"}}).status();
    });
  }

  int64_t Count() {
    int64_t count = -1;
    EXPECT_OK(database_->Read([&](Transaction& t) {
      return t.Query(kCount, {}, [&](const Row& row) {
        count = row.Int(0);
        return absl::OkStatus();
      });
    }));
    return count;
  }

  std::vector<std::pair<int64_t, std::string>> Names() {
    std::vector<std::pair<int64_t, std::string>> names;
    EXPECT_OK(database_->Read([&](Transaction& t) {
      return t.Query(kSelect, {}, [&](const Row& row) {
        names.emplace_back(row.Int(0), row.Text(1));
        return absl::OkStatus();
      });
    }));
    return names;
  }

  TestingDatabase files_;
  std::unique_ptr<Database> database_;
};

TEST_P(DatabaseTest, KeepsEveryTypeExactly) {
  const std::string text = "it's \"ü\"; 100% :name \\x41";
  std::string bytes = "\\x00";
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  EXPECT_OK(database_->Write([&](Transaction& t) -> absl::Status {
    RETURN_IF_ERROR(t.Execute(kInsert, {INT64_MIN, text, Bytes{bytes}}).status());
    RETURN_IF_ERROR(t.Execute(kInsert, {1, nullptr, nullptr}).status());
    // Texts that look like numbers stay texts.
    return t.Execute(kInsert, {INT64_MAX, "007", Bytes{"42"}}).status();
  }));
  int row_number = 0;
  EXPECT_OK(database_->Read([&](Transaction& t) {
    return t.Query(kSelect, {}, [&](const Row& row) {
      switch (row_number++) {
        case 0:
          EXPECT_EQ(row.Int(0), INT64_MIN);
          EXPECT_EQ(row.Text(1), text);
          EXPECT_EQ(row.Bytes(2), bytes);
          break;
        case 1:
          EXPECT_TRUE(row.IsNull(1));
          EXPECT_TRUE(row.IsNull(2));
          EXPECT_EQ(row.Text(1), "");
          break;
        default:
          EXPECT_EQ(row.Int(0), INT64_MAX);
          EXPECT_FALSE(row.IsNull(1));
          EXPECT_EQ(row.Text(1), "007");
          EXPECT_EQ(row.Bytes(2), "42");
      }
      return absl::OkStatus();
    });
  }));
  EXPECT_EQ(row_number, 3);
}

TEST_P(DatabaseTest, TellsHowManyRowsChanged) {
  EXPECT_OK(Insert(*database_, 1, "a"));
  EXPECT_OK(Insert(*database_, 2, "b"));
  EXPECT_OK(Insert(*database_, 3, "c"));
  EXPECT_OK(database_->Write([&](Transaction& t) -> absl::Status {
    EXPECT_THAT(t.Execute(kRename, {"z", 2}), mtsuite::testing::IsOkAndHolds(2));
    EXPECT_THAT(t.Execute(kRename, {"z", 9}), mtsuite::testing::IsOkAndHolds(0));
    return absl::OkStatus();
  }));
  EXPECT_THAT(Names(), ElementsAre(Pair(1, "a"), Pair(2, "z"), Pair(3, "z")));
}

TEST_P(DatabaseTest, RollsBackWhenTheBodyFails) {
  const absl::Status status = database_->Write([&](Transaction& t) -> absl::Status {
    RETURN_IF_ERROR(t.Execute(kInsert, {1, "a", nullptr}).status());
    return absl::CancelledError("changed my mind");
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseTest, ATakenKeyIsAlreadyExistsAndTheConnectionGoesOn) {
  EXPECT_OK(Insert(*database_, 1, "a"));
  EXPECT_THAT(Insert(*database_, 1, "b"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_OK(Insert(*database_, 2, "c"));
  EXPECT_THAT(Names(), ElementsAre(Pair(1, "a"), Pair(2, "c")));
}

TEST_P(DatabaseTest, AnotherConstraintIsFailedPrecondition) {
  EXPECT_THAT(Insert(*database_, 1, "forbidden"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseTest, WrongSqlIsInternalAndNamesTheStatement) {
  const Statement wrong = {.sql = "SELECT nonsense FROM nowhere", .parameters = {}, .columns = {Type::kInt}};
  const absl::Status status = database_->Read(
      [&](Transaction& t) { return t.Query(wrong, {}, [](const Row&) { return absl::OkStatus(); }); });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal, HasSubstr("FROM nowhere")));
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseTest, OnConflictUpdates) {
  for (const char* name : {"a", "b"}) {
    EXPECT_OK(database_->Write([&](Transaction& t) { return t.Execute(kUpsert, {1, name}).status(); }));
  }
  EXPECT_THAT(Names(), ElementsAre(Pair(1, "b")));
}

TEST_P(DatabaseTest, AQueryMayBeLeftEarlyAndRunAgain) {
  for (int i = 0; i < 10; ++i) EXPECT_OK(Insert(*database_, i, "x"));
  int seen = 0;
  const absl::Status status = database_->Read([&](Transaction& t) {
    return t.Query(kSelect, {}, [&](const Row&) {
      return ++seen == 3 ? absl::OutOfRangeError("enough") : absl::OkStatus();
    });
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(Count(), 10);
  EXPECT_EQ(Names().size(), 10u);
}

TEST_P(DatabaseTest, SurvivesClosing) {
  EXPECT_OK(Insert(*database_, 1, "a"));
  database_ = Open();
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseTest, WritersOfSeveralThreadsLoseNothing) {
  constexpr int kThreads = 4;
  constexpr int kRows = 25;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kRows; ++i) EXPECT_OK(Insert(*database_, thread * 1000 + i, "x"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Count(), kThreads * kRows);
}

TEST_P(DatabaseTest, ReadersSeeOnlyWhatIsCommitted) {
  EXPECT_OK(database_->Write([&](Transaction& t) -> absl::Status {
    RETURN_IF_ERROR(t.Execute(kInsert, {1, "a", nullptr}).status());
    EXPECT_EQ(Count(), 0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseTest, WaitsForASessionNoLongerThanTheTimeout) {
  const std::unique_ptr<Database> small = Open({.sessions = 1, .busy_timeout = absl::Milliseconds(50)});
  absl::Notification inside;
  absl::Notification done;
  std::thread holder([&] {
    EXPECT_OK(small->Read([&](Transaction&) {
      inside.Notify();
      done.WaitForNotification();
      return absl::OkStatus();
    }));
  });
  inside.WaitForNotification();
  const auto nothing = [](Transaction&) { return absl::OkStatus(); };
  EXPECT_THAT(small->Read(nothing), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("busy")));
  done.Notify();
  holder.join();
  EXPECT_OK(small->Read(nothing));
}

INSTANTIATE_TEST_SUITE_P(Backends, DatabaseTest, ::testing::ValuesIn(TestBackends()));

TEST(DatabaseUrlTest, SaysWhatIsWrong) {
  EXPECT_THAT(Database::Open("mysql://x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Database::Open("sqlite://"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Database::Open("sqlite:///nonexistent/folder/x.db"), Not(mtsuite::testing::IsOk()));
  EXPECT_THAT(Database::Open("postgresql://127.0.0.1:1/none"), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace mtsuite::storage
