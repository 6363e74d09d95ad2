// Runs the items of a batch, a few at a time.
#ifndef COMMON_REQUESTS_BATCH_H_
#define COMMON_REQUESTS_BATCH_H_

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace mtsuite::requests {

// `start(index, finished)` begins item `index` and arranges for `finished()` to be called once, on any
// thread, perhaps before it returns. At most `parallel` items run at once; `done` is called after the last
// one.
struct Batch {
  int count = 0;
  int parallel = 8;
  absl::AnyInvocable<void(int index, absl::AnyInvocable<void()> finished)> start;
  absl::AnyInvocable<void()> done;
};

void RunBatch(Batch batch);

}  // namespace mtsuite::requests

#endif  // COMMON_REQUESTS_BATCH_H_
