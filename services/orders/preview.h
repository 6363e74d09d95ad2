// The arithmetic of PreviewOrder. Pure.
#ifndef SERVICES_ORDERS_PREVIEW_H_
#define SERVICES_ORDERS_PREVIEW_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/conversion/conversion.h"
#include "common/decimal/decimal.h"
#include "mtsuite/connector/v1/trading_service.pb.h"
#include "mtsuite/orders/v1/order.pb.h"
#include "mtsuite/orders/v1/trade.pb.h"
#include "mtsuite/quotes/v1/symbol.pb.h"

namespace mtsuite::orders {

// Fills in what the trading server's answer about the margin says.
absl::Status FillMargin(const connector::v1::CheckMarginResponse& margin, v1::OrderPreview& preview);

// Whether profit is the price difference times contract size and volume. For the others (futures, options,
// bonds) it needs terms that the symbol's specification does not tell.
bool HasLinearProfit(const quotes::v1::Symbol& symbol);

// What is needed for profits.
struct ProfitTerms {
  const quotes::v1::Symbol& symbol;
  const v1::Order& order;
  // Price that the position would open at.
  Decimal price;
  // From the symbol's profit currency to the account's.
  conversion::Rate rate;
  int currency_digits = 2;
};

// Fills in profits at `close_price` (none when empty), stop loss and take profit, and the value of a tick. A
// gain is converted at the bid of the rate, a loss at its ask.
absl::Status FillProfits(const ProfitTerms& terms, const std::string& close_price, v1::OrderPreview& preview);

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_PREVIEW_H_
