#include "services/connector/eventlog/event_store.h"

#include <limits>

#include "common/status/macros.h"

namespace mtsuite::connector {
namespace {

using storage::Bytes;
using storage::Row;
using storage::Statement;
using enum storage::Type;

// InfinitePast has no number of microseconds of its own.
constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

int64_t ToMicros(absl::Time time) { return time == absl::InfinitePast() ? kNever : absl::ToUnixMicros(time); }
absl::Time FromMicros(int64_t micros) {
  return micros == kNever ? absl::InfinitePast() : absl::FromUnixMicros(micros);
}

// The number of rows is bounded by the statement or by what the server has.
template <typename T, typename Read>
absl::StatusOr<std::vector<T>> ReadAll(DatabaseRunner& runner, const Statement& statement,
                                       absl::Span<const storage::Param> params, Read read) {
  std::vector<T> rows;
  RETURN_IF_ERROR(runner.transaction().Query(statement, params, [&](const Row& row) {
    rows.push_back(read(row));
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace

absl::StatusOr<std::optional<EventLogHead>> EventStore::ReadHead(const std::string& server) {
  static const Statement* const statement = new Statement{
      "SELECT epoch, last_sequence, deals_until, baselined, trades_baselined FROM event_logs "
      "WHERE server = :server",
      {kText},
      {kText, kInt, kInt, kInt, kInt}};
  ASSIGN_OR_RETURN(std::vector<EventLogHead> heads,
                   ReadAll<EventLogHead>(runner_, *statement, {server}, [](const Row& row) {
                     return EventLogHead{std::string(row.Text(0)), row.Int(1), FromMicros(row.Int(2)),
                                         row.Int(3) != 0, row.Int(4) != 0};
                   }));
  if (heads.empty()) return std::optional<EventLogHead>();
  return std::optional<EventLogHead>(std::move(heads.front()));
}

absl::Status EventStore::WriteHead(const std::string& server, const EventLogHead& head) {
  static const Statement* const statement = new Statement{
      "INSERT INTO event_logs (server, epoch, last_sequence, deals_until, baselined, trades_baselined) "
      "VALUES (:server, :epoch, :last, :until, :baselined, :trades) ON CONFLICT (server) DO UPDATE SET "
      "epoch = excluded.epoch, last_sequence = excluded.last_sequence, deals_until = excluded.deals_until, "
      "baselined = excluded.baselined, trades_baselined = excluded.trades_baselined",
      {kText, kText, kInt, kInt, kInt, kInt}};
  return runner_.transaction()
      .Execute(*statement, {server, head.epoch, head.last_sequence, ToMicros(head.deals_until),
                            head.baselined ? 1 : 0, head.trades_baselined ? 1 : 0})
      .status();
}

absl::Status EventStore::Append(const std::string& server, const StoredEvent& event) {
  static const Statement* const statement = new Statement{
      "INSERT INTO events (server, sequence, time, ticket, deal_time, payload) VALUES (:server, :sequence, "
      ":time, :ticket, "
      ":deal_time, :payload) ON CONFLICT (server, sequence) DO UPDATE SET time = excluded.time, ticket = "
      "excluded.ticket, "
      "deal_time = excluded.deal_time, payload = excluded.payload",
      {kText, kInt, kInt, kInt, kInt, kBytes}};
  return runner_.transaction()
      .Execute(*statement, {server, event.sequence, ToMicros(event.time), event.ticket,
                            ToMicros(event.deal_time), Bytes{event.payload}})
      .status();
}

absl::StatusOr<std::vector<StoredEvent>> EventStore::ReadAfter(const std::string& server, int64_t sequence,
                                                               int limit) {
  static const Statement* const statement = new Statement{
      "SELECT sequence, time, ticket, deal_time, payload FROM events WHERE server = :server AND "
      "sequence > :sequence ORDER BY sequence LIMIT :limit",
      {kText, kInt, kInt},
      {kInt, kInt, kInt, kInt, kBytes}};
  return ReadAll<StoredEvent>(runner_, *statement, {server, sequence, limit}, [](const Row& row) {
    return StoredEvent{row.Int(0), FromMicros(row.Int(1)), row.Int(2), FromMicros(row.Int(3)),
                       std::string(row.Bytes(4))};
  });
}

absl::StatusOr<int64_t> EventStore::FirstSequence(const std::string& server) {
  static const Statement* const statement = new Statement{
      "SELECT sequence FROM events WHERE server = :server ORDER BY sequence LIMIT 1", {kText}, {kInt}};
  ASSIGN_OR_RETURN(
      const std::vector<int64_t> first,
      ReadAll<int64_t>(runner_, *statement, {server}, [](const Row& row) { return row.Int(0); }));
  return first.empty() ? 0 : first.front();
}

absl::StatusOr<std::vector<std::pair<int64_t, absl::Time>>> EventStore::ReadTickets(const std::string& server,
                                                                                    absl::Time deal_time) {
  static const Statement* const statement = new Statement{
      "SELECT ticket, deal_time FROM events WHERE server = :server AND deal_time >= :deal_time AND ticket <> "
      "0",
      {kText, kInt},
      {kInt, kInt}};
  return ReadAll<std::pair<int64_t, absl::Time>>(
      runner_, *statement, {server, ToMicros(deal_time)},
      [](const Row& row) { return std::make_pair(row.Int(0), FromMicros(row.Int(1))); });
}

absl::StatusOr<int> EventStore::DeleteOld(const std::string& server, int64_t sequence, absl::Time before,
                                          int limit) {
  static const Statement* const statement =
      new Statement{// Only the oldest are looked at, so that a full table is never read through.
                    "DELETE FROM events WHERE server = :server1 AND sequence IN (SELECT sequence FROM "
                    "(SELECT sequence, time FROM events "
                    "WHERE server = :server2 ORDER BY sequence LIMIT :limit) AS oldest WHERE sequence <= "
                    ":sequence OR time < :before)",
                    {kText, kText, kInt, kInt, kInt}};
  ASSIGN_OR_RETURN(
      const int64_t deleted,
      runner_.transaction().Execute(*statement, {server, server, limit, sequence, ToMicros(before)}));
  return static_cast<int>(deleted);
}

absl::Status EventStore::PutDigest(const std::string& server, int64_t login, uint64_t digest) {
  static const Statement* const statement = new Statement{
      "INSERT INTO account_digests (server, login, digest) VALUES (:server, :login, :digest) "
      "ON CONFLICT (server, login) DO UPDATE SET digest = excluded.digest",
      {kText, kInt, kInt}};
  return runner_.transaction().Execute(*statement, {server, login, static_cast<int64_t>(digest)}).status();
}

absl::Status EventStore::DeleteDigest(const std::string& server, int64_t login) {
  static const Statement* const statement =
      new Statement{"DELETE FROM account_digests WHERE server = :server AND login = :login", {kText, kInt}};
  return runner_.transaction().Execute(*statement, {server, login}).status();
}

absl::StatusOr<std::vector<std::pair<int64_t, uint64_t>>> EventStore::ReadDigests(const std::string& server) {
  static const Statement* const statement = new Statement{
      "SELECT login, digest FROM account_digests WHERE server = :server", {kText}, {kInt, kInt}};
  return ReadAll<std::pair<int64_t, uint64_t>>(runner_, *statement, {server}, [](const Row& row) {
    return std::make_pair(row.Int(0), static_cast<uint64_t>(row.Int(1)));
  });
}

absl::Status EventStore::PutOpen(const std::string& server, const OpenRecord& record) {
  static const Statement* const put = new Statement{
      "INSERT INTO open_trades (server, kind, ticket, payload) VALUES (:server, :kind, :ticket, :payload) "
      "ON CONFLICT (server, kind, ticket) DO UPDATE SET payload = excluded.payload",
      {kText, kInt, kInt, kBytes}};
  static const Statement* const remove =
      new Statement{"DELETE FROM open_trades WHERE server = :server AND kind = :kind AND ticket = :ticket",
                    {kText, kInt, kInt}};
  const auto kind = static_cast<int64_t>(record.kind);
  if (record.payload.empty()) {
    return runner_.transaction().Execute(*remove, {server, kind, record.ticket}).status();
  }
  return runner_.transaction().Execute(*put, {server, kind, record.ticket, Bytes{record.payload}}).status();
}

absl::StatusOr<std::vector<OpenRecord>> EventStore::ReadOpen(const std::string& server) {
  static const Statement* const statement = new Statement{
      "SELECT kind, ticket, payload FROM open_trades WHERE server = :server", {kText}, {kInt, kInt, kBytes}};
  return ReadAll<OpenRecord>(runner_, *statement, {server}, [](const Row& row) {
    return OpenRecord{static_cast<OpenRecord::Kind>(row.Int(0)), row.Int(1), std::string(row.Bytes(2))};
  });
}

}  // namespace mtsuite::connector
