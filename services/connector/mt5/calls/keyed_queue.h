#ifndef SERVICES_CONNECTOR_MT5_CALLS_KEYED_QUEUE_H_
#define SERVICES_CONNECTOR_MT5_CALLS_KEYED_QUEUE_H_

#include <cstdint>
#include <deque>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "asio/io_context.hpp"
#include "asio/post.hpp"

namespace mtsuite::connector::mt5 {

// Runs jobs one at a time per key, in the order they came; jobs of different keys do not wait for each other.
// Bounded by the number of calls in progress. Used on the thread of its io_context only.
class KeyedQueue {
 public:
  explicit KeyedQueue(asio::io_context& io) : io_(io) {}

  // A job runs now or later, and is over when it calls the function it is given.
  using Job = absl::AnyInvocable<void(absl::AnyInvocable<void()> finished)>;

  void Run(int64_t key, Job job) {
    auto [waiting, first] = waiting_.try_emplace(key);
    if (!first) {
      waiting->second.push_back(std::move(job));
      return;
    }
    Start(key, std::move(job));
  }

 private:
  void Start(int64_t key, Job job) {
    job([this, key] { Next(key); });
  }

  void Next(int64_t key) {
    const auto waiting = waiting_.find(key);
    if (waiting->second.empty()) {
      waiting_.erase(waiting);
      return;
    }
    Job job = std::move(waiting->second.front());
    waiting->second.pop_front();
    // Posted, so that a long row of jobs that end at once needs no deep stack.
    asio::post(io_, [this, key, job = std::move(job)]() mutable { Start(key, std::move(job)); });
  }

  asio::io_context& io_;
  // Keys with a running job, and what waits behind it.
  absl::flat_hash_map<int64_t, std::deque<Job>> waiting_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_KEYED_QUEUE_H_
