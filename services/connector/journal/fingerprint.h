#ifndef SERVICES_CONNECTOR_JOURNAL_FINGERPRINT_H_
#define SERVICES_CONNECTOR_JOURNAL_FINGERPRINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/connector/journal/operation.pb.h"

namespace mtsuite::connector {

// Tells requests of equal content from others, after a restart too. The fingerprint is HMAC-SHA256 over the
// whole command, passwords included, so that without the key nobody can search for them. Immutable,
// thread-safe.
class Fingerprinter {
 public:
  // A key of 32 bytes.
  explicit Fingerprinter(std::string key);

  // Reads the key from a file of 64 hexadecimal digits; makes one (mode 0600) when the file does not exist.
  // Connectors that share a database must share the file. FAILED_PRECONDITION when others may read it or it
  // holds no key.
  static absl::StatusOr<Fingerprinter> Open(const std::string& path);

  // 32 bytes, equal for commands that differ in nothing but operation id and validate_only.
  std::string Of(const journal::v1::Command& command) const;

 private:
  std::string key_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_FINGERPRINT_H_
