#ifndef SERVICES_RISK_STORE_ACCOUNT_STATE_STORE_H_
#define SERVICES_RISK_STORE_ACCOUNT_STATE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/storage/database.h"
#include "services/risk/tracker/state.pb.h"

// The trackers' states in the database, for restarts. Within the caller's transaction; errors as in
// storage/database.h, and DATA_LOSS for damaged rows.
namespace mtsuite::risk {

// A tracker's state and whose it is. `state.rule_set` names the rule set.
struct AccountState {
  int64_t login = 0;
  v1::TrackerState state;
};

// Where a list of states goes on: after this account and rule set.
struct AccountStateCursor {
  int64_t login = 0;
  std::string rule_set;
};

// Stores or replaces the state of an account under a rule set.
absl::Status PutAccountState(storage::Transaction& transaction, const std::string& server,
                             const AccountState& state, absl::Time now);

// States after the cursor, by login and rule set.
absl::StatusOr<std::vector<AccountState>> ListAccountStates(storage::Transaction& transaction,
                                                            const std::string& server,
                                                            const AccountStateCursor& after, int limit);

// Those of one account, by rule set.
absl::StatusOr<std::vector<AccountState>> FindAccountStates(storage::Transaction& transaction,
                                                            const std::string& server, int64_t login);

// Forgets an account under a rule set that no longer holds for it; nothing happens when it is not there.
absl::Status DeleteAccountState(storage::Transaction& transaction, const std::string& server, int64_t login,
                                const std::string& rule_set);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_ACCOUNT_STATE_STORE_H_
