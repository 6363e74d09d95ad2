#ifndef SERVICES_CONNECTOR_COMMANDS_SYMBOL_CACHE_H_
#define SERVICES_CONNECTOR_COMMANDS_SYMBOL_CACHE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// Symbols as groups have them, read when they are asked for and again when they are older than `max_age`.
// Thread-safe.
class SymbolCache : public std::enable_shared_from_this<SymbolCache> {
 public:
  // More terms than this are not kept: the cache begins anew.
  static constexpr size_t kEntriesMax = 20'000;

  SymbolCache(TradeServer& server, const Scheduler& scheduler, absl::Duration max_age = absl::Seconds(30))
      : server_(server), scheduler_(scheduler), max_age_(max_age) {}

  // The symbol; SYMBOL_NOT_FOUND (REJECTED), or the error of reading (NOT_SENT). May call back at once.
  void Find(const std::string& symbol, const std::string& group, absl::Time deadline,
            Done<quotes::v1::Symbol> done) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    std::shared_ptr<const quotes::v1::Symbol> symbol;
    absl::Time read_at;
  };

  TradeServer& server_;
  const Scheduler& scheduler_;
  const absl::Duration max_age_;
  absl::Mutex mutex_;
  // By symbol and group.
  absl::flat_hash_map<std::pair<std::string, std::string>, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_SYMBOL_CACHE_H_
