#ifndef SERVICES_RISK_STORE_OVERRIDE_STORE_H_
#define SERVICES_RISK_STORE_OVERRIDE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/storage/database.h"

// What people decided against the rules, in the database: who, when, why. Nothing is ever changed or deleted.
// Within the caller's transaction; errors as in storage/database.h.
namespace mtsuite::risk {

struct Override {
  std::string server;
  // Set by AppendOverride; counts from 1 on each server.
  int64_t sequence = 0;
  int64_t login = 0;
  // Empty when it is not about one breach.
  std::string breach_id;
  // What was done, for example "LIFT".
  std::string action;
  std::string principal;
  std::string reason;
  std::string request_id;
  absl::Time time;

  friend bool operator==(const Override&, const Override&) = default;
};

// Stores it as the next of its server. ALREADY_EXISTS when somebody else was faster: repeat the transaction.
absl::Status AppendOverride(storage::Transaction& transaction, Override& item);

// Those of an account (of all accounts with 0) before a sequence (all with 0), newest first.
absl::StatusOr<std::vector<Override>> ListOverrides(storage::Transaction& transaction,
                                                    const std::string& server, int64_t login,
                                                    int64_t before_sequence, int limit);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_OVERRIDE_STORE_H_
