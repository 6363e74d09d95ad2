#include "services/risk/store/breach_store.h"

#include <utility>

#include "common/clock/proto_time.h"
#include "services/risk/store/payload.h"

namespace mtsuite::risk {

using enforcement::v1::EnforcementState;
using storage::Bytes;
using storage::Row;
using storage::Statement;
using storage::Transaction;
using enum storage::Type;

absl::Status PutBreach(Transaction& transaction, const BreachMachine& machine, absl::Time now) {
  static const Statement kPut = {
      .sql =
          "INSERT INTO breaches (server, breach_id, login, unfinished, breach_time, update_time, payload) "
          "VALUES (:server, :breach_id, :login, :unfinished, :breach_time, :update_time, :payload) "
          "ON CONFLICT (server, breach_id) DO UPDATE SET unfinished = excluded.unfinished, "
          "update_time = excluded.update_time, payload = excluded.payload",
      .parameters = {kText, kText, kInt, kInt, kInt, kInt, kBytes}};
  const v1::Breach& breach = machine.breach();
  const std::string payload = machine.Save();
  return transaction
      .Execute(kPut, {breach.server(), breach.breach_id(), breach.login(), machine.finished() ? 0 : 1,
                      absl::ToUnixMicros(FromProtoTime(breach.breach_time())), absl::ToUnixMicros(now),
                      Bytes{payload}})
      .status();
}

absl::StatusOr<std::optional<std::string>> FindBreachState(Transaction& transaction,
                                                           const std::string& server,
                                                           const std::string& breach_id) {
  static const Statement kFind = {
      .sql = "SELECT payload FROM breaches WHERE server = :server AND breach_id = :breach_id",
      .parameters = {kText, kText},
      .columns = {kBytes}};
  std::optional<std::string> found;
  RETURN_IF_ERROR(transaction.Query(kFind, {server, breach_id}, [&found](const Row& row) {
    found = std::string(row.Bytes(0));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<std::string>> ListUnfinishedBreachStates(Transaction& transaction,
                                                                    const std::string& server,
                                                                    const std::optional<BreachCursor>& after,
                                                                    int limit) {
  static const Statement kList = {
      .sql =
          "SELECT payload FROM breaches WHERE server = :server AND unfinished = 1 AND "
          "(breach_time > :time1 OR (breach_time = :time2 AND breach_id > :id)) "
          "ORDER BY breach_time, breach_id LIMIT :limit",
      .parameters = {kText, kInt, kInt, kText, kInt},
      .columns = {kBytes}};
  const BreachCursor cursor = after.value_or(BreachCursor{absl::UnixEpoch(), ""});
  const int64_t time = absl::ToUnixMicros(cursor.breach_time);
  std::vector<std::string> states;
  RETURN_IF_ERROR(
      transaction.Query(kList, {server, time, time, cursor.breach_id, limit}, [&states](const Row& row) {
        states.emplace_back(row.Bytes(0));
        return absl::OkStatus();
      }));
  return states;
}

absl::StatusOr<std::vector<v1::Breach>> ListBreaches(Transaction& transaction, const BreachQuery& query) {
  static const char* const kRest =
      "(:from_start = 1 OR breach_time < :time1 OR (breach_time = :time2 AND breach_id > :id)) "
      "ORDER BY breach_time DESC, breach_id LIMIT :limit";
  static const Statement kAll = {
      .sql = std::string("SELECT payload FROM breaches WHERE server = :server AND ") + kRest,
      .parameters = {kText, kInt, kInt, kInt, kText, kInt},
      .columns = {kBytes}};
  static const Statement kOfLogin = {
      .sql =
          std::string("SELECT payload FROM breaches WHERE server = :server AND login = :login AND ") + kRest,
      .parameters = {kText, kInt, kInt, kInt, kInt, kText, kInt},
      .columns = {kBytes}};
  const BreachCursor cursor = query.after.value_or(BreachCursor{absl::UnixEpoch(), ""});
  const int64_t time = absl::ToUnixMicros(cursor.breach_time);
  std::vector<storage::Param> params = {query.server};
  if (query.login != 0) params.emplace_back(query.login);
  for (const storage::Param& param : std::initializer_list<storage::Param>{
           query.after.has_value() ? 0 : 1, time, time, cursor.breach_id, query.limit}) {
    params.push_back(param);
  }
  ASSIGN_OR_RETURN(std::vector<EnforcementState> states,
                   ReadPayloads<EnforcementState>(transaction, query.login != 0 ? kOfLogin : kAll, params));
  std::vector<v1::Breach> breaches;
  for (EnforcementState& state : states) breaches.push_back(std::move(*state.mutable_breach()));
  return breaches;
}

}  // namespace mtsuite::risk
