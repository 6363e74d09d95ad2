#include "services/mtsim/engine/symbol_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/strings/view.h"
#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {
namespace {

bool HasValidSessions(const WeekSessions& week) {
  return std::ranges::all_of(week, [](const std::vector<Session>& day) {
    return std::ranges::all_of(day, [](const Session& session) {
      return session.open >= 0 && session.open < session.close && session.close <= 1440;
    });
  });
}

bool HasValidVolumes(const Symbol& symbol) {
  return symbol.volume_min.IsPositive() && symbol.volume_step.IsPositive() &&
         symbol.volume_max >= symbol.volume_min && !symbol.volume_limit.IsNegative();
}

bool HasValidFeed(const FeedParameters& feed) {
  return !feed.start_price.IsNegative() && feed.volatility_millipoints >= 0 &&
         feed.volatility_millipoints <= 1'000'000'000 && feed.spread_points >= 0 &&
         feed.spread_points <= 1'000'000 && feed.spread_jitter_points >= 0 &&
         feed.spread_jitter_points <= 1'000'000 && feed.ticks_per_minute >= 0 &&
         feed.ticks_per_minute <= 60'000;
}

bool IsValid(const Symbol& symbol) {
  return !symbol.name.empty() && symbol.name.size() <= 31 && symbol.name.find(',') == std::string::npos &&
         !symbol.currency_base.empty() && !symbol.currency_profit.empty() &&
         !symbol.currency_margin.empty() && symbol.digits >= 0 && symbol.digits <= Fixed::kScale &&
         symbol.contract_size.IsPositive() && !symbol.tick_size.IsNegative() &&
         !symbol.tick_value.IsNegative() && !symbol.margin_initial.IsNegative() &&
         !symbol.margin_maintenance.IsNegative() && !symbol.margin_hedged.IsNegative() &&
         HasValidVolumes(symbol) && HasValidFeed(symbol.feed) && HasValidSessions(symbol.quote_sessions) &&
         HasValidSessions(symbol.trade_sessions);
}

std::string PairKey(std::string_view base, std::string_view profit) {
  return absl::StrCat(AbslView(base), "/", AbslView(profit));
}

}  // namespace

Result<SymbolRef> SymbolBook::Put(Symbol symbol) {
  if (symbol.path.empty()) symbol.path = symbol.name;
  if (!IsValid(symbol)) return Retcode::kInvalidParameters;
  const SymbolRef existing = Find(symbol.name);
  if (existing == nullptr && symbols_.size() >= kSymbolsMax) return Retcode::kConfigLimit;
  symbol.id = existing != nullptr ? existing->id : static_cast<uint32_t>(by_id_.size());
  const SymbolRef stored = std::make_shared<const Symbol>(std::move(symbol));
  if (existing != nullptr) {
    *std::ranges::find(symbols_, existing) = stored;
    by_id_[stored->id] = stored;
  } else {
    symbols_.push_back(stored);
    by_id_.push_back(stored);
  }
  Reindex();
  return stored;
}

Retcode SymbolBook::Delete(std::string_view name) {
  const SymbolRef symbol = Find(name);
  if (symbol == nullptr) return Retcode::kNotFound;
  std::erase(symbols_, symbol);
  by_id_[symbol->id] = nullptr;
  Reindex();
  return Retcode::kDone;
}

SymbolRef SymbolBook::Find(std::string_view name) const {
  const auto found = by_name_.find(AbslView(name));
  return found == by_name_.end() ? nullptr : found->second;
}

SymbolRef SymbolBook::At(size_t index) const { return index < symbols_.size() ? symbols_[index] : nullptr; }

std::vector<SymbolRef> SymbolBook::Select(std::string_view masks) const {
  const SymbolMaskList list(masks);
  std::vector<SymbolRef> selected;
  for (const SymbolRef& symbol : symbols_) {
    if (list.Matches(symbol->name, symbol->path)) selected.push_back(symbol);
  }
  return selected;
}

SymbolRef SymbolBook::ForexPair(std::string_view base, std::string_view profit) const {
  const auto found = pairs_.find(PairKey(base, profit));
  return found == pairs_.end() ? nullptr : found->second;
}

void SymbolBook::Reindex() {
  // Configuration changes are rare; look-ups are not.
  by_name_.clear();
  pairs_.clear();
  for (const SymbolRef& symbol : symbols_) {
    by_name_.emplace(symbol->name, symbol);
    if (symbol->calc_mode == CalcMode::kForex || symbol->calc_mode == CalcMode::kForexNoLeverage) {
      pairs_.emplace(PairKey(symbol->currency_base, symbol->currency_profit), symbol);
    }
  }
}

}  // namespace mtsuite::mtsim
