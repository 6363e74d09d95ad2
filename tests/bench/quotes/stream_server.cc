// What sending alone costs: a bare gRPC server (callback API, no authentication, no state per reader) whose
// streams get the same message of quotes, encoded once, at a fixed pace; who is still busy with the last one
// misses it. Prints its port and serves until SIGTERM.
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "mtsuite/quotes/v1/quote_service.grpc.pb.h"
#include "tests/bench/quotes/bench_ticks.h"

ABSL_FLAG(int, symbols, 100, "number of symbols, at most 1000");
ABSL_FLAG(int, quotes, 50, "quotes in a message");
ABSL_FLAG(absl::Duration, interval, absl::Milliseconds(5), "between two messages to a stream");

namespace mtsuite::bench {
namespace {

// One reader. Lives until gRPC is done with it.
class Stream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // Sends, unless the last message is still on its way or the stream is over.
  void Send(const grpc::ByteBuffer& message) {
    {
      absl::MutexLock lock(&mutex_);
      if (writing_ || over_) return;
      writing_ = true;
      message_ = message;
    }
    StartWrite(&message_);
  }
  void Own(std::shared_ptr<Stream> self) { self_ = std::move(self); }
  bool over() const {
    absl::MutexLock lock(&mutex_);
    return over_;
  }

 private:
  void OnWriteDone(bool) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (over_) Finish(grpc::Status::CANCELLED);
  }
  void OnCancel() override {
    absl::MutexLock lock(&mutex_);
    over_ = true;
    if (!writing_) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { const std::shared_ptr<Stream> last = std::move(self_); }

  mutable absl::Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  // Owned by the write in flight.
  grpc::ByteBuffer message_;
  std::shared_ptr<Stream> self_;
};

class StreamServer final
    : public quotes::v1::QuoteService::WithRawCallbackMethod_StreamQuotes<quotes::v1::QuoteService::Service> {
 public:
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamQuotes(grpc::CallbackServerContext*,
                                                           const grpc::ByteBuffer*) override {
    auto stream = std::make_shared<Stream>();
    stream->Own(stream);
    absl::MutexLock lock(&mutex_);
    streams_.push_back(stream);
    return stream.get();
  }

  [[noreturn]] void SendAll() {
    int64_t total = 0;
    for (absl::Time next = absl::Now();;) {
      next += absl::GetFlag(FLAGS_interval);
      absl::SleepFor(next - absl::Now());
      const grpc::ByteBuffer message = Message(total);
      total += absl::GetFlag(FLAGS_quotes);
      std::vector<std::shared_ptr<Stream>> streams;
      {
        absl::MutexLock lock(&mutex_);
        std::erase_if(streams_, [](const auto& stream) { return stream->over(); });
        streams = streams_;
      }
      for (const auto& stream : streams) stream->Send(message);
    }
  }

 private:
  static grpc::ByteBuffer Message(int64_t total) {
    const int symbols = absl::GetFlag(FLAGS_symbols);
    const int64_t now = NowMicros();
    quotes::v1::StreamQuotesResponse message;
    message.mutable_position()->set_epoch("bench");
    message.mutable_position()->set_sequence(total);
    for (int i = 0; i < absl::GetFlag(FLAGS_quotes); ++i) {
      const int number = static_cast<int>((total + i) % symbols);
      quotes::v1::Quote& quote = *message.mutable_quotes()->add_quotes();
      quote.set_symbol(SymbolName(number));
      quote.set_bid(absl::StrFormat("1.%05d", BidAt(now) - 100'000));
      quote.set_ask(absl::StrFormat("1.%05d", AskAt(now) - 100'000));
      quote.mutable_time()->set_seconds(now / 1'000'000);
      quote.mutable_time()->set_nanos(static_cast<int32_t>(now / kMicrosPerMilli % 1000 * 1'000'000));
      quote.set_sequence((total + i) / symbols + 1);
    }
    grpc::ByteBuffer bytes;
    bool own_buffer = false;
    const grpc::Status status =
        grpc::SerializationTraits<quotes::v1::StreamQuotesResponse>::Serialize(message, &bytes, &own_buffer);
    if (!status.ok()) std::abort();
    return bytes;
  }

  absl::Mutex mutex_;
  std::vector<std::shared_ptr<Stream>> streams_ ABSL_GUARDED_BY(mutex_);
};

int Run() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  StreamServer service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("%d\n", port);
  std::fflush(stdout);
  std::thread([&service] { service.SendAll(); }).detach();
  int signal = 0;
  sigwait(&signals, &signal);
  // The streams never end by themselves; nothing is worth saving.
  std::_Exit(0);
}

}  // namespace
}  // namespace mtsuite::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return mtsuite::bench::Run();
}
