#ifndef SERVICES_RISK_VALUATION_POSITION_VALUE_H_
#define SERVICES_RISK_VALUATION_POSITION_VALUE_H_

#include "absl/status/statusor.h"
#include "common/decimal/decimal.h"
#include "mtsuite/quotes/v1/symbol.pb.h"
#include "mtsuite/type/v1/trade.pb.h"

namespace mtsuite::risk {

// What the value of a position follows from.
struct PositionTerms {
  type::v1::Side side = type::v1::SIDE_UNSPECIFIED;
  Decimal volume;  // lots
  Decimal open_price;
  Decimal close_price;  // bid for long, ask for short positions
  Decimal contract_size;
  quotes::v1::Symbol::CalculationMode calculation_mode = quotes::v1::Symbol::CALCULATION_MODE_UNSPECIFIED;
  Decimal tick_size;   // FUTURES
  Decimal tick_value;  // FUTURES
  // From the symbol's profit currency to the account's.
  Decimal conversion_rate = Decimal::FromInteger(1);
};

// Profit without swap, in the account's currency, rounded to `currency_digits` as trading servers round what
// they book: halves away from zero. The one exact computation of the risk service: the engine's quick sums
// are held against it, and certificates are reckoned with it. INVALID_ARGUMENT without a side; OUT_OF_RANGE
// for numbers too large to be real.
absl::StatusOr<Decimal> PositionProfit(const PositionTerms& terms, int currency_digits);

// Volume times contract size times price in the account's currency, rounded likewise. Never below zero.
absl::StatusOr<Decimal> PositionExposure(const PositionTerms& terms, int currency_digits);

// How much better than `expected` the price of a close is for the account; below zero when it is worse.
Decimal CloseSlippage(type::v1::Side side, Decimal expected, Decimal price);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_VALUATION_POSITION_VALUE_H_
