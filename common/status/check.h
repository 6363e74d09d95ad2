#ifndef COMMON_STATUS_CHECK_H_
#define COMMON_STATUS_CHECK_H_

#include <cstdio>
#include <cstdlib>

namespace mtsuite::internal {

// Prints the failed check and aborts the process. Not inlined, so that the cold path stays out of callers.
[[noreturn]] __attribute__((noinline, cold)) inline void CheckFailed(const char* file, int line,
                                                                     const char* condition,
                                                                     const char* message) {
  std::fprintf(stderr, "%s:%d: check failed: %s: %s\n", file, line, condition, message);
  std::fflush(stderr);
  std::abort();
}

}  // namespace mtsuite::internal

// Aborts with `message` (a C string) unless `condition` holds, in every build mode. For programmer errors and
// corrupt state only; whatever a user, a file or a peer can cause is an absl::Status.
#define MTSUITE_CHECK(condition, message)                                          \
  do {                                                                             \
    if (!(condition)) [[unlikely]] {                                               \
      ::mtsuite::internal::CheckFailed(__FILE__, __LINE__, #condition, (message)); \
    }                                                                              \
  } while (false)

#endif  // COMMON_STATUS_CHECK_H_
