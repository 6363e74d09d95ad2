// The contract of JournalStore, held by every implementation.
#include "services/connector/journal/journal_store.h"

#include <functional>
#include <memory>

#include "common/storage/testing_database.h"
#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "services/connector/store/database_runner.h"
#include "services/connector/store/schema.h"
#include "services/connector/store/sql_journal_store.h"
#include "services/connector/testing/memory_journal_store.h"

namespace mtsuite::connector {
namespace {

using operations::v1::Operation;
using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;
using testing::StatusIs;

constexpr char kServer[] = "mt5-demo";

OperationRecord Record(const std::string& id, OperationState state, int64_t second) {
  OperationRecord record;
  record.server = kServer;
  record.operation_id = id;
  record.kind = Operation::BALANCE_OPERATION;
  record.state = state;
  record.login = 1001;
  record.tag = "#" + id;
  record.fingerprint = std::string("\0\xff", 2) + id;
  record.command.mutable_book()->set_login(1001);
  record.baseline.mutable_last_password_change_time()->set_seconds(7);
  record.attempt = 2;
  record.result.mutable_balance_operation()->set_ticket(99);
  record.error.set_code(5);
  record.error.set_message("why");
  record.principal = "key-1";
  record.request_id = "request-1";
  record.create_time = absl::FromUnixSeconds(second);
  record.update_time = absl::FromUnixSeconds(second + 1);
  record.sent_time = absl::FromUnixSeconds(second) + absl::Microseconds(1);
  return record;
}

std::vector<std::string> Ids(const std::vector<OperationRecord>& records) {
  std::vector<std::string> ids;
  for (const OperationRecord& record : records) ids.push_back(record.operation_id);
  return ids;
}

class JournalStoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") {
      store_ = std::make_unique<MemoryJournalStore>();
      return;
    }
    testing_database_.emplace(GetParam());
    ASSERT_OK_AND_ASSIGN(database_, storage::Database::Open(testing_database_->url()));
    ASSERT_OK(MigrateConnectorSchema(*database_, RealClock()));
    runner_ = std::make_unique<DatabaseRunner>(*database_);
    store_ = std::make_unique<SqlJournalStore>(*runner_);
  }

  // Within a transaction where there are some.
  absl::Status Do(absl::FunctionRef<absl::Status()> body) {
    return runner_ == nullptr ? body() : runner_->Run(body);
  }
  absl::Status Put(const OperationRecord& record) {
    return Do([&] { return store_->Put(record); });
  }
  template <typename T>
  T Get(std::function<absl::StatusOr<T>()> read) {
    T result{};
    EXPECT_OK(Do([&]() -> absl::Status {
      ASSIGN_OR_RETURN(result, read());
      return absl::OkStatus();
    }));
    return result;
  }
  std::optional<OperationRecord> Find(const std::string& id) {
    return Get<std::optional<OperationRecord>>([&] { return store_->Find(kServer, id); });
  }
  std::vector<std::string> List(const OperationQuery& query) {
    return Ids(Get<std::vector<OperationRecord>>([&] { return store_->List(query); }));
  }

  std::optional<storage::TestingDatabase> testing_database_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<DatabaseRunner> runner_;
  std::unique_ptr<JournalStore> store_;
};

TEST_P(JournalStoreTest, RecordComesBackWhole) {
  const OperationRecord record = Record("a", Operation::REJECTED, 1'700'000'000);
  ASSERT_OK(Put(record));
  const std::optional<OperationRecord> found = Find("a");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, record.kind);
  EXPECT_EQ(found->state, record.state);
  EXPECT_EQ(found->login, record.login);
  EXPECT_EQ(found->tag, record.tag);
  EXPECT_EQ(found->fingerprint, record.fingerprint);
  EXPECT_THAT(found->command, EqualsProto(record.command));
  EXPECT_THAT(found->baseline, EqualsProto(record.baseline));
  EXPECT_EQ(found->attempt, 2);
  EXPECT_THAT(found->result, EqualsProto(record.result));
  EXPECT_THAT(found->error, EqualsProto(record.error));
  EXPECT_EQ(found->principal, "key-1");
  EXPECT_EQ(found->request_id, "request-1");
  EXPECT_EQ(found->create_time, record.create_time);
  EXPECT_EQ(found->update_time, record.update_time);
  EXPECT_EQ(found->sent_time, record.sent_time);
  EXPECT_FALSE(Find("b").has_value());
}

TEST_P(JournalStoreTest, PutReplaces) {
  ASSERT_OK(Put(Record("a", Operation::PENDING, 10)));
  ASSERT_OK(Put(Record("a", Operation::APPLIED, 10)));
  EXPECT_EQ(Find("a")->state, Operation::APPLIED);
}

TEST_P(JournalStoreTest, TagsAreUniquePerServer) {
  ASSERT_OK(Put(Record("a", Operation::PENDING, 10)));
  OperationRecord same_tag = Record("b", Operation::PENDING, 10);
  same_tag.tag = "#a";
  EXPECT_THAT(Put(same_tag), StatusIs(absl::StatusCode::kAlreadyExists));
  same_tag.server = "other";
  EXPECT_OK(Put(same_tag));
}

TEST_P(JournalStoreTest, UnresolvedOnesComeOldestFirst) {
  ASSERT_OK(Put(Record("new", Operation::UNCONFIRMED, 30)));
  ASSERT_OK(Put(Record("old", Operation::PENDING, 10)));
  ASSERT_OK(Put(Record("done", Operation::APPLIED, 5)));
  const auto list = [&](int limit) {
    return Ids(Get<std::vector<OperationRecord>>([&] { return store_->ListUnresolved(kServer, limit); }));
  };
  EXPECT_THAT(list(10), ElementsAre("old", "new"));
  EXPECT_THAT(list(1), ElementsAre("old"));
}

TEST_P(JournalStoreTest, ListShowsUnresolvedThenNewest) {
  ASSERT_OK(Put(Record("applied-1", Operation::APPLIED, 10)));
  ASSERT_OK(Put(Record("applied-2", Operation::APPLIED, 20)));
  ASSERT_OK(Put(Record("rejected", Operation::REJECTED, 20)));
  ASSERT_OK(Put(Record("pending", Operation::PENDING, 5)));
  OperationRecord other = Record("other-login", Operation::NOT_APPLIED, 1);
  other.login = 1002;
  ASSERT_OK(Put(other));
  EXPECT_THAT(List({.server = kServer}),
              ElementsAre("pending", "applied-2", "rejected", "applied-1", "other-login"));
  EXPECT_THAT(List({.server = kServer, .state = Operation::APPLIED}), ElementsAre("applied-2", "applied-1"));
  EXPECT_THAT(List({.server = kServer, .login = 1002}), ElementsAre("other-login"));
  EXPECT_THAT(List({.server = "other"}), IsEmpty());
}

TEST_P(JournalStoreTest, PagesJoinWithoutGapOrOverlap) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK(
        Put(Record("op" + std::to_string(i), i % 3 == 0 ? Operation::PENDING : Operation::APPLIED, i / 2)));
  }
  const std::vector<std::string> all = List({.server = kServer});
  ASSERT_EQ(all.size(), 10u);
  std::vector<std::string> joined;
  OperationQuery query{.server = kServer, .limit = 3};
  while (true) {
    const auto page = Get<std::vector<OperationRecord>>([&] { return store_->List(query); });
    if (page.empty()) break;
    for (const OperationRecord& record : page) joined.push_back(record.operation_id);
    query.after =
        OperationCursor{IsUnresolved(page.back().state), page.back().create_time, page.back().operation_id};
  }
  EXPECT_EQ(joined, all);
}

TEST_P(JournalStoreTest, OnlyOldFinalOperationsAreDeleted) {
  ASSERT_OK(Put(Record("old-1", Operation::APPLIED, 10)));
  ASSERT_OK(Put(Record("old-2", Operation::NOT_APPLIED, 11)));
  ASSERT_OK(Put(Record("unresolved", Operation::UNCONFIRMED, 1)));
  ASSERT_OK(Put(Record("young", Operation::APPLIED, 100)));
  const auto deleted = [&](int limit) {
    return Get<int>([&] { return store_->DeleteFinal(kServer, absl::FromUnixSeconds(50), limit); });
  };
  EXPECT_EQ(deleted(1), 1);
  EXPECT_FALSE(Find("old-1").has_value());
  EXPECT_EQ(deleted(10), 1);
  EXPECT_EQ(deleted(10), 0);
  EXPECT_TRUE(Find("unresolved").has_value());
  EXPECT_TRUE(Find("young").has_value());
}

TEST_P(JournalStoreTest, FenceKeepsWritesOut) {
  if (runner_ == nullptr) GTEST_SKIP() << "only databases are shared between processes";
  SqlJournalStore fenced(*runner_, [](const std::string&) { return absl::AbortedError("not the owner"); });
  EXPECT_THAT(Do([&] { return fenced.Put(Record("a", Operation::PENDING, 1)); }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_FALSE(Find("a").has_value());
}

std::vector<std::string> Stores() {
  std::vector<std::string> stores = storage::TestBackends();
  stores.push_back("memory");
  return stores;
}

INSTANTIATE_TEST_SUITE_P(Stores, JournalStoreTest, ::testing::ValuesIn(Stores()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mtsuite::connector
