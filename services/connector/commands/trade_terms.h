#ifndef SERVICES_CONNECTOR_COMMANDS_TRADE_TERMS_H_
#define SERVICES_CONNECTOR_COMMANDS_TRADE_TERMS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "mtsuite/quotes/v1/symbol.pb.h"
#include "services/connector/journal/operation_record.h"
#include "services/connector/trade_server.h"

// From what callers ask for to what is sent, and back: pure.
namespace mtsuite::connector {

using TradeTerms = journal::v1::TradeTerms;

// Where a trade is to happen, as read a moment ago.
struct TradeMarket {
  std::string group;
  bool netting = false;
  quotes::v1::Symbol symbol;
  std::optional<MarketQuote> quote;  // None while the symbol has no price.
  absl::Time now;
};

// Check a request against the market and fill in what its caller left open. The errors say REJECTED.
absl::StatusOr<TradeTerms> PlacementTerms(const v1::PlaceOrderRequest& request, const TradeMarket& market);
absl::StatusOr<TradeTerms> OrderChangeTerms(const v1::UpdateOrderRequest& request,
                                            const orders::v1::Order& order, const TradeMarket& market);
absl::StatusOr<TradeTerms> StopsChangeTerms(const v1::UpdatePositionRequest& request,
                                            const orders::v1::Position& position, const TradeMarket& market);
absl::StatusOr<TradeTerms> ClosingTerms(const v1::ClosePositionRequest& request,
                                        const orders::v1::Position& position, const TradeMarket& market);
absl::Status CheckPairing(const orders::v1::Position& position, const orders::v1::Position& opposite,
                          const TradeMarket& market);

// What to send for a recorded operation, its tag included.
OrderPlacement ToPlacement(const OperationRecord& record);
OrderChange ToOrderChange(const OperationRecord& record);
OrderCancellation ToCancellation(const OperationRecord& record);
StopsChange ToStopsChange(const OperationRecord& record);
PositionClosing ToClosing(const OperationRecord& record);
PositionPairing ToPairing(const OperationRecord& record);

// What a dry run answers.
OperationResult ToDryResult(const OperationRecord& record);
// What was traded, by the deals that carry the operation's tag, oldest first; at least one.
orders::v1::TradeResult ToTradeResult(const OperationRecord& record,
                                      const std::vector<type::v1::Deal>& deals);
// The same of an order that waits, or waited, and has not traded.
orders::v1::TradeResult ToTradeResult(const OperationRecord& record, const orders::v1::Order& order);

// Whether the order has the terms that the operation gives it.
bool HasTerms(const OperationRecord& record, const orders::v1::Order& order);
bool HasTerms(const OperationRecord& record, const orders::v1::Position& position);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_TRADE_TERMS_H_
