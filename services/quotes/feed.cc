#include "services/quotes/feed.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/log/log.h"
#include "common/rpc/timer.h"
#include "common/status/error.h"

namespace mtsuite::quotes {

std::shared_ptr<Feed> Feed::Start(std::string server, ConnectorClient& connector, Clock& clock,
                                  const Options& options, absl::AnyInvocable<void()> on_failed) {
  std::shared_ptr<Feed> feed(new Feed(std::move(server), connector, clock, options, std::move(on_failed)));
  rpc::CallAfter(options.load_timeout, [weak = feed->weak_from_this()] {
    if (const auto self = weak.lock()) self->OnLoadTimeout();
  });
  feed->Beat();
  feed->Connect();
  return feed;
}

Feed::Feed(std::string server, ConnectorClient& connector, Clock& clock, const Options& options,
           absl::AnyInvocable<void()> on_failed)
    : server_(std::move(server)),
      connector_(connector),
      clock_(clock),
      options_(options),
      hub_(options.hub),
      on_failed_(std::move(on_failed)),
      reconnect_delay_(options.reconnect_delay_min) {}

void Feed::WhenLoaded(Waiter done) {
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    if (!loaded_once_ && !stopped_) {
      waiters_.push_back(std::move(done));
      return;
    }
    if (!loaded_once_) {
      status = MakeError(absl::StatusCode::kUnavailable, type::v1::SERVICE_UNAVAILABLE,
                         "the prices were lost just now; try again shortly")
                   .RetryAfter(absl::Seconds(1));
    }
  }
  done(status);
}

void Feed::Connect() {
  connector::v1::StreamTicksRequest request;
  request.set_server(server_);
  Reader::Handlers handlers;
  handlers.on_message = [self = shared_from_this()](const TickBatch& batch) { self->OnBatch(batch); };
  handlers.on_done = [self = shared_from_this()](const absl::Status& status) { self->OnDone(status); };
  absl::MutexLock lock(&mutex_);
  if (stopped_ || reader_ != nullptr) return;
  symbols_.clear();
  reader_ = Reader::Start(connector_.quotes(), &QuoteAsync::StreamTicks,
                          connector_.OwnContext(absl::InfiniteFuture()), request, std::move(handlers));
}

void Feed::OnBatch(const TickBatch& batch) {
  for (const connector::v1::TickSymbol& symbol : batch.symbols()) {
    symbols_[symbol.symbol_number()] = {symbol.symbol(), symbol.digits()};
  }
  std::vector<Hub::Tick> ticks;
  ticks.reserve(static_cast<size_t>(batch.ticks_size()));
  for (const connector::v1::Tick& tick : batch.ticks()) {
    const auto symbol = symbols_.find(tick.symbol_number());
    if (symbol == symbols_.end()) continue;
    ticks.push_back({symbol->second.first,
                     {.bid = tick.bid(),
                      .ask = tick.ask(),
                      .last = tick.last(),
                      .time_milliseconds = tick.time_milliseconds(),
                      .sequence = tick.sequence(),
                      .digits = symbol->second.second}});
  }
  hub_.Publish(batch.position().epoch(), batch.position().sequence(), ticks);
  if (batch.snapshot_end()) hub_.Loaded();
  std::vector<Waiter> waiters;
  std::shared_ptr<Reader> reader;
  {
    absl::MutexLock lock(&mutex_);
    const absl::Time now = clock_.TimeNow();
    if (batch.has_feed_age()) {
      last_tick_ = now - FromProtoDuration(batch.feed_age());
    } else if (!ticks.empty()) {
      last_tick_ = now;
    }
    if (batch.snapshot_end()) {
      loaded_once_ = true;
      reconnect_delay_ = options_.reconnect_delay_min;
      waiters = std::exchange(waiters_, {});
    }
    reader = reader_;
  }
  for (Waiter& waiter : waiters) waiter(absl::OkStatus());
  ScheduleFlush();
  if (reader != nullptr) reader->Next();
}

void Feed::OnDone(absl::Status status) {
  std::vector<Waiter> waiters;
  absl::AnyInvocable<void()> on_failed;
  absl::Duration delay;
  {
    absl::MutexLock lock(&mutex_);
    reader_.reset();
    if (status.ok()) status = absl::UnavailableError("the stream of ticks ended");
    // At the end of the process, the connector's client may be gone.
    if (!stopped_) status = connector_.peer().WithTransportReason(status);
    if (!loaded_once_ || stopped_) {
      stopped_ = true;
      waiters = std::exchange(waiters_, {});
      on_failed = std::move(on_failed_);
      on_failed_ = nullptr;
    }
    delay = std::exchange(reconnect_delay_, std::min(2 * reconnect_delay_, options_.reconnect_delay_max));
  }
  if (on_failed) on_failed();
  for (Waiter& waiter : waiters) waiter(status);
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
  }
  LOG_EVENT(kWarning, "feed_broken", {"server", server_}, {"status", status.ToString()});
  rpc::CallAfter(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Connect();
  });
}

void Feed::OnLoadTimeout() {
  std::vector<Waiter> waiters;
  absl::AnyInvocable<void()> on_failed;
  {
    absl::MutexLock lock(&mutex_);
    if (loaded_once_ || stopped_) return;
    waiters = std::exchange(waiters_, {});
    on_failed = std::move(on_failed_);
    on_failed_ = nullptr;
  }
  if (on_failed) on_failed();
  for (Waiter& waiter : waiters) {
    waiter(MakeError(absl::StatusCode::kUnavailable, type::v1::TRADE_SERVER_TIMEOUT,
                     absl::StrCat("server ", server_, " sent no prices in time; try again shortly"))
               .RetryAfter(absl::Seconds(1)));
  }
  Stop();
}

void Feed::ScheduleFlush() {
  absl::Duration wait;
  {
    absl::MutexLock lock(&mutex_);
    if (flush_scheduled_) return;
    wait = last_flush_ + options_.flush_interval - clock_.TimeNow();
    flush_scheduled_ = true;
  }
  if (wait <= absl::ZeroDuration()) return Flush();
  rpc::CallAfter(wait, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Flush();
  });
}

void Feed::Flush() {
  const absl::Time now = clock_.TimeNow();
  {
    absl::MutexLock lock(&mutex_);
    flush_scheduled_ = false;
    last_flush_ = now;
  }
  hub_.Flush(now);
}

void Feed::Beat() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
  }
  const absl::Time now = clock_.TimeNow();
  type::v1::StreamHeartbeat heartbeat;
  *heartbeat.mutable_time() = ToProtoTime(now);
  if (const std::optional<absl::Duration> age = feed_age()) {
    *heartbeat.mutable_feed_age() = ToProtoDuration(*age);
  }
  hub_.Beat(now - options_.heartbeat_interval, heartbeat, now);
  rpc::CallAfter(options_.heartbeat_interval / 4, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Beat();
  });
}

std::optional<absl::Duration> Feed::feed_age() const {
  absl::MutexLock lock(&mutex_);
  if (!last_tick_.has_value()) return std::nullopt;
  return std::max(absl::ZeroDuration(), clock_.TimeNow() - *last_tick_);
}

void Feed::Stop() {
  std::shared_ptr<Reader> reader;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    on_failed_ = nullptr;
    reader = reader_;
  }
  if (reader != nullptr) reader->Cancel();
}

void Feeds::Get(const std::string& server,
                absl::AnyInvocable<void(const absl::Status&, const std::shared_ptr<Feed>&)> done) {
  std::shared_ptr<Feed> feed;
  {
    absl::MutexLock lock(&map_->mutex);
    std::shared_ptr<Feed>& found = map_->feeds[server];
    if (found == nullptr) {
      // One that never had quotes is not kept: the next caller may have more luck, and names of servers that
      // do not exist take no room.
      found = Feed::Start(server, connector_, clock_, options_, [weak = std::weak_ptr<Map>(map_), server] {
        if (const auto map = weak.lock()) {
          absl::MutexLock lock(&map->mutex);
          map->feeds.erase(server);
        }
      });
    }
    feed = found;
  }
  feed->WhenLoaded(
      [feed, done = std::move(done)](const absl::Status& status) mutable { done(status, feed); });
}

void Feeds::Stop() {
  absl::flat_hash_map<std::string, std::shared_ptr<Feed>> feeds;
  {
    absl::MutexLock lock(&map_->mutex);
    feeds = std::exchange(map_->feeds, {});
  }
  for (auto& [server, feed] : feeds) feed->Stop();
}

}  // namespace mtsuite::quotes
