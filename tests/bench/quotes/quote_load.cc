// Many readers of StreamQuotes in one process. They parse every message (on an arena, so that the readers
// take no more of the machine than they must), count what came and what was conflated, and check that the two
// account for every sequence number. Prints one JSON line about the measured part; what comes before `warmup`
// has passed is not counted.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/arena.h"
#include "grpcpp/grpcpp.h"
#include "mtsuite/quotes/v1/quote_service.grpc.pb.h"
#include "tests/bench/quotes/bench_ticks.h"
#include "tests/bench/quotes/histogram.h"

ABSL_FLAG(std::string, target, "", "host:port");
ABSL_FLAG(std::string, key_file, "", "file with the API key; none when empty");
ABSL_FLAG(int, streams, 200, "readers");
ABSL_FLAG(int, channels, 4, "connections that they share");
ABSL_FLAG(int, symbols, 100, "number of symbols of the server");
ABSL_FLAG(bool, own_sets, false, "each reader asks for other symbols: all but one or two");
ABSL_FLAG(int, window_bytes, 0, "how much may be on its way to a stream; gRPC's own choice when 0");
ABSL_FLAG(std::vector<std::string>, pids, {}, "name=pid of processes whose CPU time is told too");
ABSL_FLAG(absl::Duration, warmup, absl::Seconds(2), "not measured");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(5), "measured");

namespace mtsuite::bench {
namespace {

using quotes::v1::StreamQuotesResponse;

// What is being measured: nothing, then the measured part.
std::atomic<bool> g_measuring{false};

struct Counts {
  int64_t messages = 0;
  int64_t updates = 0;
  int64_t skipped = 0;  // Told to be conflated.
  int64_t lost = 0;     // Neither sent nor told.
  Histogram latency_us;

  void Add(const Counts& other) {
    messages += other.messages;
    updates += other.updates;
    skipped += other.skipped;
    lost += other.lost;
    latency_us.Merge(other.latency_us);
  }
};

// One stream. gRPC calls it back one message at a time, so it needs no lock.
class Reader final : public grpc::ClientReadReactor<StreamQuotesResponse> {
 public:
  Reader(quotes::v1::QuoteService::Stub& stub, const std::string& key, int number,
         absl::BlockingCounter& done)
      : done_(done), sequences_(static_cast<size_t>(absl::GetFlag(FLAGS_symbols))) {
    if (!key.empty()) context_.AddMetadata("authorization", absl::StrCat("Bearer ", key));
    request_.set_server(kServer);
    if (absl::GetFlag(FLAGS_own_sets)) ChooseSymbols(number);
    stub.async()->StreamQuotes(&context_, &request_, this);
    Read();
    StartCall();
  }
  void Cancel() { context_.TryCancel(); }
  // After the stream is over.
  const Counts& counts() const { return counts_; }
  const grpc::Status& status() const { return status_; }

 private:
  // Another choice for each of the first 2 * symbols readers.
  void ChooseSymbols(int number) {
    const int symbols = absl::GetFlag(FLAGS_symbols);
    const int second = number < symbols ? number % symbols : (number + 1) % symbols;
    for (int i = 0; i < symbols; ++i) {
      if (i != number % symbols && i != second) request_.add_symbols(SymbolName(i));
    }
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    Take(*message_);
    Read();
  }
  void Read() {
    arena_.Reset();
    message_ = google::protobuf::Arena::CreateMessage<StreamQuotesResponse>(&arena_);
    StartRead(message_);
  }
  void OnDone(const grpc::Status& status) override {
    status_ = status;
    done_.DecrementCount();
  }

  void Take(const StreamQuotesResponse& message) {
    const bool measuring = g_measuring.load(std::memory_order_relaxed);
    const int64_t now = measuring ? NowMicros() : 0;
    for (const quotes::v1::Quote& quote : message.snapshot().quotes())
      Last(quote.symbol()) = quote.sequence();
    // What is told to be skipped comes before the quote of the same message.
    int64_t skipped = 0;
    for (const quotes::v1::SkippedQuotes& symbol : message.quotes().skipped()) {
      Last(symbol.symbol()) += symbol.count();
      skipped += symbol.count();
    }
    int64_t lost = 0;
    for (const quotes::v1::Quote& quote : message.quotes().quotes()) {
      int64_t& last = Last(quote.symbol());
      if (last != 0) lost += quote.sequence() - last - 1;
      last = quote.sequence();
      if (measuring) counts_.latency_us.Add(now - MadeAt(quote));
    }
    if (!measuring) return;
    ++counts_.messages;
    counts_.updates += message.quotes().quotes_size();
    counts_.skipped += skipped;
    counts_.lost += lost;
  }
  int64_t& Last(const std::string& symbol) {
    return sequences_.at(static_cast<size_t>(SymbolNumber(symbol)));
  }

  absl::BlockingCounter& done_;
  grpc::ClientContext context_;
  quotes::v1::StreamQuotesRequest request_;
  alignas(std::max_align_t) std::array<char, 48 * 1024> memory_;  // Holds a message of 100 quotes.
  google::protobuf::Arena arena_{memory_.data(), memory_.size()};
  StreamQuotesResponse* message_ = nullptr;
  std::vector<int64_t> sequences_;
  Counts counts_;
  grpc::Status status_;
};

// CPU time by name: of the processes that were named, and of this one.
std::map<std::string, double> CpuSeconds() {
  std::map<std::string, double> seconds;
  for (const std::string& entry : absl::GetFlag(FLAGS_pids)) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(entry, absl::MaxSplits('=', 1));
    std::ifstream file(absl::StrCat("/proc/", parts.second, "/stat"));
    std::stringstream text;
    text << file.rdbuf();
    const std::string stat = text.str();
    // The name, which may hold anything, ends with the last parenthesis. User and system time are the 12th
    // and 13th field behind it.
    const std::vector<std::string> fields = absl::StrSplit(stat.substr(stat.rfind(')') + 2), ' ');
    double user = 0;
    double system = 0;
    if (fields.size() < 13 || !absl::SimpleAtod(fields[11], &user) ||
        !absl::SimpleAtod(fields[12], &system)) {
      std::fprintf(stderr, "no CPU time of %s\n", entry.c_str());
      std::exit(1);
    }
    seconds[parts.first] = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  seconds["readers"] = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                       static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  return seconds;
}

void Print(const Counts& all, double seconds, const std::map<std::string, double>& before,
           const std::map<std::string, double>& after) {
  std::printf(
      "{\"streams\": %d, \"seconds\": %.3f, \"messages\": %ld, \"updates\": %ld, \"skipped\": %ld, \"lost\": "
      "%ld, ",
      absl::GetFlag(FLAGS_streams), seconds, all.messages, all.updates, all.skipped, all.lost);
  std::printf("\"p50_us\": %ld, \"p99_us\": %ld, \"cpu_seconds\": {", all.latency_us.Percentile(0.50),
              all.latency_us.Percentile(0.99));
  const char* separator = "";
  for (const auto& [name, value] : after) {
    std::printf("%s\"%s\": %.3f", separator, name.c_str(), value - before.at(name));
    separator = ", ";
  }
  std::printf("}}\n");
}

std::string ReadKey() {
  if (absl::GetFlag(FLAGS_key_file).empty()) return "";
  std::ifstream file(absl::GetFlag(FLAGS_key_file));
  std::string key;
  std::getline(file, key);
  return std::string(absl::StripAsciiWhitespace(key));
}

int Run() {
  const std::string key = ReadKey();
  std::vector<std::unique_ptr<quotes::v1::QuoteService::Stub>> stubs;
  for (int i = 0; i < absl::GetFlag(FLAGS_channels); ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("mtsuite.channel", i);  // Different arguments make different connections.
    if (const int window = absl::GetFlag(FLAGS_window_bytes); window > 0) {
      arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, window);
      arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    }
    stubs.push_back(quotes::v1::QuoteService::NewStub(grpc::CreateCustomChannel(
        absl::GetFlag(FLAGS_target), grpc::InsecureChannelCredentials(), arguments)));
  }
  absl::BlockingCounter done(absl::GetFlag(FLAGS_streams));
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < absl::GetFlag(FLAGS_streams); ++i) {
    readers.push_back(std::make_unique<Reader>(*stubs[static_cast<size_t>(i) % stubs.size()], key, i, done));
  }
  absl::SleepFor(absl::GetFlag(FLAGS_warmup));
  const std::map<std::string, double> before = CpuSeconds();
  const absl::Time start = absl::Now();
  g_measuring = true;
  absl::SleepFor(absl::GetFlag(FLAGS_duration));
  g_measuring = false;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const std::map<std::string, double> after = CpuSeconds();
  for (const auto& reader : readers) reader->Cancel();
  done.Wait();
  Counts all;
  for (const auto& reader : readers) {
    all.Add(reader->counts());
    if (reader->status().error_code() == grpc::StatusCode::CANCELLED) continue;
    std::fprintf(stderr, "a stream ended: %s\n", reader->status().error_message().c_str());
    return 1;
  }
  Print(all, seconds, before, after);
  return 0;
}

}  // namespace
}  // namespace mtsuite::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return mtsuite::bench::Run();
}
