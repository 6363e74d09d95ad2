// StreamQuotes: a reader of the hub per stream.
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/requests/checks.h"
#include "common/rpc/server_stream.h"
#include "common/status/macros.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/slice.h"
#include "services/quotes/quote_service.h"
#include "services/quotes/request_checks.h"

namespace mtsuite::quotes {
namespace {

using Stream = rpc::ServerStream<grpc::ByteBuffer>;

// The hub sends the next message when the last is written, so none waits.
constexpr size_t kPendingMax = 1;

// Lends the hub's bytes to gRPC, which gives them back when they are sent: many streams share them.
grpc::ByteBuffer ToBuffer(Encoded message) {
  auto* held = new Encoded(std::move(message));
  const grpc::Slice slice(
      const_cast<char*>((*held)->data()), (*held)->size(),
      +[](void* pointer) { const std::unique_ptr<Encoded> owned(static_cast<Encoded*>(pointer)); }, held);
  return grpc::ByteBuffer(&slice, 1);
}

class StreamSink final : public Sink {
 public:
  explicit StreamSink(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  // A stream that is over takes nothing; it is removed from the hub shortly.
  void Send(Encoded message) override { stream_->Write(ToBuffer(std::move(message))); }

 private:
  const std::shared_ptr<Stream> stream_;
};

// A stream that reads a hub; the stream owns it.
struct Reading {
  std::shared_ptr<Feed> feed;
  Clock& clock;
  Hub::ReaderId id = 0;

  void Writable() {
    if (feed->hub().Writable(id, clock.TimeNow())) feed->ScheduleFlush();
  }
};

absl::Status Validate(const rpc::CallContext& call, const v1::StreamQuotesRequest& request) {
  RETURN_IF_ERROR(requests::ValidateServer(request.server()));
  RETURN_IF_ERROR(call.CheckServerAllowed(request.server()));
  RETURN_IF_ERROR(ValidateSymbols(request.symbols()));
  if (request.has_resume_after() &&
      (request.resume_after().epoch().empty() || request.resume_after().sequence() < 0)) {
    return requests::InvalidField("resume_after", "the position of a message of this stream");
  }
  return absl::OkStatus();
}

// Adds the stream to the hub. Its end, whenever it comes, takes it out again.
void Serve(const std::shared_ptr<Stream>& stream, const std::shared_ptr<Feed>& feed, Clock& clock,
           const v1::StreamQuotesRequest& request) {
  auto reading = std::make_shared<Reading>(Reading{feed, clock});
  std::optional<type::v1::StreamPosition> resume;
  if (request.has_resume_after()) resume = request.resume_after();
  reading->id = feed->hub().Add({request.symbols().begin(), request.symbols().end()}, resume,
                                std::make_shared<StreamSink>(stream));
  stream->OnDrained([weak = std::weak_ptr<Reading>(reading)] {
    if (const auto own = weak.lock()) own->Writable();
  });
  // If the stream is over already, this is called at once.
  stream->OnOver([reading] { reading->feed->hub().Remove(reading->id); });
  reading->Writable();
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* QuoteService::StreamQuotes(grpc::CallbackServerContext* context,
                                                                       const grpc::ByteBuffer* request) {
  return gate_.Stream<grpc::ByteBuffer>(
      context, "/mtsuite.quotes.v1.QuoteService/StreamQuotes", request, kPendingMax,
      [this](const std::shared_ptr<Stream>& stream, grpc::ByteBuffer bytes) {
        v1::StreamQuotesRequest request;
        const grpc::Status parsed =
            grpc::SerializationTraits<v1::StreamQuotesRequest>::Deserialize(&bytes, &request);
        const absl::Status status = parsed.ok() ? Validate(*stream, request)
                                                : requests::InvalidField("request", "a StreamQuotesRequest");
        if (!status.ok()) return stream->Finish(status);
        symbols_.Get(request.server(), [this, stream, request](const absl::StatusOr<SymbolTablePtr>& table) {
          absl::Status status = table.status();
          if (status.ok()) status = CheckKnown(**table, request.symbols());
          if (!status.ok()) return stream->Finish(status);
          feeds_.Get(request.server(),
                     [this, stream, request](const absl::Status& status, const std::shared_ptr<Feed>& feed) {
                       if (!status.ok()) return stream->Finish(status);
                       Serve(stream, feed, clock_, request);
                     });
        });
      });
}

}  // namespace mtsuite::quotes
