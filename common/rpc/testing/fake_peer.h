// Parts of a service that tests play: rpcs answered as the test says, streams that the test writes.
#ifndef COMMON_RPC_TESTING_FAKE_PEER_H_
#define COMMON_RPC_TESTING_FAKE_PEER_H_

#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/status/grpc_convert.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"

namespace mtsuite::rpc {

// How a test answers one rpc. Calls of rpcs without an answer fail.
template <class Request, class Response>
using Answer = std::function<absl::StatusOr<Response>(const Request&)>;

template <class Request, class Response>
grpc::ServerUnaryReactor* AnswerCall(grpc::CallbackServerContext* context,
                                     const Answer<Request, Response>& answer, const Request* request,
                                     Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Response> result =
      answer ? answer(*request)
             : absl::StatusOr<Response>(absl::UnimplementedError("no answer in this test"));
  if (result.ok()) *response = *std::move(result);
  reactor->Finish(ToGrpc(result.status()));
  return reactor;
}

// One open stream of messages that the test pushes.
template <class Message>
class FakeStream : public grpc::ServerWriteReactor<Message> {
 public:
  void Push(Message message) {
    absl::MutexLock lock(&mutex_);
    queue_.push_back(std::move(message));
    WriteNext();
  }
  // Ends the stream once everything is written.
  void End(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    end_ = ToGrpc(status);
    ending_ = true;
    WriteNext();
  }
  void AwaitCancel() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&cancelled_));
  }
  size_t waiting() {
    absl::MutexLock lock(&mutex_);
    return queue_.size();
  }

 private:
  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) queue_.clear();
    WriteNext();
  }
  void OnCancel() override {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    ending_ = true;
    end_ = grpc::Status::CANCELLED;
    queue_.clear();
    WriteNext();
  }
  void OnDone() override {}

  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (!queue_.empty()) {
      current_ = std::move(queue_.front());
      queue_.pop_front();
      writing_ = true;
      this->StartWrite(&current_);
    } else if (ending_) {
      finished_ = true;
      this->Finish(end_);
    }
  }

  absl::Mutex mutex_;
  std::deque<Message> queue_ ABSL_GUARDED_BY(mutex_);
  Message current_;
  grpc::Status end_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

// Streams of one kind, in the order in which they were opened; kept until the test ends.
template <class Request, class Message>
class FakeStreams {
 public:
  grpc::ServerWriteReactor<Message>* Open(const Request& request) {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(request);
    streams_.push_back(std::make_unique<FakeStream<Message>>());
    return streams_.back().get();
  }
  // Waits for stream number `index`.
  FakeStream<Message>& Await(size_t index) {
    absl::MutexLock lock(&mutex_);
    const auto opened = [this, index]()
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return streams_.size() > index; };
    mutex_.Await(absl::Condition(&opened));
    return *streams_[index];
  }
  Request request(size_t index) {
    absl::MutexLock lock(&mutex_);
    return requests_[index];
  }

 private:
  absl::Mutex mutex_;
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<FakeStream<Message>>> streams_ ABSL_GUARDED_BY(mutex_);
};

// Defines an rpc of a callback service that answers with its member `answer`.
#define MTSUITE_FAKE_RPC(method, request_type, response_type, answer)                                   \
  grpc::ServerUnaryReactor* method(grpc::CallbackServerContext* context, const request_type* request,   \
                                   response_type* response) override {                                  \
    return ::mtsuite::rpc::AnswerCall<request_type, response_type>(context, answer, request, response); \
  }                                                                                                     \
  ::mtsuite::rpc::Answer<request_type, response_type> answer

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_TESTING_FAKE_PEER_H_
