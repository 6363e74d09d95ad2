#ifndef SERVICES_CONNECTOR_COMMANDS_GROUP_CACHE_H_
#define SERVICES_CONNECTOR_COMMANDS_GROUP_CACHE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// The groups of a trading server, read again when they are older than `max_age` or a name is not among them.
// Thread-safe.
class GroupCache : public std::enable_shared_from_this<GroupCache> {
 public:
  GroupCache(TradeServer& server, const Scheduler& scheduler, absl::Duration max_age = absl::Seconds(30))
      : server_(server), scheduler_(scheduler), max_age_(max_age) {}

  // The group; GROUP_NOT_FOUND (REJECTED), or the error of reading (NOT_SENT). May call back at once.
  void Find(const std::string& name, absl::Time deadline, Done<accounts::v1::Group> done)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  bool Fresh(absl::Duration max_age) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  TradeServer& server_;
  const Scheduler& scheduler_;
  const absl::Duration max_age_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, accounts::v1::Group> groups_ ABSL_GUARDED_BY(mutex_);
  absl::Time read_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_GROUP_CACHE_H_
