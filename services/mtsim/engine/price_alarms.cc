#include "services/mtsim/engine/price_alarms.h"

#include <algorithm>

namespace mtsuite::mtsim {

void PriceAlarms::Set(const Setting& setting) {
  const size_t index = Index(setting.symbol_id, setting.trigger);
  if (sorted_.size() <= index) sorted_.resize((size_t{setting.symbol_id} + 1) * 4);
  const Key key{setting.price, setting.alarm};
  if (!sorted_[index].insert(key).second) return;
  by_owner_[setting.owner].push_back({setting.symbol_id, setting.trigger, key});
  ++size_;
}

void PriceAlarms::Clear(uint64_t owner) {
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end()) return;
  for (const Place& place : found->second) sorted_[Index(place.symbol_id, place.trigger)].erase(place.key);
  size_ -= found->second.size();
  by_owner_.erase(found);
}

std::vector<Alarm> PriceAlarms::Reached(uint32_t symbol_id, const Quote& quote) const {
  std::vector<Alarm> alarms;
  if (sorted_.size() <= Index(symbol_id, AlarmTrigger::kAskRises)) return alarms;
  const auto fallen = [&](AlarmTrigger trigger, Fixed price) {
    const Sorted& sorted = sorted_[Index(symbol_id, trigger)];
    for (auto it = sorted.lower_bound({price, {}}); it != sorted.end(); ++it) alarms.push_back(it->alarm);
  };
  const auto risen = [&](AlarmTrigger trigger, Fixed price) {
    const Sorted& sorted = sorted_[Index(symbol_id, trigger)];
    for (auto it = sorted.begin(); it != sorted.end() && it->price <= price; ++it) {
      alarms.push_back(it->alarm);
    }
  };
  fallen(AlarmTrigger::kBidFalls, quote.bid);
  risen(AlarmTrigger::kBidRises, quote.bid);
  fallen(AlarmTrigger::kAskFalls, quote.ask);
  risen(AlarmTrigger::kAskRises, quote.ask);
  std::ranges::sort(alarms);
  alarms.erase(std::unique(alarms.begin(), alarms.end()), alarms.end());
  return alarms;
}

}  // namespace mtsuite::mtsim
