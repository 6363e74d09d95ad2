#include "services/connector/store/schema.h"

#include <vector>

#include "common/storage/migration.h"

namespace mtsuite::connector {
namespace {

// Times are microseconds since 1970 UTC.
std::vector<storage::Migration> Migrations() {
  return {
      {1,
       "operations",
       {
           "CREATE TABLE operations ("
           "server TEXT NOT NULL, operation_id TEXT NOT NULL, kind BIGINT NOT NULL, state BIGINT NOT NULL, "
           // 1 for PENDING and UNCONFIRMED: what must be listed first and never be deleted.
           "unresolved BIGINT NOT NULL, "
           "login BIGINT NOT NULL, tag TEXT NOT NULL, fingerprint BYTES NOT NULL, command BYTES NOT NULL, "
           "baseline BYTES NOT NULL, attempt BIGINT NOT NULL, result BYTES NOT NULL, error BYTES NOT NULL, "
           "principal TEXT NOT NULL, request_id TEXT NOT NULL, create_time BIGINT NOT NULL, "
           "update_time BIGINT NOT NULL, sent_time BIGINT NOT NULL, "
           "PRIMARY KEY (server, operation_id))",
           "CREATE UNIQUE INDEX operations_tag ON operations (server, tag)",
           "CREATE INDEX operations_listed ON operations (server, unresolved, create_time)",
           "CREATE INDEX operations_of_login ON operations (server, login, unresolved, create_time)",
           "CREATE INDEX operations_by_age ON operations (server, unresolved, update_time)",
       }},
      {2,
       "events",
       {
           "CREATE TABLE event_logs (server TEXT PRIMARY KEY, epoch TEXT NOT NULL, last_sequence BIGINT NOT "
           "NULL, "
           "deals_until BIGINT NOT NULL, baselined BIGINT NOT NULL)",
           "CREATE TABLE events (server TEXT NOT NULL, sequence BIGINT NOT NULL, time BIGINT NOT NULL, "
           "ticket BIGINT NOT NULL, deal_time BIGINT NOT NULL, payload BYTES NOT NULL, "
           "PRIMARY KEY (server, sequence))",
           "CREATE INDEX events_of_deals ON events (server, deal_time)",
           "CREATE TABLE account_digests (server TEXT NOT NULL, login BIGINT NOT NULL, digest BIGINT NOT "
           "NULL, "
           "PRIMARY KEY (server, login))",
       }},
      {3,
       "leases",
       {
           "CREATE TABLE leases (server TEXT PRIMARY KEY, owner TEXT NOT NULL, renewals BIGINT NOT NULL)",
       }},
      {4,
       "open trades",
       {
           "ALTER TABLE event_logs ADD COLUMN trades_baselined BIGINT NOT NULL DEFAULT 0",
           "CREATE TABLE open_trades (server TEXT NOT NULL, kind BIGINT NOT NULL, ticket BIGINT NOT NULL, "
           "payload BYTES NOT NULL, PRIMARY KEY (server, kind, ticket))",
       }},
  };
}

}  // namespace

absl::Status MigrateConnectorSchema(storage::Database& database, Clock& clock) {
  const std::vector<storage::Migration> migrations = Migrations();
  return storage::Migrate(database, "connector", migrations, clock);
}

}  // namespace mtsuite::connector
