// Trade requests that managers send: queued, executed, and their outcome kept until it is fetched.
#ifndef SERVICES_MTSIM_MT5_DEALER_DESK_H_
#define SERVICES_MTSIM_MT5_DEALER_DESK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "services/mtsim/engine/engine.h"
#include "services/mtsim/engine/trade_request.h"

namespace mtsuite::mtsim {

// What a test does to a request.
struct TradeDisturbance {
  // Between queued and executed.
  absl::Duration delay = absl::ZeroDuration();
  // A dealer turns the request down with this.
  std::optional<Retcode> retcode = {};
  // How much of a market order is filled.
  int fill_percent = 100;
};

// A request that is to be executed later.
struct DelayedTrade {
  uint64_t id = 0;
  absl::Duration delay = absl::ZeroDuration();
};

// One state of a request as its subscriber sees it. An intermediate state has the retcode kRequestAccepted.
struct DealerUpdate {
  // Key of the subscription, and number of the request on the server.
  uint64_t id = 0;
  uint64_t server_id = 0;
  TradeRequest request = {};
  TradeAnswer answer = {};
};

// By the rules of the platform: a request belongs to the connection that sent it; every state of it is told
// once; the subscription ends when its final state was told, when nobody asked for three minutes, and with
// the connection. The request itself is executed whatever becomes of the subscription. Time is a wall clock
// that runs with real time. Not thread-safe.
class DealerDesk {
 public:
  // Requests of one connection that wait for their execution.
  static constexpr size_t kInFlightMax = 128;
  // Subscriptions of one connection that nobody reads.
  static constexpr size_t kSubscriptionsMax = 10'000;
  static constexpr absl::Duration kSubscriptionLife = absl::Minutes(3);

  using Disturb = std::function<TradeDisturbance(const TradeRequest&)>;

  // `engine` must outlive the desk. `disturb`, if given, is asked about every request when it is queued.
  explicit DealerDesk(Engine& engine, Disturb disturb = nullptr)
      : engine_(engine), disturb_(std::move(disturb)) {}

  // Queues a valid request of the connection `session` and executes it at once, unless it is to be delayed:
  // then `delay` of the result is not zero and the caller calls Execute after it. kTooManyRequests.
  Result<DelayedTrade> Send(uint64_t session, TradeRequest request, absl::Time now);

  // Executes a delayed request. Does nothing when it was executed already.
  void Execute(uint64_t id, absl::Time now);

  // What happened since the last call to the subscriptions of `session` among `ids`, or to all of them: one
  // entry per living subscription, without updates when there is no news.
  std::vector<std::pair<uint64_t, std::vector<DealerUpdate>>> TakeUpdates(
      uint64_t session, const std::optional<std::vector<uint64_t>>& ids, absl::Time now);

  // The connection is gone and its subscriptions with it.
  void Forget(uint64_t session);

  // Requests that wait for their execution, of all connections.
  size_t in_flight() const { return in_flight_; }

 private:
  struct Entry {
    uint64_t session = 0;
    uint64_t server_id = 0;
    TradeRequest request = {};
    TradeDisturbance disturbance = {};
    bool executed = false;
    bool subscribed = true;
    absl::Time last_read = {};
    std::vector<DealerUpdate> updates = {};
  };
  using Entries = std::map<uint64_t, Entry>;

  void Update(uint64_t id, Entry& entry, const TradeAnswer& answer);
  // Erases the entry if nobody needs it any more; returns the one after it.
  Entries::iterator Release(Entries::iterator entry);
  void DropUnread(absl::Time now);

  struct SessionCount {
    size_t in_flight = 0;
    size_t subscriptions = 0;
  };

  Engine& engine_;
  const Disturb disturb_;
  uint64_t last_id_ = 10'000;
  uint64_t last_server_id_ = 500'000;
  size_t in_flight_ = 0;
  // By id.
  Entries entries_;
  absl::flat_hash_map<uint64_t, SessionCount> counts_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_DEALER_DESK_H_
