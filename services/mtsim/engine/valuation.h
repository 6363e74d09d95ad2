#ifndef SERVICES_MTSIM_ENGINE_VALUATION_H_
#define SERVICES_MTSIM_ENGINE_VALUATION_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "services/mtsim/engine/account.h"
#include "services/mtsim/engine/conversion.h"
#include "services/mtsim/engine/group.h"
#include "services/mtsim/engine/profit.h"
#include "services/mtsim/engine/records.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/state.h"

namespace mtsuite::mtsim {

// A result in both currencies.
struct Profit {
  Fixed raw = {};
  Fixed profit = {};
  Fixed rate = {};
};

// Values accounts and positions at the current prices. Reads only. One account with few positions takes
// microseconds.
class Valuation {
 public:
  // `state` must outlive the valuation.
  explicit Valuation(const State& state);

  // The trade state of an account; kNotFound.
  Result<TradeState> Account(uint64_t login) const;
  // The trade state that `account` would have with exactly these positions; previews trades. A position whose
  // profit cannot be converted counts with zero profit.
  TradeState Compute(const mtsim::Account& account, absl::Span<const Position* const> positions) const;

  // The current price, floating profit and rate of a position.
  PositionState Evaluate(const Position& position) const;

  // The result in the currency of `group`, rounded to its digits. kNoPrices without a conversion rate. A
  // symbol that itself connects the two currencies converts at `price_close`, not at the quote.
  Result<Profit> ProfitOf(const ProfitQuery& query, const Group& group) const;

  // Margin currency of `symbol` to the currency of `group`; kNoPrices without one.
  Result<Rate> MarginRate(const Symbol& symbol, const Group& group, Side side) const;

  const CurrencyConverter& converter() const { return converter_; }

 private:
  Fixed MarginOfPositions(const mtsim::Account& account, const Group& group,
                          absl::Span<const Position* const> positions) const;

  const State& state_;
  CurrencyConverter converter_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_VALUATION_H_
