#ifndef TESTS_CONFORMANCE_RECORDER_H_
#define TESTS_CONFORMANCE_RECORDER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/connector/trade_server.h"

namespace mtsuite::conformance {

// Remembers what a TradeServer tells, and lets a test wait for it. Thread-safe.
class Recorder final : public connector::TradeServerObserver {
 public:
  static constexpr absl::Duration kPatience = absl::Seconds(20);

  void OnStateChanged() override {
    absl::MutexLock lock(&mutex_);
    ++state_changes_;
  }
  void OnAccounts(const std::vector<accounts::v1::Account>& accounts) override {
    absl::MutexLock lock(&mutex_);
    for (const accounts::v1::Account& account : accounts) accounts_[account.login()] = account;
  }
  void OnAllLogins(const std::vector<int64_t>& sorted_logins, absl::Time) override {
    absl::MutexLock lock(&mutex_);
    logins_ = sorted_logins;
    ++sweeps_;
  }
  void OnDeals(const std::vector<type::v1::Deal>& deals) override {
    absl::MutexLock lock(&mutex_);
    for (const type::v1::Deal& deal : deals) deals_.push_back(deal.ticket());
  }

  void OnTrades(const connector::TradeSnapshot& snapshot) override {
    absl::MutexLock lock(&mutex_);
    for (const orders::v1::Position& position : snapshot.positions) positions_[position.ticket()] = position;
    for (const orders::v1::Order& order : snapshot.orders) orders_[order.ticket()] = order;
    for (const orders::v1::Order& order : snapshot.done_orders) orders_[order.ticket()] = order;
  }

  void OnTicks(const std::vector<connector::TickUpdate>& ticks) override {
    absl::MutexLock lock(&mutex_);
    for (const connector::TickUpdate& tick : ticks) ticks_[tick.symbol] = tick;
  }

  // Waits until `predicate(*this)` holds, which is asked with the lock held each time something is told.
  template <typename Predicate>
  bool Await(Predicate predicate) {
    absl::MutexLock lock(&mutex_);
    const auto holds = [&] {
      mutex_.AssertHeld();
      return predicate(*this);
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&holds), kPatience);
  }

  std::vector<int64_t> deals() const {
    absl::MutexLock lock(&mutex_);
    return deals_;
  }

  // For predicates.
  const std::map<int64_t, accounts::v1::Account>& accounts_told() const { return accounts_; }
  const std::vector<int64_t>& logins_told() const { return logins_; }
  const std::vector<int64_t>& deals_told() const { return deals_; }
  const std::map<int64_t, orders::v1::Position>& positions_told() const { return positions_; }
  const std::map<int64_t, orders::v1::Order>& orders_told() const { return orders_; }
  const std::map<std::string, connector::TickUpdate>& ticks_told() const { return ticks_; }
  int sweeps() const { return sweeps_; }
  int state_changes() const { return state_changes_; }

 private:
  mutable absl::Mutex mutex_;
  int state_changes_ = 0;
  int sweeps_ = 0;
  std::map<int64_t, accounts::v1::Account> accounts_;
  std::vector<int64_t> logins_;
  std::vector<int64_t> deals_;
  // As they were told last.
  std::map<int64_t, orders::v1::Position> positions_;
  std::map<int64_t, orders::v1::Order> orders_;
  std::map<std::string, connector::TickUpdate> ticks_;
};

}  // namespace mtsuite::conformance

#endif  // TESTS_CONFORMANCE_RECORDER_H_
