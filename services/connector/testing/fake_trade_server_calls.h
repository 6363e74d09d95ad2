#ifndef SERVICES_CONNECTOR_TESTING_FAKE_TRADE_SERVER_CALLS_H_
#define SERVICES_CONNECTOR_TESTING_FAKE_TRADE_SERVER_CALLS_H_

#include <algorithm>
#include <memory>
#include <utility>

#include "common/status/error.h"
#include "services/connector/testing/fake_trade_server.h"

// How calls travel to the fake world and back. Only for the sources of FakeTradeServer.
namespace mtsuite::connector {

inline absl::Status FakeUnavailable() {
  return MakeError(absl::StatusCode::kUnavailable, type::v1::TRADE_SERVER_UNAVAILABLE,
                   "the fake server is not connected")
      .Outcome(type::v1::NOT_SENT)
      .RetryAfter(absl::Seconds(1));
}

inline absl::Status FakeUnconfirmed() {
  return MakeError(absl::StatusCode::kDeadlineExceeded, type::v1::TRADE_SERVER_TIMEOUT, "no reply came")
      .Outcome(type::v1::UNCONFIRMED);
}

template <typename T>
void FakeTradeServer::Read(std::function<absl::StatusOr<T>(const FakeWorld&)> query, Done<T> done) {
  if (!connected()) {
    scheduler_.After(absl::ZeroDuration(), [done = std::move(done)]() mutable { done(FakeUnavailable()); });
    return;
  }
  const auto caller = std::make_shared<Done<T>>(std::move(done));
  const uint64_t id = calls_->Add([caller] { (*caller)(FakeUnavailable()); });
  // The answer is as old as its way back.
  const auto answer = std::make_shared<absl::StatusOr<T>>(FakeUnavailable());
  const absl::Duration there = Latency();
  scheduler_.After(there, [world = world_, &mutex = world_mutex_, query = std::move(query), answer] {
    absl::MutexLock lock(&mutex);
    *answer = query(*world);
  });
  scheduler_.After(there + absl::Microseconds(1) + Latency(), [calls = calls_, id, caller, answer] {
    if (calls->Take(id)) (*caller)(std::move(*answer));
  });
}

template <typename T>
void FakeTradeServer::Mutate(std::function<absl::StatusOr<T>(FakeWorld&)> command, absl::Time deadline,
                             Done<T> done) {
  const FakeFault fault = options_.next_fault ? options_.next_fault() : FakeFault();
  if (!connected() || fault.kind == FakeFault::Kind::kNotSent) {
    scheduler_.After(absl::ZeroDuration(), [done = std::move(done)]() mutable { done(FakeUnavailable()); });
    return;
  }
  const auto caller = std::make_shared<Done<T>>(std::move(done));
  const uint64_t id = calls_->Add([caller] { (*caller)(FakeUnconfirmed()); });
  const auto reply = std::make_shared<absl::StatusOr<T>>(FakeUnconfirmed());
  const absl::Duration there = Latency();
  absl::Duration answered = there + absl::Microseconds(1) + Latency();
  absl::Duration arrival = there;
  if (fault.kind != FakeFault::Kind::kNone) {
    answered = std::max(absl::ZeroDuration(), std::min(deadline - clock_.TimeNow(), 3 * Latency()));
    if (fault.kind == FakeFault::Kind::kLateExecution) arrival = answered + fault.late_by;
  }
  // What travels goes on when the connector crashes; the reply finds its way back only to one that still
  // lives.
  if (fault.kind != FakeFault::Kind::kLostBeforeExecution) {
    const bool replies = fault.kind == FakeFault::Kind::kNone;
    world_scheduler_.After(
        arrival, [world = world_, executed = executed_, &mutex = world_mutex_, command, reply, replies] {
          absl::MutexLock lock(&mutex);
          ++*executed;
          absl::StatusOr<T> result = command(*world);
          if (replies) *reply = std::move(result);
        });
  }
  scheduler_.After(answered, [calls = calls_, id, caller, reply, &mutex = world_mutex_] {
    absl::StatusOr<T> answer = [&] {
      absl::MutexLock lock(&mutex);
      return *reply;
    }();
    if (calls->Take(id)) (*caller)(std::move(answer));
  });
}

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_FAKE_TRADE_SERVER_CALLS_H_
