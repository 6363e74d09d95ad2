#include "services/risk/store/account_state_store.h"

#include <utility>

#include "services/risk/store/payload.h"

namespace mtsuite::risk {

using storage::Bytes;
using storage::Row;
using storage::Statement;
using storage::Transaction;
using enum storage::Type;

namespace {

absl::StatusOr<std::vector<AccountState>> ReadAll(Transaction& transaction, const Statement& statement,
                                                  absl::Span<const storage::Param> params) {
  std::vector<AccountState> states;
  RETURN_IF_ERROR(transaction.Query(statement, params, [&states](const Row& row) -> absl::Status {
    ASSIGN_OR_RETURN(v1::TrackerState state, ParsePayload<v1::TrackerState>(row.Bytes(1)));
    states.push_back({row.Int(0), std::move(state)});
    return absl::OkStatus();
  }));
  return states;
}

}  // namespace

absl::Status PutAccountState(Transaction& transaction, const std::string& server, const AccountState& state,
                             absl::Time now) {
  static const Statement kPut = {
      .sql =
          "INSERT INTO account_states (server, login, rule_set, update_time, payload) "
          "VALUES (:server, :login, :rule_set, :update_time, :payload) ON CONFLICT (server, login, rule_set) "
          "DO UPDATE SET update_time = excluded.update_time, payload = excluded.payload",
      .parameters = {kText, kInt, kText, kInt, kBytes}};
  const std::string payload = state.state.SerializeAsString();
  return transaction
      .Execute(kPut, {server, state.login, state.state.rule_set(), absl::ToUnixMicros(now), Bytes{payload}})
      .status();
}

absl::StatusOr<std::vector<AccountState>> ListAccountStates(Transaction& transaction,
                                                            const std::string& server,
                                                            const AccountStateCursor& after, int limit) {
  static const Statement kList = {.sql =
                                      "SELECT login, payload FROM account_states WHERE server = :server AND "
                                      "(login > :login1 OR (login = :login2 AND rule_set > :rule_set)) "
                                      "ORDER BY login, rule_set LIMIT :limit",
                                  .parameters = {kText, kInt, kInt, kText, kInt},
                                  .columns = {kInt, kBytes}};
  return ReadAll(transaction, kList, {server, after.login, after.login, after.rule_set, limit});
}

absl::StatusOr<std::vector<AccountState>> FindAccountStates(Transaction& transaction,
                                                            const std::string& server, int64_t login) {
  static const Statement kFind = {
      .sql =
          "SELECT login, payload FROM account_states WHERE server = :server AND login = :login "
          "ORDER BY rule_set LIMIT 1000",
      .parameters = {kText, kInt},
      .columns = {kInt, kBytes}};
  return ReadAll(transaction, kFind, {server, login});
}

absl::Status DeleteAccountState(Transaction& transaction, const std::string& server, int64_t login,
                                const std::string& rule_set) {
  static const Statement kDelete = {
      .sql = "DELETE FROM account_states WHERE server = :server AND login = :login AND rule_set = :rule_set",
      .parameters = {kText, kInt, kText}};
  return transaction.Execute(kDelete, {server, login, rule_set}).status();
}

}  // namespace mtsuite::risk
