#ifndef SERVICES_CONNECTOR_STORE_DATABASE_RUNNER_H_
#define SERVICES_CONNECTOR_STORE_DATABASE_RUNNER_H_

#include "common/status/check.h"
#include "common/storage/database.h"
#include "services/connector/journal/committer.h"

namespace mtsuite::connector {

// The committer's transactions on a database. Stores that are called within one use it through transaction().
class DatabaseRunner final : public TransactionRunner {
 public:
  enum class Access { kWrite, kRead };

  // `database` must outlive this. With kRead, writing fails and nothing waits for a writer.
  explicit DatabaseRunner(storage::Database& database, Access access = Access::kWrite)
      : database_(database), access_(access) {}

  absl::Status Run(absl::FunctionRef<absl::Status()> body) override {
    const auto within = [&](storage::Transaction& transaction) {
      current_ = &transaction;
      absl::Status status = body();
      current_ = nullptr;
      return status;
    };
    return access_ == Access::kWrite ? database_.Write(within) : database_.Read(within);
  }

  // The transaction in progress; aborts when there is none.
  storage::Transaction& transaction() {
    MTSUITE_CHECK(current_ != nullptr, "stores are used within the committer's transactions only");
    return *current_;
  }

 private:
  storage::Database& database_;
  const Access access_;
  storage::Transaction* current_ = nullptr;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_STORE_DATABASE_RUNNER_H_
