#include "services/connector/service/tick_streamer.h"

#include <utility>

#include "common/status/error.h"
#include "services/connector/base/trade_errors.h"

namespace mtsuite::connector {
namespace {

// With this many batches waiting, ticks wait and replace one another instead.
constexpr size_t kPendingMax = 2;
constexpr absl::Duration kDrainInterval = absl::Milliseconds(5);
// The contract says 5 s of silence at most.
constexpr absl::Duration kHeartbeatInterval = absl::Seconds(4);

absl::Status TooSlow(const v1::TickBatch& place) {
  return MakeError(absl::StatusCode::kResourceExhausted, type::v1::SLOW_CONSUMER,
                   "the reader is too far behind to be told every tick; start anew")
      .With("epoch", place.position().epoch())
      .With("sequence", place.position().sequence())
      .RetryAfter(absl::Seconds(1));
}

}  // namespace

void TickStreamer::Start(std::shared_ptr<ServerRuntime> runtime, Scheduler& scheduler,
                         std::shared_ptr<Stream> stream, TickHub::Wish wish) {
  const auto self =
      std::shared_ptr<TickStreamer>(new TickStreamer(std::move(runtime), scheduler, std::move(stream)));
  auto subscription = self->runtime_->ticks().Subscribe(std::move(wish), [weak = self->weak_from_this()] {
    if (const auto self = weak.lock()) self->Wake(absl::ZeroDuration());
  });
  {
    absl::MutexLock lock(&self->mutex_);
    self->subscription_ = std::move(subscription);
    self->last_write_ = scheduler.MonotonicNow();
  }
  // Keeps this alive until the stream is over, whoever ended it.
  self->stream_->OnOver([self] { self->End(); });
  self->Wake(absl::ZeroDuration());
  self->Heartbeat();
}

void TickStreamer::Wake(absl::Duration delay) {
  {
    absl::MutexLock lock(&mutex_);
    if (subscription_ == nullptr || std::exchange(woken_, true)) return;
  }
  scheduler_.After(delay, [self = shared_from_this()] { self->Pump(); });
}

void TickStreamer::Pump() {
  std::shared_ptr<TickSubscription> subscription;
  {
    absl::MutexLock lock(&mutex_);
    woken_ = false;
    subscription = subscription_;
  }
  if (subscription == nullptr) return;
  if (subscription->overflowed()) {
    v1::TickBatch place;
    subscription->FillHeartbeat(&place);
    stream_->Abort(TooSlow(place));
    return End();
  }
  while (stream_->pending() < kPendingMax) {
    v1::TickBatch batch;
    if (!subscription->Take(&batch)) return;
    if (!stream_->Write(std::move(batch))) return End();
    absl::MutexLock lock(&mutex_);
    last_write_ = scheduler_.MonotonicNow();
  }
  Wake(kDrainInterval);
}

void TickStreamer::Heartbeat() {
  std::shared_ptr<TickSubscription> subscription;
  bool due = false;
  {
    absl::MutexLock lock(&mutex_);
    subscription = subscription_;
    const absl::Time now = scheduler_.MonotonicNow();
    due = now - last_write_ >= kHeartbeatInterval && stream_->pending() == 0;
    if (due) last_write_ = now;
  }
  if (subscription == nullptr) return;
  if (runtime_->stopped()) {
    // Whoever calls again finds the runtime that follows.
    stream_->Finish(trade_errors::NotOwner(runtime_->id()));
    return End();
  }
  if (due) {
    v1::TickBatch batch;
    subscription->FillHeartbeat(&batch);
    if (!stream_->Write(std::move(batch))) return End();
  }
  scheduler_.After(kHeartbeatInterval / 4, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Heartbeat();
  });
}

void TickStreamer::End() {
  std::shared_ptr<TickSubscription> subscription;
  absl::MutexLock lock(&mutex_);
  subscription.swap(subscription_);
}

}  // namespace mtsuite::connector
