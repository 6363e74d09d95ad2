#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_BALANCE_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_BALANCE_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "mtsuite/accounts/v1/trade_state.pb.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// Money and margin of accounts: TRADE_BALANCE, TRADE_MARGIN_CHECK (mt5-webapi §5.3) and USER_ACCOUNT_GET
// (§6.2).

// The platform's number for a kind of booking: deposits and withdrawals are one kind. Nothing for a type that
// may not be requested.
std::optional<int> BookingKind(accounts::v1::BalanceOperation::Type type);

// `kind` is BookingKind(booking.type).
Request BookBalance(const Booking& booking, int kind);
absl::StatusOr<BookingResult> ParseBooked(const Answer& answer);

Request GetTradeAccount(int64_t login);
Request CheckOrderMargin(const MarginQuery& query);

// Whose state an answer is expected to tell, and what it does not tell.
struct StateContext {
  int64_t login = 0;
  std::string currency_code;  // Its group's, or empty when not known.
  absl::Time read_time;
};
absl::StatusOr<accounts::v1::TradeState> ParseTradeAccount(const Answer& answer, const StateContext& context);
absl::StatusOr<MarginAnswer> ParseOrderMargin(const Answer& answer, const StateContext& context);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_BALANCE_COMMANDS_H_
