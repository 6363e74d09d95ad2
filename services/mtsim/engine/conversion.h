#ifndef SERVICES_MTSIM_ENGINE_CONVERSION_H_
#define SERVICES_MTSIM_ENGINE_CONVERSION_H_

#include <optional>
#include <string_view>

#include "services/mtsim/engine/price_feed.h"
#include "services/mtsim/engine/symbol_book.h"

namespace mtsuite::mtsim {

// A conversion rate with twelve fraction digits. Four more than the platform prints: with eight, a million
// yen would be off by up to a cent.
class Rate {
 public:
  static constexpr int kScale = 12;

  static constexpr Rate One() { return Rate(1'000'000'000'000); }
  // A price as it is.
  static Rate Of(Fixed price) { return Rate(static_cast<__int128>(price.units()) * 10'000); }
  // 1 / price; `price` > 0.
  static Rate Inverse(Fixed price);
  // a * b, rounded.
  static Rate Chain(Rate a, Rate b);

  // `amount` in the other currency, rounded half away from zero to `digits`.
  Fixed Convert(Fixed amount, int digits) const;
  // Rounded to eight digits, as deals and positions record it.
  Fixed ToFixed() const;

 private:
  explicit constexpr Rate(__int128 units) : units_(units) {}

  __int128 units_;
};

// Converts between currencies at the current quotes. A buy takes the ask of a pair `from/to` or the bid of a
// pair `to/from`, a sell the bid or the ask: with it, the profit of a buy of USDJPY in dollars is divided by
// the price at which the position would close. Forex pairs are tried first: the direct one, the inverse one,
// then both by way of US dollars.
class CurrencyConverter {
 public:
  // Both must outlive the converter.
  CurrencyConverter(const SymbolBook& symbols, const PriceFeed& feed) : symbols_(symbols), feed_(feed) {}

  // Nothing when no chain of quoted symbols connects the currencies.
  std::optional<Rate> Find(std::string_view from, std::string_view to, Side side) const;

 private:
  std::optional<Rate> FindPair(std::string_view from, std::string_view to, Side side) const;

  const SymbolBook& symbols_;
  const PriceFeed& feed_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_CONVERSION_H_
