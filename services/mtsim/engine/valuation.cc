#include "services/mtsim/engine/valuation.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "services/mtsim/engine/margin.h"

namespace mtsuite::mtsim {
namespace {

Fixed FreeMargin(const TradeState& state, FreeMarginMode mode) {
  const Fixed own = state.balance + state.credit - state.margin;
  switch (mode) {
    case FreeMarginMode::kNoFloating:
      return own;
    case FreeMarginMode::kFloating:
      return own + state.floating;
    case FreeMarginMode::kProfitOnly:
      return own + std::max(state.floating, Fixed());
    case FreeMarginMode::kLossOnly:
      return own + std::min(state.floating, Fixed());
  }
  return own;
}

// Percent mode compares the margin level, money mode the equity.
StopOutActivation ActivationOf(const TradeState& state, const Group& group) {
  if (state.margin.IsZero()) return StopOutActivation::kNone;
  const Fixed measure = group.stop_out_mode == StopOutMode::kPercent ? state.margin_level : state.equity;
  if (measure <= group.stop_out) return StopOutActivation::kStopOut;
  if (measure <= group.margin_call) return StopOutActivation::kMarginCall;
  return StopOutActivation::kNone;
}

}  // namespace

Valuation::Valuation(const State& state) : state_(state), converter_(state.symbols, state.feed) {}

Result<TradeState> Valuation::Account(uint64_t login) const {
  const mtsim::Account* account = state_.accounts.Find(login);
  if (account == nullptr) return Retcode::kNotFound;
  absl::InlinedVector<const Position*, 16> positions;
  for (const auto& [ticket, position] : state_.positions.Of(login)) positions.push_back(position);
  return Compute(*account, positions);
}

TradeState Valuation::Compute(const mtsim::Account& account,
                              absl::Span<const Position* const> positions) const {
  const Group& group = state_.GroupOf(account);
  TradeState state{.login = account.login,
                   .currency_digits = group.currency_digits,
                   .leverage = account.leverage,
                   .balance = account.balance,
                   .credit = account.credit};
  absl::Time newest = absl::UnixEpoch();
  for (const Position* position : positions) {
    const PositionState current = Evaluate(*position);
    state.profit += current.profit;
    state.storage += position->storage;
    newest = std::max(newest, current.quote_time);
  }
  state.floating = state.profit + state.storage;
  state.equity = state.balance + state.credit + state.floating;
  state.margin = MarginOfPositions(account, group, positions).Round(group.currency_digits);
  state.margin_free = FreeMargin(state, group.free_margin_mode);
  // Rounded once, which multiplying a rounded quotient by a hundred would not be.
  state.margin_level =
      state.margin.IsZero()
          ? Fixed()
          : Fixed::Saturated(
                DivideRounded(static_cast<__int128>(state.equity.units()) * 10'000, state.margin.units()) *
                (Fixed::kUnitsPerOne / 100));
  state.activation = ActivationOf(state, group);
  if (state.activation != StopOutActivation::kNone) {
    state.activation_time = newest;
    state.activation_level = state.margin_level;
    state.activation_equity = state.equity;
    state.activation_margin = state.margin;
  }
  return state;
}

Fixed Valuation::MarginOfPositions(const mtsim::Account& account, const Group& group,
                                   absl::Span<const Position* const> positions) const {
  struct Legs {
    uint32_t symbol_id;
    const Symbol* symbol;
    MarginLeg buys;
    MarginLeg sells;
  };
  // Accounts hold few symbols, so a linear search beats a map.
  absl::InlinedVector<Legs, 8> by_symbol;
  for (const Position* position : positions) {
    const uint32_t id = position->symbol->id;
    auto legs = std::ranges::find(by_symbol, id, &Legs::symbol_id);
    if (legs == by_symbol.end()) {
      const SymbolRef& current = state_.symbols.ById(id);
      by_symbol.push_back({id, current != nullptr ? current.get() : position->symbol.get(), {}, {}});
      legs = by_symbol.end() - 1;
    }
    Fixed rate = position->rate_margin;
    if (legs->symbol->margin_flags & kMarginRecalculateRates) {
      const Result<Rate> current = MarginRate(*legs->symbol, group, position->side);
      if (current.ok()) rate = current->ToFixed();
    }
    MarginLeg& leg = position->side == Side::kBuy ? legs->buys : legs->sells;
    leg.Add(position->volume, position->price_open, rate);
  }
  Fixed margin;
  for (const Legs& legs : by_symbol) {
    margin += PositionMargin({.symbol = *legs.symbol,
                              .mode = group.margin_mode,
                              .leverage = account.leverage,
                              .buys = legs.buys,
                              .sells = legs.sells});
  }
  return margin;
}

PositionState Valuation::Evaluate(const Position& position) const {
  PositionState state{.price_current = position.price_open,
                      .profit = Fixed(),
                      .rate_profit = Fixed(),
                      .quote_time = position.time_update};
  const mtsim::Account* account = state_.accounts.Find(position.login);
  const Quote* quote = state_.feed.Last(position.symbol->id);
  if (account == nullptr || quote == nullptr || quote->bid.IsZero()) return state;
  state.price_current = position.side == Side::kBuy ? quote->bid : quote->ask;
  state.quote_time = quote->time;
  const Result<Profit> profit = ProfitOf({.symbol = *position.symbol,
                                          .side = position.side,
                                          .volume = position.volume,
                                          .price_open = position.price_open,
                                          .price_close = state.price_current},
                                         state_.GroupOf(*account));
  if (!profit.ok()) return state;
  state.profit = profit->profit;
  state.rate_profit = profit->rate;
  return state;
}

Result<Profit> Valuation::ProfitOf(const ProfitQuery& query, const Group& group) const {
  const Symbol& symbol = query.symbol;
  const bool forex = symbol.calc_mode == CalcMode::kForex || symbol.calc_mode == CalcMode::kForexNoLeverage;
  const std::optional<Rate> rate =
      forex && symbol.currency_base == group.currency && symbol.currency_profit != group.currency
          ? Rate::Inverse(query.price_close)
          : converter_.Find(symbol.currency_profit, group.currency, query.side);
  if (!rate.has_value()) return Retcode::kNoPrices;
  const Fixed raw = RawProfit(query);
  return Profit{.raw = raw, .profit = rate->Convert(raw, group.currency_digits), .rate = rate->ToFixed()};
}

Result<Rate> Valuation::MarginRate(const Symbol& symbol, const Group& group, Side side) const {
  const std::optional<Rate> rate = converter_.Find(symbol.currency_margin, group.currency, side);
  if (!rate.has_value()) return Retcode::kNoPrices;
  return *rate;
}

}  // namespace mtsuite::mtsim
