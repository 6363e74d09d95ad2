#include "services/risk/store/rule_store.h"

#include <limits>

#include "services/risk/store/payload.h"

namespace mtsuite::risk {

using storage::Bytes;
using storage::Statement;
using storage::Transaction;
using v1::RuleSet;
using v1::RuleSetAssignment;
using enum storage::Type;

absl::Status AddRuleSet(Transaction& transaction, const std::string& server, RuleSet& rule_set) {
  static const Statement kInsert = {.sql =
                                        "INSERT INTO rule_sets (server, name, version, payload) VALUES "
                                        "(:server, :name, :version, :payload)",
                                    .parameters = {kText, kText, kInt, kBytes}};
  ASSIGN_OR_RETURN(const std::optional<RuleSet> newest, FindRuleSet(transaction, server, rule_set.name(), 0));
  rule_set.set_version((newest.has_value() ? newest->version() : 0) + 1);
  const std::string payload = rule_set.SerializeAsString();
  return transaction.Execute(kInsert, {server, rule_set.name(), rule_set.version(), Bytes{payload}}).status();
}

absl::StatusOr<std::optional<RuleSet>> FindRuleSet(Transaction& transaction, const std::string& server,
                                                   const std::string& name, int64_t version) {
  static const Statement kFind = {
      .sql = "SELECT payload FROM rule_sets WHERE server = :server AND name = :name AND version = :version",
      .parameters = {kText, kText, kInt},
      .columns = {kBytes}};
  if (version != 0) return ReadPayload<RuleSet>(transaction, kFind, {server, name, version});
  ASSIGN_OR_RETURN(std::vector<RuleSet> newest, ListRuleSetVersions(transaction, server, name, 0, 1));
  if (newest.empty()) return std::optional<RuleSet>();
  return std::optional<RuleSet>(std::move(newest.front()));
}

absl::StatusOr<std::vector<RuleSet>> ListRuleSets(Transaction& transaction, const std::string& server,
                                                  const std::string& after_name, int limit) {
  static const Statement kList = {
      .sql =
          "SELECT r.payload FROM rule_sets r WHERE r.server = :server AND r.name > :after AND r.version = "
          "(SELECT MAX(v.version) FROM rule_sets v WHERE v.server = r.server AND v.name = r.name) "
          "ORDER BY r.name LIMIT :limit",
      .parameters = {kText, kText, kInt},
      .columns = {kBytes}};
  return ReadPayloads<RuleSet>(transaction, kList, {server, after_name, limit});
}

absl::StatusOr<std::vector<RuleSet>> ListRuleSetVersions(Transaction& transaction, const std::string& server,
                                                         const std::string& name, int64_t before_version,
                                                         int limit) {
  static const Statement kList = {
      .sql =
          "SELECT payload FROM rule_sets WHERE server = :server AND name = :name AND version < :before "
          "ORDER BY version DESC LIMIT :limit",
      .parameters = {kText, kText, kInt, kInt},
      .columns = {kBytes}};
  const int64_t before = before_version == 0 ? std::numeric_limits<int64_t>::max() : before_version;
  return ReadPayloads<RuleSet>(transaction, kList, {server, name, before, limit});
}

absl::Status PutAssignment(Transaction& transaction, const RuleSetAssignment& assignment) {
  static const Statement kPut = {
      .sql =
          "INSERT INTO rule_set_assignments (server, assignment_id, rule_set, payload) "
          "VALUES (:server, :assignment_id, :rule_set, :payload) ON CONFLICT (server, assignment_id) "
          "DO UPDATE SET rule_set = excluded.rule_set, payload = excluded.payload",
      .parameters = {kText, kText, kText, kBytes}};
  const std::string payload = assignment.SerializeAsString();
  return transaction
      .Execute(kPut, {assignment.server(), assignment.assignment_id(), assignment.rule_set(), Bytes{payload}})
      .status();
}

absl::StatusOr<std::optional<RuleSetAssignment>> FindAssignment(Transaction& transaction,
                                                                const std::string& server,
                                                                const std::string& assignment_id) {
  static const Statement kFind = {
      .sql = "SELECT payload FROM rule_set_assignments WHERE server = :server AND assignment_id = :id",
      .parameters = {kText, kText},
      .columns = {kBytes}};
  return ReadPayload<RuleSetAssignment>(transaction, kFind, {server, assignment_id});
}

absl::StatusOr<bool> DeleteAssignment(Transaction& transaction, const std::string& server,
                                      const std::string& assignment_id) {
  static const Statement kDelete = {
      .sql = "DELETE FROM rule_set_assignments WHERE server = :server AND assignment_id = :id",
      .parameters = {kText, kText}};
  ASSIGN_OR_RETURN(const int64_t deleted, transaction.Execute(kDelete, {server, assignment_id}));
  return deleted > 0;
}

absl::StatusOr<std::vector<RuleSetAssignment>> ListAssignments(Transaction& transaction,
                                                               const std::string& server,
                                                               const std::string& rule_set,
                                                               const std::string& after_id, int limit) {
  static const Statement kAll = {
      .sql =
          "SELECT payload FROM rule_set_assignments WHERE server = :server AND assignment_id > :after "
          "ORDER BY assignment_id LIMIT :limit",
      .parameters = {kText, kText, kInt},
      .columns = {kBytes}};
  static const Statement kOfRuleSet = {
      .sql =
          "SELECT payload FROM rule_set_assignments WHERE server = :server AND rule_set = :rule_set AND "
          "assignment_id > :after ORDER BY assignment_id LIMIT :limit",
      .parameters = {kText, kText, kText, kInt},
      .columns = {kBytes}};
  if (rule_set.empty()) return ReadPayloads<RuleSetAssignment>(transaction, kAll, {server, after_id, limit});
  return ReadPayloads<RuleSetAssignment>(transaction, kOfRuleSet, {server, rule_set, after_id, limit});
}

}  // namespace mtsuite::risk
