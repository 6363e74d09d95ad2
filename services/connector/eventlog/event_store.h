#ifndef SERVICES_CONNECTOR_EVENTLOG_EVENT_STORE_H_
#define SERVICES_CONNECTOR_EVENTLOG_EVENT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/connector/store/database_runner.h"

namespace mtsuite::connector {

// The state of one server's event log.
struct EventLogHead {
  // Changes only when the log begins anew.
  std::string epoch;
  int64_t last_sequence = 0;
  // Every deal up to this time has been taken in; InfinitePast when none has.
  absl::Time deals_until = absl::InfinitePast();
  // Whether the accounts that were there when the log began are all known: only later ones are told as
  // created.
  bool baselined = false;
  // The same for open orders and positions.
  bool trades_baselined = false;
};

// An order or position that is open, as it was told last.
struct OpenRecord {
  enum class Kind { kOrder = 1, kPosition = 2 };
  Kind kind = Kind::kOrder;
  int64_t ticket = 0;
  // A serialized Order or Position; closed when empty.
  std::string payload;
};

// One event as it is stored.
struct StoredEvent {
  int64_t sequence = 0;
  absl::Time time;
  // Of the deal that it tells of; 0 otherwise.
  int64_t ticket = 0;
  absl::Time deal_time = absl::UnixEpoch();
  // A serialized connector.v1.Event.
  std::string payload;
};

// The tables of the event log. Used within the committer's transactions.
class EventStore {
 public:
  // `runner` must outlive this; its schema must be migrated.
  explicit EventStore(DatabaseRunner& runner) : runner_(runner) {}

  absl::StatusOr<std::optional<EventLogHead>> ReadHead(const std::string& server);
  absl::Status WriteHead(const std::string& server, const EventLogHead& head);
  // Writes an event; one of the same sequence is replaced.
  absl::Status Append(const std::string& server, const StoredEvent& event);
  // At most `limit` events after `sequence`, in order.
  absl::StatusOr<std::vector<StoredEvent>> ReadAfter(const std::string& server, int64_t sequence, int limit);
  // The lowest sequence held; 0 when none is.
  absl::StatusOr<int64_t> FirstSequence(const std::string& server);
  // Tickets of the deals told since `deal_time`, with their times.
  absl::StatusOr<std::vector<std::pair<int64_t, absl::Time>>> ReadTickets(const std::string& server,
                                                                          absl::Time deal_time);
  // Deletes at most `limit` events that are older than `before` or not after `sequence`; returns how many.
  absl::StatusOr<int> DeleteOld(const std::string& server, int64_t sequence, absl::Time before, int limit);

  absl::Status PutDigest(const std::string& server, int64_t login, uint64_t digest);
  absl::Status DeleteDigest(const std::string& server, int64_t login);
  absl::StatusOr<std::vector<std::pair<int64_t, uint64_t>>> ReadDigests(const std::string& server);

  // Writes or, without payload, deletes.
  absl::Status PutOpen(const std::string& server, const OpenRecord& record);
  absl::StatusOr<std::vector<OpenRecord>> ReadOpen(const std::string& server);

 private:
  DatabaseRunner& runner_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_EVENTLOG_EVENT_STORE_H_
