#include "common/storage/database.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/macros.h"
#include "common/storage/session.h"

namespace mtsuite::storage {

absl::StatusOr<int64_t> Transaction::Execute(const Statement& statement, absl::Span<const Param> params) {
  return session_.Execute(statement, params);
}

absl::Status Transaction::Query(const Statement& statement, absl::Span<const Param> params,
                                absl::FunctionRef<absl::Status(const Row&)> each) {
  return session_.Query(statement, params, each);
}

absl::Status Transaction::ExecuteOnce(const std::string& sql) { return session_.ExecuteOnce(sql); }

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& url,
                                                         const DatabaseOptions& options) {
  Backend backend = Backend::kPostgres;
  std::string target = url;
  if (absl::string_view path = url; absl::ConsumePrefix(&path, "sqlite://")) {
    backend = Backend::kSqlite;
    target = std::string(path);
    if (path.empty() || absl::StrContains(path, '"')) {
      return absl::InvalidArgumentError("a SQLite URL is sqlite:///path, without quotes in the path");
    }
  } else if (!absl::StartsWith(url, "postgresql://") && !absl::StartsWith(url, "postgres://")) {
    // The URL is not repeated: it may hold a password.
    return absl::InvalidArgumentError("a database URL begins with sqlite:// or postgresql://");
  }
  if (options.sessions < 1) return absl::InvalidArgumentError("a database needs at least one session");
  std::unique_ptr<Database> database(new Database(std::move(target), backend, options));
  ASSIGN_OR_RETURN(std::unique_ptr<Session> session, database->Borrow());
  database->Return(std::move(session));
  return database;
}

Database::Database(std::string target, Backend backend, const DatabaseOptions& options)
    : target_(std::move(target)), backend_(backend), options_(options) {}

Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Session>> Database::Borrow() {
  {
    absl::MutexLock lock(&mutex_);
    const auto free = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return borrowed_ < options_.sessions; };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&free), options_.busy_timeout)) {
      return absl::UnavailableError(absl::StrCat("all ", options_.sessions, " database sessions are busy"));
    }
    ++borrowed_;
    if (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
  }
  absl::StatusOr<std::unique_ptr<Session>> opened = Session::Open(backend_, target_, options_.busy_timeout);
  if (!opened.ok()) {
    absl::MutexLock lock(&mutex_);
    --borrowed_;
  }
  return opened;
}

void Database::Return(std::unique_ptr<Session> session) {
  absl::MutexLock lock(&mutex_);
  --borrowed_;
  // A broken one is closed; the next borrower connects anew.
  if (!session->broken()) idle_.push_back(std::move(session));
}

absl::Status Database::Run(bool write, absl::FunctionRef<absl::Status(Transaction&)> body) {
  ASSIGN_OR_RETURN(std::unique_ptr<Session> session, Borrow());
  absl::Status status = session->Begin(write);
  if (status.ok()) {
    Transaction transaction(*session);
    status = body(transaction);
    if (status.ok()) status = session->Commit();
    if (!status.ok()) session->Rollback();
  }
  Return(std::move(session));
  return status;
}

absl::Status Database::Write(absl::FunctionRef<absl::Status(Transaction&)> body) {
  if (backend_ != Backend::kSqlite) return Run(/*write=*/true, body);
  absl::MutexLock lock(&writer_mutex_);
  return Run(/*write=*/true, body);
}

absl::Status Database::Read(absl::FunctionRef<absl::Status(Transaction&)> body) {
  return Run(/*write=*/false, body);
}

}  // namespace mtsuite::storage
