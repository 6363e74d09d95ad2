#include "services/risk/valuation/position_value.h"

#include <optional>

#include "common/status/macros.h"

namespace mtsuite::risk {
namespace {

absl::StatusOr<Decimal> Product(Decimal a, Decimal b) {
  if (const std::optional<Decimal> product = Decimal::CheckedMultiply(a, b)) return *product;
  return absl::OutOfRangeError("the value of a position has too many digits to be reckoned exactly");
}

// Results in the profit currency have so many places before they are converted, as those of the platform do.
constexpr int kResultPlaces = 8;

// `amount` in the account's currency. A product has 18 places at most: a rate with more than fit gives way,
// which leaves it 10 and more.
absl::StatusOr<Decimal> Convert(Decimal amount, Decimal rate, int currency_digits) {
  const Decimal result = amount.Rescale(kResultPlaces, Rounding::kHalfUp);
  const int places = Decimal::kMaxScale - result.digits();
  ASSIGN_OR_RETURN(const Decimal converted, Product(result, rate.Rescale(places, Rounding::kHalfEven)));
  return converted.Rescale(currency_digits, Rounding::kHalfUp);
}

}  // namespace

absl::StatusOr<Decimal> PositionProfit(const PositionTerms& terms, int currency_digits) {
  if (terms.side != type::v1::BUY && terms.side != type::v1::SELL) {
    return absl::InvalidArgumentError("a position is long or short");
  }
  const Decimal move = terms.side == type::v1::BUY ? terms.close_price - terms.open_price
                                                   : terms.open_price - terms.close_price;
  ASSIGN_OR_RETURN(const Decimal lots_moved, Product(move, terms.volume));
  if (terms.calculation_mode != quotes::v1::Symbol::FUTURES) {
    ASSIGN_OR_RETURN(const Decimal profit, Product(lots_moved, terms.contract_size));
    return Convert(profit, terms.conversion_rate, currency_digits);
  }
  // As the platform has it: without a tick's size and value, a future is valued by its contract.
  if (terms.tick_size.sign() <= 0 || terms.tick_value.sign() <= 0) {
    ASSIGN_OR_RETURN(const Decimal profit, Product(lots_moved, terms.contract_size));
    return Convert(profit, terms.conversion_rate, currency_digits);
  }
  ASSIGN_OR_RETURN(const Decimal value, Product(lots_moved, terms.tick_value));
  ASSIGN_OR_RETURN(const Decimal profit, Decimal::Divide(value, terms.tick_size, 12, Rounding::kHalfEven));
  return Convert(profit, terms.conversion_rate, currency_digits);
}

absl::StatusOr<Decimal> PositionExposure(const PositionTerms& terms, int currency_digits) {
  ASSIGN_OR_RETURN(const Decimal units, Product(terms.volume, terms.contract_size));
  ASSIGN_OR_RETURN(const Decimal worth, Product(units, terms.close_price));
  return Convert(worth.Abs(), terms.conversion_rate, currency_digits);
}

Decimal CloseSlippage(type::v1::Side side, Decimal expected, Decimal price) {
  return side == type::v1::BUY ? price - expected : expected - price;
}

}  // namespace mtsuite::risk
