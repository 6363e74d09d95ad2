#include "common/auth/scopes.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/types/span.h"

namespace mtsuite::auth {
namespace {

constexpr std::array kAllScopes = {
    kAccountsRead, kAccountsWrite, kFundsRead,   kFundsWrite,     kFundsOverride, kTradingRead,
    kTradingWrite, kQuotesRead,    kServersRead, kOperationsRead, kSimControl,
};

// A read of the connector serves many public calls, each of which asked for its own scope already.
constexpr MethodRule InternalRead(std::string_view method) {
  return {method, {kAccountsRead, kAccountsWrite, kFundsRead, kFundsWrite}, /*is_read=*/true};
}
// A read that trading consists of: whoever may trade may look.
constexpr MethodRule TradingRead(std::string_view method) {
  return {method, {kTradingRead, kTradingWrite}, /*is_read=*/true};
}
constexpr MethodRule Read(std::string_view method, std::string_view scope, std::string_view or_scope = {}) {
  return {method, {scope, or_scope}, true};
}
constexpr MethodRule Mutation(std::string_view method, std::string_view scope) {
  return {method, {scope}, false};
}

// The same rule with one more scope that will do.
constexpr MethodRule Also(MethodRule rule, std::string_view scope) {
  for (std::string_view& place : rule.scopes) {
    if (!place.empty()) continue;
    place = scope;
    break;
  }
  return rule;
}

constexpr std::array kRules = {
    Mutation("/mtsuite.accounts.v1.AccountService/BatchCreateAccounts", kAccountsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/BatchCreateBalanceOperations", kFundsWrite),
    Read("/mtsuite.accounts.v1.AccountService/BatchGetAccounts", kAccountsRead),
    // Changes nothing, but tells whether a guess is right: not for keys that may only read.
    Read("/mtsuite.accounts.v1.AccountService/CheckPassword", kAccountsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/CreateAccount", kAccountsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/CreateBalanceOperation", kFundsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/DeleteAccount", kAccountsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/DisableAccount", kAccountsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/EnableAccount", kAccountsWrite),
    Read("/mtsuite.accounts.v1.AccountService/GetAccount", kAccountsRead),
    Read("/mtsuite.accounts.v1.AccountService/GetStatistics", kAccountsRead),
    Read("/mtsuite.accounts.v1.AccountService/GetTradeState", kAccountsRead),
    Read("/mtsuite.accounts.v1.AccountService/ListAccounts", kAccountsRead),
    Read("/mtsuite.accounts.v1.AccountService/ListBalanceOperations", kFundsRead),
    Read("/mtsuite.accounts.v1.AccountService/ListDeals", kAccountsRead),
    Read("/mtsuite.accounts.v1.AccountService/ListGroups", kAccountsRead),
    Mutation("/mtsuite.accounts.v1.AccountService/SetAccountReadOnly", kAccountsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/SetPassword", kAccountsWrite),
    Mutation("/mtsuite.accounts.v1.AccountService/UpdateAccount", kAccountsWrite),

    Read("/mtsuite.connector.v1.ConnectorQuoteService/GetSymbol", kQuotesRead, kTradingRead),
    Read("/mtsuite.connector.v1.ConnectorQuoteService/ListCandles", kQuotesRead),
    Read("/mtsuite.connector.v1.ConnectorQuoteService/StreamTicks", kQuotesRead, kTradingRead),

    InternalRead("/mtsuite.connector.v1.ConnectorService/BatchGetAccounts"),
    Read("/mtsuite.connector.v1.ConnectorService/CheckPassword", kAccountsWrite),
    Mutation("/mtsuite.connector.v1.ConnectorService/CreateAccount", kAccountsWrite),
    Mutation("/mtsuite.connector.v1.ConnectorService/CreateBalanceOperation", kFundsWrite),
    Mutation("/mtsuite.connector.v1.ConnectorService/DeleteAccount", kAccountsWrite),
    InternalRead("/mtsuite.connector.v1.ConnectorService/GetAccount"),
    InternalRead("/mtsuite.connector.v1.ConnectorService/GetTradeState"),
    Read("/mtsuite.connector.v1.ConnectorService/ListAccounts", kAccountsRead),
    // Deals and symbols hold nothing personal, and closed positions are made of deals.
    Also(InternalRead("/mtsuite.connector.v1.ConnectorService/ListDeals"), kTradingRead),
    InternalRead("/mtsuite.connector.v1.ConnectorService/ListGroups"),
    Also(Also(InternalRead("/mtsuite.connector.v1.ConnectorService/ListSymbols"), kTradingRead), kQuotesRead),
    Mutation("/mtsuite.connector.v1.ConnectorService/SetPassword", kAccountsWrite),
    Read("/mtsuite.connector.v1.ConnectorService/StreamEvents", kAccountsRead, kTradingRead),
    Mutation("/mtsuite.connector.v1.ConnectorService/UpdateAccount", kAccountsWrite),

    Mutation("/mtsuite.connector.v1.ConnectorTradingService/CancelOrder", kTradingWrite),
    TradingRead("/mtsuite.connector.v1.ConnectorTradingService/CheckMargin"),
    Mutation("/mtsuite.connector.v1.ConnectorTradingService/ClosePosition", kTradingWrite),
    Mutation("/mtsuite.connector.v1.ConnectorTradingService/ClosePositionBy", kTradingWrite),
    TradingRead("/mtsuite.connector.v1.ConnectorTradingService/GetOrder"),
    TradingRead("/mtsuite.connector.v1.ConnectorTradingService/GetPosition"),
    TradingRead("/mtsuite.connector.v1.ConnectorTradingService/ListOrderHistory"),
    TradingRead("/mtsuite.connector.v1.ConnectorTradingService/ListOrders"),
    TradingRead("/mtsuite.connector.v1.ConnectorTradingService/ListPositions"),
    Mutation("/mtsuite.connector.v1.ConnectorTradingService/PlaceOrder", kTradingWrite),
    Mutation("/mtsuite.connector.v1.ConnectorTradingService/UpdateOrder", kTradingWrite),
    Mutation("/mtsuite.connector.v1.ConnectorTradingService/UpdatePosition", kTradingWrite),

    Read("/mtsuite.operations.v1.OperationService/GetOperation", kOperationsRead),
    Read("/mtsuite.operations.v1.OperationService/ListOperations", kOperationsRead),
    Read("/mtsuite.operations.v1.ServerService/GetServer", kServersRead),
    Read("/mtsuite.operations.v1.ServerService/ListServers", kServersRead),

    Mutation("/mtsuite.orders.v1.OrderService/CancelOrder", kTradingWrite),
    Mutation("/mtsuite.orders.v1.OrderService/CloseAllPositions", kTradingWrite),
    Mutation("/mtsuite.orders.v1.OrderService/ClosePosition", kTradingWrite),
    Mutation("/mtsuite.orders.v1.OrderService/ClosePositionBy", kTradingWrite),
    Read("/mtsuite.orders.v1.OrderService/GetOrder", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/GetPosition", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/ListClosedPositions", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/ListOrderHistory", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/ListOrders", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/ListPositions", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/ListServerOrders", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/ListServerPositions", kTradingRead),
    Mutation("/mtsuite.orders.v1.OrderService/PlaceOrder", kTradingWrite),
    Read("/mtsuite.orders.v1.OrderService/PreviewOrder", kTradingRead),
    Read("/mtsuite.orders.v1.OrderService/StreamTradeEvents", kTradingRead),
    Mutation("/mtsuite.orders.v1.OrderService/UpdateOrder", kTradingWrite),
    Mutation("/mtsuite.orders.v1.OrderService/UpdatePosition", kTradingWrite),

    Read("/mtsuite.quotes.v1.QuoteService/GetConversionRate", kQuotesRead),
    Read("/mtsuite.quotes.v1.QuoteService/GetQuote", kQuotesRead),
    Read("/mtsuite.quotes.v1.QuoteService/GetSymbol", kQuotesRead),
    Read("/mtsuite.quotes.v1.QuoteService/ListCandles", kQuotesRead),
    Read("/mtsuite.quotes.v1.QuoteService/ListQuotes", kQuotesRead),
    Read("/mtsuite.quotes.v1.QuoteService/ListSymbols", kQuotesRead),
    Read("/mtsuite.quotes.v1.QuoteService/StreamQuotes", kQuotesRead),

    Mutation("/mtsuite.sim.v1.SimService/AddFault", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/CancelOrder", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/ClearFaults", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/ClosePosition", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/EditPosition", kSimControl),
    Read("/mtsuite.sim.v1.SimService/GetStatus", kSimControl),
    Read("/mtsuite.sim.v1.SimService/ListDeals", kSimControl),
    Read("/mtsuite.sim.v1.SimService/ListFaults", kSimControl),
    Read("/mtsuite.sim.v1.SimService/ListOrders", kSimControl),
    Read("/mtsuite.sim.v1.SimService/ListPositions", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/OpenPosition", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/PlaceOrder", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/RestartServer", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/SeedAccounts", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/SeedHistory", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/SetClock", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/SetFeed", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/SetPrice", kSimControl),
    Mutation("/mtsuite.sim.v1.SimService/StepFeed", kSimControl),
};

constexpr bool ByMethod(const MethodRule& a, const MethodRule& b) { return a.method < b.method; }
static_assert(std::is_sorted(kRules.begin(), kRules.end(), ByMethod), "FindMethodRule searches by halves");

}  // namespace

absl::Span<const std::string_view> AllScopes() { return kAllScopes; }

absl::Span<const MethodRule> AllMethodRules() { return kRules; }

const MethodRule* FindMethodRule(std::string_view method) {
  const auto* found =
      std::lower_bound(kRules.begin(), kRules.end(), method,
                       [](const MethodRule& rule, std::string_view wanted) { return rule.method < wanted; });
  return found != kRules.end() && found->method == method ? &*found : nullptr;
}

}  // namespace mtsuite::auth
