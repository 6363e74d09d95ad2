#ifndef SERVICES_RISK_STORE_BREACH_STORE_H_
#define SERVICES_RISK_STORE_BREACH_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/storage/database.h"
#include "services/risk/enforcement/breach_machine.h"
#include "services/risk/enforcement/enforcement.pb.h"

// Breaches and how far their enforcement is, in the database: BreachMachine::Save and Restore. Within the
// caller's transaction; errors as in storage/database.h, and DATA_LOSS for damaged rows.
namespace mtsuite::risk {

// Where a list of breaches goes on, newest first: after the breach of this time and id.
struct BreachCursor {
  absl::Time breach_time;
  std::string breach_id;
};

struct BreachQuery {
  std::string server;
  // Only of this account; of all when 0.
  int64_t login = 0;
  std::optional<BreachCursor> after = std::nullopt;
  int limit = 100;
};

// Stores or replaces the state of a breach's machine.
absl::Status PutBreach(storage::Transaction& transaction, const BreachMachine& machine, absl::Time now);

// The bytes for BreachMachine::Restore.
absl::StatusOr<std::optional<std::string>> FindBreachState(storage::Transaction& transaction,
                                                           const std::string& server,
                                                           const std::string& breach_id);

// The bytes of those whose enforcement is not finished, oldest first, after the cursor: what a process takes
// up when it starts.
absl::StatusOr<std::vector<std::string>> ListUnfinishedBreachStates(storage::Transaction& transaction,
                                                                    const std::string& server,
                                                                    const std::optional<BreachCursor>& after,
                                                                    int limit);

// Breaches as callers see them, newest first.
absl::StatusOr<std::vector<v1::Breach>> ListBreaches(storage::Transaction& transaction,
                                                     const BreachQuery& query);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_BREACH_STORE_H_
