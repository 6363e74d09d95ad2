#include "services/connector/testing/memory_journal_store.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace mtsuite::connector {
namespace {

absl::Time ToMicros(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

// Ascending order of what a list shows.
auto Rank(bool unresolved, absl::Time create_time, const std::string& id) {
  return std::make_tuple(!unresolved, -absl::ToUnixMicros(create_time), id);
}

}  // namespace

absl::Status MemoryJournalStore::Put(const OperationRecord& record) {
  for (const auto& [key, other] : records_) {
    if (key.first == record.server && key.second != record.operation_id && other.tag == record.tag) {
      return absl::AlreadyExistsError(absl::StrCat("the tag ", record.tag, " is taken"));
    }
  }
  OperationRecord& row = records_[{record.server, record.operation_id}];
  row = record;
  row.create_time = ToMicros(record.create_time);
  row.update_time = ToMicros(record.update_time);
  row.sent_time = ToMicros(record.sent_time);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<OperationRecord>> MemoryJournalStore::Find(const std::string& server,
                                                                        const std::string& operation_id) {
  const auto found = records_.find({server, operation_id});
  if (found == records_.end()) return std::optional<OperationRecord>();
  return std::optional<OperationRecord>(found->second);
}

absl::StatusOr<std::vector<OperationRecord>> MemoryJournalStore::ListUnresolved(const std::string& server,
                                                                                int limit) {
  std::vector<OperationRecord> result;
  for (const auto& [key, record] : records_) {
    if (key.first == server && IsUnresolved(record.state)) result.push_back(record);
  }
  std::sort(result.begin(), result.end(), [](const OperationRecord& a, const OperationRecord& b) {
    return std::tie(a.create_time, a.operation_id) < std::tie(b.create_time, b.operation_id);
  });
  if (static_cast<int>(result.size()) > limit) result.resize(static_cast<size_t>(limit));
  return result;
}

absl::StatusOr<std::vector<OperationRecord>> MemoryJournalStore::List(const OperationQuery& query) {
  std::vector<OperationRecord> result;
  for (const auto& [key, record] : records_) {
    if (key.first != query.server || (query.login != 0 && record.login != query.login)) continue;
    if (query.state != operations::v1::Operation::STATE_UNSPECIFIED && record.state != query.state) continue;
    if (query.after.has_value() &&
        Rank(IsUnresolved(record.state), record.create_time, record.operation_id) <=
            Rank(query.after->unresolved, query.after->create_time, query.after->operation_id)) {
      continue;
    }
    result.push_back(record);
  }
  std::sort(result.begin(), result.end(), [](const OperationRecord& a, const OperationRecord& b) {
    return Rank(IsUnresolved(a.state), a.create_time, a.operation_id) <
           Rank(IsUnresolved(b.state), b.create_time, b.operation_id);
  });
  if (static_cast<int>(result.size()) > query.limit) result.resize(static_cast<size_t>(query.limit));
  return result;
}

absl::StatusOr<int> MemoryJournalStore::DeleteFinal(const std::string& server, absl::Time before, int limit) {
  int deleted = 0;
  for (auto row = records_.begin(); row != records_.end() && deleted < limit;) {
    const OperationRecord& record = row->second;
    if (record.server == server && !IsUnresolved(record.state) && record.update_time < before) {
      row = records_.erase(row);
      ++deleted;
    } else {
      ++row;
    }
  }
  return deleted;
}

}  // namespace mtsuite::connector
