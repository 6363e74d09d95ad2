#ifndef SERVICES_CONNECTOR_DIRECTORY_LOGIN_ALLOCATOR_H_
#define SERVICES_CONNECTOR_DIRECTORY_LOGIN_ALLOCATOR_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/connector/directory/directory.h"

namespace mtsuite::connector {

// Which logins new accounts may have.
struct LoginRange {
  int64_t min = 1;
  int64_t max = 2'147'483'647;
};

// Gives new accounts their logins: no two operations at work ever hold the same one, and after a restart the
// logins of unfinished operations are held again before any is given out. Thread-safe.
class LoginAllocator {
 public:
  LoginAllocator(const Directory& directory, const LoginRange& range)
      : directory_(directory), range_(range) {}

  // Reserves the login above the highest known one for an operation, or its earlier reservation again. When
  // the range's end is reached, gaps are filled. DIRECTORY_LOADING until all accounts are known;
  // LOGINS_EXHAUSTED.
  absl::StatusOr<int64_t> Allocate(const std::string& operation_id) ABSL_LOCKS_EXCLUDED(mutex_);

  // Reserves a login that the caller chose. LOGIN_OUT_OF_RANGE, LOGIN_TAKEN.
  absl::Status Claim(int64_t login, const std::string& operation_id) ABSL_LOCKS_EXCLUDED(mutex_);

  // Reserves without asking: for operations found in the journal.
  void Restore(int64_t login, const std::string& operation_id) ABSL_LOCKS_EXCLUDED(mutex_);

  void Release(const std::string& operation_id) ABSL_LOCKS_EXCLUDED(mutex_);

  // The login turned out to be taken although the directory does not show it (yet).
  void MarkTaken(int64_t login) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Reserve(int64_t login, const std::string& operation_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsFree(int64_t login) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Directory& directory_;
  const LoginRange range_;
  absl::Mutex mutex_;
  std::map<int64_t, std::string> owners_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int64_t> reservations_ ABSL_GUARDED_BY(mutex_);
  // The highest login ever given out or found taken here.
  int64_t highest_ ABSL_GUARDED_BY(mutex_) = 0;
  // Where the search for gaps goes on.
  int64_t gap_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_DIRECTORY_LOGIN_ALLOCATOR_H_
