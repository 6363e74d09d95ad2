#include "services/connector/lease/lease_store.h"

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace mtsuite::connector {

using storage::Statement;
using enum storage::Type;

absl::StatusOr<std::optional<LeaseRow>> LeaseStore::Read(const std::string& server) {
  static const Statement* const statement =
      new Statement{"SELECT owner, renewals FROM leases WHERE server = :server", {kText}, {kText, kInt}};
  std::optional<LeaseRow> found;
  RETURN_IF_ERROR(runner_.transaction().Query(*statement, {server}, [&found](const storage::Row& row) {
    found = LeaseRow{std::string(row.Text(0)), row.Int(1)};
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<bool> LeaseStore::Replace(const std::string& server, const std::optional<LeaseRow>& expected,
                                         const LeaseRow& next) {
  static const Statement* const insert = new Statement{
      "INSERT INTO leases (server, owner, renewals) VALUES (:server, :owner, :renewals) ON CONFLICT (server) "
      "DO NOTHING",
      {kText, kText, kInt}};
  static const Statement* const update = new Statement{
      "UPDATE leases SET owner = :owner, renewals = :renewals WHERE server = :server AND owner = :old_owner "
      "AND "
      "renewals = :old_renewals",
      {kText, kInt, kText, kText, kInt}};
  storage::Transaction& transaction = runner_.transaction();
  ASSIGN_OR_RETURN(const int64_t changed,
                   expected.has_value() ? transaction.Execute(*update, {next.owner, next.renewals, server,
                                                                        expected->owner, expected->renewals})
                                        : transaction.Execute(*insert, {server, next.owner, next.renewals}));
  return changed == 1;
}

absl::Status LeaseStore::CheckOwner(const std::string& server, const std::string& owner) {
  ASSIGN_OR_RETURN(const std::optional<LeaseRow> row, Read(server));
  if (row.has_value() && row->owner == owner) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat("another connector drives the server ", server));
}

absl::Status LeaseStore::Delete(const std::string& server, const std::string& owner) {
  static const Statement* const statement =
      new Statement{"DELETE FROM leases WHERE server = :server AND owner = :owner", {kText, kText}};
  return runner_.transaction().Execute(*statement, {server, owner}).status();
}

}  // namespace mtsuite::connector
