#ifndef COMMON_AUTH_SCOPES_H_
#define COMMON_AUTH_SCOPES_H_

#include <array>
#include <string_view>

#include "absl/types/span.h"

// What each rpc of the suite needs. One table, so that a reviewer can audit all access in one place; a test
// compares it with the services that are compiled in.
namespace mtsuite::auth {

// Read accounts, their state, deals, groups and statistics.
inline constexpr std::string_view kAccountsRead = "accounts.read";
// Create, change and delete accounts; set passwords.
inline constexpr std::string_view kAccountsWrite = "accounts.write";
// Read balance operations.
inline constexpr std::string_view kFundsRead = "funds.read";
// Book money.
inline constexpr std::string_view kFundsWrite = "funds.write";
// Book a withdrawal although it exceeds the free margin. Asked for beside funds.write, by the handler.
inline constexpr std::string_view kFundsOverride = "funds.override";
// Read trading servers, symbols and their state.
inline constexpr std::string_view kServersRead = "servers.read";
// Read orders, positions and their history.
inline constexpr std::string_view kTradingRead = "trading.read";
// Place, change, cancel and close.
inline constexpr std::string_view kTradingWrite = "trading.write";
// Read quotes, candles and what can be traded.
inline constexpr std::string_view kQuotesRead = "quotes.read";
// Read operations and their outcome.
inline constexpr std::string_view kOperationsRead = "operations.read";
// Steer a simulated trading server.
inline constexpr std::string_view kSimControl = "sim.control";

// Every scope there is.
absl::Span<const std::string_view> AllScopes();

// The rule of one rpc.
struct MethodRule {
  // Full name as on the wire: "/mtsuite.accounts.v1.AccountService/GetAccount".
  std::string_view method;
  // The caller needs one of these; unused places are empty, the first never is.
  std::array<std::string_view, 6> scopes;
  // Reads change nothing: they may be repeated by a client's channel and are logged at level debug.
  bool is_read = false;
};

// All rules, sorted by method.
absl::Span<const MethodRule> AllMethodRules();

// The rule of `method`; null when there is none, and then the rpc must be refused.
const MethodRule* FindMethodRule(std::string_view method);

}  // namespace mtsuite::auth

#endif  // COMMON_AUTH_SCOPES_H_
