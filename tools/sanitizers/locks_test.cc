// What Abseil's locks guard is no race: under --config=tsan this proves tsan_mutex.cc, elsewhere it is
// trivially true.
#include <thread>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace mtsuite {
namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 500;

void RunThreads(void (*body)(void*), void* state) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(body, state);
  for (std::thread& thread : threads) thread.join();
}

struct Shared {
  absl::Mutex mutex;
  absl::CondVar changed;
  int value = 0;
};

TEST(LocksTest, MutexGuards) {
  Shared shared;
  RunThreads(
      [](void* state) {
        auto* shared = static_cast<Shared*>(state);
        for (int i = 0; i < kRounds; ++i) {
          absl::MutexLock lock(&shared->mutex);
          ++shared->value;
        }
      },
      &shared);
  EXPECT_EQ(shared.value, kThreads * kRounds);
}

TEST(LocksTest, AwaitAndCondVarGuard) {
  Shared shared;
  std::thread waiter([&shared] {
    absl::MutexLock lock(&shared.mutex);
    shared.mutex.Await(absl::Condition(
        +[](Shared* s) { return s->value >= 1; }, &shared));
    ++shared.value;
    shared.changed.SignalAll();
  });
  {
    absl::MutexLock lock(&shared.mutex);
    ++shared.value;
    while (shared.value < 2) shared.changed.Wait(&shared.mutex);
  }
  waiter.join();
  EXPECT_EQ(shared.value, 2);
}

TEST(LocksTest, NotificationAndCounterPublish) {
  int value = 0;
  absl::Notification done;
  absl::BlockingCounter counter(1);
  std::thread writer([&] {
    value = 1;
    done.Notify();
    counter.DecrementCount();
  });
  done.WaitForNotification();
  EXPECT_EQ(value, 1);
  counter.Wait();
  writer.join();
}

}  // namespace
}  // namespace mtsuite
