#include "services/mtsim/engine/profit.h"

namespace mtsuite::mtsim {

Fixed RawProfit(const ProfitQuery& query) {
  const Symbol& symbol = query.symbol;
  const Fixed move =
      query.side == Side::kBuy ? query.price_close - query.price_open : query.price_open - query.price_close;
  if (symbol.calc_mode == CalcMode::kFutures && symbol.tick_size.IsPositive() &&
      symbol.tick_value.IsPositive()) {
    return Divide(Multiply(move, query.volume, symbol.tick_value), symbol.tick_size);
  }
  return Multiply(move, symbol.contract_size, query.volume);
}

}  // namespace mtsuite::mtsim
