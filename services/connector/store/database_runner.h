#ifndef SERVICES_CONNECTOR_STORE_DATABASE_RUNNER_H_
#define SERVICES_CONNECTOR_STORE_DATABASE_RUNNER_H_

#include "common/status/check.h"
#include "common/storage/database.h"
#include "services/connector/journal/committer.h"

namespace mtsuite::connector {

// The committer's transactions on a database. Stores that are called within one use it through transaction().
class DatabaseRunner final : public TransactionRunner {
 public:
  // `database` must outlive this.
  explicit DatabaseRunner(storage::Database& database) : database_(database) {}

  absl::Status Run(absl::FunctionRef<absl::Status()> body) override {
    return database_.Write([&](storage::Transaction& transaction) {
      current_ = &transaction;
      absl::Status status = body();
      current_ = nullptr;
      return status;
    });
  }

  // The transaction in progress; aborts when there is none.
  storage::Transaction& transaction() {
    MTSUITE_CHECK(current_ != nullptr, "stores are used within the committer's transactions only");
    return *current_;
  }

 private:
  storage::Database& database_;
  storage::Transaction* current_ = nullptr;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_STORE_DATABASE_RUNNER_H_
