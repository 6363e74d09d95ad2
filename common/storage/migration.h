#ifndef COMMON_STORAGE_MIGRATION_H_
#define COMMON_STORAGE_MIGRATION_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/clock/clock.h"
#include "common/storage/database.h"

namespace mtsuite::storage {

// One step of a schema. Never changed once released; a correction is a new step.
struct Migration {
  // 1, 2, 3, …
  int version = 0;
  std::string name;
  // Portable SQL; the column type BYTES stands for the database's own type of bytes.
  std::vector<std::string> statements;
};

// Brings one component's part of the schema ("journal", "eventlog") to the last of `migrations`: each missing
// step in a transaction of its own, under a lock, so that several processes may start at once. What was
// applied is in the table schema_migrations. FAILED_PRECONDITION when the database is newer than the program,
// or when an applied step has another name.
absl::Status Migrate(Database& database, const std::string& component, absl::Span<const Migration> migrations,
                     Clock& clock);

}  // namespace mtsuite::storage

#endif  // COMMON_STORAGE_MIGRATION_H_
