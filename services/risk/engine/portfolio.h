// Positions and their exact value.
#ifndef SERVICES_RISK_ENGINE_PORTFOLIO_H_
#define SERVICES_RISK_ENGINE_PORTFOLIO_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "common/decimal/decimal.h"
#include "services/risk/engine/market.h"
#include "services/risk/tracker/types.h"

namespace mtsuite::risk {

// An open position. Volumes are in lots, prices and volumes have at most 8 decimal places.
struct Position {
  int64_t ticket = 0;
  SymbolId symbol = 0;
  Side side = Side::kBuy;
  Decimal volume = {};
  Decimal open_price = {};
  // In the account's currency, parts of its equity. Commission only where the platform keeps it on positions.
  Decimal swap = {};
  Decimal commission = {};
  // Those that its profit is converted at, of the account that holds it; set by the engine.
  RateId rate = kIdentityRate;
};

// The most volume times contract size, and the highest price, that a position can be reckoned with.
inline constexpr int64_t kMaxUnits = 10'000'000'000;
inline constexpr int64_t kMaxPrice = 1'000'000'000;

// What a position is worth at the prices of now.
struct PositionValue {
  Decimal close_price = {};
  Decimal rate = {};
  // In the account's currency, rounded to its digits as trading servers do it. Zero without a price or a
  // rate.
  Decimal profit = {};
  bool priced = false;
};
PositionValue ValueOf(const Market& market, const Position& position, int currency_digits);

// Profit, swap and commission of all.
Decimal FloatingOf(const Market& market, const std::vector<Position>& positions, int currency_digits);

// What rules about volume and exposure look at.
Holdings HoldingsOf(const Market& market, const std::vector<Position>& positions, int currency_digits);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENGINE_PORTFOLIO_H_
