#ifndef SERVICES_RISK_STORE_RECORD_STORE_H_
#define SERVICES_RISK_STORE_RECORD_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/storage/database.h"
#include "mtsuite/risk/v1/certificate.pb.h"
#include "services/risk/certificate/chain.h"

// The chains of breach records in the database, one per trading server. Nothing is ever changed or deleted.
// Within the caller's transaction; errors as in storage/database.h, and DATA_LOSS for damaged rows.
namespace mtsuite::risk {

// Seals `record` as the next of its server's chain and stores it. ALREADY_EXISTS when somebody else was
// faster: repeat the transaction, with the record as it was.
absl::Status AppendRecord(storage::Transaction& transaction, v1::BreachRecord& record);

// The end of a chain; that of an empty one when there is none yet.
absl::StatusOr<ChainHead> FindChainHead(storage::Transaction& transaction, const std::string& server);

// The certificate of a breach; nothing when there is no such breach.
absl::StatusOr<std::optional<v1::BreachCertificate>> FindCertificate(storage::Transaction& transaction,
                                                                     const std::string& server,
                                                                     const std::string& breach_id);

// The canonical JSON of the records after a sequence, in order: the lines of a chain file.
absl::StatusOr<std::vector<std::string>> ListRecordLines(storage::Transaction& transaction,
                                                         const std::string& server, int64_t after_sequence,
                                                         int limit);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_RECORD_STORE_H_
