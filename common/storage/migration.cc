#include "common/storage/migration.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/status/check.h"
#include "common/status/macros.h"
#include "common/storage/database.h"

namespace mtsuite::storage {
namespace {

constexpr char kCreateTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (component TEXT NOT NULL, version BIGINT NOT NULL, "
    "name TEXT NOT NULL, applied_at TEXT NOT NULL, PRIMARY KEY (component, version))";

// An arbitrary number that all processes of the suite agree on.
constexpr char kPostgresLock[] = "SELECT pg_advisory_xact_lock(7201955463187)";

const Statement& SelectApplied() {
  static const Statement statement = {
      .sql = "SELECT version, name FROM schema_migrations WHERE component = :component ORDER BY version",
      .parameters = {Type::kText},
      .columns = {Type::kInt, Type::kText}};
  return statement;
}

const Statement& InsertApplied() {
  static const Statement statement = {
      .sql =
          "INSERT INTO schema_migrations (component, version, name, applied_at) "
          "VALUES (:component, :version, :name, :applied_at)",
      .parameters = {Type::kText, Type::kInt, Type::kText, Type::kText}};
  return statement;
}

// `sql` with the word BYTES replaced by the database's own type.
std::string ForBackend(const std::string& sql, Backend backend) {
  constexpr std::string_view kWord = "BYTES";
  const auto is_word = [&sql](size_t at) {
    return at < sql.size() && (absl::ascii_isalnum(sql[at]) || sql[at] == '_');
  };
  std::string result;
  for (size_t at = 0; at < sql.size();) {
    const bool starts = sql.compare(at, kWord.size(), kWord) == 0 && (at == 0 || !is_word(at - 1));
    if (starts && !is_word(at + kWord.size())) {
      result += backend == Backend::kSqlite ? "BLOB" : "BYTEA";
      at += kWord.size();
    } else {
      result += sql[at++];
    }
  }
  return result;
}

absl::StatusOr<std::map<int64_t, std::string>> ReadApplied(Transaction& transaction,
                                                           const std::string& component) {
  std::map<int64_t, std::string> applied;
  RETURN_IF_ERROR(transaction.Query(SelectApplied(), {component}, [&applied](const Row& row) {
    applied.emplace(row.Int(0), row.Text(1));
    return absl::OkStatus();
  }));
  return applied;
}

absl::Status CheckApplied(const std::map<int64_t, std::string>& applied, const std::string& component,
                          absl::Span<const Migration> migrations) {
  for (const auto& [version, name] : applied) {
    if (version > static_cast<int64_t>(migrations.size())) {
      return absl::FailedPreconditionError(
          absl::StrCat("the database's schema of '", component, "' has version ", version, " (", name,
                       "), this program knows ", migrations.size(), "; run a newer program"));
    }
    const Migration& known = migrations[static_cast<size_t>(version) - 1];
    if (known.name != name) {
      return absl::FailedPreconditionError(absl::StrCat("version ", version, " of the schema of '", component,
                                                        "' is '", name, "' in the database and '", known.name,
                                                        "' in this program"));
    }
  }
  return absl::OkStatus();
}

absl::Status Apply(Transaction& transaction, const std::string& component, const Migration& migration,
                   const std::string& now, Backend backend) {
  for (const std::string& sql : migration.statements) {
    RETURN_IF_ERROR(transaction.ExecuteOnce(ForBackend(sql, backend)));
  }
  return transaction.Execute(InsertApplied(), {component, migration.version, migration.name, now}).status();
}

}  // namespace

absl::Status Migrate(Database& database, const std::string& component, absl::Span<const Migration> migrations,
                     Clock& clock) {
  const std::string now = absl::FormatTime(absl::RFC3339_sec, clock.TimeNow(), absl::UTCTimeZone());
  for (size_t i = 0; i < migrations.size(); ++i) {
    MTSUITE_CHECK(migrations[i].version == static_cast<int>(i) + 1, "migrations are numbered 1, 2, 3, …");
  }
  // One round more than there are steps: the last one finds nothing to do, and has checked the rest.
  for (size_t round = 0; round <= migrations.size(); ++round) {
    bool done = false;
    RETURN_IF_ERROR(database.Write([&](Transaction& transaction) -> absl::Status {
      // SQLite's write transaction is a lock already.
      if (database.backend() == Backend::kPostgres) RETURN_IF_ERROR(transaction.ExecuteOnce(kPostgresLock));
      RETURN_IF_ERROR(transaction.ExecuteOnce(kCreateTable));
      ASSIGN_OR_RETURN(const auto applied, ReadApplied(transaction, component));
      RETURN_IF_ERROR(CheckApplied(applied, component, migrations));
      done = applied.size() == migrations.size();
      if (done) return absl::OkStatus();
      return Apply(transaction, component, migrations[applied.size()], now, database.backend());
    }));
    if (done) return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("the schema of '", component, "' keeps changing"));
}

}  // namespace mtsuite::storage
