#ifndef SERVICES_CONNECTOR_SERVICE_EVENT_STREAMER_H_
#define SERVICES_CONNECTOR_SERVICE_EVENT_STREAMER_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/server_stream.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/server/server_runtime.h"

namespace mtsuite::connector {

// Feeds one StreamEvents call from the event log: what is held after the caller's position, then what
// happens, and heartbeats in silence. Reads a page at a time and only as fast as the caller takes it; a
// caller that kept up once and then falls behind by more than `kLagMax` events is sent away with its
// position.
class EventStreamer : public std::enable_shared_from_this<EventStreamer> {
 public:
  using Stream = rpc::ServerStream<v1::Event>;

  static constexpr int64_t kLagMax = 10'000;

  // Runs until the stream ends; keeps itself alive.
  static void Start(std::shared_ptr<ServerRuntime> runtime, Scheduler& scheduler,
                    std::shared_ptr<Stream> stream, const std::optional<v1::EventPosition>& after);

 private:
  EventStreamer(std::shared_ptr<ServerRuntime> runtime, Scheduler& scheduler, std::shared_ptr<Stream> stream)
      : runtime_(std::move(runtime)), scheduler_(scheduler), stream_(std::move(stream)) {}

  // Reads on unless a read is under way already.
  void Pull() ABSL_LOCKS_EXCLUDED(mutex_);
  void OnRead(const absl::StatusOr<std::vector<EventPtr>>& events) ABSL_LOCKS_EXCLUDED(mutex_);
  void Heartbeat() ABSL_LOCKS_EXCLUDED(mutex_);
  void Reset() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End() ABSL_LOCKS_EXCLUDED(mutex_);
  void Fail(const absl::Status& status);

  const std::shared_ptr<ServerRuntime> runtime_;
  Scheduler& scheduler_;
  const std::shared_ptr<Stream> stream_;

  absl::Mutex mutex_;
  uint64_t watch_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  // Something became visible while a read was under way.
  bool again_ ABSL_GUARDED_BY(mutex_) = false;
  bool caught_up_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time last_write_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_EVENT_STREAMER_H_
