#include "services/connector/journal/group_committer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"

namespace mtsuite::connector {

GroupCommitter::GroupCommitter(TransactionRunner& transactions, const Options& options)
    : transactions_(transactions),
      options_(options),
      batch_size_(metrics::MakeHistogram(
          options.registry, {"connector_journal_batch_size", "Writes per transaction of the database."},
          {1, 2, 4, 8, 16, 32, 64, 128, 256, 512})),
      commit_seconds_(metrics::MakeHistogram(
          options.registry,
          {"connector_journal_commit_seconds", "Time that one transaction of the database took."},
          metrics::LatencyBuckets())),
      failures_(metrics::MakeCounter(options.registry, {"connector_journal_write_failures_total",
                                                        "Writes that the database did not take."})),
      thread_([this] { Run(); }) {}

GroupCommitter::~GroupCommitter() { Stop(); }

void GroupCommitter::Submit(Write write) {
  {
    absl::MutexLock lock(&mutex_);
    if (!stopping_) {
      urgent_ = urgent_ || !write.patient;
      queue_.push_back(std::move(write));
      return;
    }
  }
  write.done(absl::UnavailableError("the database is closed"));
}

void GroupCommitter::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  thread_.join();
}

std::vector<Committer::Write> GroupCommitter::Take() {
  const auto some = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); };
  const auto due = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || urgent_ || queue_.size() >= options_.batch_max;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&some));
  mutex_.AwaitWithTimeout(absl::Condition(&due), options_.patience);
  urgent_ = false;
  return std::exchange(queue_, {});
}

void GroupCommitter::Run() {
  std::vector<Write> pending;
  std::vector<Write> batch;
  while (true) {
    if (pending.empty()) pending = Take();
    if (pending.empty()) return;
    const auto end = pending.begin() + static_cast<ptrdiff_t>(std::min(pending.size(), options_.batch_max));
    batch.assign(std::make_move_iterator(pending.begin()), std::make_move_iterator(end));
    pending.erase(pending.begin(), end);
    CommitBatch(batch);
    batch.clear();
  }
}

void GroupCommitter::CommitBatch(std::vector<Write>& batch) {
  const auto start = std::chrono::steady_clock::now();
  Outcome together = Commit(absl::MakeSpan(batch));
  commit_seconds_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  batch_size_.Observe(static_cast<double>(batch.size()));
  if (together.status.ok()) {
    for (Write& write : batch) write.done(absl::OkStatus());
    return;
  }
  // A database that takes no transaction at all would only make every single write wait for its timeout.
  absl::Status broken = together.write_failed && batch.size() > 1 ? absl::OkStatus() : together.status;
  for (Write& write : batch) {
    absl::Status status = broken;
    if (broken.ok()) {
      const Outcome alone = Commit(absl::MakeSpan(&write, 1));
      status = alone.status;
      if (!alone.write_failed) broken = alone.status;
    }
    if (!status.ok()) {
      failures_.Increment();
      LOG_EVENT(kWarning, "database_write_failed", {"cause", status.ToString()});
    }
    write.done(status);
  }
}

GroupCommitter::Outcome GroupCommitter::Commit(absl::Span<Write> writes) {
  bool write_failed = false;
  absl::Status status = transactions_.Run([&]() -> absl::Status {
    for (Write& write : writes) {
      if (absl::Status failure = write.apply(); !failure.ok()) {
        write_failed = true;
        return failure;
      }
    }
    return absl::OkStatus();
  });
  return {std::move(status), write_failed};
}

}  // namespace mtsuite::connector
