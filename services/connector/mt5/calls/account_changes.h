#ifndef SERVICES_CONNECTOR_MT5_CALLS_ACCOUNT_CHANGES_H_
#define SERVICES_CONNECTOR_MT5_CALLS_ACCOUNT_CHANGES_H_

#include <cstdint>

#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/trade_server.h"

// Opening, changing and deleting accounts. Contracts as in TradeServer.
namespace mtsuite::connector::mt5 {

inline constexpr int32_t kMinLeverage = 1;
inline constexpr int32_t kMaxLeverage = 1000;
// Of a new account whose group names none either.
inline constexpr int32_t kDefaultLeverage = 100;

void OpenAccount(const CallContext& context, const NewAccount& account, absl::Time deadline,
                 Done<accounts::v1::Account> done);
void ChangeAccount(const CallContext& context, const AccountChange& change, absl::Time deadline,
                   Done<accounts::v1::Account> done);
void RemoveAccount(const CallContext& context, int64_t login, absl::Time deadline, DoneStatus done);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_ACCOUNT_CHANGES_H_
