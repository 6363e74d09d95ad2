#ifndef COMMON_AUTH_KEY_ADMIN_H_
#define COMMON_AUTH_KEY_ADMIN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/key_file.pb.h"

// Changes to a key file, as the tool `apikey` makes them. The file is replaced as a whole and atomically,
// under a lock, so that services never see a part of it and two administrators do not undo each other.
// Comments in the file are not kept; each key has a field for one.
namespace mtsuite::auth {

// A key to be made.
struct NewKey {
  std::string id = {};
  // Names from scopes.h; at least one.
  std::vector<std::string> scopes = {};
  // Empty means all trading servers.
  std::vector<std::string> servers = {};
  absl::Time expires = absl::InfiniteFuture();
  std::string comment = {};
};

// Appends a key with a fresh secret (making the file if need be) and gives its text, which is not stored and
// cannot be had again. ALREADY_EXISTS when the id is taken, also by a revoked key; INVALID_ARGUMENT for a
// wrong id or an unknown scope.
absl::StatusOr<std::string> CreateKey(const std::string& path, const NewKey& key);

// Disables a key; its entry stays as a record. NOT_FOUND when there is none of this id.
absl::Status RevokeKey(const std::string& path, const std::string& id);

// All entries in their order.
absl::StatusOr<config::v1::ApiKeys> ListKeys(const std::string& path);

// The file's text for these keys.
std::string FormatKeyFile(const config::v1::ApiKeys& keys);

}  // namespace mtsuite::auth

#endif  // COMMON_AUTH_KEY_ADMIN_H_
