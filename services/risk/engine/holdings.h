#ifndef SERVICES_RISK_ENGINE_HOLDINGS_H_
#define SERVICES_RISK_ENGINE_HOLDINGS_H_

#include <cstdint>
#include <vector>

#include "services/risk/engine/estimates.h"
#include "services/risk/engine/market.h"
#include "services/risk/engine/portfolio.h"

namespace mtsuite::risk {

// Rates above this are too coarse for estimates: what is rounded before the conversion grows with them.
inline constexpr double kMaxFastRate = 10'000;

// What an account holds, as estimates take it.
struct EstimatedHoldings {
  std::vector<Estimates::Holding> holdings;
  // Swaps and commissions.
  int64_t base = 0;
  // How far the estimate may be from the exact floating profit, either way, until the holdings change: the
  // rounding of each position to the currency's digits, and those of the estimate itself.
  int64_t slack = 0;
  // Whether amounts do not fit, or not exactly enough. The holdings are then empty of amounts, and only there
  // to raise alarms.
  bool always_exact = false;
};

// `price_limits` are, by symbol, the largest prices in points that are to be expected.
EstimatedHoldings EstimateHoldings(const Market& market, const std::vector<Position>& positions,
                                   int currency_digits, const std::vector<int64_t>& price_limits);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENGINE_HOLDINGS_H_
