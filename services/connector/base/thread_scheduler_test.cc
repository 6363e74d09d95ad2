#include "services/connector/base/thread_scheduler.h"

#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::connector {
namespace {

TEST(ThreadSchedulerTest, RunsInTheOrderOfTheTimes) {
  ThreadScheduler scheduler;
  std::vector<int> order;
  absl::Notification done;
  scheduler.After(absl::Milliseconds(20), [&] { order.push_back(3), done.Notify(); });
  scheduler.After(absl::Milliseconds(10), [&] { order.push_back(2); });
  scheduler.After(absl::ZeroDuration(), [&] { order.push_back(1); });
  done.WaitForNotification();
  EXPECT_THAT(order, ::testing::ElementsAre(1, 2, 3));
}

TEST(ThreadSchedulerTest, CancelledTimerNeverRuns) {
  ThreadScheduler scheduler;
  bool ran = false;
  const Scheduler::TimerId id = scheduler.After(absl::Milliseconds(5), [&] { ran = true; });
  scheduler.Cancel(id);
  absl::Notification done;
  scheduler.After(absl::Milliseconds(10), [&] { done.Notify(); });
  done.WaitForNotification();
  EXPECT_FALSE(ran);
}

TEST(ThreadSchedulerTest, TimersMayUseTheScheduler) {
  ThreadScheduler scheduler;
  absl::Notification done;
  scheduler.After(absl::ZeroDuration(), [&] {
    const Scheduler::TimerId later = scheduler.After(absl::Hours(1), [] {});
    scheduler.Cancel(later);
    scheduler.After(absl::ZeroDuration(), [&] { done.Notify(); });
  });
  done.WaitForNotification();
}

TEST(ThreadSchedulerTest, StopDropsWhatWaits) {
  bool ran = false;
  ThreadScheduler scheduler;
  scheduler.After(absl::Hours(1), [&] { ran = true; });
  scheduler.Stop();
  EXPECT_EQ(scheduler.After(absl::ZeroDuration(), [&] { ran = true; }), Scheduler::kNoTimer);
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace mtsuite::connector
