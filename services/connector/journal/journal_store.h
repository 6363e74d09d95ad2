#ifndef SERVICES_CONNECTOR_JOURNAL_JOURNAL_STORE_H_
#define SERVICES_CONNECTOR_JOURNAL_JOURNAL_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/connector/journal/operation_record.h"

namespace mtsuite::connector {

// A place in a list of operations: unresolved ones first, then the newest first.
struct OperationCursor {
  bool unresolved = true;
  absl::Time create_time;
  std::string operation_id;
};

// Which operations to list.
struct OperationQuery {
  std::string server;
  OperationState state = operations::v1::Operation::STATE_UNSPECIFIED;  // Any when unspecified.
  int64_t login = 0;                                                    // Any when 0.
  std::optional<OperationCursor> after = std::nullopt;
  int limit = 100;
};

// The table of operations. Synchronous; all calls come from one thread (the committer's), and writes between
// its Begin and Commit are one transaction. One contract test (journal_store_contract_test.h) holds for all
// implementations.
class JournalStore {
 public:
  virtual ~JournalStore() = default;

  // Writes the record, new or in place of the one with the same server and operation id. The times are kept
  // to the microsecond. ALREADY_EXISTS when another operation of the server has its tag.
  virtual absl::Status Put(const OperationRecord& record) = 0;

  virtual absl::StatusOr<std::optional<OperationRecord>> Find(const std::string& server,
                                                              const std::string& operation_id) = 0;

  // At most `limit` PENDING and UNCONFIRMED operations of the server, oldest first.
  virtual absl::StatusOr<std::vector<OperationRecord>> ListUnresolved(const std::string& server,
                                                                      int limit) = 0;

  virtual absl::StatusOr<std::vector<OperationRecord>> List(const OperationQuery& query) = 0;

  // Deletes at most `limit` operations in a final state that changed last before `before`; returns how many.
  virtual absl::StatusOr<int> DeleteFinal(const std::string& server, absl::Time before, int limit) = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_JOURNAL_STORE_H_
