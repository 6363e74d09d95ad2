// Tells ThreadSanitizer what Abseil's locks order.
//
// Debian's Abseil is not instrumented, so without help every value that a Mutex guards looks like a race.
// Under
// --config=tsan the linker routes the calls below through these wrappers (the list in tsan_symbols.bzl),
// which add the happens-before edge from each release to the next acquisition. In other builds this file is
// empty.

#if defined(MTSUITE_TSAN)

#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

// Part of the run-time library, though not of its header.
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);

namespace {

struct AcquireAfter {
  const void* object;
  ~AcquireAfter() { __tsan_acquire(const_cast<void*>(object)); }
};

// Reads are ignored until the call returns: releasing a Mutex evaluates the conditions that others wait for.
struct ReleaseBefore {
  explicit ReleaseBefore(const void* object) {
    __tsan_release(const_cast<void*>(object));
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  }
  ~ReleaseBefore() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
};

// Members are destroyed in reverse order: reads count again only after the acquisition.
struct ReleaseThenAcquire {
  explicit ReleaseThenAcquire(const void* object) : before(object), after{object} {}
  ReleaseBefore before;
  AcquireAfter after;
};

}  // namespace

using Mu = absl::Mutex*;
using Cv = absl::CondVar*;
using Condition = const absl::Condition&;

// The linker resolves __real_<symbol> to the library's function, and calls of <symbol> to __wrap_<symbol>.
#define WRAP(result, symbol, parameters, arguments, Order, object) \
  extern "C" result __real_##symbol parameters;                    \
  extern "C" result __wrap_##symbol parameters {                   \
    Order order{object};                                           \
    return __real_##symbol arguments;                              \
  }

WRAP(void, _ZN4absl7debian35Mutex4LockEv, (Mu mu), (mu), AcquireAfter, mu)
WRAP(void, _ZN4absl7debian35Mutex10ReaderLockEv, (Mu mu), (mu), AcquireAfter, mu)
WRAP(bool, _ZN4absl7debian35Mutex7TryLockEv, (Mu mu), (mu), AcquireAfter, mu)
WRAP(bool, _ZN4absl7debian35Mutex13ReaderTryLockEv, (Mu mu), (mu), AcquireAfter, mu)
WRAP(void, _ZN4absl7debian35Mutex6UnlockEv, (Mu mu), (mu), ReleaseBefore, mu)
WRAP(void, _ZN4absl7debian35Mutex12ReaderUnlockEv, (Mu mu), (mu), ReleaseBefore, mu)
WRAP(void, _ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE, (Mu mu, Condition c), (mu, c), AcquireAfter, mu)
WRAP(bool, _ZN4absl7debian35Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE,
     (Mu mu, Condition c, absl::Duration d), (mu, c, d), AcquireAfter, mu)
WRAP(bool, _ZN4absl7debian35Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE,
     (Mu mu, Condition c, absl::Time t), (mu, c, t), AcquireAfter, mu)
WRAP(void, _ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE, (Mu mu, Condition c), (mu, c), ReleaseThenAcquire,
     mu)
WRAP(bool, _ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE,
     (Mu mu, Condition c, absl::Duration d), (mu, c, d), ReleaseThenAcquire, mu)
WRAP(bool, _ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE,
     (Mu mu, Condition c, absl::Time t), (mu, c, t), ReleaseThenAcquire, mu)
WRAP(void, _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE, (Cv cv, Mu mu), (cv, mu), ReleaseThenAcquire, mu)
WRAP(bool, _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE,
     (Cv cv, Mu mu, absl::Duration d), (cv, mu, d), ReleaseThenAcquire, mu)
WRAP(bool, _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE, (Cv cv, Mu mu, absl::Time t),
     (cv, mu, t), ReleaseThenAcquire, mu)
WRAP(void, _ZN4absl7debian312Notification6NotifyEv, (absl::Notification * n), (n), ReleaseBefore, n)
WRAP(void, _ZNK4absl7debian312Notification19WaitForNotificationEv, (const absl::Notification* n), (n),
     AcquireAfter, n)
WRAP(bool, _ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE,
     (const absl::Notification* n, absl::Duration d), (n, d), AcquireAfter, n)
WRAP(bool, _ZNK4absl7debian312Notification31WaitForNotificationWithDeadlineENS0_4TimeE,
     (const absl::Notification* n, absl::Time t), (n, t), AcquireAfter, n)
WRAP(bool, _ZN4absl7debian315BlockingCounter14DecrementCountEv, (absl::BlockingCounter * b), (b),
     ReleaseBefore, b)
WRAP(void, _ZN4absl7debian315BlockingCounter4WaitEv, (absl::BlockingCounter * b), (b), AcquireAfter, b)

#endif
