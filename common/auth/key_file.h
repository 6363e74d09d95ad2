#ifndef COMMON_AUTH_KEY_FILE_H_
#define COMMON_AUTH_KEY_FILE_H_

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/api_key.h"
#include "common/auth/key_file.pb.h"
#include "common/auth/principal.h"
#include "common/clock/clock.h"

namespace mtsuite::auth {

// The API keys of a YAML file (key_file.proto), re-read when the file changes, so that keys are created and
// revoked without a restart. The file is looked at no more than once a second, and only while calls come in.
// A changed file that cannot be read or is wrong leaves the keys as they were and logs an ERROR once.
// Thread-safe.
class KeyFile {
 public:
  // Reads `path`; fails with the place of the first mistake. The clock must outlive the object.
  static absl::StatusOr<std::unique_ptr<KeyFile>> Open(std::string path, Clock& clock);

  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  // Whose key `text` is; null when it is malformed, unknown, wrong, disabled or expired (which of these is
  // not said, so that a stranger learns nothing). Costs one SHA-256 of 43 bytes and a short lock, no file
  // access but the check above.
  std::shared_ptr<const Principal> Verify(std::string_view text);

 private:
  struct Entry {
    Sha256 hash;
    absl::Time expires = absl::InfiniteFuture();
    std::shared_ptr<const Principal> principal;
  };
  using Table = absl::flat_hash_map<std::string, Entry>;

  // What tells one version of the file from another.
  struct FileVersion {
    int64_t modified_nanos = 0;
    int64_t size = 0;
    uint64_t inode = 0;
    bool operator==(const FileVersion&) const = default;
  };

  KeyFile(std::string path, Clock& clock);

  static FileVersion VersionOf(const struct stat& info);
  static absl::StatusOr<Table> BuildTable(const config::v1::ApiKeys& keys);
  absl::StatusOr<std::shared_ptr<const Table>> Load() const;
  void ReloadIfChanged(absl::Time now);
  std::shared_ptr<const Table> table() const ABSL_LOCKS_EXCLUDED(table_mutex_);

  const std::string path_;
  Clock& clock_;
  std::atomic<int64_t> next_check_nanos_{0};

  absl::Mutex reload_mutex_;
  FileVersion version_ ABSL_GUARDED_BY(reload_mutex_);

  mutable absl::Mutex table_mutex_;
  std::shared_ptr<const Table> table_ ABSL_GUARDED_BY(table_mutex_);
};

}  // namespace mtsuite::auth

#endif  // COMMON_AUTH_KEY_FILE_H_
