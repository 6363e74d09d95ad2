#include "services/risk/store/record_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/risk/certificate/canonical.h"

namespace mtsuite::risk {

using storage::Row;
using storage::Statement;
using storage::Transaction;
using v1::BreachCertificate;
using v1::BreachRecord;
using enum storage::Type;

namespace {

// An enforcement ends once, is lifted once, and that is all.
constexpr int kMaxRecordsOfBreach = 100;

const std::string& BreachIdOf(const BreachRecord& record) {
  return record.has_evidence() ? record.evidence().breach_id() : record.outcome().breach().breach_id();
}

absl::Status AddTo(BreachCertificate& certificate, std::string_view json) {
  BreachRecord record;
  if (const absl::Status status = ParseStrictJson(json, record); !status.ok()) {
    return absl::DataLossError(absl::StrCat("the risk database holds a damaged record: ", status.message()));
  }
  if (record.has_evidence()) {
    *certificate.mutable_evidence() = std::move(record);
  } else {
    *certificate.add_outcomes() = std::move(record);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AppendRecord(Transaction& transaction, BreachRecord& record) {
  static const Statement kInsert = {
      .sql =
          "INSERT INTO breach_records (server, sequence, breach_id, hash, record) "
          "VALUES (:server, :sequence, :breach_id, :hash, :record)",
      .parameters = {kText, kInt, kText, kText, kText}};
  ASSIGN_OR_RETURN(ChainHead head, FindChainHead(transaction, record.server()));
  RETURN_IF_ERROR(Seal(record, head));
  ASSIGN_OR_RETURN(const std::string json, CanonicalJson(record));
  return transaction
      .Execute(kInsert, {record.server(), record.sequence(), BreachIdOf(record), record.hash(), json})
      .status();
}

absl::StatusOr<ChainHead> FindChainHead(Transaction& transaction, const std::string& server) {
  static const Statement kFind = {
      .sql =
          "SELECT sequence, hash FROM breach_records WHERE server = :server ORDER BY sequence DESC LIMIT 1",
      .parameters = {kText},
      .columns = {kInt, kText}};
  ChainHead head;
  RETURN_IF_ERROR(transaction.Query(kFind, {server}, [&head](const Row& row) {
    head = {row.Int(0), std::string(row.Text(1))};
    return absl::OkStatus();
  }));
  return head;
}

absl::StatusOr<std::optional<BreachCertificate>> FindCertificate(Transaction& transaction,
                                                                 const std::string& server,
                                                                 const std::string& breach_id) {
  static const Statement kFind = {
      .sql =
          "SELECT record FROM breach_records WHERE server = :server AND breach_id = :breach_id "
          "ORDER BY sequence LIMIT :limit",
      .parameters = {kText, kText, kInt},
      .columns = {kText}};
  std::optional<BreachCertificate> certificate;
  RETURN_IF_ERROR(transaction.Query(kFind, {server, breach_id, kMaxRecordsOfBreach}, [&](const Row& row) {
    if (!certificate.has_value()) certificate.emplace();
    return AddTo(*certificate, row.Text(0));
  }));
  return certificate;
}

absl::StatusOr<std::vector<std::string>> ListRecordLines(Transaction& transaction, const std::string& server,
                                                         int64_t after_sequence, int limit) {
  static const Statement kList = {
      .sql =
          "SELECT record FROM breach_records WHERE server = :server AND sequence > :after "
          "ORDER BY sequence LIMIT :limit",
      .parameters = {kText, kInt, kInt},
      .columns = {kText}};
  std::vector<std::string> lines;
  RETURN_IF_ERROR(transaction.Query(kList, {server, after_sequence, limit}, [&lines](const Row& row) {
    lines.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return lines;
}

}  // namespace mtsuite::risk
