#include "services/risk/store/override_store.h"

#include <limits>
#include <utility>

#include "common/status/macros.h"

namespace mtsuite::risk {

using storage::Row;
using storage::Statement;
using storage::Transaction;
using enum storage::Type;

namespace {

constexpr char kColumns[] = "server, sequence, login, breach_id, action, principal, reason, request_id, time";
const std::vector<storage::Type> kTypes = {kText, kInt, kInt, kText, kText, kText, kText, kText, kInt};

Override ReadOverride(const Row& row) {
  return {.server = std::string(row.Text(0)),
          .sequence = row.Int(1),
          .login = row.Int(2),
          .breach_id = std::string(row.Text(3)),
          .action = std::string(row.Text(4)),
          .principal = std::string(row.Text(5)),
          .reason = std::string(row.Text(6)),
          .request_id = std::string(row.Text(7)),
          .time = absl::FromUnixMicros(row.Int(8))};
}

}  // namespace

absl::Status AppendOverride(Transaction& transaction, Override& item) {
  static const Statement kInsert = {.sql = std::string("INSERT INTO overrides (") + kColumns +
                                           ") VALUES (:server, :sequence, :login, :breach_id, :action, "
                                           ":principal, :reason, :request_id, :time)",
                                    .parameters = kTypes};
  ASSIGN_OR_RETURN(const std::vector<Override> last, ListOverrides(transaction, item.server, 0, 0, 1));
  item.sequence = (last.empty() ? 0 : last.front().sequence) + 1;
  return transaction
      .Execute(kInsert, {item.server, item.sequence, item.login, item.breach_id, item.action, item.principal,
                         item.reason, item.request_id, absl::ToUnixMicros(item.time)})
      .status();
}

absl::StatusOr<std::vector<Override>> ListOverrides(Transaction& transaction, const std::string& server,
                                                    int64_t login, int64_t before_sequence, int limit) {
  static const Statement kAll = {
      .sql =
          std::string("SELECT ") + kColumns +
          " FROM overrides WHERE server = :server AND sequence < :before ORDER BY sequence DESC LIMIT :limit",
      .parameters = {kText, kInt, kInt},
      .columns = kTypes};
  static const Statement kOfLogin = {
      .sql = std::string("SELECT ") + kColumns +
             " FROM overrides WHERE server = :server AND login = :login AND sequence < :before "
             "ORDER BY sequence DESC LIMIT :limit",
      .parameters = {kText, kInt, kInt, kInt},
      .columns = kTypes};
  const int64_t before = before_sequence == 0 ? std::numeric_limits<int64_t>::max() : before_sequence;
  std::vector<Override> overrides;
  const auto read = [&overrides](const Row& row) {
    overrides.push_back(ReadOverride(row));
    return absl::OkStatus();
  };
  if (login == 0) {
    RETURN_IF_ERROR(transaction.Query(kAll, {server, before, limit}, read));
  } else {
    RETURN_IF_ERROR(transaction.Query(kOfLogin, {server, login, before, limit}, read));
  }
  return overrides;
}

}  // namespace mtsuite::risk
