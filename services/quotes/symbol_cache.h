#ifndef SERVICES_QUOTES_SYMBOL_CACHE_H_
#define SERVICES_QUOTES_SYMBOL_CACHE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/conversion/conversion.h"
#include "mtsuite/quotes/v1/symbol.pb.h"
#include "services/quotes/connector_client.h"

namespace mtsuite::quotes {

// The symbols of one server as they were at one time. Immutable.
struct SymbolTable {
  std::map<std::string, v1::Symbol> symbols;
  conversion::CurrencyGraph currencies;
  absl::Time read_time;

  bool Has(const std::string& name) const { return symbols.contains(name); }
};
using SymbolTablePtr = std::shared_ptr<const SymbolTable>;

// Keeps the symbols of each server for some seconds, so that questions about prices do not read them each
// time. Callers that come while they are being read wait for the same answer. Thread-safe.
class SymbolCache {
 public:
  struct Options {
    absl::Duration max_age = absl::Seconds(5);
    absl::Duration read_timeout = absl::Seconds(10);
  };
  using Done = absl::AnyInvocable<void(const absl::StatusOr<SymbolTablePtr>&)>;

  // All must outlive it and its calls.
  SymbolCache(ConnectorClient& connector, Clock& clock, const Options& options)
      : connector_(connector), clock_(clock), options_(options), state_(std::make_shared<State>()) {}

  // Calls `done` once, perhaps at once.
  void Get(const std::string& server, Done done);

 private:
  struct Entry {
    SymbolTablePtr table;
    std::vector<Done> waiters;
    bool reading = false;
  };
  struct State {
    absl::Mutex mutex;
    absl::flat_hash_map<std::string, Entry> entries ABSL_GUARDED_BY(mutex);
  };

  void Read(const std::string& server);
  static void OnRead(State& state, const std::string& server, const absl::StatusOr<SymbolTablePtr>& table);

  ConnectorClient& connector_;
  Clock& clock_;
  const Options options_;
  const std::shared_ptr<State> state_;
};

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_SYMBOL_CACHE_H_
