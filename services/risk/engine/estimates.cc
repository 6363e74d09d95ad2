#include "services/risk/engine/estimates.h"

#include <algorithm>

namespace mtsuite::risk {
namespace {

// A converted profit, in whole units. One that is absurdly large stays beyond every limit that rules can
// have.
int64_t Convert(int64_t raw, double rate) {
  constexpr double kMax = static_cast<double>(int64_t{1} << 61);
  return static_cast<int64_t>(std::clamp(static_cast<double>(raw) * rate, -kMax, kMax));
}

uint32_t Take(std::vector<uint32_t>& free, size_t size) {
  if (free.empty()) return static_cast<uint32_t>(size);
  const uint32_t index = free.back();
  free.pop_back();
  return index;
}

template <typename T>
size_t Bytes(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

}  // namespace

void Estimates::EnsureSymbol(SymbolId symbol) {
  lanes_.resize(std::max<size_t>(lanes_.size(), (symbol + size_t{1}) * kLanesPerSymbol));
}

void Estimates::EnsureRate(RateId rate, double value) {
  if (rate < rates_.size()) return;
  rates_.resize(rate + size_t{1});
  rates_[rate].value = value;
}

void Estimates::EnsureAccount(AccountId account) {
  const size_t size = std::max<size_t>(accounts_.size(), account + size_t{1});
  accounts_.resize(size);
  places_of_.resize(size);
  buckets_of_.resize(size);
}

void Estimates::SetHoldings(AccountId account, const std::vector<Holding>& holdings, int64_t base) {
  Clear(account);
  accounts_[account].floating = base;
  for (const Holding& holding : holdings) {
    const bool converted = holding.rate != kIdentityRate;
    const uint32_t lane = LaneOf(holding.symbol, holding.side, converted);
    if (!converted) {
      accounts_[account].floating += holding.raw;
      Insert(account, lane, holding.units_per_point, account);
      continue;
    }
    const uint32_t bucket = BucketFor(account, holding.rate);
    buckets_[bucket].raw += holding.raw;
    Insert(account, lane, holding.units_per_point, bucket);
  }
  for (const uint32_t index : buckets_of_[account]) {
    Bucket& bucket = buckets_[index];
    bucket.value = Convert(bucket.raw, rates_[bucket.rate].value);
    accounts_[account].floating += bucket.value;
  }
}

void Estimates::Clear(AccountId account) {
  for (const uint32_t place : places_of_[account]) {
    // The last one of the lane takes the empty slot.
    const auto [lane_index, slot] = places_[place];
    Lane& lane = lanes_[lane_index];
    lane.units_per_point[slot] = lane.units_per_point.back();
    lane.target[slot] = lane.target.back();
    lane.place[slot] = lane.place.back();
    places_[lane.place[slot]].slot = slot;
    lane.units_per_point.pop_back();
    lane.target.pop_back();
    lane.place.pop_back();
    free_places_.push_back(place);
  }
  places_of_[account].clear();
  for (const uint32_t index : buckets_of_[account]) {
    std::vector<uint32_t>& list = rates_[buckets_[index].rate].buckets;
    const uint32_t slot = buckets_[index].slot;
    list[slot] = list.back();
    buckets_[list[slot]].slot = slot;
    list.pop_back();
    free_buckets_.push_back(index);
  }
  buckets_of_[account].clear();
}

uint32_t Estimates::BucketFor(AccountId account, RateId rate) {
  for (const uint32_t index : buckets_of_[account]) {
    if (buckets_[index].rate == rate) return index;
  }
  const uint32_t index = Take(free_buckets_, buckets_.size());
  if (index == buckets_.size()) buckets_.emplace_back();
  std::vector<uint32_t>& list = rates_[rate].buckets;
  buckets_[index] = {
      .raw = 0, .value = 0, .account = account, .rate = rate, .slot = static_cast<uint32_t>(list.size())};
  list.push_back(index);
  buckets_of_[account].push_back(index);
  return index;
}

void Estimates::Insert(AccountId account, uint32_t lane_index, int64_t units_per_point, uint32_t target) {
  Lane& lane = lanes_[lane_index];
  const uint32_t place = Take(free_places_, places_.size());
  if (place == places_.size()) places_.emplace_back();
  places_[place] = {lane_index, static_cast<uint32_t>(lane.target.size())};
  lane.units_per_point.push_back(units_per_point);
  lane.target.push_back(target);
  lane.place.push_back(place);
  places_of_[account].push_back(place);
}

void Estimates::Move(SymbolId symbol, int64_t bid_change, int64_t ask_change,
                     std::vector<AccountId>& alarms) {
  // Buys close at the bid, sells at the ask.
  if (bid_change != 0) {
    MoveDirect(lanes_[LaneOf(symbol, Side::kBuy, false)], bid_change, alarms);
    MoveConverted(lanes_[LaneOf(symbol, Side::kBuy, true)], bid_change, alarms);
  }
  if (ask_change != 0) {
    MoveDirect(lanes_[LaneOf(symbol, Side::kSell, false)], ask_change, alarms);
    MoveConverted(lanes_[LaneOf(symbol, Side::kSell, true)], ask_change, alarms);
  }
}

void Estimates::MoveDirect(const Lane& lane, int64_t change, std::vector<AccountId>& alarms) {
  const size_t size = lane.target.size();
  for (size_t i = 0; i < size; ++i) Apply(lane.target[i], lane.units_per_point[i] * change, alarms);
}

void Estimates::MoveConverted(const Lane& lane, int64_t change, std::vector<AccountId>& alarms) {
  const size_t size = lane.target.size();
  for (size_t i = 0; i < size; ++i) {
    Bucket& bucket = buckets_[lane.target[i]];
    bucket.raw += lane.units_per_point[i] * change;
    const int64_t before = bucket.value;
    bucket.value = Convert(bucket.raw, rates_[bucket.rate].value);
    Apply(bucket.account, bucket.value - before, alarms);
  }
}

void Estimates::SetRate(RateId rate, double value, std::vector<AccountId>& alarms) {
  if (rates_[rate].value == value) return;
  rates_[rate].value = value;
  for (const uint32_t index : rates_[rate].buckets) {
    Bucket& bucket = buckets_[index];
    const int64_t before = bucket.value;
    bucket.value = Convert(bucket.raw, value);
    Apply(bucket.account, bucket.value - before, alarms);
  }
}

std::vector<AccountId> Estimates::HoldersOf(SymbolId symbol) const {
  std::vector<AccountId> holders;
  for (const Side side : {Side::kBuy, Side::kSell}) {
    const Lane& direct = lanes_[LaneOf(symbol, side, false)];
    holders.insert(holders.end(), direct.target.begin(), direct.target.end());
    for (const uint32_t bucket : lanes_[LaneOf(symbol, side, true)].target) {
      holders.push_back(buckets_[bucket].account);
    }
  }
  return holders;
}

std::vector<AccountId> Estimates::ConvertedAt(RateId rate) const {
  std::vector<AccountId> accounts;
  for (const uint32_t bucket : rates_[rate].buckets) accounts.push_back(buckets_[bucket].account);
  return accounts;
}

size_t Estimates::MemoryBytes() const {
  size_t bytes = Bytes(accounts_) + Bytes(lanes_) + Bytes(buckets_) + Bytes(rates_) + Bytes(places_) +
                 Bytes(free_places_) + Bytes(free_buckets_) + Bytes(places_of_) + Bytes(buckets_of_);
  for (const Lane& lane : lanes_)
    bytes += Bytes(lane.units_per_point) + Bytes(lane.target) + Bytes(lane.place);
  for (const Rate& rate : rates_) bytes += Bytes(rate.buckets);
  for (const auto& list : places_of_) bytes += Bytes(list);
  for (const auto& list : buckets_of_) bytes += Bytes(list);
  return bytes;
}

}  // namespace mtsuite::risk
