#ifndef SERVICES_QUOTES_FEED_H_
#define SERVICES_QUOTES_FEED_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/stream_reader.h"
#include "mtsuite/connector/v1/tick.pb.h"
#include "services/quotes/connector_client.h"
#include "services/quotes/hub.h"

namespace mtsuite::quotes {

// The prices of one trading server: one stream of ticks from the connector into a hub, opened again whenever
// it breaks. While it is broken the hub keeps the last quotes, and their age grows. Thread-safe.
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  struct Options {
    // Readers are sent what has changed at most this often: ticks that come together travel together.
    absl::Duration flush_interval = absl::Milliseconds(5);
    // A heartbeat follows this much silence; the contract says 5 s.
    absl::Duration heartbeat_interval = absl::Seconds(4);
    // How long the first quotes may take.
    absl::Duration load_timeout = absl::Seconds(5);
    // Between two attempts to open the stream again; doubles up to the second.
    absl::Duration reconnect_delay_min = absl::Milliseconds(100);
    absl::Duration reconnect_delay_max = absl::Seconds(5);
    Hub::Options hub;
  };

  // Calls `on_failed` when the first attempt fails: the feed is of no use then.
  static std::shared_ptr<Feed> Start(std::string server, ConnectorClient& connector, Clock& clock,
                                     const Options& options, absl::AnyInvocable<void()> on_failed);

  // Calls `done` once there are quotes, at once if there are; or with why there are none.
  void WhenLoaded(absl::AnyInvocable<void(const absl::Status&)> done) ABSL_LOCKS_EXCLUDED(mutex_);

  Hub& hub() { return hub_; }
  // Has the hub flushed soon.
  void ScheduleFlush() ABSL_LOCKS_EXCLUDED(mutex_);
  // How long ago the last tick of any symbol came; nothing before the first.
  std::optional<absl::Duration> feed_age() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Ends the stream for good.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using TickBatch = connector::v1::TickBatch;
  using Reader = rpc::StreamReader<TickBatch>;
  using Waiter = absl::AnyInvocable<void(const absl::Status&)>;

  Feed(std::string server, ConnectorClient& connector, Clock& clock, const Options& options,
       absl::AnyInvocable<void()> on_failed);

  void Connect() ABSL_LOCKS_EXCLUDED(mutex_);
  void OnBatch(const TickBatch& batch) ABSL_LOCKS_EXCLUDED(mutex_);
  void OnDone(absl::Status status) ABSL_LOCKS_EXCLUDED(mutex_);
  void OnLoadTimeout() ABSL_LOCKS_EXCLUDED(mutex_);
  void Beat();
  void Flush() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string server_;
  ConnectorClient& connector_;
  Clock& clock_;
  const Options options_;
  Hub hub_;

  // What this stream calls its symbols; used by one message after the other.
  absl::flat_hash_map<int32_t, std::pair<std::string, int>> symbols_;

  mutable absl::Mutex mutex_;
  absl::AnyInvocable<void()> on_failed_ ABSL_GUARDED_BY(mutex_);
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Reader> reader_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> last_tick_ ABSL_GUARDED_BY(mutex_);
  absl::Duration reconnect_delay_ ABSL_GUARDED_BY(mutex_);
  absl::Time last_flush_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool flush_scheduled_ ABSL_GUARDED_BY(mutex_) = false;
  bool loaded_once_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

// The feeds of all servers that somebody asked for. Thread-safe.
class Feeds {
 public:
  // All must outlive it.
  Feeds(ConnectorClient& connector, Clock& clock, const Feed::Options& options)
      : connector_(connector), clock_(clock), options_(options) {}
  ~Feeds() { Stop(); }

  // Calls `done` with the feed of a server once it has quotes, or with why there are none.
  void Get(const std::string& server,
           absl::AnyInvocable<void(const absl::Status&, const std::shared_ptr<Feed>&)> done);
  // Ends all feeds.
  void Stop();

 private:
  // Feeds may outlive this for a moment, so what they reach is shared.
  struct Map {
    absl::Mutex mutex;
    absl::flat_hash_map<std::string, std::shared_ptr<Feed>> feeds ABSL_GUARDED_BY(mutex);
  };

  ConnectorClient& connector_;
  Clock& clock_;
  const Feed::Options options_;
  const std::shared_ptr<Map> map_ = std::make_shared<Map>();
};

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_FEED_H_
