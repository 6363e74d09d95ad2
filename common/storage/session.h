#ifndef COMMON_STORAGE_SESSION_H_
#define COMMON_STORAGE_SESSION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/storage/database.h"
#include "common/storage/prepared.h"
#include "common/storage/value.h"
#include "soci/soci.h"

namespace mtsuite::storage {

// One connection with its prepared statements. Used by one thread at a time. Catches every exception of SOCI.
class Session {
 public:
  // `target` is a path for SQLite and a libpq connection string for PostgreSQL.
  static absl::StatusOr<std::unique_ptr<Session>> Open(Backend backend, const std::string& target,
                                                       absl::Duration busy_timeout);

  absl::Status Begin(bool write);
  // UNKNOWN when the connection is lost meanwhile.
  absl::Status Commit();
  // Also gives up the connection when that fails.
  void Rollback();

  absl::StatusOr<int64_t> Execute(const Statement& statement, absl::Span<const Param> params);
  absl::Status Query(const Statement& statement, absl::Span<const Param> params,
                     absl::FunctionRef<absl::Status(const Row&)> each);
  absl::Status ExecuteOnce(const std::string& sql);

  // Whether the connection is of no more use.
  bool broken() const { return broken_; }

 private:
  explicit Session(Backend backend) : backend_(backend) {}

  absl::Status OpenSqlite(const std::string& path, absl::Duration busy_timeout);
  absl::Status OpenPostgres(const std::string& url, absl::Duration busy_timeout);
  // Runs `body`, turning exceptions into a status that begins with `what`.
  absl::Status Guard(const std::string& what, absl::FunctionRef<absl::Status()> body);
  Prepared& PreparedFor(const Statement& statement);

  const Backend backend_;
  soci::session session_;
  absl::flat_hash_map<std::string, std::unique_ptr<Prepared>> prepared_;
  bool broken_ = false;
};

}  // namespace mtsuite::storage

#endif  // COMMON_STORAGE_SESSION_H_
