// Decides what one stream of trade events tells of the connector's events. Pure.
#ifndef SERVICES_ORDERS_TRADE_EVENT_FILTER_H_
#define SERVICES_ORDERS_TRADE_EVENT_FILTER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/strings/name_mask.h"
#include "mtsuite/connector/v1/event.pb.h"
#include "mtsuite/orders/v1/order_service.pb.h"
#include "mtsuite/orders/v1/trade_event.pb.h"

namespace mtsuite::orders {

// One per stream; not thread-safe. Keeps which accounts are in the group mask, as far as it was told or could
// see, and the revisions of records that are newer than the stream's place in the log.
class TradeEventFilter {
 public:
  using Topic = v1::StreamTradeEventsRequest::Topic;

  explicit TradeEventFilter(const v1::StreamTradeEventsRequest& request);

  bool Wants(Topic topic) const { return topics_.empty() || topics_.contains(topic); }

  // Forgets all accounts and records: a snapshot begins.
  void Clear();
  // The snapshot has this account.
  void AddAccount(int64_t login) { members_[login] = true; }
  // All accounts in the mask have been added: others are not in it.
  void SetAccountsComplete() { accounts_complete_ = true; }
  // Whether the event tells neither the account's group nor is the account known, as of one that the
  // connector has not seen yet or not since its start: ask for the account, and say so with SetGroup before
  // Apply.
  bool NeedsGroup(const connector::v1::Event& event) const;
  // The group that such an account is in now; empty for one that is gone.
  void SetGroup(int64_t login, std::string_view group);
  // A record as it was read while events after `place` were on their way: those up to its revision are in it.
  void AddOrder(const v1::Order& order, int64_t place);
  void AddPosition(const v1::Position& position, int64_t place);

  struct Result {
    // What to tell, if anything.
    std::optional<v1::TradeEvent> event;
    // The account moved into the mask: its orders and positions are to be read and told next. 0 for none.
    int64_t read_account = 0;
  };
  // The next event of the log. Heartbeats and resets are not the filter's business.
  Result Apply(const connector::v1::Event& event);

 private:
  Result ApplyAccount(const connector::v1::Event& event);
  // Of an event that is not about the account itself.
  bool IsMember(const connector::v1::Event& event) const;
  // Whether the record already reflects the event.
  static bool IsKnown(const absl::flat_hash_map<int64_t, int64_t>& revisions, int64_t ticket,
                      int64_t sequence);

  const absl::flat_hash_set<int64_t> logins_;
  const NameMask mask_;
  absl::flat_hash_set<int> topics_;
  absl::flat_hash_map<int64_t, bool> members_;
  bool accounts_complete_ = false;
  // By SetGroup. Not of what was told of accounts, so kept apart from members_.
  absl::flat_hash_map<int64_t, bool> looked_up_;
  // By ticket: only records that changed while they were read, so hardly any.
  absl::flat_hash_map<int64_t, int64_t> order_revisions_;
  absl::flat_hash_map<int64_t, int64_t> position_revisions_;
};

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_TRADE_EVENT_FILTER_H_
