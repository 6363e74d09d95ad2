#ifndef COMMON_RPC_SERVER_STREAM_H_
#define COMMON_RPC_SERVER_STREAM_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/call_context.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"

namespace mtsuite::rpc {

// What the server knows of any stream, whatever its messages are.
class StreamBase : public CallContext {
 public:
  virtual ~StreamBase() = default;
  // Ends the stream once what waits has been written. Only the first end counts. Thread-safe.
  virtual void Finish(const absl::Status& status) = 0;

 protected:
  using CallContext::CallContext;
  // Status of a stream that its caller, or its deadline, cut off.
  absl::Status CancellationStatus() const;
};

// One server-streaming call in progress. Any thread may write; messages go out one after the other and wait
// in a bounded buffer. The stream keeps itself alive until it is finished; whoever keeps a shared_ptr longer
// finds it closed. When the caller hangs up, the stream ends by itself.
template <class Response>
class ServerStream final : public StreamBase, public std::enable_shared_from_this<ServerStream<Response>> {
 public:
  // Queues a message. False, and nothing is queued, when `pending_max` messages wait already or the stream
  // has ended. The writer decides what a full buffer means; commonly Abort with RESOURCE_EXHAUSTED and the
  // position to resume from.
  bool Write(Response message) ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::MutexLock lock(&mutex_);
      if (ending_ || cancelled_ || queue_.size() >= pending_max_) return false;
      if (writing_) {
        queue_.push_back(std::move(message));
        return true;
      }
      writing_ = true;
      current_ = std::move(message);
    }
    reactor_.StartWrite(&current_);
    return true;
  }

  void Finish(const absl::Status& status) override { End(status, /*drop_pending=*/false); }

  // Ends the stream without writing what waits.
  void Abort(const absl::Status& status) { End(status, /*drop_pending=*/true); }

  // Has `callback` called once when the stream is over, however it ended: nothing of the call may be used
  // after it. It is called on a thread of gRPC and must not block; it is destroyed then, so it may own what
  // serves the stream. Set at most one, when the stream starts.
  void OnOver(absl::AnyInvocable<void()> callback) ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::MutexLock lock(&mutex_);
      if (!over_) {
        on_over_ = std::move(callback);
        return;
      }
    }
    callback();
  }

  // Has `callback` called each time that everything has been written: the moment to write more, for writers
  // that gather while the reader is busy. It is called on a thread of gRPC and must not block. Set at most
  // one, before the first Write; it lives as long as the stream, so it must not own it.
  void OnDrained(absl::AnyInvocable<void()> callback) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    on_drained_ = std::move(callback);
  }

  // Messages that wait behind the one being written.
  size_t pending() const ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    return queue_.size();
  }

 private:
  friend class CallGate;

  // What gRPC calls back. Keeps the stream alive until gRPC is done with it.
  struct Reactor final : grpc::ServerWriteReactor<Response> {
    void OnWriteDone(bool ok) override { stream->WriteDone(ok); }
    void OnCancel() override { stream->Cancelled(); }
    void OnDone() override {
      const std::shared_ptr<ServerStream> last = std::move(stream);
      last->Over();
    }
    std::shared_ptr<ServerStream> stream;
  };

  static std::shared_ptr<ServerStream> Make(CallGate& gate, grpc::CallbackServerContext* context,
                                            size_t pending_max) {
    std::shared_ptr<ServerStream> stream(new ServerStream(gate, context, pending_max));
    stream->reactor_.stream = stream;
    return stream;
  }

  ServerStream(CallGate& gate, grpc::CallbackServerContext* context, size_t pending_max)
      : StreamBase(gate, context), pending_max_(pending_max) {}

  void End(const absl::Status& status, bool drop_pending) ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::MutexLock lock(&mutex_);
      if (drop_pending) queue_.clear();
      if (ending_) return;
      ending_ = true;
      end_ = status;
      // Otherwise the last write's completion finishes the stream.
      if (writing_) return;
    }
    FinishTransport();
  }

  void WriteDone(bool ok) ABSL_LOCKS_EXCLUDED(mutex_) {
    bool more = false;
    bool drained = false;
    {
      absl::MutexLock lock(&mutex_);
      // A failed write means that the caller is gone; Cancelled() follows.
      if (!ok) queue_.clear();
      more = !queue_.empty();
      if (more) {
        current_ = std::move(queue_.front());
        queue_.pop_front();
      } else {
        writing_ = false;
        drained = !ending_;
      }
    }
    if (more) {
      reactor_.StartWrite(&current_);
    } else if (!drained) {
      FinishTransport();
    } else if (on_drained_) {
      on_drained_();
    }
  }

  void Cancelled() ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::MutexLock lock(&mutex_);
      cancelled_ = true;
    }
    Abort(CancellationStatus());
  }

  void Over() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::AnyInvocable<void()> callback;
    {
      absl::MutexLock lock(&mutex_);
      over_ = true;
      callback = std::move(on_over_);
    }
    if (callback) callback();
  }

  // Reached once: by whoever sets `ending_` while nothing is being written, or by the last write's
  // completion.
  void FinishTransport() { reactor_.Finish(Complete(end_)); }

  const size_t pending_max_;
  Reactor reactor_;
  mutable absl::Mutex mutex_;
  std::deque<Response> queue_ ABSL_GUARDED_BY(mutex_);
  absl::AnyInvocable<void()> on_over_ ABSL_GUARDED_BY(mutex_);
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  // Fixed once something is written, so calls need no lock.
  absl::AnyInvocable<void()> on_drained_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // Owned by the write in flight, and by nobody else while `writing_`.
  Response current_;
  absl::Status end_;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_SERVER_STREAM_H_
