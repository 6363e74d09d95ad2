#include "services/risk/certificate/chain.h"

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/risk/certificate/canonical.h"

namespace mtsuite::risk {
namespace {

absl::StatusOr<std::string> HashOf(const v1::BreachRecord& record) {
  ASSIGN_OR_RETURN(const std::string bytes, CanonicalJsonWithout(record, "hash"));
  return Sha256Hex(bytes);
}

absl::Status Broken(const v1::BreachRecord& record, const std::string& what) {
  return absl::DataLossError(absl::StrCat("record ", record.sequence(), " ", what));
}

}  // namespace

absl::Status Seal(v1::BreachRecord& record, ChainHead& head) {
  record.set_sequence(head.sequence + 1);
  record.set_previous_hash(head.hash);
  ASSIGN_OR_RETURN(const std::string hash, HashOf(record));
  record.set_hash(hash);
  head = {record.sequence(), hash};
  return absl::OkStatus();
}

absl::Status CheckHash(const v1::BreachRecord& record) {
  ASSIGN_OR_RETURN(const std::string hash, HashOf(record));
  if (hash == record.hash()) return absl::OkStatus();
  return Broken(record,
                absl::StrCat("was changed: its content has the hash ", hash, ", it says ", record.hash()));
}

absl::Status ChainCheck::Next(const v1::BreachRecord& record) {
  if (record.sequence() != head_.sequence + 1) {
    return Broken(record, absl::StrCat("is not the one that follows ", head_.sequence));
  }
  if (record.previous_hash() != head_.hash) {
    return Broken(record, absl::StrCat("does not follow the record before, whose hash is ", head_.hash));
  }
  if (head_.sequence > 0 && record.server() != server_) {
    return Broken(record, absl::StrCat("is of the server ", record.server(), ", the chain of ", server_));
  }
  RETURN_IF_ERROR(CheckHash(record));
  server_ = record.server();
  head_ = {record.sequence(), record.hash()};
  return absl::OkStatus();
}

}  // namespace mtsuite::risk
