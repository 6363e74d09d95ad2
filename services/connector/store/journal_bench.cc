// How many operations per second the journal carries: the real store, committer and timers, a trading server
// that answers at once.
//
//   bazel run --config=bench //services/connector/store:journal_bench
#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "benchmark/benchmark.h"
#include "common/log/log.h"
#include "common/status/check.h"
#include "common/testing/temp_dir.h"
#include "services/connector/base/thread_scheduler.h"
#include "services/connector/journal/group_committer.h"
#include "services/connector/journal/journal.h"
#include "services/connector/store/database_runner.h"
#include "services/connector/store/schema.h"
#include "services/connector/store/sql_journal_store.h"

namespace mtsuite::connector {
namespace {

// Carries everything out at once.
class InstantCommands final : public Commands {
 public:
  absl::Status CheckAvailable() const override { return absl::OkStatus(); }
  void Prepare(const OperationRecord& record, const Command&, absl::Time, Done<Preparation> done) override {
    done(Preparation{record.login, {}});
  }
  void Send(const OperationRecord&, const Command& command, absl::Time, Done<OperationResult> done) override {
    OperationResult result;
    *result.mutable_balance_operation() = command.book().balance_operation();
    done(std::move(result));
  }
  void Search(const OperationRecord&, const Command&, absl::Time, Done<Evidence> done) override {
    done(Evidence());
  }
  void Resume(const OperationRecord&) override {}
  void Release(const OperationRecord&) override {}
};

OperationRequest MakeRequest(int64_t number) {
  OperationRequest request;
  request.operation_id = absl::StrCat("bench-", number);
  auto* book = request.command.mutable_book();
  book->set_login(1001);
  book->mutable_balance_operation()->set_type(accounts::v1::BalanceOperation::DEPOSIT);
  book->mutable_balance_operation()->set_amount("1.00");
  request.deadline = RealClock().TimeNow() + absl::Seconds(30);
  return request;
}

// `range(0)` operations at a time, from the request to the durable outcome: three transactions each.
void BM_Execute(benchmark::State& state) {
  log::Configure("bench", log::Level::kWarning);
  testing::TempDir folder;
  auto database = storage::Database::Open(absl::StrCat("sqlite://", folder.Join("journal.db")));
  MTSUITE_CHECK(database.ok() && MigrateConnectorSchema(**database, RealClock()).ok(), "no database");
  DatabaseRunner runner(**database);
  SqlJournalStore store(runner);
  ThreadScheduler scheduler;
  GroupCommitter committer(runner, {});
  DatabaseRunner read_runner(**database, DatabaseRunner::Access::kRead);
  SqlJournalStore read_store(read_runner);
  GroupCommitter reader(read_runner, {});
  InstantCommands commands;
  const Fingerprinter fingerprinter(std::string(32, 'k'));
  Journal::Options options;
  options.server = "bench";
  const auto journal = Journal::Create(
      options, {RealClock(), scheduler, committer, store, reader, read_store, commands, fingerprinter});
  const int concurrency = static_cast<int>(state.range(0));
  int64_t number = 0;
  for (auto _ : state) {
    absl::BlockingCounter waiting(concurrency);
    for (int i = 0; i < concurrency; ++i) {
      journal->Execute(MakeRequest(++number), [&waiting](const OperationReply& reply) {
        MTSUITE_CHECK(reply.status.ok(), "an operation failed");
        waiting.DecrementCount();
      });
    }
    waiting.Wait();
  }
  state.SetItemsProcessed(number);
  journal->Stop();
  scheduler.Stop();
  committer.Stop();
  reader.Stop();
}
BENCHMARK(BM_Execute)->Arg(1)->Arg(16)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mtsuite::connector

BENCHMARK_MAIN();
