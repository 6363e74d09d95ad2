#include "services/mtsim/mt5/dealer_desk.h"

#include <utility>

namespace mtsuite::mtsim {

Result<DelayedTrade> DealerDesk::Send(uint64_t session, TradeRequest request, absl::Time now) {
  DropUnread(now);
  SessionCount& count = counts_[session];
  if (count.in_flight >= kInFlightMax || count.subscriptions >= kSubscriptionsMax) {
    return Retcode::kTooManyRequests;
  }
  ++count.in_flight;
  ++count.subscriptions;
  ++in_flight_;
  const uint64_t id = ++last_id_;
  Entry& entry = entries_[id];
  entry.session = session;
  entry.server_id = ++last_server_id_;
  entry.request = std::move(request);
  entry.last_read = now;
  if (disturb_) entry.disturbance = disturb_(entry.request);
  Update(id, entry, {.retcode = Retcode::kRequestAccepted});
  const absl::Duration delay = entry.disturbance.delay;
  if (delay <= absl::ZeroDuration()) Execute(id, now);
  return DelayedTrade{.id = id, .delay = delay};
}

void DealerDesk::Execute(uint64_t id, absl::Time now) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.executed) return;
  Entry& entry = found->second;
  entry.executed = true;
  --in_flight_;
  --counts_[entry.session].in_flight;
  const std::optional<Retcode> refused = entry.disturbance.retcode;
  entry.request.fill_percent = entry.disturbance.fill_percent;
  Update(id, entry,
         refused.has_value() ? engine_.TurnDown(entry.request, *refused) : engine_.Trade(entry.request));
  Release(found);
  DropUnread(now);
}

void DealerDesk::Update(uint64_t id, Entry& entry, const TradeAnswer& answer) {
  if (!entry.subscribed) return;
  entry.updates.push_back(
      {.id = id, .server_id = entry.server_id, .request = entry.request, .answer = answer});
}

DealerDesk::Entries::iterator DealerDesk::Release(Entries::iterator entry) {
  if (entry->second.subscribed || !entry->second.executed) return std::next(entry);
  const auto count = counts_.find(entry->second.session);
  if (count != counts_.end() && count->second.in_flight == 0 && count->second.subscriptions == 0) {
    counts_.erase(count);
  }
  return entries_.erase(entry);
}

std::vector<std::pair<uint64_t, std::vector<DealerUpdate>>> DealerDesk::TakeUpdates(
    uint64_t session, const std::optional<std::vector<uint64_t>>& ids, absl::Time now) {
  DropUnread(now);
  std::vector<std::pair<uint64_t, std::vector<DealerUpdate>>> taken;
  const auto take = [&](Entries::iterator entry) {
    if (entry == entries_.end()) return entry;
    Entry& request = entry->second;
    if (request.session != session || !request.subscribed) return std::next(entry);
    request.last_read = now;
    taken.emplace_back(entry->first, std::exchange(request.updates, {}));
    if (!request.executed) return std::next(entry);
    // The final state was among them.
    request.subscribed = false;
    --counts_[session].subscriptions;
    return Release(entry);
  };
  if (ids.has_value()) {
    for (const uint64_t id : *ids) take(entries_.find(id));
  } else {
    for (auto entry = entries_.begin(); entry != entries_.end();) entry = take(entry);
  }
  return taken;
}

void DealerDesk::Forget(uint64_t session) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    Entry& request = entry->second;
    if (request.session == session && request.subscribed) {
      request.subscribed = false;
      request.updates.clear();
      --counts_[session].subscriptions;
    }
    entry = Release(entry);
  }
}

void DealerDesk::DropUnread(absl::Time now) {
  // Oldest first, so the first one that is young enough ends the search. One that is read late keeps younger
  // ones alive a little longer, which nobody can tell from a slow server.
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    Entry& request = entry->second;
    if (request.subscribed && now < request.last_read + kSubscriptionLife) return;
    if (request.subscribed) {
      request.subscribed = false;
      request.updates.clear();
      --counts_[request.session].subscriptions;
    }
    entry = Release(entry);
  }
}

}  // namespace mtsuite::mtsim
