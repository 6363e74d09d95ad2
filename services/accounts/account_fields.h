// The fields of accounts.v1.Account in one table: what can be changed, how long it may be.
#ifndef SERVICES_ACCOUNTS_ACCOUNT_FIELDS_H_
#define SERVICES_ACCOUNTS_ACCOUNT_FIELDS_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "mtsuite/accounts/v1/account.pb.h"

namespace mtsuite::accounts {

// One field that a client of the API can set, named by its FieldMask path.
struct AccountField {
  enum class Kind { kText, kLeverage, kLogin, kRight };

  std::string_view path;
  Kind kind;
  int max_length = 0;     // Of kText, in UTF-16 units; MT5's limits less the terminator.
  bool required = false;  // Must not be empty.
  const std::string& (*text)(const v1::Account&) = nullptr;  // Of kText.
  bool (*is_populated)(const v1::Account&) = nullptr;
};

// All of them, in the order of the proto. `login` is not among them: it never changes.
absl::Span<const AccountField> MutableAccountFields();

// Whether `path` names a top-level field that only the server sets, `login` included.
bool IsOutputOnlyAccountField(std::string_view path);

// Whether a mask path stands for a leaf: itself, its message, or "*".
bool PathCovers(std::string_view mask_path, std::string_view leaf);

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_ACCOUNT_FIELDS_H_
