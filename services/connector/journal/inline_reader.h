#ifndef SERVICES_CONNECTOR_JOURNAL_INLINE_READER_H_
#define SERVICES_CONNECTOR_JOURNAL_INLINE_READER_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/journal/committer.h"

namespace mtsuite::connector {

// Reads on the thread of the caller, one at a time: for a database within the process, where a read takes
// less time than waking another thread.
class InlineReader final : public Committer {
 public:
  // `transactions` must outlive this.
  explicit InlineReader(TransactionRunner& transactions) : transactions_(transactions) {}

  void Submit(Write write) override ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Mutex mutex_;
  TransactionRunner& transactions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_INLINE_READER_H_
