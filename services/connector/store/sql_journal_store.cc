#include "services/connector/store/sql_journal_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/storage/value.h"

namespace mtsuite::connector {
namespace {

using storage::Bytes;
using storage::Row;
using storage::Statement;
using enum storage::Type;

const std::vector<storage::Type> kRecordTypes = {kText,  kText,  kInt,   kInt,   kInt, kInt,
                                                 kText,  kBytes, kBytes, kBytes, kInt, kBytes,
                                                 kBytes, kText,  kText,  kInt,   kInt, kInt};
constexpr char kColumns[] =
    "server, operation_id, kind, state, unresolved, login, tag, fingerprint, command, baseline, attempt, "
    "result, error, "
    "principal, request_id, create_time, update_time, sent_time";

const Statement& PutStatement() {
  static const Statement* const statement = new Statement{
      absl::StrCat(
          "INSERT INTO operations (", kColumns,
          ") VALUES (:server, :operation_id, :kind, :state, :unresolved, :login, :tag, :fingerprint, "
          ":command, "
          ":baseline, :attempt, :result, :error, :principal, :request_id, :create_time, :update_time, "
          ":sent_time) "
          "ON CONFLICT (server, operation_id) DO UPDATE SET kind = excluded.kind, state = excluded.state, "
          "unresolved = excluded.unresolved, login = excluded.login, tag = excluded.tag, "
          "fingerprint = excluded.fingerprint, command = excluded.command, baseline = excluded.baseline, "
          "attempt = excluded.attempt, result = excluded.result, error = excluded.error, "
          "principal = excluded.principal, request_id = excluded.request_id, "
          "create_time = excluded.create_time, update_time = excluded.update_time, "
          "sent_time = excluded.sent_time"),
      kRecordTypes};
  return *statement;
}

Statement Select(const std::string& rest, std::vector<storage::Type> parameters) {
  return {absl::StrCat("SELECT ", kColumns, " FROM operations WHERE ", rest), std::move(parameters),
          kRecordTypes};
}

template <typename Message>
absl::Status Parse(std::string_view bytes, Message& message) {
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return absl::DataLossError("the journal holds a damaged row");
}

absl::StatusOr<OperationRecord> ReadRecord(const Row& row) {
  OperationRecord record;
  record.server = row.Text(0);
  record.operation_id = row.Text(1);
  record.kind = static_cast<OperationKind>(row.Int(2));
  record.state = static_cast<OperationState>(row.Int(3));
  record.login = row.Int(5);
  record.tag = row.Text(6);
  record.fingerprint = row.Bytes(7);
  RETURN_IF_ERROR(Parse(row.Bytes(8), record.command));
  RETURN_IF_ERROR(Parse(row.Bytes(9), record.baseline));
  record.attempt = static_cast<int32_t>(row.Int(10));
  RETURN_IF_ERROR(Parse(row.Bytes(11), record.result));
  RETURN_IF_ERROR(Parse(row.Bytes(12), record.error));
  record.principal = row.Text(13);
  record.request_id = row.Text(14);
  record.create_time = absl::FromUnixMicros(row.Int(15));
  record.update_time = absl::FromUnixMicros(row.Int(16));
  record.sent_time = absl::FromUnixMicros(row.Int(17));
  return record;
}

absl::StatusOr<std::vector<OperationRecord>> ReadAll(storage::Transaction& transaction,
                                                     const Statement& statement,
                                                     absl::Span<const storage::Param> params) {
  std::vector<OperationRecord> records;
  RETURN_IF_ERROR(transaction.Query(statement, params, [&records](const Row& row) -> absl::Status {
    ASSIGN_OR_RETURN(OperationRecord record, ReadRecord(row));
    records.push_back(std::move(record));
    return absl::OkStatus();
  }));
  return records;
}

}  // namespace

SqlJournalStore::SqlJournalStore(DatabaseRunner& runner, Fence fence)
    : runner_(runner), fence_(std::move(fence)) {}

absl::Status SqlJournalStore::Put(const OperationRecord& record) {
  if (fence_) RETURN_IF_ERROR(fence_(record.server));
  const std::string command = record.command.SerializeAsString();
  const std::string baseline = record.baseline.SerializeAsString();
  const std::string result = record.result.SerializeAsString();
  const std::string error = record.error.SerializeAsString();
  return runner_.transaction()
      .Execute(PutStatement(),
               {record.server, record.operation_id, static_cast<int>(record.kind),
                static_cast<int>(record.state), IsUnresolved(record.state) ? 1 : 0, record.login, record.tag,
                Bytes{record.fingerprint}, Bytes{command}, Bytes{baseline}, record.attempt, Bytes{result},
                Bytes{error}, record.principal, record.request_id, absl::ToUnixMicros(record.create_time),
                absl::ToUnixMicros(record.update_time), absl::ToUnixMicros(record.sent_time)})
      .status();
}

absl::StatusOr<std::optional<OperationRecord>> SqlJournalStore::Find(const std::string& server,
                                                                     const std::string& operation_id) {
  static const Statement* const statement =
      new Statement(Select("server = :server AND operation_id = :operation_id", {kText, kText}));
  ASSIGN_OR_RETURN(std::vector<OperationRecord> found,
                   ReadAll(runner_.transaction(), *statement, {server, operation_id}));
  if (found.empty()) return std::optional<OperationRecord>();
  return std::optional<OperationRecord>(std::move(found.front()));
}

absl::StatusOr<std::vector<OperationRecord>> SqlJournalStore::ListUnresolved(const std::string& server,
                                                                             int limit) {
  static const Statement* const statement = new Statement(Select(
      "server = :server AND unresolved = 1 ORDER BY create_time, operation_id LIMIT :limit", {kText, kInt}));
  return ReadAll(runner_.transaction(), *statement, {server, limit});
}

absl::StatusOr<std::vector<OperationRecord>> SqlJournalStore::List(const OperationQuery& query) {
  // Each parameter appears once, so the cursor's parts are given as often as they are compared.
  static const std::string* const rest = new std::string(
      "(:any_state = 1 OR state = :state) AND (:from_start = 1 OR unresolved < :unresolved1 OR (unresolved = "
      ":unresolved2 "
      "AND (create_time < :time1 OR (create_time = :time2 AND operation_id > :id)))) "
      "ORDER BY unresolved DESC, create_time DESC, operation_id LIMIT :limit");
  static const Statement* const all =
      new Statement(Select(absl::StrCat("server = :server AND ", *rest),
                           {kText, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kText, kInt}));
  static const Statement* const of_login =
      new Statement(Select(absl::StrCat("server = :server AND login = :login AND ", *rest),
                           {kText, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kText, kInt}));
  const OperationCursor cursor = query.after.value_or(OperationCursor{true, absl::UnixEpoch(), ""});
  const int64_t time = absl::ToUnixMicros(cursor.create_time);
  const int unresolved = cursor.unresolved ? 1 : 0;
  std::vector<storage::Param> params = {query.server};
  if (query.login != 0) params.emplace_back(query.login);
  for (const storage::Param& param : std::initializer_list<storage::Param>{
           query.state == operations::v1::Operation::STATE_UNSPECIFIED ? 1 : 0, static_cast<int>(query.state),
           query.after.has_value() ? 0 : 1, unresolved, unresolved, time, time, cursor.operation_id,
           query.limit}) {
    params.push_back(param);
  }
  return ReadAll(runner_.transaction(), query.login != 0 ? *of_login : *all, params);
}

absl::StatusOr<int> SqlJournalStore::DeleteFinal(const std::string& server, absl::Time before, int limit) {
  static const Statement* const statement = new Statement{
      "DELETE FROM operations WHERE server = :server1 AND operation_id IN (SELECT operation_id FROM "
      "operations WHERE "
      "server = :server2 AND unresolved = 0 AND update_time < :before ORDER BY update_time LIMIT :limit)",
      {kText, kText, kInt, kInt}};
  ASSIGN_OR_RETURN(
      const int64_t deleted,
      runner_.transaction().Execute(*statement, {server, server, absl::ToUnixMicros(before), limit}));
  return static_cast<int>(deleted);
}

}  // namespace mtsuite::connector
