#ifndef SERVICES_RISK_STORE_RULE_STORE_H_
#define SERVICES_RISK_STORE_RULE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/storage/database.h"
#include "mtsuite/risk/v1/rule_set.pb.h"

// Rule sets and their assignments in the database. All functions run within the caller's transaction; errors
// are those of storage/database.h, and DATA_LOSS for damaged rows. `limit` bounds what is returned.
namespace mtsuite::risk {

// Stores `rule_set` as the next version of its name and sets that version: 1 for a new name. Versions are
// never changed or deleted, as certificates and states refer to them. ALREADY_EXISTS when somebody else was
// faster: repeat the transaction.
absl::Status AddRuleSet(storage::Transaction& transaction, const std::string& server, v1::RuleSet& rule_set);

// One version, or the newest with version 0.
absl::StatusOr<std::optional<v1::RuleSet>> FindRuleSet(storage::Transaction& transaction,
                                                       const std::string& server, const std::string& name,
                                                       int64_t version);

// The newest version of each name above `after_name`, by name.
absl::StatusOr<std::vector<v1::RuleSet>> ListRuleSets(storage::Transaction& transaction,
                                                      const std::string& server,
                                                      const std::string& after_name, int limit);

// The versions of one name below `before_version` (all with 0), newest first.
absl::StatusOr<std::vector<v1::RuleSet>> ListRuleSetVersions(storage::Transaction& transaction,
                                                             const std::string& server,
                                                             const std::string& name, int64_t before_version,
                                                             int limit);

// Stores an assignment, or replaces the one with its id.
absl::Status PutAssignment(storage::Transaction& transaction, const v1::RuleSetAssignment& assignment);

absl::StatusOr<std::optional<v1::RuleSetAssignment>> FindAssignment(storage::Transaction& transaction,
                                                                    const std::string& server,
                                                                    const std::string& assignment_id);

// Whether there was one.
absl::StatusOr<bool> DeleteAssignment(storage::Transaction& transaction, const std::string& server,
                                      const std::string& assignment_id);

// Those above `after_id`, by id; only of this rule set unless it is empty.
absl::StatusOr<std::vector<v1::RuleSetAssignment>> ListAssignments(storage::Transaction& transaction,
                                                                   const std::string& server,
                                                                   const std::string& rule_set,
                                                                   const std::string& after_id, int limit);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_RULE_STORE_H_
