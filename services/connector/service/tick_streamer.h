#ifndef SERVICES_CONNECTOR_SERVICE_TICK_STREAMER_H_
#define SERVICES_CONNECTOR_SERVICE_TICK_STREAMER_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/server_stream.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/server/server_runtime.h"
#include "services/connector/ticks/tick_hub.h"

namespace mtsuite::connector {

// Feeds one StreamTicks call: the last tick of each symbol, then new ones as fast as the caller takes them,
// and a heartbeat in silence. Works on the scheduler's thread, so that a reader never holds up the trading
// server's.
class TickStreamer : public std::enable_shared_from_this<TickStreamer> {
 public:
  using Stream = rpc::ServerStream<v1::TickBatch>;

  // Runs until the stream ends; keeps itself alive.
  static void Start(std::shared_ptr<ServerRuntime> runtime, Scheduler& scheduler,
                    std::shared_ptr<Stream> stream, TickHub::Wish wish);

 private:
  TickStreamer(std::shared_ptr<ServerRuntime> runtime, Scheduler& scheduler, std::shared_ptr<Stream> stream)
      : runtime_(std::move(runtime)), scheduler_(scheduler), stream_(std::move(stream)) {}

  // Has Pump run soon, unless it will anyway.
  void Wake(absl::Duration delay) ABSL_LOCKS_EXCLUDED(mutex_);
  void Pump() ABSL_LOCKS_EXCLUDED(mutex_);
  void Heartbeat() ABSL_LOCKS_EXCLUDED(mutex_);
  void End() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::shared_ptr<ServerRuntime> runtime_;
  Scheduler& scheduler_;
  const std::shared_ptr<Stream> stream_;

  absl::Mutex mutex_;
  std::shared_ptr<TickSubscription> subscription_ ABSL_GUARDED_BY(mutex_);
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time last_write_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_TICK_STREAMER_H_
