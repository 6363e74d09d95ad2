#ifndef SERVICES_CONNECTOR_MT5_CALLS_TRADE_READS_H_
#define SERVICES_CONNECTOR_MT5_CALLS_TRADE_READS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/trade_server.h"

// Reading orders, positions, symbols and prices. Contracts as in TradeServer.
namespace mtsuite::connector::mt5 {

void ReadOrder(const CallContext& context, int64_t login, int64_t ticket, absl::Time deadline,
               Done<orders::v1::Order> done);
void ReadPosition(const CallContext& context, int64_t login, int64_t ticket, absl::Time deadline,
                  Done<orders::v1::Position> done);
void ReadDeal(const CallContext& context, int64_t login, int64_t ticket, absl::Time deadline,
              Done<type::v1::Deal> done);
void ReadOrders(const CallContext& context, int64_t login, absl::Time deadline,
                Done<std::vector<orders::v1::Order>> done);
void ReadPositions(const CallContext& context, int64_t login, absl::Time deadline,
                   Done<std::vector<orders::v1::Position>> done);
void ReadOrderHistory(const CallContext& context, const DealQuery& query, absl::Time deadline,
                      Done<OrderPage> done);
void ReadSymbol(const CallContext& context, const std::string& symbol, const std::string& group,
                absl::Time deadline, Done<quotes::v1::Symbol> done);
void ReadQuote(const CallContext& context, const std::string& symbol, const std::string& group,
               absl::Time deadline, Done<MarketQuote> done);
void ReadMargin(const CallContext& context, const MarginQuery& query, absl::Time deadline,
                Done<MarginAnswer> done);

// What a position's group decides about it; nothing is changed when the group is not known.
void CompletePosition(const CallContext& context, orders::v1::Position& position);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_TRADE_READS_H_
