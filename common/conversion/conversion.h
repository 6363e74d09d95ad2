// Rates between currencies from the quotes of symbols. Pure.
#ifndef COMMON_CONVERSION_CONVERSION_H_
#define COMMON_CONVERSION_CONVERSION_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "mtsuite/quotes/v1/symbol.pb.h"

namespace mtsuite::conversion {

// One symbol of a chain. Inverted when it is used from its profit currency to its base currency.
struct Step {
  std::string symbol;
  bool inverted = false;
};
// From one currency to another; empty for a currency and itself.
using Chain = std::vector<Step>;

// The longest chain that is looked for.
inline constexpr int kMaxSteps = 4;
// Of equally short chains, at most this many are looked at.
inline constexpr size_t kMaxChains = 64;

// Which symbols convert which currencies.
class CurrencyGraph {
 public:
  // Takes in a symbol if its price is a rate between two currencies, which that of a contract on anything
  // else is not.
  void Add(const quotes::v1::Symbol& symbol);

  // All shortest chains, by the names of their symbols; none when the currencies are not connected.
  std::vector<Chain> ShortestChains(const std::string& from, const std::string& to) const;

 private:
  struct Edge {
    std::string to;
    Step step;
  };
  std::map<std::string, std::vector<Edge>> edges_;
};

// The last prices of a symbol.
struct Price {
  Decimal bid;
  Decimal ask;
  absl::Time time;
};
// Nothing for a symbol without a price.
using PriceLookup = std::function<std::optional<Price>(const std::string& symbol)>;

// What one unit of a currency is worth in another.
struct Rate {
  Decimal bid;  // what it brings when it is sold
  Decimal ask;  // what it costs when it is bought
  Decimal mid;
  // Of the oldest price used; the infinite future without a chain.
  absl::Time time = absl::InfiniteFuture();
  Chain chain;
  std::vector<Price> prices;  // those of the chain, as the symbols have them
};

// The rate of the chain whose oldest price is the freshest; nothing when every chain lacks a price. Rates
// have at most `places` decimal places, rounded once.
std::optional<Rate> BestRate(const std::vector<Chain>& chains, const PriceLookup& prices, int places = 12);

}  // namespace mtsuite::conversion

#endif  // COMMON_CONVERSION_CONVERSION_H_
