#include "common/storage/session.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/macros.h"
#include "common/storage/soci_error.h"
#include "soci/postgresql/soci-postgresql.h"
#include "soci/sqlite3/soci-sqlite3.h"

namespace mtsuite::storage {
namespace {

// Statements are declared in code; more than this many means that SQL is put together at run time.
constexpr size_t kPreparedMax = 256;

// At least 1: to PostgreSQL 0 means for ever.
int64_t Millis(absl::Duration duration) { return std::max<int64_t>(1, absl::ToInt64Milliseconds(duration)); }

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> Session::Open(Backend backend, const std::string& target,
                                                       absl::Duration busy_timeout) {
  std::unique_ptr<Session> session(new Session(backend));
  const absl::Status opened = session->Guard("cannot open the database", [&] {
    return backend == Backend::kSqlite ? session->OpenSqlite(target, busy_timeout)
                                       : session->OpenPostgres(target, busy_timeout);
  });
  if (opened.ok()) return session;
  // SOCI does not say that a failed connection is one.
  if (backend == Backend::kPostgres && opened.code() == absl::StatusCode::kInternal) {
    return absl::UnavailableError(opened.message());
  }
  return opened;
}

absl::Status Session::OpenSqlite(const std::string& path, absl::Duration busy_timeout) {
  session_.open(soci::sqlite3, absl::StrCat("db=\"", path, "\""));
  // Tells a taken key from other constraints.
  sqlite_api::sqlite3_extended_result_codes(
      static_cast<soci::sqlite3_session_backend*>(session_.get_backend())->conn_, 1);
  session_ << absl::StrCat("PRAGMA busy_timeout = ", Millis(busy_timeout));
  std::string mode;
  session_ << "PRAGMA journal_mode = WAL", soci::into(mode);
  if (mode != "wal") return absl::FailedPreconditionError(absl::StrCat(path, ": cannot use WAL, got ", mode));
  // A commit is on the disk before it is reported.
  session_ << "PRAGMA synchronous = FULL";
  session_ << "PRAGMA foreign_keys = ON";
  return absl::OkStatus();
}

absl::Status Session::OpenPostgres(const std::string& url, absl::Duration busy_timeout) {
  session_.open(soci::postgresql, url);
  session_ << absl::StrCat("SET lock_timeout = ", Millis(busy_timeout));
  session_ << "SET client_min_messages = warning";
  return absl::OkStatus();
}

absl::Status Session::Guard(const std::string& what, absl::FunctionRef<absl::Status()> body) {
  try {
    return body();
  } catch (const soci::soci_error& e) {
    broken_ = broken_ || IsConnectionLost(e);
    return FromSociError(e, what);
  } catch (const std::exception& e) {
    broken_ = true;
    return absl::InternalError(absl::StrCat(what, ": ", e.what()));
  }
}

absl::Status Session::Begin(bool write) {
  // SQLite: taking the write lock at once avoids the deadlock of two readers that both become writers.
  return ExecuteOnce(backend_ == Backend::kSqlite && write ? "BEGIN IMMEDIATE" : "BEGIN");
}

absl::Status Session::Commit() {
  const absl::Status committed = ExecuteOnce("COMMIT");
  if (committed.ok() || !broken_) return committed;
  return absl::UnknownError(
      absl::StrCat("connection lost while committing, the outcome is not known: ", committed.message()));
}

void Session::Rollback() {
  if (!ExecuteOnce("ROLLBACK").ok()) broken_ = true;
}

absl::Status Session::ExecuteOnce(const std::string& sql) {
  return Guard(sql, [&] {
    session_ << sql;
    return absl::OkStatus();
  });
}

Prepared& Session::PreparedFor(const Statement& statement) {
  const auto found = prepared_.find(statement.sql);
  if (found != prepared_.end()) return *found->second;
  if (prepared_.size() >= kPreparedMax) prepared_.clear();
  auto fresh = std::make_unique<Prepared>(session_, backend_, statement);
  return *prepared_.emplace(statement.sql, std::move(fresh)).first->second;
}

absl::StatusOr<int64_t> Session::Execute(const Statement& statement, absl::Span<const Param> params) {
  int64_t affected = 0;
  absl::Status status = Guard(statement.sql, [&] {
    Prepared& prepared = PreparedFor(statement);
    prepared.Bind(params);
    affected = prepared.Execute();
    return absl::OkStatus();
  });
  if (!status.ok()) {
    prepared_.erase(statement.sql);
    return status;
  }
  return affected;
}

absl::Status Session::Query(const Statement& statement, absl::Span<const Param> params,
                            absl::FunctionRef<absl::Status(const Row&)> each) {
  absl::Status status = Guard(statement.sql, [&] {
    Prepared& prepared = PreparedFor(statement);
    prepared.Bind(params);
    prepared.Start();
    while (prepared.Fetch()) RETURN_IF_ERROR(each(prepared));
    return absl::OkStatus();
  });
  // A statement left in the middle of its rows would hold its snapshot.
  if (!status.ok()) prepared_.erase(statement.sql);
  return status;
}

}  // namespace mtsuite::storage
