#ifndef SERVICES_CONNECTOR_LEASE_LEASE_STORE_H_
#define SERVICES_CONNECTOR_LEASE_LEASE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/connector/store/database_runner.h"

namespace mtsuite::connector {

// Who drives a server.
struct LeaseRow {
  std::string owner;
  // Counts up with every sign of life.
  int64_t renewals = 0;
  friend bool operator==(const LeaseRow&, const LeaseRow&) = default;
};

// The table of leases. Used within the committer's transactions.
class LeaseStore {
 public:
  // `runner` must outlive this; its schema must be migrated.
  explicit LeaseStore(DatabaseRunner& runner) : runner_(runner) {}

  absl::StatusOr<std::optional<LeaseRow>> Read(const std::string& server);
  // Writes `next` if the row is still `expected` (absent when empty); false when another process was quicker.
  absl::StatusOr<bool> Replace(const std::string& server, const std::optional<LeaseRow>& expected,
                               const LeaseRow& next);
  // OK if `owner` holds the lease within this transaction; ABORTED otherwise.
  absl::Status CheckOwner(const std::string& server, const std::string& owner);
  absl::Status Delete(const std::string& server, const std::string& owner);

 private:
  DatabaseRunner& runner_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_LEASE_LEASE_STORE_H_
