#ifndef COMMON_RPC_STREAM_READER_H_
#define COMMON_RPC_STREAM_READER_H_

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/status/grpc_convert.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/client_callback.h"

namespace mtsuite::rpc {

// Reads a server stream of another service at the pace of whoever reads: one message per Next(), so that a
// reader who is held up holds up the other side, by HTTP/2's flow control. Thread-safe. Keeps itself alive
// until `on_done` has been called.
template <class Response>
class StreamReader final : public grpc::ClientReadReactor<Response> {
 public:
  struct Handlers {
    // Gets each message, on a thread of gRPC; must not block. Nothing more comes until Next() is called.
    absl::AnyInvocable<void(Response message)> on_message;
    // Called once, at the end: OK when the other side ended the stream, else its error or the transport's.
    absl::AnyInvocable<void(const absl::Status& status)> on_done;
  };

  // Starts `method` of the stub's async interface; the stub must outlive the stream. The first message is
  // asked for at once.
  template <class Async, class Interface, class Request>
  static std::shared_ptr<StreamReader> Start(Async* async,
                                             void (Interface::*method)(grpc::ClientContext*, const Request*,
                                                                       grpc::ClientReadReactor<Response>*),
                                             std::unique_ptr<grpc::ClientContext> context,
                                             const Request& request, Handlers handlers) {
    std::shared_ptr<StreamReader> reader(new StreamReader(std::move(context), std::move(handlers)));
    reader->self_ = reader;
    // gRPC serializes the request before this returns.
    (async->*method)(reader->context_.get(), &request, reader.get());
    // Reads are started from anywhere, so gRPC must be told when there will be no more.
    reader->AddHold();
    reader->reading_ = true;
    reader->StartRead(&reader->message_);
    reader->StartCall();
    return reader;
  }

  // Asks for the next message, after the one before has come. Does nothing once the stream is over.
  void Next() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    if (over_ || reading_) return;
    reading_ = true;
    this->StartRead(&message_);
  }

  // Ends the stream. `on_done` still comes.
  void Cancel() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    if (over_) return;
    context_->TryCancel();
    // A read under way fails and lets go of the stream; without one it is done here.
    if (!reading_) LetGo();
  }

 private:
  StreamReader(std::unique_ptr<grpc::ClientContext> context, Handlers handlers)
      : context_(std::move(context)), handlers_(std::move(handlers)) {}

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_) {
    Response message;
    {
      absl::MutexLock lock(&mutex_);
      reading_ = false;
      if (!ok) {
        LetGo();
        return;
      }
      message = std::move(message_);
      message_.Clear();
    }
    handlers_.on_message(std::move(message));
  }

  void OnDone(const grpc::Status& status) override {
    const std::shared_ptr<StreamReader> last = std::move(self_);
    handlers_.on_done(FromGrpc(status));
  }

  void LetGo() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (over_) return;
    over_ = true;
    this->RemoveHold();
  }

  const std::unique_ptr<grpc::ClientContext> context_;
  Handlers handlers_;
  std::shared_ptr<StreamReader> self_;
  absl::Mutex mutex_;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  // Owned by the read under way, and by nobody else while `reading_`.
  Response message_;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_STREAM_READER_H_
