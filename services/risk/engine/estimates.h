#ifndef SERVICES_RISK_ENGINE_ESTIMATES_H_
#define SERVICES_RISK_ENGINE_ESTIMATES_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "services/risk/engine/market.h"

namespace mtsuite::risk {

using AccountId = uint32_t;

// Estimates of floating profits that follow prices by differences: a tick costs one multiplication and two
// comparisons for each account that holds its symbol, whatever else the account holds.
//
// Amounts are in units of 10^-6 of a currency. A holding's raw profit is exact but for the rounding when it
// was set: differences of whole points times whole units per point add up to what they should. Converted
// profits are computed from the raw ones anew each time, so that no error ever accumulates. An estimate that
// leaves its limits raises an alarm, and the caller works out what is true. Not thread-safe.
class Estimates {
 public:
  static constexpr int kDigits = 6;
  // Alarms at every change.
  static constexpr int64_t kAlways = std::numeric_limits<int64_t>::max();

  // What an account holds of one symbol in one direction.
  struct Holding {
    SymbolId symbol;
    Side side;
    RateId rate;
    // Of the profit currency, for one point; negative for sells.
    int64_t units_per_point;
    // Profit at the last prices, in the profit currency.
    int64_t raw;
  };

  // Makes room for this symbol, rate or account.
  void EnsureSymbol(SymbolId symbol);
  void EnsureRate(RateId rate, double value);
  void EnsureAccount(AccountId account);

  // Replaces all that is held. `base` is what does not depend on prices: swaps.
  void SetHoldings(AccountId account, const std::vector<Holding>& holdings, int64_t base);
  // At or below `floor`, and at or above `ceiling`, changes of the estimate raise alarms.
  void SetLimits(AccountId account, int64_t floor, int64_t ceiling) {
    accounts_[account].floor = floor;
    accounts_[account].ceiling = ceiling;
  }
  int64_t floating(AccountId account) const { return accounts_[account].floating; }

  // Prices moved by so many points. Appends accounts beyond their limits to `alarms`, maybe more than once.
  void Move(SymbolId symbol, int64_t bid_change, int64_t ask_change, std::vector<AccountId>& alarms);
  void SetRate(RateId rate, double value, std::vector<AccountId>& alarms);

  // All accounts that hold the symbol, maybe more than once.
  std::vector<AccountId> HoldersOf(SymbolId symbol) const;
  // All accounts with profits that are converted at the rate, each once.
  std::vector<AccountId> ConvertedAt(RateId rate) const;

  // Bytes of memory in use, without what the allocator adds.
  size_t MemoryBytes() const;

 private:
  struct Account {
    int64_t floating = 0;
    int64_t floor = std::numeric_limits<int64_t>::min();
    int64_t ceiling = std::numeric_limits<int64_t>::max();
  };
  // Profits of an account that are converted at the same rate.
  struct Bucket {
    int64_t raw;
    int64_t value;
    AccountId account;
    RateId rate;
    uint32_t slot;  // in the rate's list
  };
  // Holdings of one symbol and side: of accounts whose currency is the symbol's, or of buckets.
  struct Lane {
    std::vector<int64_t> units_per_point;
    std::vector<uint32_t> target;
    std::vector<uint32_t> place;
  };
  // Where a holding is.
  struct Place {
    uint32_t lane;
    uint32_t slot;
  };
  struct Rate {
    double value = 0;
    std::vector<uint32_t> buckets;
  };
  static constexpr uint32_t kLanesPerSymbol = 4;

  static uint32_t LaneOf(SymbolId symbol, Side side, bool converted) {
    return symbol * kLanesPerSymbol + (side == Side::kBuy ? 0 : 2) + (converted ? 1 : 0);
  }
  void Clear(AccountId account);
  uint32_t BucketFor(AccountId account, RateId rate);
  void Insert(AccountId account, uint32_t lane, int64_t units_per_point, uint32_t target);
  void MoveDirect(const Lane& lane, int64_t change, std::vector<AccountId>& alarms);
  void MoveConverted(const Lane& lane, int64_t change, std::vector<AccountId>& alarms);
  void Apply(AccountId account, int64_t change, std::vector<AccountId>& alarms) {
    Account& hot = accounts_[account];
    hot.floating += change;
    if (hot.floating <= hot.floor || hot.floating >= hot.ceiling) [[unlikely]]
      alarms.push_back(account);
  }

  std::vector<Account> accounts_;
  std::vector<Lane> lanes_;
  std::vector<Bucket> buckets_;
  std::vector<Rate> rates_;
  // Only touched when holdings change.
  std::vector<Place> places_;
  std::vector<uint32_t> free_places_;
  std::vector<uint32_t> free_buckets_;
  std::vector<std::vector<uint32_t>> places_of_;
  std::vector<std::vector<uint32_t>> buckets_of_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENGINE_ESTIMATES_H_
