#ifndef SERVICES_RISK_ENGINE_MARKET_H_
#define SERVICES_RISK_ENGINE_MARKET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/conversion/conversion.h"
#include "common/decimal/decimal.h"
#include "mtsuite/quotes/v1/symbol.pb.h"

namespace mtsuite::risk {

enum class Side { kBuy, kSell };

using SymbolId = uint32_t;
using RateId = uint32_t;
// The rate of a currency to itself.
inline constexpr RateId kIdentityRate = 0;

// The last prices of a symbol, in points.
struct Quote {
  int64_t bid = 0;
  int64_t ask = 0;
  absl::Time time = {};
  int64_t sequence = 0;
};

struct SymbolInfo {
  std::string name;
  int digits = 0;
  double scale = 1;  // points of one whole
  Decimal contract_size = {};
  std::string profit_currency;
  quotes::v1::Symbol::CalculationMode calculation_mode = quotes::v1::Symbol::CALCULATION_MODE_UNSPECIFIED;
  std::optional<Quote> quote = {};
  std::vector<RateId> rates = {};  // those that its prices are part of

  Decimal Price(int64_t points) const { return Decimal::FromScaled(points, digits); }
  // What a position of this side closes at; there is a quote.
  int64_t ClosePoints(Side side) const { return side == Side::kBuy ? quote->bid : quote->ask; }
};

// Symbols, their last prices, and the rates between currencies that follow from them.
//
// Profits are converted as trading servers do it: those of buys at what the profit currency costs (the ask of
// the rate), those of sells at what it brings (the bid), so that the profit of a USDJPY position in dollars
// is divided by the price at which it would close. A rate takes the first of the shortest chains of symbols
// that all have prices, and keeps to it. Not thread-safe.
class Market {
 public:
  Market();

  // Adds a symbol, or changes its terms. INVALID_ARGUMENT for one whose profit is not the price difference
  // times contract size and volume, which this engine cannot follow, and for numbers out of range.
  absl::StatusOr<SymbolId> AddSymbol(const quotes::v1::Symbol& symbol);
  std::optional<SymbolId> Find(const std::string& name) const;
  const SymbolInfo& symbol(SymbolId id) const { return symbols_[id]; }
  size_t symbol_count() const { return symbols_.size(); }

  void SetQuote(SymbolId id, const Quote& quote);

  // The rate that profits of `side` in `from` are converted to `to` at.
  RateId RateBetween(const std::string& from, const std::string& to, Side side);
  size_t rate_count() const { return rates_.size(); }

  // With at most 12 decimal places; nothing while there is no chain of prices.
  std::optional<Decimal> ExactRate(RateId id) const;
  // About that, with a relative error below 1e-14 and an absolute one below 1e-12; 0 for none. As of the last
  // RefreshRate.
  double FastRate(RateId id) const { return rates_[id].fast; }
  // Computes it anew, after prices of its symbols changed.
  void RefreshRate(RateId id);

 private:
  struct FastStep {
    SymbolId symbol;
    bool inverted;
  };
  struct Rate {
    std::string from;
    std::string to;
    Side side = Side::kBuy;
    // The shortest chains; the one that was chosen alone once there is one, which `steps` follow.
    std::vector<conversion::Chain> candidates = {};
    bool chosen = false;
    std::vector<FastStep> steps = {};
    double fast = 0;
    mutable std::optional<Decimal> exact = {};
    mutable bool exact_is_fresh = false;
  };
  bool HasPrices(const conversion::Chain& chain) const;
  void Link(RateId id, const conversion::Chain& chain);
  void FindChains(RateId id);

  std::vector<SymbolInfo> symbols_;
  absl::flat_hash_map<std::string, SymbolId> by_name_;
  conversion::CurrencyGraph graph_;
  std::vector<Rate> rates_;
  std::map<std::tuple<std::string, std::string, Side>, RateId> by_currencies_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENGINE_MARKET_H_
