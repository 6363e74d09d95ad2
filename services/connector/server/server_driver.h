#ifndef SERVICES_CONNECTOR_SERVER_SERVER_DRIVER_H_
#define SERVICES_CONNECTOR_SERVER_SERVER_DRIVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/lease/lease.h"
#include "services/connector/server/server_runtime.h"

namespace mtsuite::connector {

// Drives one trading server while this process holds its lease: makes a runtime when the lease comes, drops
// it when it goes. Thread-safe.
class ServerDriver : public std::enable_shared_from_this<ServerDriver> {
 public:
  struct Options {
    ServerRuntime::Options runtime;
    Lease::Options lease;
  };
  // `runtime.may_send` is set here. `connect` makes the platform's implementation.
  struct Tools {
    ServerRuntime::Tools runtime;
    Lease::Tools lease;
    std::function<absl::StatusOr<std::unique_ptr<TradeServer>>()> connect;
    // Called whenever runtime() begins or ceases to be there, with no lock held.
    std::function<void()> on_change;
  };

  static std::shared_ptr<ServerDriver> Create(const Options& options, const Tools& tools);
  ServerDriver(const ServerDriver&) = delete;
  ServerDriver& operator=(const ServerDriver&) = delete;

  void Start();
  // Stops the runtime and gives the lease back. The committer and the scheduler must still run.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string& id() const { return options_.runtime.server; }
  // Null while this process does not drive the server.
  std::shared_ptr<ServerRuntime> runtime() const ABSL_LOCKS_EXCLUDED(mutex_);
  operations::v1::Server Describe() const;

 private:
  ServerDriver(const Options& options, const Tools& tools) : options_(options), tools_(tools) {}

  void Activate() ABSL_LOCKS_EXCLUDED(mutex_);
  void OnStarted(const std::shared_ptr<ServerRuntime>& runtime, const absl::Status& status)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Deactivate() ABSL_LOCKS_EXCLUDED(mutex_);
  void RetryLater();

  const Options options_;
  const Tools tools_;
  std::shared_ptr<Lease> lease_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<ServerRuntime> runtime_ ABSL_GUARDED_BY(mutex_);
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVER_SERVER_DRIVER_H_
