// Bookings of money among an account's deals.
#ifndef SERVICES_ACCOUNTS_BOOKINGS_H_
#define SERVICES_ACCOUNTS_BOOKINGS_H_

#include <optional>

#include "mtsuite/accounts/v1/balance_operation.pb.h"
#include "mtsuite/type/v1/deal.pb.h"

namespace mtsuite::accounts {

// The balance operation that a deal books; nothing for trades and for what the platform books by itself
// (commissions, swaps, interest). The amount is positive with the sign in the type, except for corrections.
std::optional<v1::BalanceOperation> ToBalanceOperation(const type::v1::Deal& deal);

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_BOOKINGS_H_
