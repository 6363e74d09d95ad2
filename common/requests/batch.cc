#include "common/requests/batch.h"

namespace mtsuite::requests {
namespace {

class Runner : public std::enable_shared_from_this<Runner> {
 public:
  explicit Runner(Batch batch) : batch_(std::move(batch)) {}

  // Starts items until the limit is reached. Only one thread starts items at a time; an item that finishes
  // meanwhile, also on this very stack, leaves its place to that loop, so the stack does not grow with the
  // batch.
  void StartMore() {
    while (true) {
      int index;
      {
        absl::MutexLock lock(&mutex_);
        if (starting_ || running_ == batch_.parallel || next_ == batch_.count) {
          return;
        }
        starting_ = true;
        index = next_++;
        ++running_;
      }
      batch_.start(index, [self = shared_from_this()] { self->Finished(); });
      absl::MutexLock lock(&mutex_);
      starting_ = false;
    }
  }

 private:
  void Finished() {
    bool last;
    {
      absl::MutexLock lock(&mutex_);
      --running_;
      last = ++finished_ == batch_.count;
    }
    if (last) {
      batch_.done();
    } else {
      StartMore();
    }
  }

  Batch batch_;
  absl::Mutex mutex_;
  bool starting_ ABSL_GUARDED_BY(mutex_) = false;
  int next_ ABSL_GUARDED_BY(mutex_) = 0;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  int finished_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

void RunBatch(Batch batch) {
  if (batch.count == 0) {
    batch.done();
    return;
  }
  std::make_shared<Runner>(std::move(batch))->StartMore();
}

}  // namespace mtsuite::requests
