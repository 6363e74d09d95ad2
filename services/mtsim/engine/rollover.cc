#include "services/mtsim/engine/rollover.h"

#include <optional>
#include <string_view>

namespace mtsuite::mtsim {
namespace {

constexpr int64_t kDaysOfYear = 360;

// An amount in some currency.
struct Amount {
  Fixed amount;
  std::string_view currency;
};

Fixed YearlyPercent(const Position& position, const Symbol& symbol, Fixed price, Fixed percent) {
  const Fixed value = Multiply(symbol.contract_size, position.volume, price);
  return Divide(Multiply(value, percent), Fixed::FromInteger(100 * kDaysOfYear));
}

Amount SwapAmount(const Position& position, const Symbol& symbol, const Group& group,
                  const Valuation& valuation) {
  const Fixed swap = position.side == Side::kBuy ? symbol.swap_long : symbol.swap_short;
  switch (symbol.swap_mode) {
    case SwapMode::kOff:
      break;
    case SwapMode::kPoints:
      return {RawProfit({symbol, Side::kBuy, position.volume, Fixed(), Multiply(swap, symbol.point())}),
              symbol.currency_profit};
    case SwapMode::kSymbolCurrency:
      return {Multiply(swap, position.volume), symbol.currency_base};
    case SwapMode::kMarginCurrency:
      return {Multiply(swap, position.volume), symbol.currency_margin};
    case SwapMode::kGroupCurrency:
      return {Multiply(swap, position.volume), group.currency};
    case SwapMode::kInterestCurrent:
      return {YearlyPercent(position, symbol, valuation.Evaluate(position).price_current, swap),
              symbol.currency_profit};
    case SwapMode::kInterestOpen:
      return {YearlyPercent(position, symbol, position.price_open, swap), symbol.currency_profit};
  }
  return {Fixed(), group.currency};
}

}  // namespace

Fixed SwapPerNight(const Position& position, const Symbol& symbol, const Group& group,
                   const Valuation& valuation) {
  const Amount swap = SwapAmount(position, symbol, group, valuation);
  if (swap.amount.IsZero() || swap.currency == group.currency) return swap.amount;
  const std::optional<Rate> rate = valuation.converter().Find(swap.currency, group.currency, position.side);
  return rate.has_value() ? rate->Convert(swap.amount, Fixed::kScale) : Fixed();
}

void ChargeSwaps(State& state, const Valuation& valuation, absl::Time midnight) {
  const int weekday = state.server_time.WeekMinuteOf(midnight - absl::Milliseconds(1)).weekday;
  for (const uint64_t login : state.positions.Logins()) {
    const Group& group = state.GroupOf(*state.accounts.Find(login));
    if ((group.trade_flags & kGroupSwaps) == 0) continue;
    bool charged = false;
    for (const auto& [ticket, position] : state.positions.Of(login)) {
      const SymbolRef& current = state.symbols.ById(position->symbol->id);
      const Symbol& symbol = current != nullptr ? *current : *position->symbol;
      const int nights = SwapNights(symbol, weekday);
      if (nights == 0 || position->time_create >= midnight) continue;
      const Fixed swap =
          Multiply(SwapPerNight(*position, symbol, group, valuation), Fixed::FromInteger(nights))
              .Round(group.currency_digits);
      position->storage += swap;
      charged |= !swap.IsZero();
    }
    if (charged) state.Touch(login);
  }
}

}  // namespace mtsuite::mtsim
