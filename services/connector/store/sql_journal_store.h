#ifndef SERVICES_CONNECTOR_STORE_SQL_JOURNAL_STORE_H_
#define SERVICES_CONNECTOR_STORE_SQL_JOURNAL_STORE_H_

#include <functional>
#include <string>
#include <vector>

#include "services/connector/journal/journal_store.h"
#include "services/connector/store/database_runner.h"

namespace mtsuite::connector {

// The journal in a database.
class SqlJournalStore final : public JournalStore {
 public:
  // Asked within each transaction that writes: an error keeps the write from happening. Keeps a process that
  // has lost the lease of a server from recording operations, and so from sending them.
  using Fence = std::function<absl::Status(const std::string& server)>;

  // `runner` must outlive this; its schema must be migrated.
  explicit SqlJournalStore(DatabaseRunner& runner, Fence fence = nullptr);

  absl::Status Put(const OperationRecord& record) override;
  absl::StatusOr<std::optional<OperationRecord>> Find(const std::string& server,
                                                      const std::string& operation_id) override;
  absl::StatusOr<std::vector<OperationRecord>> ListUnresolved(const std::string& server, int limit) override;
  absl::StatusOr<std::vector<OperationRecord>> List(const OperationQuery& query) override;
  absl::StatusOr<int> DeleteFinal(const std::string& server, absl::Time before, int limit) override;

 private:
  DatabaseRunner& runner_;
  const Fence fence_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_STORE_SQL_JOURNAL_STORE_H_
