#ifndef SERVICES_MTSIM_ENGINE_PRICE_ALARMS_H_
#define SERVICES_MTSIM_ENGINE_PRICE_ALARMS_H_

#include <compare>
#include <cstdint>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "services/mtsim/engine/fixed.h"
#include "services/mtsim/engine/quote.h"

namespace mtsuite::mtsim {

// What waits for a price, in the order in which those of one tick are served.
enum class AlarmKind : uint8_t { kStopLoss, kTakeProfit, kPendingOrder, kMargin };

// Which price must reach the alarm's, and from where. The price itself counts.
enum class AlarmTrigger : uint8_t { kBidFalls, kBidRises, kAskFalls, kAskRises };

struct Alarm {
  AlarmKind kind = AlarmKind::kStopLoss;
  // Position, order, or login for kMargin.
  uint64_t id = 0;

  friend bool operator==(const Alarm&, const Alarm&) = default;
  friend auto operator<=>(const Alarm&, const Alarm&) = default;
};

// Everything that waits for prices, sorted so that a tick costs the logarithm of their number plus those that
// it reaches. An alarm keeps firing until it is cleared. Not thread-safe.
class PriceAlarms {
 public:
  // An alarm on a symbol, one of those of `owner` in the set that is cleared together.
  struct Setting {
    uint64_t owner = 0;
    uint32_t symbol_id = 0;
    AlarmTrigger trigger = AlarmTrigger::kBidFalls;
    Fixed price = {};
    Alarm alarm = {};
  };
  void Set(const Setting& setting);

  // Removes all alarms of an owner.
  void Clear(uint64_t owner);

  // The alarms that `quote` reaches, in order, each once.
  std::vector<Alarm> Reached(uint32_t symbol_id, const Quote& quote) const;

  size_t size() const { return size_; }

 private:
  struct Key {
    Fixed price;
    Alarm alarm;

    friend bool operator==(const Key&, const Key&) = default;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Sorted = absl::btree_set<Key>;
  struct Place {
    uint32_t symbol_id;
    AlarmTrigger trigger;
    Key key;
  };

  static size_t Index(uint32_t symbol_id, AlarmTrigger trigger) {
    return size_t{symbol_id} * 4 + static_cast<size_t>(trigger);
  }

  // By symbol and trigger.
  std::vector<Sorted> sorted_;
  absl::flat_hash_map<uint64_t, std::vector<Place>> by_owner_;
  size_t size_ = 0;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_PRICE_ALARMS_H_
