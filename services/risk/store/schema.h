#ifndef SERVICES_RISK_STORE_SCHEMA_H_
#define SERVICES_RISK_STORE_SCHEMA_H_

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/storage/database.h"

namespace mtsuite::risk {

// Brings the risk service's tables to this program's version.
absl::Status MigrateRiskSchema(storage::Database& database, Clock& clock);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_SCHEMA_H_
