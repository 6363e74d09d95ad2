// A connector that has nothing but ticks: what the quotes service needs of one, over real gRPC. Prints its
// port, then offers ticks at a rate, or as fast as they are read, until SIGTERM.
#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/testing/fake_peer.h"
#include "grpcpp/grpcpp.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"
#include "mtsuite/connector/v1/quote_service.grpc.pb.h"
#include "tests/bench/quotes/bench_ticks.h"

ABSL_FLAG(int, symbols, 100, "number of symbols, at most 1000");
ABSL_FLAG(int, rate, 10'000, "ticks per second of all symbols together; 0 offers as many as are read");
ABSL_FLAG(absl::Duration, interval, absl::Milliseconds(5),
          "between two messages; the ticks since the last one");

namespace mtsuite::bench {
namespace {

using connector::v1::TickBatch;

class Symbols final : public connector::v1::ConnectorService::CallbackService {
 public:
  MTSUITE_FAKE_RPC(ListSymbols, connector::v1::ListSymbolsRequest, connector::v1::ListSymbolsResponse,
                   on_list_symbols);
};

class Ticks final : public connector::v1::ConnectorQuoteService::CallbackService {
 public:
  grpc::ServerWriteReactor<TickBatch>* StreamTicks(
      grpc::CallbackServerContext*, const connector::v1::StreamTicksRequest* request) override {
    return streams.Open(*request);
  }
  rpc::FakeStreams<connector::v1::StreamTicksRequest, TickBatch> streams;
};

connector::v1::ListSymbolsResponse AllSymbols(int count) {
  connector::v1::ListSymbolsResponse all;
  for (int number = 0; number < count; ++number) {
    quotes::v1::Symbol& symbol = *all.add_symbols();
    symbol.set_name(SymbolName(number));
    symbol.set_path("Bench\\" + symbol.name());
    symbol.set_digits(kDigits);
  }
  return all;
}

// The newest tick of every symbol that has had one between two totals, as the connector conflates.
TickBatch Batch(int64_t before, int64_t total) {
  const int symbols = absl::GetFlag(FLAGS_symbols);
  const int64_t now = NowMicros();
  TickBatch batch;
  batch.mutable_position()->set_epoch("bench");
  batch.mutable_position()->set_sequence(total);
  for (int number = 0; number < symbols; ++number) {
    const int64_t had = SequenceAfter(before, number, symbols);
    const int64_t has = SequenceAfter(total, number, symbols);
    if (has == had) continue;
    connector::v1::Tick& tick = *batch.add_ticks();
    tick.set_symbol_number(number);
    tick.set_bid(BidAt(now));
    tick.set_ask(AskAt(now));
    tick.set_time_milliseconds(now / kMicrosPerMilli);
    tick.set_sequence(has);
    tick.set_skipped_count(has - had - 1);
  }
  return batch;
}

TickBatch Snapshot(int64_t total) {
  TickBatch batch = Batch(0, total);
  for (int number = 0; number < absl::GetFlag(FLAGS_symbols); ++number) {
    connector::v1::TickSymbol& symbol = *batch.add_symbols();
    symbol.set_symbol_number(number);
    symbol.set_symbol(SymbolName(number));
    symbol.set_digits(kDigits);
  }
  batch.set_snapshot_end(true);
  return batch;
}

// Keeps the stream busy.
[[noreturn]] void OfferAll(rpc::FakeStream<TickBatch>& stream, int64_t total) {
  constexpr size_t kWaiting = 8;
  for (;; absl::SleepFor(absl::Microseconds(500))) {
    while (stream.waiting() < kWaiting) {
      const int64_t next = total + absl::GetFlag(FLAGS_symbols);
      stream.Push(Batch(total, next));
      total = next;
    }
  }
}

// Writes the ticks that came due, as a connector does. A reader who is held up gets less and fuller messages.
[[noreturn]] void OfferAtRate(rpc::FakeStream<TickBatch>& stream, int64_t total) {
  const int64_t first = total;
  const absl::Time start = absl::Now();
  for (absl::Time next = start;;) {
    next += absl::GetFlag(FLAGS_interval);
    absl::SleepFor(next - absl::Now());
    if (stream.waiting() > 0) continue;
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    const auto due = first + static_cast<int64_t>(absl::GetFlag(FLAGS_rate) * seconds);
    if (due == total) continue;
    stream.Push(Batch(total, due));
    total = due;
  }
}

// Serves the one stream that the quotes service opens.
[[noreturn]] void Offer(rpc::FakeStream<TickBatch>& stream) {
  const int64_t total = absl::GetFlag(FLAGS_symbols);
  stream.Push(Snapshot(total));
  if (absl::GetFlag(FLAGS_rate) == 0) OfferAll(stream, total);
  OfferAtRate(stream, total);
}

int Run() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Symbols symbols;
  symbols.on_list_symbols = [](const auto&) { return AllSymbols(absl::GetFlag(FLAGS_symbols)); };
  Ticks ticks;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&symbols);
  builder.RegisterService(&ticks);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("%d\n", port);
  std::fflush(stdout);
  std::thread([&ticks] { Offer(ticks.streams.Await(0)); }).detach();
  int signal = 0;
  sigwait(&signals, &signal);
  // The stream never ends by itself; nothing is worth saving.
  std::_Exit(0);
}

}  // namespace
}  // namespace mtsuite::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return mtsuite::bench::Run();
}
