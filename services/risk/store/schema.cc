#include "services/risk/store/schema.h"

#include <vector>

#include "common/storage/migration.h"

namespace mtsuite::risk {
namespace {

// Times are microseconds since 1970 UTC. What is only read back whole is a serialized message in `payload`.
std::vector<storage::Migration> Migrations() {
  return {
      {1,
       "rule sets",
       {
           "CREATE TABLE rule_sets (server TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, "
           "payload BYTES NOT NULL, PRIMARY KEY (server, name, version))",
           "CREATE TABLE rule_set_assignments (server TEXT NOT NULL, assignment_id TEXT NOT NULL, "
           "rule_set TEXT NOT NULL, payload BYTES NOT NULL, PRIMARY KEY (server, assignment_id))",
           "CREATE INDEX assignments_of_rule_set ON rule_set_assignments (server, rule_set)",
       }},
      {2,
       "account states",
       {
           // Of one account there is a state for the rule set that holds and for each that runs in shadow.
           "CREATE TABLE account_states (server TEXT NOT NULL, login BIGINT NOT NULL, rule_set TEXT NOT "
           "NULL, "
           "update_time BIGINT NOT NULL, payload BYTES NOT NULL, PRIMARY KEY (server, login, rule_set))",
       }},
      {3,
       "breaches",
       {
           "CREATE TABLE breaches (server TEXT NOT NULL, breach_id TEXT NOT NULL, login BIGINT NOT NULL, "
           // 1 while there is something to do.
           "unfinished BIGINT NOT NULL, breach_time BIGINT NOT NULL, update_time BIGINT NOT NULL, "
           "payload BYTES NOT NULL, PRIMARY KEY (server, breach_id))",
           "CREATE INDEX breaches_listed ON breaches (server, unfinished, breach_time)",
           "CREATE INDEX breaches_by_time ON breaches (server, breach_time)",
           "CREATE INDEX breaches_of_login ON breaches (server, login, breach_time)",
       }},
      {4,
       "breach records",
       {
           // `record` is the canonical JSON that the hash is made of, with the hash: no later change of a
           // message can change what was recorded.
           "CREATE TABLE breach_records (server TEXT NOT NULL, sequence BIGINT NOT NULL, "
           "breach_id TEXT NOT NULL, hash TEXT NOT NULL, record TEXT NOT NULL, "
           "PRIMARY KEY (server, sequence))",
           "CREATE INDEX breach_records_of_breach ON breach_records (server, breach_id, sequence)",
       }},
      {5,
       "overrides",
       {
           "CREATE TABLE overrides (server TEXT NOT NULL, sequence BIGINT NOT NULL, login BIGINT NOT NULL, "
           "breach_id TEXT NOT NULL, action TEXT NOT NULL, principal TEXT NOT NULL, reason TEXT NOT NULL, "
           "request_id TEXT NOT NULL, time BIGINT NOT NULL, PRIMARY KEY (server, sequence))",
           "CREATE INDEX overrides_of_login ON overrides (server, login, sequence)",
       }},
  };
}

}  // namespace

absl::Status MigrateRiskSchema(storage::Database& database, Clock& clock) {
  const std::vector<storage::Migration> migrations = Migrations();
  return storage::Migrate(database, "risk", migrations, clock);
}

}  // namespace mtsuite::risk
