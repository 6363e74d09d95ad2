// What a request to the accounts service must look like before the connector is asked: pure checks of the
// request itself. Everything that only the trading server knows (groups, logins, money) is checked by the
// connector.
//
// Every failure is INVALID_ARGUMENT with a reason, the field's path in the request and what is allowed.
#ifndef SERVICES_ACCOUNTS_VALIDATION_H_
#define SERVICES_ACCOUNTS_VALIDATION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/requests/checks.h"
#include "google/protobuf/field_mask.pb.h"
#include "mtsuite/accounts/v1/account.pb.h"
#include "mtsuite/accounts/v1/balance_operation.pb.h"

namespace mtsuite::accounts {

using requests::InvalidField;
using requests::kMaxOperationIdLength;
using requests::ResolveTimeSpan;
using requests::TimeSpan;
using requests::ValidateBatchSize;
using requests::ValidateLogin;
using requests::ValidateOperationId;
using requests::ValidateServer;

inline constexpr int kMaxLeverage = 1000;
// Room for the ".N" that batch items append.
inline constexpr int kMaxBatchOperationIdLength = 56;
inline constexpr int kMaxBatchMutations = 100;
inline constexpr int kMaxBatchGets = 500;

// An account to open; `prefix` (such as "account" or "requests[3].account") starts the paths of violations.
absl::Status ValidateNewAccount(const v1::Account& account, std::string_view prefix);

// A password to set or check: present and at most 127 characters. The platform's policy is the connector's
// business.
absl::Status ValidatePassword(std::string_view password, std::string_view field);

absl::Status ValidatePasswordType(v1::PasswordType type);

absl::Status ValidateBalanceOperation(const v1::BalanceOperation& operation, std::string_view prefix);

// Resolves which fields an update changes and checks their new values. An empty mask means every populated
// field, "*" every mutable one; a message stands for its fields. Returns leaf paths such as "contact.email",
// each once.
absl::StatusOr<std::vector<std::string>> ResolveUpdate(const v1::Account& account,
                                                       const google::protobuf::FieldMask& mask);

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_VALIDATION_H_
