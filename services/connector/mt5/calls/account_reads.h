#ifndef SERVICES_CONNECTOR_MT5_CALLS_ACCOUNT_READS_H_
#define SERVICES_CONNECTOR_MT5_CALLS_ACCOUNT_READS_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/mt5/commands/user_commands.h"
#include "services/connector/trade_server.h"

// Reading accounts. Contracts as in TradeServer.
namespace mtsuite::connector::mt5 {

void ReadAccount(const CallContext& context, int64_t login, absl::Time deadline,
                 Done<accounts::v1::Account> done);

void ReadAccounts(const CallContext& context, const std::vector<int64_t>& logins, absl::Time deadline,
                  Done<std::vector<accounts::v1::Account>> done);
// The same for polling: over its own connection, and records that cannot be read are left out and logged,
// because one of them must not hide all others.
void PollAccounts(const CallContext& context, const std::vector<int64_t>& logins, absl::Time deadline,
                  Done<std::vector<accounts::v1::Account>> done);

void ReadTradeState(const CallContext& context, int64_t login, absl::Time deadline,
                    Done<accounts::v1::TradeState> done);

// Completes a record with what its group decides, asking for the group if it is not known. When the group
// cannot be asked for, a read fails; what a mutation returns is delivered without it, because it is done.
void CompleteAccount(const CallContext& context, UserRecord record, absl::Time deadline, bool mutation,
                     Done<accounts::v1::Account> done);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_ACCOUNT_READS_H_
