#include "services/mtsim/engine/engine.h"

#include <algorithm>
#include <utility>

#include "common/status/check.h"
#include "common/status/macros.h"
#include "services/mtsim/engine/default_market.h"
#include "services/mtsim/engine/mask.h"
#include "services/mtsim/engine/rollover.h"

namespace mtsuite::mtsim {
absl::StatusOr<std::unique_ptr<Engine>> Engine::Create(const EngineOptions& options, Clock& clock) {
  ASSIGN_OR_RETURN(const ServerTime server_time, ServerTime::Load(options.server_zone));
  auto engine = std::unique_ptr<Engine>(new Engine(options, server_time, clock));
  for (Symbol& symbol : DefaultSymbols()) {
    MTSUITE_CHECK(engine->PutSymbol(std::move(symbol)).ok(), "a symbol of the default market is invalid");
  }
  for (Group& group : DefaultGroups()) {
    MTSUITE_CHECK(engine->PutGroup(std::move(group)).ok(), "a group of the default market is invalid");
  }
  return engine;
}

Engine::Engine(const EngineOptions& options, ServerTime server_time, Clock& clock)
    : state_(options, server_time, clock),
      valuation_(state_),
      account_operations_(state_),
      balance_operations_(state_, valuation_),
      trade_operations_(state_, valuation_),
      pending_orders_(state_, trade_operations_),
      order_flow_(state_, trade_operations_, balance_operations_, pending_orders_),
      triggers_(state_, valuation_, trade_operations_, pending_orders_),
      next_day_(server_time.NextDayStart(state_.Now())) {
  state_.feed.SetListener(this);
}

Engine::~Engine() { state_.feed.SetListener(nullptr); }

void Engine::Advance() {
  const absl::Time now = state_.Now();
  last_day_ = state_.server_time.DayStart(now);
  last_month_ = state_.server_time.MonthStart(now);
  state_.feed.Advance(now);
  RunClock(now);
}

void Engine::RunClock(absl::Time until) {
  for (;;) {
    const absl::Time expiration = triggers_.NextExpiration();
    const absl::Time next = std::min(next_day_, expiration);
    if (next > until) return;
    if (next == next_day_) {
      EndDay(next);
      next_day_ = state_.server_time.NextDayStart(next);
    } else {
      triggers_.Expire(next);
    }
  }
}

TradeAnswer Engine::Trade(const TradeRequest& request) {
  Advance();
  return order_flow_.Execute(request);
}

TradeAnswer Engine::TurnDown(const TradeRequest& request, Retcode retcode) {
  Advance();
  return order_flow_.TurnDown(request, retcode);
}

void Engine::EndDay(absl::Time midnight) {
  ChargeSwaps(state_, valuation_, midnight);
  // Every day end overwrites what the one before recorded, so of a long jump only two matter.
  if (midnight != last_day_ && midnight != last_month_) return;
  const bool month_ends = state_.server_time.MonthStart(midnight) == midnight;
  state_.accounts.ForEachMutable([&](Account& account) {
    account.balance_prev_day = account.balance;
    account.equity_prev_day = valuation_.Account(account.login)->equity;
    if (!month_ends) return;
    account.balance_prev_month = account.balance_prev_day;
    account.equity_prev_month = account.equity_prev_day;
  });
}

Result<const Group*> Engine::PutGroup(Group group) {
  const Group* existing = state_.groups.Find(group.name);
  if (existing != nullptr && state_.accounts.HasAccounts(group.name) &&
      (existing->currency != group.currency || existing->currency_digits != group.currency_digits ||
       existing->margin_mode != group.margin_mode)) {
    return Retcode::kConfigNotEmpty;
  }
  for (const uint64_t login : state_.accounts.LoginsOf(group.name)) state_.Touch(login);
  return state_.groups.Put(std::move(group));
}

Retcode Engine::DeleteGroup(std::string_view name) {
  if (state_.accounts.HasAccounts(name)) return Retcode::kConfigNotEmpty;
  return state_.groups.Delete(name);
}

bool Engine::IsTraded(uint32_t symbol_id) const {
  for (const uint64_t login : state_.positions.Logins()) {
    for (const auto& [ticket, position] : state_.positions.Of(login)) {
      if (position->symbol->id == symbol_id) return true;
    }
  }
  for (const uint64_t login : state_.orders.Logins()) {
    for (const auto& [ticket, order] : state_.orders.Of(login)) {
      if (order->symbol->id == symbol_id) return true;
    }
  }
  return false;
}

void Engine::TouchTraders() {
  for (const uint64_t login : state_.positions.Logins()) state_.Touch(login);
  for (const uint64_t login : state_.orders.Logins()) state_.Touch(login);
}

Result<SymbolRef> Engine::PutSymbol(Symbol symbol) {
  const SymbolRef existing = state_.symbols.Find(symbol.name);
  if (existing != nullptr && IsTraded(existing->id) &&
      (existing->digits != symbol.digits || existing->contract_size != symbol.contract_size ||
       existing->currency_profit != symbol.currency_profit ||
       existing->currency_margin != symbol.currency_margin)) {
    return Retcode::kConfigNotEmpty;
  }
  Result<SymbolRef> stored = state_.symbols.Put(std::move(symbol));
  if (stored.ok()) {
    state_.feed.Track(**stored);
    // Its margin may be another one now, also of accounts that convert by it.
    TouchTraders();
  }
  return stored;
}

Retcode Engine::DeleteSymbol(std::string_view name) {
  const SymbolRef symbol = state_.symbols.Find(name);
  if (symbol == nullptr) return Retcode::kNotFound;
  if (IsTraded(symbol->id)) return Retcode::kConfigNotEmpty;
  state_.feed.Untrack(symbol->id);
  return state_.symbols.Delete(name);
}

std::vector<const Position*> Engine::PositionsOf(const std::vector<uint64_t>& logins,
                                                 std::string_view symbols) const {
  const SymbolMaskList masks(symbols);
  std::vector<const Position*> selected;
  for (const uint64_t login : logins) {
    for (const auto& [ticket, position] : state_.positions.Of(login)) {
      if (masks.empty() || masks.Matches(position->symbol->name, position->symbol->path))
        selected.push_back(position);
    }
  }
  return selected;
}

std::vector<const Position*> Engine::PositionsInGroups(std::string_view masks,
                                                       std::string_view symbols) const {
  const GroupFilter filter(state_, masks);
  std::vector<uint64_t> logins = state_.positions.Logins();
  std::erase_if(logins, [&](uint64_t login) { return !filter.Includes(login); });
  return PositionsOf(logins, symbols);
}

std::vector<const Deal*> Engine::DealsInGroups(std::string_view masks, const TimeWindow& window,
                                               size_t limit) const {
  const GroupFilter filter(state_, masks);
  std::vector<const Deal*> selected;
  if (limit == 0) return selected;
  state_.deals.Scan(window, [&](const Deal& deal) {
    if (filter.Includes(deal.login)) selected.push_back(&deal);
    return selected.size() < limit;
  });
  return selected;
}

Engine::GroupFilter::GroupFilter(const State& state, std::string_view masks) : state_(state) {
  for (const Group* group : state.groups.Select(masks)) groups_.insert(group->name);
}

bool Engine::GroupFilter::Includes(uint64_t login) const {
  const Account* account = state_.accounts.Find(login);
  return account != nullptr && groups_.contains(account->group);
}

}  // namespace mtsuite::mtsim
