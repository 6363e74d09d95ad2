#ifndef SERVICES_CONNECTOR_MT5_CALLS_PASSWORD_CALLS_H_
#define SERVICES_CONNECTOR_MT5_CALLS_PASSWORD_CALLS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/trade_server.h"

// Setting and checking passwords. Contracts as in TradeServer.
namespace mtsuite::connector::mt5 {

// PASSWORD_TOO_WEAK / REJECTED with the metadata `rule` when a main or investor password breaks the policy of
// a group with this minimum length (0 when unknown). `field` is where the caller gave it.
absl::Status CheckPasswordPolicy(std::string_view password, int group_min_length, std::string_view field);

void SetAccountPassword(const CallContext& context, const PasswordChange& change, absl::Time deadline,
                        DoneStatus done);
void CheckAccountPassword(const CallContext& context, const PasswordChange& password, absl::Time deadline,
                          Done<bool> done);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_PASSWORD_CALLS_H_
