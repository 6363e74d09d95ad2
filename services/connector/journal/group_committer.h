#ifndef SERVICES_CONNECTOR_JOURNAL_GROUP_COMMITTER_H_
#define SERVICES_CONNECTOR_JOURNAL_GROUP_COMMITTER_H_

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/metrics/metrics.h"
#include "services/connector/journal/committer.h"

namespace mtsuite::connector {

// A committer with one thread: everything that was queued while the last commit went on is the next
// transaction. Patient writes wait for one that is not, for a while. When a transaction fails, its writes are
// tried one by one, so that one bad row does not take others with it.
class GroupCommitter final : public Committer {
 public:
  struct Options {
    // Writes of one transaction.
    size_t batch_max = 512;
    // The longest that a patient write waits for company.
    absl::Duration patience = absl::Milliseconds(5);
    // May be null.
    metrics::Registry* registry = nullptr;
  };

  // `transactions` must outlive this.
  GroupCommitter(TransactionRunner& transactions, const Options& options);
  // Stops.
  ~GroupCommitter() override;
  GroupCommitter(const GroupCommitter&) = delete;
  GroupCommitter& operator=(const GroupCommitter&) = delete;

  void Submit(Write write) override ABSL_LOCKS_EXCLUDED(mutex_);

  // Commits what is queued, calls back, ends the thread. Writes submitted later are answered with UNAVAILABLE
  // at once.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Outcome {
    absl::Status status;
    bool write_failed;  // A write failed, not the transaction as such.
  };

  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits for something to commit and takes it; empty when there will be no more.
  std::vector<Write> Take() ABSL_LOCKS_EXCLUDED(mutex_);
  void CommitBatch(std::vector<Write>& batch);
  Outcome Commit(absl::Span<Write> writes);

  TransactionRunner& transactions_;
  const Options options_;
  metrics::Histogram batch_size_;
  metrics::Histogram commit_seconds_;
  metrics::Counter failures_;

  absl::Mutex mutex_;
  std::vector<Write> queue_ ABSL_GUARDED_BY(mutex_);
  bool urgent_ ABSL_GUARDED_BY(mutex_) = false;  // Not all that is queued is patient.
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_GROUP_COMMITTER_H_
