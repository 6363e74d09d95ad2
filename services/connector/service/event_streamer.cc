#include "services/connector/service/event_streamer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/connector/base/trade_errors.h"

namespace mtsuite::connector {
namespace {

constexpr int kPage = 250;
// With this many messages waiting, the next page waits too.
constexpr size_t kPendingMax = 500;
constexpr absl::Duration kDrainInterval = absl::Milliseconds(10);
// The contract says 5 s of silence at most.
constexpr absl::Duration kHeartbeatInterval = absl::Seconds(4);

absl::Status TooSlow(const v1::EventPosition& last, int64_t sequence) {
  return MakeError(absl::StatusCode::kResourceExhausted, type::v1::SLOW_CONSUMER,
                   absl::StrCat("the reader is more than ", EventStreamer::kLagMax,
                                " events behind; resume after ", sequence))
      .With("epoch", last.epoch())
      .With("sequence", sequence)
      .RetryAfter(absl::Seconds(1));
}

}  // namespace

void EventStreamer::Start(std::shared_ptr<ServerRuntime> runtime, Scheduler& scheduler,
                          std::shared_ptr<Stream> stream, const std::optional<v1::EventPosition>& after) {
  const auto self =
      std::shared_ptr<EventStreamer>(new EventStreamer(std::move(runtime), scheduler, std::move(stream)));
  const EventLog::StartPoint start = self->runtime_->events().FindStart(after);
  {
    absl::MutexLock lock(&self->mutex_);
    self->sequence_ = start.sequence;
    if (start.reset) self->Reset();
    self->watch_ = self->runtime_->events().Watch([self] { self->Pull(); });
  }
  // The watch keeps this alive until the stream is over, whoever ended it.
  self->stream_->OnOver([self] { self->End(); });
  self->Heartbeat();
  self->Pull();
}

void EventStreamer::Pull() {
  int64_t sequence = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    if (reading_) {
      again_ = true;
      return;
    }
    reading_ = true;
    again_ = false;
    sequence = sequence_;
  }
  if (stream_->pending() > kPendingMax) {
    scheduler_.After(kDrainInterval, [self = shared_from_this()] {
      {
        absl::MutexLock lock(&self->mutex_);
        self->reading_ = false;
      }
      self->Pull();
    });
    const v1::EventPosition last = runtime_->events().last();
    bool too_slow = false;
    {
      absl::MutexLock lock(&mutex_);
      too_slow = caught_up_ && last.sequence() - sequence_ > kLagMax;
    }
    if (too_slow) Fail(TooSlow(last, sequence));
    return;
  }
  runtime_->events().Read(sequence, kPage,
                          [self = shared_from_this()](const absl::StatusOr<std::vector<EventPtr>>& events) {
                            self->OnRead(events);
                          });
}

void EventStreamer::OnRead(const absl::StatusOr<std::vector<EventPtr>>& events) {
  bool more = false;
  bool closed = false;
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    reading_ = false;
    if (absl::IsOutOfRange(events.status())) {
      sequence_ = runtime_->events().FindStart(v1::EventPosition()).sequence;
      Reset();
      more = true;
    } else if (events.ok()) {
      for (const EventPtr& event : *events) {
        // The buffer has room for a page, so a refused message means that the stream is over.
        closed = !stream_->Write(*event);
        if (closed) break;
        sequence_ = event->position().sequence();
        last_write_ = scheduler_.MonotonicNow();
      }
      if (events->empty()) caught_up_ = true;
      more = !events->empty() || again_;
    }
  }
  if (closed) return End();
  if (!events.ok() && !absl::IsOutOfRange(events.status())) return Fail(events.status());
  if (more) Pull();
}

void EventStreamer::Reset() {
  v1::Event event;
  *event.mutable_position() = runtime_->events().last();
  event.mutable_position()->set_sequence(sequence_);
  event.mutable_reset();
  stream_->Write(std::move(event));
  last_write_ = scheduler_.MonotonicNow();
}

void EventStreamer::Heartbeat() {
  if (runtime_->stopped()) {
    // Nothing will happen in this log any more; whoever calls again finds the runtime that follows.
    return Fail(trade_errors::NotOwner(runtime_->id()));
  }
  bool closed = false;
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    const absl::Time now = scheduler_.MonotonicNow();
    if (now - last_write_ >= kHeartbeatInterval && stream_->pending() == 0) {
      v1::Event event;
      *event.mutable_position() = runtime_->events().last();
      event.mutable_position()->set_sequence(sequence_);
      event.mutable_heartbeat();
      closed = !stream_->Write(std::move(event));
      last_write_ = now;
    }
  }
  // The server ended the stream: draining.
  if (closed) return End();
  scheduler_.After(kHeartbeatInterval / 4, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Heartbeat();
  });
}

void EventStreamer::End() {
  uint64_t watch = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(ended_, true)) return;
    watch = watch_;
  }
  runtime_->events().Unwatch(watch);
}

void EventStreamer::Fail(const absl::Status& status) {
  End();
  stream_->Abort(status);
}

}  // namespace mtsuite::connector
