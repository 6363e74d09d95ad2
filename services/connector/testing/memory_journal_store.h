#ifndef SERVICES_CONNECTOR_TESTING_MEMORY_JOURNAL_STORE_H_
#define SERVICES_CONNECTOR_TESTING_MEMORY_JOURNAL_STORE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/connector/journal/journal_store.h"

namespace mtsuite::connector {

// The journal's table in memory, for simulations that survive crashes of the connector.
class MemoryJournalStore final : public JournalStore {
 public:
  absl::Status Put(const OperationRecord& record) override;
  absl::StatusOr<std::optional<OperationRecord>> Find(const std::string& server,
                                                      const std::string& operation_id) override;
  absl::StatusOr<std::vector<OperationRecord>> ListUnresolved(const std::string& server, int limit) override;
  absl::StatusOr<std::vector<OperationRecord>> List(const OperationQuery& query) override;
  absl::StatusOr<int> DeleteFinal(const std::string& server, absl::Time before, int limit) override;

  const std::map<std::pair<std::string, std::string>, OperationRecord>& records() const { return records_; }

 private:
  std::map<std::pair<std::string, std::string>, OperationRecord> records_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_MEMORY_JOURNAL_STORE_H_
