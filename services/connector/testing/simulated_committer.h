#ifndef SERVICES_CONNECTOR_TESTING_SIMULATED_COMMITTER_H_
#define SERVICES_CONNECTOR_TESTING_SIMULATED_COMMITTER_H_

#include <deque>
#include <functional>
#include <utility>

#include "services/connector/base/scheduler.h"
#include "services/connector/journal/committer.h"

namespace mtsuite::connector {

// A committer in simulated time. A crash may come before a write, or between the write and the word that it
// is done; a failure may hide that the write took place.
class SimulatedCommitter final : public Committer {
 public:
  enum class Fault { kNone, kFails, kFailsAfterWriting };

  struct Options {
    std::function<absl::Duration()> next_delay = [] { return absl::Milliseconds(1); };
    std::function<Fault()> next_fault = [] { return Fault::kNone; };
    // Transactions for stores that need them; none when null.
    TransactionRunner* runner = nullptr;
  };

  SimulatedCommitter(Scheduler& scheduler, Options options)
      : scheduler_(scheduler), options_(std::move(options)) {}

  void Submit(Write write) override {
    queue_.push_back(std::move(write));
    if (queue_.size() == 1) Next();
  }

 private:
  void Next() {
    scheduler_.After(options_.next_delay(), [this] {
      const Fault fault = options_.next_fault();
      absl::Status status = fault == Fault::kFails ? absl::UnavailableError("disk full") : Apply();
      if (fault == Fault::kFailsAfterWriting) status = absl::UnknownError("lost while committing");
      scheduler_.After(options_.next_delay(), [this, status] {
        Write write = std::move(queue_.front());
        queue_.pop_front();
        if (!queue_.empty()) Next();
        write.done(status);
      });
    });
  }

  absl::Status Apply() {
    if (options_.runner == nullptr) return queue_.front().apply();
    return options_.runner->Run([this] { return queue_.front().apply(); });
  }

  Scheduler& scheduler_;
  const Options options_;
  std::deque<Write> queue_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_SIMULATED_COMMITTER_H_
