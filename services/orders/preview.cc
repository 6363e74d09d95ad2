#include "services/orders/preview.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/requests/checks.h"
#include "common/status/macros.h"

namespace mtsuite::orders {
namespace {

using quotes::v1::Symbol;

constexpr int kTickValuePlaces = 8;

// A number of the connector's.
absl::StatusOr<Decimal> Number(const std::string& text) {
  if (text.empty()) return Decimal();
  absl::StatusOr<Decimal> number = Decimal::ParseWire(text);
  if (number.ok()) return number;
  return absl::InternalError(absl::StrCat("the connector sent the number \"", text, "\""));
}

std::string Money(Decimal amount, int digits) { return amount.ToString(std::max(digits, amount.digits())); }

absl::StatusOr<Decimal> Product(Decimal a, Decimal b) {
  if (const std::optional<Decimal> product = Decimal::CheckedMultiply(a, b)) return *product;
  // Only absurd prices and volumes get here: 38 digits hold all real ones.
  return requests::InvalidField("order.volume", "so small that its profit can be reckoned");
}

absl::StatusOr<std::string> ProfitAt(const ProfitTerms& terms, const std::string& close_price) {
  ASSIGN_OR_RETURN(const Decimal close, Number(close_price));
  ASSIGN_OR_RETURN(const Decimal volume, Number(terms.order.volume()));
  ASSIGN_OR_RETURN(const Decimal contract, Number(terms.symbol.contract_size()));
  const Decimal move = terms.order.side() == type::v1::BUY ? close - terms.price : terms.price - close;
  ASSIGN_OR_RETURN(const Decimal units, Product(volume, contract));
  ASSIGN_OR_RETURN(const Decimal profit, Product(move, units));
  // A product may have 18 places in all: the rate gives way, which costs nothing that the rounding keeps.
  const Decimal rate = (profit.sign() >= 0 ? terms.rate.bid : terms.rate.ask)
                           .Rescale(std::max(0, Decimal::kMaxScale - profit.digits()), Rounding::kHalfEven);
  ASSIGN_OR_RETURN(const Decimal converted, Product(profit, rate));
  // As trading servers round what they book.
  return converted.Rescale(terms.currency_digits, Rounding::kHalfUp).ToString(terms.currency_digits);
}

}  // namespace

absl::Status FillMargin(const connector::v1::CheckMarginResponse& margin, v1::OrderPreview& preview) {
  const int digits = margin.currency_digits();
  ASSIGN_OR_RETURN(const Decimal before, Number(margin.current().margin()));
  ASSIGN_OR_RETURN(const Decimal after, Number(margin.after().margin()));
  ASSIGN_OR_RETURN(const Decimal free_after, Number(margin.after().free_margin()));
  const Decimal needed = after - before;
  preview.set_currency_code(margin.current().currency_code());
  preview.set_price(margin.price());
  preview.set_margin(Money(needed, digits));
  preview.set_free_margin(margin.current().free_margin());
  preview.set_margin_after(margin.after().margin());
  preview.set_free_margin_after(margin.after().free_margin());
  if (!after.IsZero()) preview.set_margin_level_after(margin.after().margin_level());
  // An order that frees margin is taken however little is left.
  preview.set_margin_sufficient(needed.sign() <= 0 || free_after.sign() >= 0);
  return absl::OkStatus();
}

bool HasLinearProfit(const Symbol& symbol) {
  switch (symbol.calculation_mode()) {
    case Symbol::FOREX:
    case Symbol::FOREX_NO_LEVERAGE:
    case Symbol::CFD:
    case Symbol::CFD_INDEX:
    case Symbol::CFD_LEVERAGE:
    case Symbol::STOCKS:
      return true;
    default:
      return false;
  }
}

absl::Status FillProfits(const ProfitTerms& terms, const std::string& close_price,
                         v1::OrderPreview& preview) {
  if (!close_price.empty()) {
    ASSIGN_OR_RETURN(*preview.mutable_profit_at_close_price(), ProfitAt(terms, close_price));
  }
  if (!terms.order.stop_loss().empty()) {
    ASSIGN_OR_RETURN(*preview.mutable_profit_at_stop_loss(), ProfitAt(terms, terms.order.stop_loss()));
  }
  if (!terms.order.take_profit().empty()) {
    ASSIGN_OR_RETURN(*preview.mutable_profit_at_take_profit(), ProfitAt(terms, terms.order.take_profit()));
  }
  ASSIGN_OR_RETURN(const Decimal tick, Number(terms.symbol.tick_size()));
  ASSIGN_OR_RETURN(const Decimal volume, Number(terms.order.volume()));
  ASSIGN_OR_RETURN(const Decimal contract, Number(terms.symbol.contract_size()));
  ASSIGN_OR_RETURN(const Decimal units, Product(volume, contract));
  ASSIGN_OR_RETURN(const Decimal value, Product(tick, units));
  const Decimal rate =
      terms.rate.mid.Rescale(std::max(0, Decimal::kMaxScale - value.digits()), Rounding::kHalfEven);
  ASSIGN_OR_RETURN(const Decimal converted, Product(value, rate));
  preview.set_tick_value(converted.Rescale(kTickValuePlaces, Rounding::kHalfEven).ToString());
  return absl::OkStatus();
}

}  // namespace mtsuite::orders
