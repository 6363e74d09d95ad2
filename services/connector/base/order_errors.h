#ifndef SERVICES_CONNECTOR_BASE_ORDER_ERRORS_H_
#define SERVICES_CONNECTOR_BASE_ORDER_ERRORS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/quotes/v1/symbol.pb.h"

// The errors of the connector's own checks of trades. All say REJECTED; `field` is where the caller gave what
// is wrong.
namespace mtsuite::connector::order_errors {

absl::Status SymbolNotFound(const std::string& symbol);
absl::Status VolumeTooSmall(Decimal volume, const quotes::v1::Symbol& symbol, const std::string& field);
absl::Status VolumeTooLarge(Decimal volume, const quotes::v1::Symbol& symbol, const std::string& field);
absl::Status VolumeStepMismatch(Decimal volume, const quotes::v1::Symbol& symbol, const std::string& field);
absl::Status VolumeExceedsPosition(Decimal volume, const std::string& open);
absl::Status OrderTypeNotAllowed(const quotes::v1::Symbol& symbol, const std::string& what);
absl::Status FillPolicyNotAllowed(const quotes::v1::Symbol& symbol, const std::string& policy);
absl::Status TradeDisabled(const std::string& what, const std::string& message);
absl::Status DirectionNotAllowed(const quotes::v1::Symbol& symbol);
absl::Status OffQuotes(const std::string& symbol);
absl::Status PriceChanged(Decimal bid, Decimal ask, int32_t points, int32_t allowed);
absl::Status InvalidExpiration(const std::string& message, const std::string& field);
// `next_open` is InfiniteFuture when it is not known.
absl::Status MarketClosed(const std::string& symbol, absl::Time next_open);
absl::Status InsufficientMargin(const std::string& margin, const std::string& free_margin,
                                const std::string& currency);
// Of an order that is done.
absl::Status OrderIsDone(const orders::v1::Order& order);
absl::Status PositionNotFound(int64_t ticket);
absl::Status PositionClosed(int64_t ticket);
absl::Status PositionsNotOpposite(int64_t ticket, int64_t opposite);

// Prices.
absl::Status PriceMissing(const std::string& field, const std::string& type);
absl::Status PriceNotWanted(const std::string& field, const std::string& type);
absl::Status PriceNotPositive(const std::string& field);
absl::Status PriceTooPrecise(Decimal price, int digits, const std::string& field);
absl::Status PriceOffTick(Decimal price, const std::string& tick_size, const std::string& field);
absl::Status PriceOnWrongSide(Decimal price, Decimal bid, Decimal ask, const std::string& field);
// A stop on the wrong side of `reference`, or nearer to it than the symbol allows.
absl::Status InvalidStops(Decimal stop, Decimal reference, const quotes::v1::Symbol& symbol,
                          const std::string& field);

}  // namespace mtsuite::connector::order_errors

#endif  // SERVICES_CONNECTOR_BASE_ORDER_ERRORS_H_
