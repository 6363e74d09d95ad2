#ifndef SERVICES_CONNECTOR_COMMANDS_ORDER_CHECKS_H_
#define SERVICES_CONNECTOR_COMMANDS_ORDER_CHECKS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/quotes/v1/symbol.pb.h"
#include "services/connector/trade_types.h"

// What can be said of an order before the trading server is asked: one function per question. Pure. The
// trading server decides all the same.
namespace mtsuite::connector {

// A decimal that may be empty, which is zero: FIELD_INVALID (REJECTED) at `field` otherwise.
absl::StatusOr<Decimal> ParseOptional(const std::string& text, const std::string& field);

// Minimum, maximum and step.
absl::Status CheckVolume(const quotes::v1::Symbol& symbol, Decimal volume, const std::string& field);

// A price that is given: above zero, within the digits, a multiple of the tick size. Zero is no price.
absl::Status CheckPrice(const quotes::v1::Symbol& symbol, Decimal price, const std::string& field);

// Whether the symbol takes such orders, and their fill policy; `netting` accounts may trade against the
// allowed direction to reduce what they hold.
absl::Status CheckOrderKind(const quotes::v1::Symbol& symbol, const orders::v1::Order& order, bool netting);

// The fill policy for an order that leaves it open, and how long one waits that does not say.
type::v1::FillPolicy DefaultFillPolicy(const quotes::v1::Symbol& symbol, type::v1::OrderType type);
type::v1::TimeInForce DefaultTimeInForce(const quotes::v1::Symbol& symbol);

// Whether an order that waits may wait so long.
absl::Status CheckExpiration(const quotes::v1::Symbol& symbol, const orders::v1::Order& order,
                             absl::Time now);

// Which prices the type needs and takes, and each price by itself.
absl::Status CheckPrices(const quotes::v1::Symbol& symbol, const orders::v1::Order& order);

// The prices of an order that waits against the market.
absl::Status CheckPendingSide(const quotes::v1::Symbol& symbol, const orders::v1::Order& order,
                              const MarketQuote& quote);

// The stops of something that is bought or sold at, or closed at, `reference`.
struct StopsCheck {
  type::v1::Side side;
  Decimal reference;
  Decimal stop_loss;    // Zero is none.
  Decimal take_profit;  // Zero is none.
  std::string prefix;   // "order." or "position.", of the fields.
};
absl::Status CheckStops(const quotes::v1::Symbol& symbol, const StopsCheck& check);

// Decimals of an amount of money as the trading server writes it: those of its currency.
int MoneyDigits(const std::string& money);

// The price that stops of an order are compared with: where it will trade, and for one that trades at once
// what it could be closed at.
Decimal StopsReference(const orders::v1::Order& order, const MarketQuote& quote);

// What a trade at once on this side pays.
inline Decimal MarketPrice(const MarketQuote& quote, type::v1::Side side) {
  return side == type::v1::BUY ? quote.ask : quote.bid;
}

// Whether trades at once are executed at the price that they were sent with, or not at all.
bool IsInstant(const quotes::v1::Symbol& symbol);

// How far the market may still move from where it is, in points, when `allowed` points from `price` are.
// PRICE_CHANGED when it is beyond that. Without a price it counts from the market.
absl::StatusOr<int32_t> RemainingDeviation(const quotes::v1::Symbol& symbol, const MarketQuote& quote,
                                           type::v1::Side side, Decimal price,
                                           std::optional<int32_t> allowed);

// MARKET_CLOSED, with the next opening, outside of the symbol's trade sessions. Holidays are not known.
absl::Status CheckSession(const quotes::v1::Symbol& symbol, absl::Time now);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_ORDER_CHECKS_H_
