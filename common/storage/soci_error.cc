#include "common/storage/soci_error.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "soci/postgresql/soci-postgresql.h"
#include "soci/sqlite3/soci-sqlite3.h"

namespace mtsuite::storage {
namespace {

absl::StatusCode FromSqlite(int result) {
  if (result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY) {
    return absl::StatusCode::kAlreadyExists;
  }
  // The lower byte is the primary code, the rest says more of the same.
  switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kUnavailable;
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kInternal;
  }
}

// By SQLSTATE, PostgreSQL's documentation, appendix "Error Codes".
absl::StatusCode FromPostgres(const std::string& state) {
  if (state == "23505") return absl::StatusCode::kAlreadyExists;
  if (absl::StartsWith(state, "23")) return absl::StatusCode::kFailedPrecondition;
  if (state == "40001" || state == "40P01") return absl::StatusCode::kAborted;
  if (state == "55P03" || state == "57014") return absl::StatusCode::kUnavailable;
  if (absl::StartsWith(state, "08") || absl::StartsWith(state, "57P")) return absl::StatusCode::kUnavailable;
  if (absl::StartsWith(state, "53")) return absl::StatusCode::kResourceExhausted;
  if (absl::StartsWith(state, "22")) return absl::StatusCode::kInvalidArgument;
  if (state == "42501") return absl::StatusCode::kPermissionDenied;
  return absl::StatusCode::kInternal;
}

absl::StatusCode CodeOf(const soci::soci_error& error) {
  if (IsConnectionLost(error)) return absl::StatusCode::kUnavailable;
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error); sqlite != nullptr) {
    return FromSqlite(sqlite->result());
  }
  if (const auto* postgres = dynamic_cast<const soci::postgresql_soci_error*>(&error); postgres != nullptr) {
    return FromPostgres(postgres->sqlstate());
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

bool IsConnectionLost(const soci::soci_error& error) {
  return error.get_error_category() == soci::soci_error::connection_error;
}

absl::Status FromSociError(const soci::soci_error& error, const std::string& what) {
  return absl::Status(CodeOf(error), absl::StrCat(what, ": ", error.get_error_message()));
}

}  // namespace mtsuite::storage
