#ifndef SERVICES_CONNECTOR_LEASE_LEASE_H_
#define SERVICES_CONNECTOR_LEASE_LEASE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/journal/committer.h"
#include "services/connector/lease/lease_store.h"

namespace mtsuite::connector {

// The right to drive one trading server, held by one process at a time. The owner renews a row in the
// database; another process takes it over after it has seen the same row for `takeover_after` by its own
// steady clock, so clocks need not agree. The owner stops `duration` after it began its last successful
// renewal, which is earlier. An owner that starts again under the same id goes on at once. Thread-safe.
class Lease : public std::enable_shared_from_this<Lease> {
 public:
  struct Options {
    std::string server;
    // Id of this process's place: nobody else may have it at the same time (see instance.h).
    std::string owner;
    absl::Duration renew_interval = absl::Seconds(5);
    absl::Duration duration = absl::Seconds(15);
    absl::Duration takeover_after = absl::Seconds(25);
  };
  struct Tools {
    Scheduler& scheduler;
    Committer& committer;
    LeaseStore& store;
  };

  // `on_acquired` and `on_lost` are called in turn, on the scheduler's thread.
  static std::shared_ptr<Lease> Create(const Options& options, const Tools& tools,
                                       std::function<void()> on_acquired, std::function<void()> on_lost);

  // Tries from now on.
  void Start();
  // Gives the lease back, so that others need not wait, and tries no more. Calls nobody.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);
  // Whether this process may act as owner at this moment.
  bool valid() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  Lease(const Options& options, const Tools& tools, std::function<void()> on_acquired,
        std::function<void()> on_lost)
      : options_(options),
        tools_(tools),
        on_acquired_(std::move(on_acquired)),
        on_lost_(std::move(on_lost)) {}

  void Try() ABSL_LOCKS_EXCLUDED(mutex_);
  // Decides within the transaction; true when this process owns the row afterwards.
  absl::StatusOr<bool> Contend(absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);
  void OnContended(absl::Time began, bool owned) ABSL_LOCKS_EXCLUDED(mutex_);
  void CheckExpiry() ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  const Tools tools_;
  const std::function<void()> on_acquired_;
  const std::function<void()> on_lost_;

  mutable absl::Mutex mutex_;
  // Another owner's row, and since when it has been the same.
  std::optional<LeaseRow> seen_ ABSL_GUARDED_BY(mutex_);
  absl::Time seen_since_ ABSL_GUARDED_BY(mutex_);
  absl::Time valid_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool told_acquired_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_LEASE_LEASE_H_
