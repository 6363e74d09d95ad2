#include "services/risk/engine/market.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace mtsuite::risk {
namespace {

using quotes::v1::Symbol;

constexpr int kMaxDigits = 8;
// Of contract sizes, so that price difference, contract size and volume multiply exactly.
constexpr int kMaxContractDigits = 2;

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

absl::Status Refused(const Symbol& symbol, const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat("symbol ", symbol.name(), " cannot be watched: ", why));
}

}  // namespace

Market::Market() {
  Rate& identity = rates_.emplace_back();
  identity.chosen = true;
  identity.fast = 1;
  identity.exact = Decimal::FromInteger(1);
  identity.exact_is_fresh = true;
}

absl::StatusOr<SymbolId> Market::AddSymbol(const Symbol& symbol) {
  if (!HasLinearProfit(symbol)) {
    return Refused(symbol, "its profit needs terms that its specification does not tell");
  }
  if (symbol.digits() < 0 || symbol.digits() > kMaxDigits) {
    return Refused(symbol,
                   absl::StrCat("it has ", symbol.digits(), " digits, 0 to ", kMaxDigits, " are allowed"));
  }
  ASSIGN_OR_RETURN(const Decimal contract, Decimal::Parse(symbol.contract_size()));
  if (contract.sign() <= 0 || contract.digits() > kMaxContractDigits) {
    return Refused(symbol, absl::StrCat("its contract size is ", symbol.contract_size()));
  }
  const auto [found, is_new] = by_name_.try_emplace(symbol.name(), static_cast<SymbolId>(symbols_.size()));
  if (is_new) symbols_.emplace_back();
  SymbolInfo& info = symbols_[found->second];
  // Prices in points of other digits mean something else.
  if (info.digits != symbol.digits()) info.quote.reset();
  info.name = symbol.name();
  info.digits = symbol.digits();
  info.scale = std::pow(10.0, symbol.digits());
  info.contract_size = contract;
  info.profit_currency = symbol.profit_currency_code();
  info.calculation_mode = symbol.calculation_mode();
  if (is_new) {
    graph_.Add(symbol);
    for (RateId id = 1; id < rates_.size(); ++id) {
      if (!rates_[id].chosen) FindChains(id);
    }
  }
  return found->second;
}

std::optional<SymbolId> Market::Find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

void Market::SetQuote(SymbolId id, const Quote& quote) {
  symbols_[id].quote = quote;
  for (const RateId rate : symbols_[id].rates) rates_[rate].exact_is_fresh = false;
}

RateId Market::RateBetween(const std::string& from, const std::string& to, Side side) {
  if (from == to) return kIdentityRate;
  const auto [found, is_new] =
      by_currencies_.try_emplace({from, to, side}, static_cast<RateId>(rates_.size()));
  if (is_new) {
    Rate& rate = rates_.emplace_back();
    rate.from = from;
    rate.to = to;
    rate.side = side;
    FindChains(found->second);
    RefreshRate(found->second);
  }
  return found->second;
}

void Market::FindChains(RateId id) {
  Rate& rate = rates_[id];
  rate.candidates = graph_.ShortestChains(rate.from, rate.to);
  for (const conversion::Chain& chain : rate.candidates) Link(id, chain);
}

void Market::Link(RateId id, const conversion::Chain& chain) {
  for (const conversion::Step& step : chain) {
    std::vector<RateId>& rates = symbols_[by_name_.at(step.symbol)].rates;
    if (std::find(rates.begin(), rates.end(), id) == rates.end()) rates.push_back(id);
  }
}

bool Market::HasPrices(const conversion::Chain& chain) const {
  return std::all_of(chain.begin(), chain.end(), [&](const conversion::Step& step) {
    const std::optional<Quote>& quote = symbols_[by_name_.at(step.symbol)].quote;
    return quote.has_value() && quote->bid > 0 && quote->ask > 0;
  });
}

std::optional<Decimal> Market::ExactRate(RateId id) const {
  const Rate& rate = rates_[id];
  if (rate.exact_is_fresh) return rate.exact;
  rate.exact.reset();
  rate.exact_is_fresh = true;
  if (!rate.chosen || !HasPrices(rate.candidates[0])) return std::nullopt;
  const auto price = [&](const std::string& name) -> std::optional<conversion::Price> {
    const SymbolInfo& info = symbols_[by_name_.at(name)];
    return conversion::Price{info.Price(info.quote->bid), info.Price(info.quote->ask), info.quote->time};
  };
  const std::optional<conversion::Rate> best = conversion::BestRate(rate.candidates, price);
  if (best.has_value()) rate.exact = rate.side == Side::kBuy ? best->ask : best->bid;
  return rate.exact;
}

void Market::RefreshRate(RateId id) {
  Rate& rate = rates_[id];
  if (id == kIdentityRate) return;
  rate.exact_is_fresh = false;
  rate.fast = 0;
  if (!rate.chosen) {
    const auto first = std::find_if(rate.candidates.begin(), rate.candidates.end(),
                                    [&](const conversion::Chain& chain) { return HasPrices(chain); });
    if (first == rate.candidates.end()) return;
    rate.candidates = {conversion::Chain(*first)};
    rate.chosen = true;
    for (const conversion::Step& step : rate.candidates[0]) {
      rate.steps.push_back({by_name_.at(step.symbol), step.inverted});
    }
  }
  double fast = 1;
  for (const FastStep& step : rate.steps) {
    const SymbolInfo& symbol = symbols_[step.symbol];
    if (!symbol.quote.has_value() || symbol.quote->bid <= 0 || symbol.quote->ask <= 0) return;
    const bool ask = (rate.side == Side::kBuy) != step.inverted;
    const double price = static_cast<double>(ask ? symbol.quote->ask : symbol.quote->bid) / symbol.scale;
    fast = step.inverted ? fast / price : fast * price;
  }
  rate.fast = fast;
}

}  // namespace mtsuite::risk
