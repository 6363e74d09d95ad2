#include "common/conversion/conversion.h"

#include <algorithm>
#include <utility>

namespace mtsuite::conversion {
namespace {

using quotes::v1::Symbol;

// A product that is not exact keeps this many places: more than any price has.
constexpr int kFactorPlaces = 9;

// The numerator and denominator of a rate, so that a whole chain is divided, and rounded, once.
class Fraction {
 public:
  void Multiply(Decimal factor) { numerator_ = Product(numerator_, factor); }
  void Divide(Decimal factor) { denominator_ = Product(denominator_, factor); }

  std::optional<Decimal> Value(int places) const {
    const absl::StatusOr<Decimal> value =
        Decimal::Divide(numerator_, denominator_, places, Rounding::kHalfEven);
    return value.ok() ? std::optional(*value) : std::nullopt;
  }

 private:
  static Decimal Product(Decimal a, Decimal b) {
    if (const std::optional<Decimal> exact = Decimal::CheckedMultiply(a, b)) return *exact;
    const auto shortened = [](Decimal d) {
      return d.Rescale(std::min(d.digits(), kFactorPlaces), Rounding::kHalfEven);
    };
    // Zero makes the division fail, and the chain with it.
    return Decimal::CheckedMultiply(shortened(a), shortened(b)).value_or(Decimal());
  }

  Decimal numerator_ = Decimal::FromInteger(1);
  Decimal denominator_ = Decimal::FromInteger(1);
};

std::optional<Rate> RateOf(const Chain& chain, const PriceLookup& prices, int places) {
  Rate rate;
  rate.chain = chain;
  Fraction bid;
  Fraction ask;
  for (const Step& step : chain) {
    const std::optional<Price> price = prices(step.symbol);
    if (!price.has_value() || price->bid.sign() <= 0 || price->ask.sign() <= 0) return std::nullopt;
    if (step.inverted) {
      bid.Divide(price->ask);
      ask.Divide(price->bid);
    } else {
      bid.Multiply(price->bid);
      ask.Multiply(price->ask);
    }
    rate.time = std::min(rate.time, price->time);
    rate.prices.push_back(*price);
  }
  const std::optional<Decimal> bid_value = bid.Value(places);
  const std::optional<Decimal> ask_value = ask.Value(places);
  if (!bid_value.has_value() || !ask_value.has_value()) return std::nullopt;
  rate.bid = *bid_value;
  rate.ask = *ask_value;
  const absl::StatusOr<Decimal> mid =
      Decimal::Divide(rate.bid + rate.ask, Decimal::FromInteger(2), places, Rounding::kHalfEven);
  if (!mid.ok()) return std::nullopt;
  rate.mid = *mid;
  return rate;
}

}  // namespace

void CurrencyGraph::Add(const Symbol& symbol) {
  if (symbol.calculation_mode() != Symbol::FOREX && symbol.calculation_mode() != Symbol::FOREX_NO_LEVERAGE) {
    return;
  }
  const std::string& base = symbol.base_currency_code();
  const std::string& profit = symbol.profit_currency_code();
  if (base.empty() || profit.empty() || base == profit) return;
  edges_[base].push_back({profit, {symbol.name(), false}});
  edges_[profit].push_back({base, {symbol.name(), true}});
}

std::vector<Chain> CurrencyGraph::ShortestChains(const std::string& from, const std::string& to) const {
  if (from == to) return {Chain()};
  // Level by level; a currency that was reached on an earlier level lies on no shortest chain again.
  std::map<std::string, std::vector<Chain>> level = {{from, {Chain()}}};
  std::map<std::string, int> reached = {{from, 0}};
  for (int steps = 1; steps <= kMaxSteps && !level.empty(); ++steps) {
    std::map<std::string, std::vector<Chain>> next;
    for (const auto& [currency, chains] : level) {
      const auto edges = edges_.find(currency);
      if (edges == edges_.end()) continue;
      for (const Edge& edge : edges->second) {
        const auto [seen, is_new] = reached.try_emplace(edge.to, steps);
        if (!is_new && seen->second != steps) continue;
        std::vector<Chain>& longer = next[edge.to];
        for (const Chain& chain : chains) {
          if (longer.size() == kMaxChains) break;
          longer.push_back(chain);
          longer.back().push_back(edge.step);
        }
      }
    }
    if (const auto found = next.find(to); found != next.end()) return std::move(found->second);
    level = std::move(next);
  }
  return {};
}

std::optional<Rate> BestRate(const std::vector<Chain>& chains, const PriceLookup& prices, int places) {
  std::optional<Rate> best;
  for (const Chain& chain : chains) {
    std::optional<Rate> rate = RateOf(chain, prices, places);
    if (rate.has_value() && (!best.has_value() || rate->time > best->time)) best = std::move(rate);
  }
  return best;
}

}  // namespace mtsuite::conversion
