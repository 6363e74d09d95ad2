#include "common/requests/batch.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::requests {
namespace {

using Finished = absl::AnyInvocable<void()>;

TEST(Batch, AnEmptyBatchIsDoneAtOnce) {
  bool done = false;
  Batch batch;
  batch.done = [&] { done = true; };
  RunBatch(std::move(batch));
  EXPECT_TRUE(done);
}

TEST(Batch, ItemsThatFinishAtOnceDoNotGrowTheStack) {
  std::vector<int> started;
  bool done = false;
  Batch batch;
  batch.count = 200'000;
  batch.start = [&](int index, Finished finished) {
    started.push_back(index);
    finished();
  };
  batch.done = [&] { done = true; };
  RunBatch(std::move(batch));
  EXPECT_TRUE(done);
  EXPECT_EQ(started.size(), 200'000u);
  EXPECT_EQ(started.back(), 199'999);
}

TEST(Batch, AtMostTheLimitRunsAtOnce) {
  std::vector<Finished> open;
  int done = 0;
  Batch batch;
  batch.count = 5;
  batch.parallel = 2;
  batch.start = [&](int, Finished finished) { open.push_back(std::move(finished)); };
  batch.done = [&] { ++done; };
  RunBatch(std::move(batch));
  EXPECT_EQ(open.size(), 2u);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(done, 0);
    ASSERT_LT(i, open.size());
    Finished finished = std::move(open[i]);
    finished();
  }
  EXPECT_EQ(open.size(), 5u);
  EXPECT_EQ(done, 1);
}

TEST(Batch, ItemsMayFinishOnOtherThreads) {
  constexpr int kCount = 64;
  std::atomic<int> running{0}, most{0}, done{0};
  std::vector<std::thread> threads(kCount);
  Batch batch;
  batch.count = kCount;
  batch.parallel = 4;
  batch.start = [&](int index, Finished finished) {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    threads[index] = std::thread([&running, finished = std::move(finished)]() mutable {
      --running;
      finished();
    });
  };
  batch.done = [&] { ++done; };
  RunBatch(std::move(batch));
  // A thread starts the items after its own, so joining in the order of the indices reaches all of them.
  for (std::thread& thread : threads) {
    while (!thread.joinable()) {
      std::this_thread::yield();
    }
    thread.join();
  }
  EXPECT_EQ(done, 1);
  EXPECT_LE(most, 4);
}

}  // namespace
}  // namespace mtsuite::requests
