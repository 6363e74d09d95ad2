// The risk engine alone: what 25,000 ticks a second cost with 100,000 accounts, how long a decision takes,
// and how many ticks one core sustains. Prints a table, or one JSON object with --json.
#include <sys/resource.h>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_format.h"
#include "tests/bench/quotes/histogram.h"
#include "tests/bench/risk/bare_loop.h"
#include "tests/bench/risk/population.h"

ABSL_FLAG(int, accounts, 100'000, "Accounts under watch.");
ABSL_FLAG(int, positions_per_account, 3, "Positions of each.");
ABSL_FLAG(int, symbols, 500, "Symbols.");
ABSL_FLAG(int, ticks_per_symbol, 50, "Ticks a second of each symbol.");
ABSL_FLAG(int, seconds, 10, "How many seconds of ticks.");
ABSL_FLAG(bool, json, false, "Print one JSON object.");

namespace mtsuite::bench {
namespace {

using Clock = std::chrono::steady_clock;

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

int64_t Nanoseconds(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
}

class Report {
 public:
  void Add(const char* name, double value) { rows_.emplace_back(name, value); }
  void Print(bool json) const {
    std::string text = json ? "{" : "| what | value |\n|---|---|\n";
    for (size_t i = 0; i < rows_.size(); ++i) {
      const auto& [name, value] = rows_[i];
      if (json) {
        absl::StrAppendFormat(&text, "%s\"%s\": %.6g", i > 0 ? ", " : "", name, value);
      } else {
        absl::StrAppendFormat(&text, "| %s | %.6g |\n", name, value);
      }
    }
    std::cout << text << (json ? "}\n" : "");
  }

 private:
  std::vector<std::pair<std::string, double>> rows_;
};

std::vector<risk::Tick> MakeTicks(Population& population, int64_t count, int ticks_per_second,
                                  absl::Time start) {
  std::vector<risk::Tick> ticks;
  ticks.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    ticks.push_back(population.NextTick(start + absl::Seconds(1) * i / ticks_per_second));
  }
  return ticks;
}

void Measure(const Sizes& sizes, int ticks_per_second, int seconds, Report& report) {
  Population population(sizes);
  risk::Engine& engine = population.engine();
  risk::Detections detections;
  const auto begin_start = Clock::now();
  population.AddAccounts(detections);
  report.Add("start_seconds", static_cast<double>(Nanoseconds(Clock::now() - begin_start)) * 1e-9);
  report.Add("bytes_per_account", static_cast<double>(engine.MemoryBytes()) / sizes.accounts);
  const int64_t count = int64_t{ticks_per_second} * seconds;
  // The first half warms up: what is near breaches, what has warned has warned.
  const std::vector<risk::Tick> ticks =
      MakeTicks(population, 2 * count, ticks_per_second, population.start());
  const auto feed = [&](const risk::Tick& tick) {
    detections.clear();
    if (!engine.OnTick(tick, detections).ok()) std::exit(1);
  };
  // Every tick by itself, with the time that reading the clock takes.
  Histogram all;
  Histogram decisions;
  for (int64_t i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    feed(ticks[static_cast<size_t>(i)]);
    const int64_t took = Nanoseconds(Clock::now() - begin);
    all.Add(took);
    for (const risk::Detection& detection : detections) {
      if (detection.finding.kind == risk::Finding::kBreach) decisions.Add(took);
    }
  }
  const int64_t checks_before = engine.statistics().exact_checks;
  const double cpu_before = CpuSeconds();
  const auto begin = Clock::now();
  for (int64_t i = count; i < 2 * count; ++i) feed(ticks[static_cast<size_t>(i)]);
  const double wall = static_cast<double>(Nanoseconds(Clock::now() - begin)) * 1e-9;
  const double cpu = CpuSeconds() - cpu_before;
  const double updates =
      static_cast<double>(count) * sizes.accounts * sizes.positions_per_account / sizes.symbols;
  report.Add("ticks", static_cast<double>(count));
  report.Add("cpu_percent_of_a_core", 100 * cpu / seconds);
  report.Add("ticks_per_second_of_a_core", static_cast<double>(count) / wall);
  report.Add("ns_per_position_update", 1e9 * wall / updates);
  report.Add("exact_checks_per_tick", static_cast<double>(engine.statistics().exact_checks - checks_before) /
                                          static_cast<double>(count));
  report.Add("tick_p50_us", static_cast<double>(all.Percentile(0.5)) * 1e-3);
  report.Add("tick_p99_us", static_cast<double>(all.Percentile(0.99)) * 1e-3);
  report.Add("tick_p999_us", static_cast<double>(all.Percentile(0.999)) * 1e-3);
  report.Add("breaches", static_cast<double>(decisions.total()));
  report.Add("decision_p50_us", static_cast<double>(decisions.Percentile(0.5)) * 1e-3);
  report.Add("decision_p99_us", static_cast<double>(decisions.Percentile(0.99)) * 1e-3);
  report.Add("decision_p999_us", static_cast<double>(decisions.Percentile(0.999)) * 1e-3);
}

int Main() {
  const Sizes sizes{.accounts = absl::GetFlag(FLAGS_accounts),
                    .positions_per_account = absl::GetFlag(FLAGS_positions_per_account),
                    .symbols = absl::GetFlag(FLAGS_symbols)};
  const int ticks_per_second = sizes.symbols * absl::GetFlag(FLAGS_ticks_per_symbol);
  Report report;
  Measure(sizes, ticks_per_second, absl::GetFlag(FLAGS_seconds), report);
  report.Add("bare_loop_ns_per_position_update", BareLoopNanoseconds(sizes, 50'000));
  report.Print(absl::GetFlag(FLAGS_json));
  return 0;
}

}  // namespace
}  // namespace mtsuite::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return mtsuite::bench::Main();
}
