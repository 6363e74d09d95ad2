// The ticks of the benchmark: evenly spread over symbols, and each tells when it was made.
#ifndef TESTS_BENCH_QUOTES_BENCH_TICKS_H_
#define TESTS_BENCH_QUOTES_BENCH_TICKS_H_

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "mtsuite/quotes/v1/quote.pb.h"

namespace mtsuite::bench {

inline constexpr int kDigits = 5;
// Symbol names end with their number in this many digits.
inline constexpr int kNumberLength = 3;
inline constexpr int kSymbolsMax = 1000;
inline constexpr char kServer[] = "bench";

inline std::string SymbolName(int number) { return absl::StrFormat("SYM%03d", number); }
// The other way round, for names of SymbolName only.
inline int SymbolNumber(const std::string& name) {
  return std::atoi(name.c_str() + name.size() - kNumberLength);
}

// Tick number n, from 0, is of symbol n modulo the number of symbols; so this is how many a symbol has had
// after `total` ticks.
inline int64_t SequenceAfter(int64_t total, int symbol, int symbols) {
  return (total + symbols - 1 - symbol) / symbols;
}

// Microseconds since 1970. One clock for all processes of the machine.
inline int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Times of ticks have milliseconds, so the bid's last three digits hold the microseconds. 1.08000 and up: as
// long as a real price.
inline constexpr int64_t kMicrosPerMilli = 1000;
inline int64_t BidAt(int64_t micros) { return 108'000 + micros % kMicrosPerMilli; }
inline int64_t AskAt(int64_t micros) { return BidAt(micros) + 12; }

// When the tick of a quote was made.
inline int64_t MadeAt(const quotes::v1::Quote& quote) {
  const std::string& bid = quote.bid();
  const int64_t below_milli = std::atoi(bid.c_str() + bid.size() - 3);
  return quote.time().seconds() * 1'000'000 + quote.time().nanos() / 1'000'000 * kMicrosPerMilli +
         below_milli;
}

}  // namespace mtsuite::bench

#endif  // TESTS_BENCH_QUOTES_BENCH_TICKS_H_
