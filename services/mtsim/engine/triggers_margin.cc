// At which prices the margin of an account must be looked at again.
#include <algorithm>
#include <string_view>
#include <vector>

#include "services/mtsim/engine/trade_checks.h"
#include "services/mtsim/engine/triggers.h"

namespace mtsuite::mtsim {
namespace {

// 0.25 %.
constexpr Fixed kWidestShare = Fixed::FromUnits(Fixed::kUnitsPerOne / 400);

// The pair that converts between two currencies, either way round; null when there is none.
SymbolRef PairOf(const SymbolBook& symbols, std::string_view a, std::string_view b) {
  SymbolRef pair = symbols.ForexPair(a, b);
  return pair != nullptr ? pair : symbols.ForexPair(b, a);
}

// The symbols on which the conversion of results of `symbol` depends, itself left out.
std::vector<SymbolRef> ConvertersOf(const SymbolBook& symbols, const Symbol& symbol, const Group& group) {
  constexpr std::string_view kBridge = "USD";
  if (symbol.currency_profit == group.currency || symbol.currency_base == group.currency) return {};
  if (SymbolRef pair = PairOf(symbols, symbol.currency_profit, group.currency)) return {pair};
  std::vector<SymbolRef> converters;
  for (const std::string_view currency :
       {std::string_view(symbol.currency_profit), std::string_view(group.currency)}) {
    if (SymbolRef pair = PairOf(symbols, currency, kBridge)) converters.push_back(std::move(pair));
  }
  return converters;
}

}  // namespace

// Valuing every account on every tick would be slow. Instead everything that the account's equity depends on
// gets bounds within which its losses cannot use up what is left above the stop-out, even if all prices moved
// as far; only there the account is valued again. The bounds are on the safe side: opposite positions do not
// cancel, and half of the reserve is kept.
void Triggers::WatchMargin(uint64_t login) {
  if (state_.positions.Count(login) == 0) return;
  const Result<TradeState> valued = valuation_.Account(login);
  if (!valued.ok() || valued->margin.IsZero()) return;
  const Group& group = state_.GroupOf(*state_.accounts.Find(login));
  const std::vector<Leg> legs = LegsOf(login, group);
  Fixed exposure;
  for (const Leg& leg : legs) exposure += leg.exposure;
  const Fixed floor = group.stop_out_mode == StopOutMode::kMoney
                          ? group.stop_out
                          : Divide(Multiply(valued->margin, group.stop_out), Fixed::FromInteger(100));
  const Fixed reserve = valued->equity - floor;
  // The part of its price that everything may lose: a quarter of a percent at most, so that no account goes
  // unvalued through a long move. None at the level already: then every price is a reason to act, as soon as
  // the market is open.
  Fixed share =
      exposure.IsPositive() ? std::min(Divide(reserve, exposure + exposure), kWidestShare) : kWidestShare;
  if (!reserve.IsPositive()) share = Fixed::FromInteger(-1);
  for (const Leg& leg : legs) {
    const Fixed price = leg.trigger == AlarmTrigger::kBidFalls || leg.trigger == AlarmTrigger::kBidRises
                            ? leg.quote->bid
                            : leg.quote->ask;
    const Fixed distance = Multiply(price, share);
    const bool falls = leg.trigger == AlarmTrigger::kBidFalls || leg.trigger == AlarmTrigger::kAskFalls;
    margin_alarms_.Set({login,
                        leg.symbol_id,
                        leg.trigger,
                        falls ? price - distance : price + distance,
                        {AlarmKind::kMargin, login}});
  }
}

std::vector<Triggers::Leg> Triggers::LegsOf(uint64_t login, const Group& group) const {
  std::vector<Leg> legs;
  const auto add = [&](uint32_t symbol_id, AlarmTrigger trigger, const Quote* quote, Fixed exposure) {
    const auto same = [&](const Leg& leg) { return leg.symbol_id == symbol_id && leg.trigger == trigger; };
    auto leg = std::ranges::find_if(legs, same);
    if (leg == legs.end()) {
      legs.push_back({symbol_id, trigger, quote, Fixed()});
      leg = legs.end() - 1;
    }
    leg->exposure += exposure;
  };
  for (const auto& [ticket, position] : state_.positions.Of(login)) {
    const Symbol& symbol = *position->symbol;
    const Quote* quote = state_.feed.Last(symbol.id);
    if (quote == nullptr || !quote->bid.IsPositive()) continue;
    const PositionState value = valuation_.Evaluate(*position);
    // A rate of zero means that the result cannot be converted and counts as nothing.
    add(symbol.id, position->side == Side::kBuy ? AlarmTrigger::kBidFalls : AlarmTrigger::kAskRises, quote,
        Multiply(RawProfit({symbol, Side::kBuy, position->volume, Fixed(), value.price_current}),
                 value.rate_profit));
    for (const SymbolRef& converter : ConvertersOf(state_.symbols, symbol, group)) {
      const Quote* rate = state_.feed.Last(converter->id);
      if (rate == nullptr || !rate->bid.IsPositive()) continue;
      for (const AlarmTrigger trigger : {AlarmTrigger::kBidFalls, AlarmTrigger::kBidRises,
                                         AlarmTrigger::kAskFalls, AlarmTrigger::kAskRises}) {
        add(converter->id, trigger, rate, value.profit.Abs());
      }
    }
  }
  return legs;
}

}  // namespace mtsuite::mtsim
