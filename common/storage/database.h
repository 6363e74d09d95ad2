#ifndef COMMON_STORAGE_DATABASE_H_
#define COMMON_STORAGE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/storage/value.h"

// A small, portable door to SQL databases: SQLite embedded in the process, PostgreSQL in production, the same
// SQL for both. Every error of the libraries below becomes an absl::Status here:
//   ALREADY_EXISTS       a unique key is taken
//   FAILED_PRECONDITION  another constraint, or the schema does not fit
//   ABORTED              a conflict with another transaction; repeat the transaction
//   UNAVAILABLE          no connection, or the database is busy; nothing was committed
//   UNKNOWN              the connection was lost while committing: it may or may not have happened
//   RESOURCE_EXHAUSTED   disk full; DATA_LOSS: the file is damaged; INTERNAL: anything else, such as wrong
//   SQL
namespace mtsuite::storage {

class Session;

// A statement with its types, declared once (commonly as a static const) and prepared once per connection.
// Parameters are written `:name` and given in the order of their appearance; each appears once. Portable SQL:
// TEXT, BIGINT; INSERT … ON CONFLICT; no functions of one database.
struct Statement {
  std::string sql;
  std::vector<Type> parameters = {};
  std::vector<Type> columns = {};
};

// A transaction in progress. Used by one thread, inside the function that was given it.
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(session) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Runs a statement without a result; gives the number of rows it changed. Running the same statement for
  // many rows is fast: it stays prepared.
  absl::StatusOr<int64_t> Execute(const Statement& statement, absl::Span<const Param> params);

  // Runs a query and shows each row to `each`; an error from there ends the reading and is returned. The
  // statement's LIMIT bounds the result.
  absl::Status Query(const Statement& statement, absl::Span<const Param> params,
                     absl::FunctionRef<absl::Status(const Row&)> each);

  // Runs SQL that is not worth keeping prepared, such as CREATE TABLE.
  absl::Status ExecuteOnce(const std::string& sql);

 private:
  Session& session_;
};

// Which database is behind the door; for the few places that must differ.
enum class Backend { kSqlite, kPostgres };

struct DatabaseOptions {
  // Connections, and so transactions at the same time.
  int sessions = 4;
  // How long a transaction waits for a connection or a lock before it fails with UNAVAILABLE.
  absl::Duration busy_timeout = absl::Seconds(5);
};

// A database with its pool of connections. Thread-safe.
class Database {
 public:
  // Opens `sqlite:///absolute/path` (or `sqlite://relative/path`; the file is created, with WAL and a sync
  // per commit) or `postgresql://user@host/name?passfile=…` (anything that libpq takes). Connects once, to
  // fail early.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& url,
                                                        const DatabaseOptions& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `body` in one transaction: committed, durably, when it returns OK, else rolled back. Its error is
  // returned. Writers of one SQLite file take turns. Do not nest.
  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body);

  // Same for reading only; what it sees is one consistent state in SQLite, the latest committed per statement
  // in PostgreSQL.
  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> body);

  Backend backend() const { return backend_; }

 private:
  Database(std::string target, Backend backend, const DatabaseOptions& options);

  absl::StatusOr<std::unique_ptr<Session>> Borrow() ABSL_LOCKS_EXCLUDED(mutex_);
  void Return(std::unique_ptr<Session> session) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status Run(bool write, absl::FunctionRef<absl::Status(Transaction&)> body);

  const std::string target_;
  const Backend backend_;
  const DatabaseOptions options_;
  // SQLite has one writer; waiting here is fair and quick, waiting inside SQLite means polling.
  absl::Mutex writer_mutex_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_ ABSL_GUARDED_BY(mutex_);
  int borrowed_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace mtsuite::storage

#endif  // COMMON_STORAGE_DATABASE_H_
