#ifndef COMMON_CONFIG_FILES_H_
#define COMMON_CONFIG_FILES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace mtsuite::config {

// The whole of a small file. NOT_FOUND, PERMISSION_DENIED or another code says what is wrong, with the path;
// RESOURCE_EXHAUSTED when it has more than `bytes_max`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// A secret (a password, a key) from a file of its own, without the trailing newline. Logs a warning when the
// file can be read by others than its owner. FAILED_PRECONDITION when it is empty. At most 64 KiB.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// Replaces a file so that readers see the old content or the new, never a part, also after a crash. `mode` as
// for chmod.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content, unsigned mode);

}  // namespace mtsuite::config

#endif  // COMMON_CONFIG_FILES_H_
