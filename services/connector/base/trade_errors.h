#ifndef SERVICES_CONNECTOR_BASE_TRADE_ERRORS_H_
#define SERVICES_CONNECTOR_BASE_TRADE_ERRORS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "common/decimal/decimal.h"

// The errors of the connector's own checks: what only the trading server (or its picture here) can know.
// Those of mutations say REJECTED, or NOT_SENT when a later try can succeed.
namespace mtsuite::connector::trade_errors {

absl::Status AccountNotFound(int64_t login);
absl::Status GroupNotFound(const std::string& group);
absl::Status GroupCurrencyDiffers(const std::string& currency, const std::string& new_currency);
absl::Status LoginTaken(int64_t login);
absl::Status LoginOutOfRange(int64_t login, int64_t min, int64_t max);
absl::Status LoginsExhausted(int64_t min, int64_t max);
absl::Status LeverageOutOfRange(int32_t leverage);
// What a check of a password found (`weak`, an error), about the field that the caller sent it in.
absl::Status PasswordTooWeak(const absl::Status& weak, const std::string& field);
absl::Status OpenPositionsForbidChange(int64_t login, const std::string& change);
absl::Status AmountTooPrecise(Decimal amount, const std::string& currency, int digits);
absl::Status InsufficientFreeMargin(Decimal amount, Decimal free_margin, const std::string& currency);
absl::Status InsufficientCredit(Decimal amount, Decimal credit, const std::string& currency);
absl::Status DirectoryLoading();
absl::Status ServerUnavailable(const std::string& server, const std::string& why);
absl::Status ServerNotFound(const std::string& server);
// This process does not drive the server at the moment.
absl::Status NotOwner(const std::string& server);

}  // namespace mtsuite::connector::trade_errors

#endif  // SERVICES_CONNECTOR_BASE_TRADE_ERRORS_H_
