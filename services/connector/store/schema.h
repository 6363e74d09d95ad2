#ifndef SERVICES_CONNECTOR_STORE_SCHEMA_H_
#define SERVICES_CONNECTOR_STORE_SCHEMA_H_

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/storage/database.h"

namespace mtsuite::connector {

// Brings the connector's tables to this program's version.
absl::Status MigrateConnectorSchema(storage::Database& database, Clock& clock);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_STORE_SCHEMA_H_
