#ifndef TESTS_BENCH_RISK_BARE_LOOP_H_
#define TESTS_BENCH_RISK_BARE_LOOP_H_

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include "tests/bench/risk/population.h"

namespace mtsuite::bench {

// What a loop costs, in nanoseconds per position update, that does no more than the least: adds the price
// change times the value of a point to an account and compares it with two limits, over as many accounts,
// positions and symbols, laid out as the engine lays them out.
inline double BareLoopNanoseconds(const Sizes& sizes, int ticks) {
  struct Account {
    int64_t floating = 0;
    int64_t floor = INT64_MIN;
    int64_t ceiling = INT64_MAX;
  };
  struct Lane {
    std::vector<int64_t> per_point;
    std::vector<uint32_t> account;
  };
  std::mt19937_64 random(1);
  std::vector<Account> accounts(static_cast<size_t>(sizes.accounts));
  std::vector<Lane> lanes(static_cast<size_t>(sizes.symbols));
  for (uint32_t account = 0; account < accounts.size(); ++account) {
    for (int i = 0; i < sizes.positions_per_account; ++i) {
      Lane& lane = lanes[random() % lanes.size()];
      lane.per_point.push_back(static_cast<int64_t>(random() % 1000));
      lane.account.push_back(account);
    }
  }
  int64_t updates = 0;
  int64_t alarms = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int tick = 0; tick < ticks; ++tick) {
    const Lane& lane = lanes[random() % lanes.size()];
    const int64_t change = static_cast<int64_t>(random() % 7) - 3;
    const size_t size = lane.account.size();
    for (size_t i = 0; i < size; ++i) {
      Account& account = accounts[lane.account[i]];
      account.floating += lane.per_point[i] * change;
      alarms += account.floating <= account.floor || account.floating >= account.ceiling ? 1 : 0;
    }
    updates += static_cast<int64_t>(size);
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  // Uses what was counted, so that the compiler must count it.
  return (took.count() + static_cast<double>(alarms)) / static_cast<double>(updates);
}

}  // namespace mtsuite::bench

#endif  // TESTS_BENCH_RISK_BARE_LOOP_H_
