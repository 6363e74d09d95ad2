#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/rpc/server_stream.h"
#include "common/rpc/stream_reader.h"
#include "common/rpc/testing/probe_service.h"
#include "common/rpc/testing/test_server.h"
#include "common/rpc/timer.h"
#include "common/status/error.h"
#include "common/status/grpc_convert.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"

namespace mtsuite::rpc {
namespace {

using connector::v1::ConnectorService;
using connector::v1::Event;
using mtsuite::testing::HasReason;
using mtsuite::testing::StatusIs;
using ::testing::AllOf;

Event EventOf(int64_t sequence, size_t padding = 0) {
  Event event;
  event.mutable_position()->set_sequence(sequence);
  event.mutable_position()->set_epoch(std::string(padding, 'x'));
  return event;
}

class StreamTest : public ::testing::Test {
 protected:
  StreamTest() : server_({}, {{.id = "sim", .scopes = {"sim.control"}}}), service_(server_.gate()) {
    service_.on_stream = [this](ProbeService::Stream stream) {
      absl::MutexLock lock(&mutex_);
      stream_ = std::move(stream);
    };
  }

  void Start() {
    server_.Start(ConnectorService::service_full_name(), service_);
    stub_ = ConnectorService::NewStub(server_.Channel());
  }

  // The server's end of the stream that the test opened.
  ProbeService::Stream Opened() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](ProbeService::Stream* stream) { return *stream != nullptr; }, &stream_));
    return stream_;
  }

  TestServer server_;
  ProbeService service_;
  std::unique_ptr<ConnectorService::Stub> stub_;
  absl::Mutex mutex_;
  ProbeService::Stream stream_;
};

TEST_F(StreamTest, DeliversInOrderAndFinishesAfterWhatWaits) {
  Start();
  grpc::ClientContext context;
  const auto reader = stub_->StreamEvents(&context, {});
  const ProbeService::Stream stream = Opened();
  EXPECT_EQ(stream->principal().key_id, "admin");
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(stream->Write(EventOf(i)));
  stream->Finish(absl::OkStatus());
  EXPECT_FALSE(stream->Write(EventOf(4)));
  Event event;
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(reader->Read(&event));
    EXPECT_EQ(event.position().sequence(), i);
  }
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_OK(FromGrpc(reader->Finish()));
}

TEST_F(StreamTest, ASlowReaderFillsABoundedBuffer) {
  Start();
  grpc::ClientContext context;
  const auto reader = stub_->StreamEvents(&context, {});
  const ProbeService::Stream stream = Opened();
  // Nobody reads: the transport takes some messages, the buffer a few more, then writing fails.
  int written = 0;
  constexpr size_t kLarge = 100'000;
  while (stream->Write(EventOf(written, kLarge)) && written < 10'000) ++written;
  EXPECT_LT(written, 10'000);
  EXPECT_EQ(stream->pending(), ProbeService::kPendingMax);
  stream->Abort(MakeError(absl::StatusCode::kResourceExhausted, type::v1::RATE_LIMITED, "too slow"));
  Event event;
  int64_t read = 0;
  while (reader->Read(&event)) ++read;
  EXPECT_LE(read, written);
  EXPECT_THAT(FromGrpc(reader->Finish()), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(StreamTest, EndsByItselfWhenTheCallerHangsUp) {
  Start();
  absl::Notification over;
  grpc::ClientContext context;
  const auto reader = stub_->StreamEvents(&context, {});
  const ProbeService::Stream stream = Opened();
  stream->OnOver([&over] { over.Notify(); });
  context.TryCancel();
  over.WaitForNotification();
  EXPECT_THAT(FromGrpc(reader->Finish()), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(stream->Write(EventOf(1)));
}

TEST_F(StreamTest, TellsWhenAllIsWrittenAndWhenItIsOver) {
  Start();
  absl::Notification over;
  absl::Mutex mutex;
  int drained = 0;
  grpc::ClientContext context;
  const auto reader = stub_->StreamEvents(&context, {});
  const ProbeService::Stream stream = Opened();
  stream->OnDrained([&] {
    absl::MutexLock lock(&mutex);
    ++drained;
  });
  stream->OnOver([&over] { over.Notify(); });
  EXPECT_TRUE(stream->Write(EventOf(1)));
  Event event;
  ASSERT_TRUE(reader->Read(&event));
  {
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(
        +[](int* count) { return *count == 1; }, &drained));
  }
  EXPECT_FALSE(over.HasBeenNotified());
  stream->Finish(absl::OkStatus());
  EXPECT_OK(FromGrpc(reader->Finish()));
  over.WaitForNotification();
  // Registered too late: called at once.
  bool late = false;
  stream->OnOver([&late] { late = true; });
  EXPECT_TRUE(late);
}

// Reads with StreamReader what the server writes, one message at a time.
TEST_F(StreamTest, AStreamReaderReadsWhenItIsAskedTo) {
  Start();
  absl::Mutex mutex;
  std::vector<int64_t> read;
  absl::Notification done;
  absl::Status end;
  const auto asynchronous = static_cast<ConnectorService::StubInterface&>(*stub_).async();
  const auto reader = StreamReader<Event>::Start(
      asynchronous, &ConnectorService::StubInterface::async_interface::StreamEvents,
      std::make_unique<grpc::ClientContext>(), connector::v1::StreamEventsRequest(),
      {.on_message =
           [&](const Event& event) {
             absl::MutexLock lock(&mutex);
             read.push_back(event.position().sequence());
           },
       .on_done =
           [&](const absl::Status& status) {
             end = status;
             done.Notify();
           }});
  const auto await = [&](size_t count) {
    absl::MutexLock lock(&mutex);
    const auto reached = [&] { return read.size() == count; };
    mutex.Await(absl::Condition(&reached));
  };
  const ProbeService::Stream stream = Opened();
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(stream->Write(EventOf(i)));
  await(1);
  reader->Next();
  await(2);
  reader->Cancel();
  done.WaitForNotification();
  EXPECT_THAT(end, StatusIs(absl::StatusCode::kCancelled));
  reader->Next();  // Nothing comes any more.
  EXPECT_EQ(read.size(), 2u);
}

TEST_F(StreamTest, TimersRun) {
  absl::Notification first;
  CallAfter(absl::Milliseconds(1), [&first] { first.Notify(); });
  first.WaitForNotification();
}

TEST_F(StreamTest, IsAuthenticated) {
  Start();
  grpc::ClientContext context;
  const auto reader = ConnectorService::NewStub(server_.Channel("sim"))->StreamEvents(&context, {});
  Event event;
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_THAT(FromGrpc(reader->Finish()), HasReason(type::v1::SCOPE_MISSING));
}

TEST_F(StreamTest, TheDrainEndsOpenStreamsAndRefusesNewOnes) {
  Start();
  grpc::ClientContext context;
  const auto reader = stub_->StreamEvents(&context, {});
  const ProbeService::Stream stream = Opened();
  EXPECT_EQ(server_.gate().streams_running(), 1);
  server_.gate().FinishStreams(MakeError(absl::StatusCode::kUnavailable, type::v1::SHUTTING_DOWN, "later"));
  Event event;
  EXPECT_FALSE(reader->Read(&event));
  const auto is_drained = AllOf(StatusIs(absl::StatusCode::kUnavailable), HasReason(type::v1::SHUTTING_DOWN));
  EXPECT_THAT(FromGrpc(reader->Finish()), is_drained);
  grpc::ClientContext next_context;
  const auto next = stub_->StreamEvents(&next_context, {});
  EXPECT_FALSE(next->Read(&event));
  EXPECT_THAT(FromGrpc(next->Finish()), is_drained);
  EXPECT_EQ(server_.gate().streams_running(), 0);
}

}  // namespace
}  // namespace mtsuite::rpc
