#include "services/risk/engine/engine.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/macros.h"
#include "services/risk/engine/holdings.h"

namespace mtsuite::risk {
namespace {

constexpr int kMaxPlaces = 8;
// Estimates are prepared for prices of so many times the one at hand.
constexpr int64_t kPriceRoom = 4;
// Between two points of an equity path, unless something happened.
constexpr absl::Duration kPathInterval = absl::Seconds(1);

// A threshold in the units of estimates, moved by `slack` to the careful side. What does not fit is far
// beyond, or far within, everything.
int64_t Units(const std::optional<Decimal>& amount, Rounding rounding, int64_t slack, int64_t without) {
  if (!amount.has_value()) return without;
  const absl::StatusOr<int64_t> units =
      amount->Rescale(Estimates::kDigits, rounding).ToScaled(Estimates::kDigits);
  constexpr int64_t kMax = int64_t{1} << 62;
  if (units.ok() && std::abs(*units) < kMax) return *units + slack;
  return amount->sign() > 0 ? kMax : -kMax;
}

bool OutOfRange(Decimal value, int64_t max) {
  return value.Abs() > Decimal::FromInteger(max) || value.digits() > kMaxPlaces;
}

}  // namespace

absl::StatusOr<SymbolId> Engine::AddSymbol(const quotes::v1::Symbol& symbol) {
  ASSIGN_OR_RETURN(const SymbolId id, market_.AddSymbol(symbol));
  price_limits_.resize(market_.symbol_count());
  estimates_.EnsureSymbol(id);
  // Nothing but a larger price is expected of the first one.
  price_limits_[id] = 0;
  // The next tick finds what that led to.
  for (const AccountId holder : estimates_.HoldersOf(id)) {
    Rebuild(holder);
    Rearrange(holder);
    alarms_.push_back(holder);
  }
  RefreshRates(id);
  return id;
}

absl::Status Engine::CheckPositions(const std::vector<Position>& positions) const {
  for (const Position& position : positions) {
    const auto refuse = [&](const char* what) {
      return absl::InvalidArgumentError(
          absl::StrCat("position ", position.ticket, " cannot be watched: ", what));
    };
    if (position.symbol >= market_.symbol_count()) return refuse("its symbol is not known");
    if (position.volume.sign() <= 0 || position.volume.digits() > kMaxPlaces ||
        position.volume > Decimal::FromInteger(kMaxUnits) ||
        market_.symbol(position.symbol).contract_size * position.volume > Decimal::FromInteger(kMaxUnits)) {
      return refuse("its volume is out of range");
    }
    if (OutOfRange(position.open_price, kMaxPrice)) return refuse("its price is out of range");
    if (OutOfRange(position.swap, kMaxUnits) || OutOfRange(position.commission, kMaxUnits)) {
      return refuse("its swap or commission is out of range");
    }
  }
  return absl::OkStatus();
}

AccountId Engine::NewAccount(const AccountSpec& spec, std::vector<Position> positions) {
  AccountId id = static_cast<AccountId>(accounts_.size());
  if (free_accounts_.empty()) {
    accounts_.emplace_back();
  } else {
    id = free_accounts_.back();
    free_accounts_.pop_back();
  }
  accounts_[id] = std::make_unique<Account>();
  accounts_[id]->spec = spec;
  accounts_[id]->positions = std::move(positions);
  estimates_.EnsureAccount(id);
  AssignRates(*accounts_[id]);
  return id;
}

void Engine::AssignRates(Account& account) {
  for (Position& position : account.positions) {
    const std::string& currency = market_.symbol(position.symbol).profit_currency;
    position.rate = market_.RateBetween(currency, account.spec.currency, position.side);
    estimates_.EnsureRate(position.rate, market_.FastRate(position.rate));
  }
}

absl::StatusOr<AccountId> Engine::AddAccount(const AccountSpec& spec, Opening opening,
                                             std::vector<Position> positions, Tracker::Rules rules,
                                             Detections& detections) {
  RETURN_IF_ERROR(CheckPositions(positions));
  Advance(opening.time, detections);
  const AccountId id = NewAccount(spec, std::move(positions));
  Account& account = *accounts_[id];
  opening.time = now_;
  opening.floating = Floating(id);
  opening.holdings = HoldingsOf(market_, account.positions, spec.currency_digits);
  findings_.clear();
  absl::StatusOr<Tracker> tracker = Tracker::Start(std::move(rules), opening, findings_);
  if (!tracker.ok()) {
    Forget(id);
    return std::move(tracker).status();
  }
  account.tracker = *std::move(tracker);
  AddPoint(account);
  Report(id, nullptr, detections);
  Rebuild(id);
  Rearrange(id);
  return id;
}

absl::StatusOr<AccountId> Engine::RestoreAccount(const AccountSpec& spec, std::vector<Position> positions,
                                                 Tracker tracker, Detections& detections) {
  RETURN_IF_ERROR(CheckPositions(positions));
  Advance(tracker.state().time, detections);
  const AccountId id = NewAccount(spec, std::move(positions));
  Tracker& restored = accounts_[id]->tracker.emplace(std::move(tracker));
  // One by one, so that each is reported with the state that it led to.
  for (absl::Time due = restored.NextDue(); due <= now_; due = restored.NextDue()) {
    findings_.clear();
    restored.OnTime(due, findings_);
    Report(id, nullptr, detections);
  }
  Rebuild(id);
  Check(id, nullptr, detections);
  return id;
}

void Engine::RemoveAccount(AccountId account, absl::Time time, Detections& detections) {
  MTSUITE_CHECK(accounts_[account] != nullptr, "the account was removed already");
  // A reset that this account still took part in would otherwise never be held against its rules.
  Advance(time, detections);
  Forget(account);
}

void Engine::Forget(AccountId account) {
  statistics_.exact_accounts -= accounts_[account]->always_exact ? 1 : 0;
  estimates_.SetHoldings(account, {}, 0);
  accounts_[account].reset();
  free_accounts_.push_back(account);
}

absl::Status Engine::OnTick(const Tick& tick, Detections& detections) {
  MTSUITE_CHECK(tick.symbol < market_.symbol_count(), "ticks are of symbols that were added");
  const SymbolInfo& symbol = market_.symbol(tick.symbol);
  const double max = static_cast<double>(kMaxPrice) * symbol.scale;
  if (std::abs(static_cast<double>(tick.bid)) > max || std::abs(static_cast<double>(tick.ask)) > max) {
    return absl::InvalidArgumentError(absl::StrCat("a tick of ", symbol.name, " has the bid ", tick.bid,
                                                   " and the ask ", tick.ask,
                                                   " points, which is out of range"));
  }
  Advance(tick.time, detections);
  ++statistics_.ticks;
  const int64_t limit = price_limits_[tick.symbol];
  if (!symbol.quote.has_value() || std::abs(tick.bid) > limit || std::abs(tick.ask) > limit) {
    TakeNewPrice(tick);
  } else {
    const Quote before = *symbol.quote;
    market_.SetQuote(tick.symbol, {tick.bid, tick.ask, tick.time, tick.sequence});
    estimates_.Move(tick.symbol, tick.bid - before.bid, tick.ask - before.ask, alarms_);
  }
  RefreshRates(tick.symbol);
  if (alarms_.empty()) return absl::OkStatus();
  std::sort(alarms_.begin(), alarms_.end());
  alarms_.erase(std::unique(alarms_.begin(), alarms_.end()), alarms_.end());
  for (const AccountId account : alarms_) {
    if (accounts_[account] != nullptr) Check(account, &tick, detections);
  }
  alarms_.clear();
  return absl::OkStatus();
}

void Engine::TakeNewPrice(const Tick& tick) {
  market_.SetQuote(tick.symbol, {tick.bid, tick.ask, tick.time, tick.sequence});
  price_limits_[tick.symbol] = kPriceRoom * std::max(std::abs(tick.bid), std::abs(tick.ask));
  for (const AccountId holder : estimates_.HoldersOf(tick.symbol)) {
    Rebuild(holder);
    alarms_.push_back(holder);
  }
}

void Engine::RefreshRates(SymbolId symbol) {
  for (const RateId rate : market_.symbol(symbol).rates) {
    const bool was_fast = market_.FastRate(rate) <= kMaxFastRate;
    market_.RefreshRate(rate);
    estimates_.EnsureRate(rate, 0);
    estimates_.SetRate(rate, market_.FastRate(rate), alarms_);
    if (was_fast == (market_.FastRate(rate) <= kMaxFastRate)) continue;
    for (const AccountId account : estimates_.ConvertedAt(rate)) {
      Rebuild(account);
      alarms_.push_back(account);
    }
  }
}

void Engine::OnTime(absl::Time time, Detections& detections) { Advance(time, detections); }

absl::Status Engine::OnTrade(AccountId id, const Trade& trade, Detections& detections) {
  RETURN_IF_ERROR(CheckPositions(trade.changed));
  Advance(trade.time, detections);
  Account& account = *accounts_[id];
  std::erase_if(account.positions, [&](const Position& position) {
    return std::find(trade.gone.begin(), trade.gone.end(), position.ticket) != trade.gone.end();
  });
  for (const Position& changed : trade.changed) {
    const auto same = std::find_if(account.positions.begin(), account.positions.end(),
                                   [&](const Position& old) { return old.ticket == changed.ticket; });
    if (same == account.positions.end()) {
      account.positions.push_back(changed);
    } else {
      *same = changed;
    }
  }
  AssignRates(account);
  findings_.clear();
  account.tracker->OnTrade({.time = now_,
                            .booked = trade.booked,
                            .floating = Floating(id),
                            .holdings = HoldingsOf(market_, account.positions, account.spec.currency_digits),
                            .opened = trade.opened,
                            .closed = trade.closed,
                            .symbol = trade.symbol,
                            .lots = trade.lots},
                           findings_);
  AddPoint(account);
  Report(id, nullptr, detections);
  Rebuild(id);
  Rearrange(id);
  return absl::OkStatus();
}

void Engine::OnMoney(AccountId id, MoneyBooked money, Detections& detections) {
  Advance(money.time, detections);
  money.time = now_;
  money.floating = Floating(id);
  findings_.clear();
  accounts_[id]->tracker->OnMoney(money, findings_);
  AddPoint(*accounts_[id]);
  Report(id, nullptr, detections);
  Rearrange(id);
}

absl::Status Engine::OnRules(AccountId id, absl::Time time, Tracker::Rules rules, Detections& detections) {
  Advance(time, detections);
  findings_.clear();
  accounts_[id]->tracker->OnPrices(now_, Floating(id), findings_);
  const absl::Status status = accounts_[id]->tracker->OnRules(now_, std::move(rules), findings_);
  Report(id, nullptr, detections);
  Rearrange(id);
  return status;
}

void Engine::Rearm(AccountId id, absl::Time time, Detections& detections) {
  Advance(time, detections);
  findings_.clear();
  accounts_[id]->tracker->Rearm(now_, findings_);
  Report(id, nullptr, detections);
  Check(id, nullptr, detections);
}

absl::Time Engine::NextDue() {
  while (!due_.empty()) {
    const auto& [time, id] = due_.top();
    if (accounts_[id] != nullptr && accounts_[id]->scheduled == time) return time;
    due_.pop();
  }
  return absl::InfiniteFuture();
}

Decimal Engine::Floating(AccountId account) const {
  return FloatingOf(market_, accounts_[account]->positions, accounts_[account]->spec.currency_digits);
}

void Engine::Advance(absl::Time time, Detections& detections) {
  for (absl::Time due = NextDue(); due <= time; due = NextDue()) {
    const AccountId id = due_.top().second;
    due_.pop();
    Account& account = *accounts_[id];
    findings_.clear();
    // What fell due is held against the last prices before it.
    account.tracker->OnPrices(now_, Floating(id), findings_);
    account.tracker->OnTime(due, findings_);
    AddPoint(account);
    Report(id, nullptr, detections);
    account.scheduled = absl::InfiniteFuture();
    Rearrange(id);
  }
  now_ = std::max(now_, time);
}

void Engine::Check(AccountId id, const Tick* tick, Detections& detections) {
  ++statistics_.exact_checks;
  Account& account = *accounts_[id];
  findings_.clear();
  account.tracker->OnPrices(now_, Floating(id), findings_);
  if (!findings_.empty() || account.path.empty() ||
      now_ - account.path[(account.path_next + account.path.size() - 1) % account.path.size()].time >=
          kPathInterval) {
    AddPoint(account);
  }
  Report(id, tick, detections);
  Rearrange(id);
}

void Engine::Rebuild(AccountId id) {
  Account& account = *accounts_[id];
  const EstimatedHoldings estimated =
      EstimateHoldings(market_, account.positions, account.spec.currency_digits, price_limits_);
  statistics_.exact_accounts += (estimated.always_exact ? 1 : 0) - (account.always_exact ? 1 : 0);
  account.slack = estimated.slack;
  account.always_exact = estimated.always_exact;
  estimates_.SetHoldings(id, estimated.holdings, estimated.base);
}

void Engine::Rearrange(AccountId id) {
  Account& account = *accounts_[id];
  if (const absl::Time due = account.tracker->NextDue(); due != account.scheduled) {
    account.scheduled = due;
    if (due != absl::InfiniteFuture()) due_.emplace(due, id);
  }
  if (account.always_exact && !account.tracker->failed()) {
    estimates_.SetLimits(id, Estimates::kAlways, Estimates::kAlways);
    return;
  }
  const Thresholds& thresholds = account.tracker->thresholds();
  estimates_.SetLimits(
      id, Units(thresholds.floor, Rounding::kCeiling, account.slack, std::numeric_limits<int64_t>::min()),
      Units(thresholds.ceiling, Rounding::kFloor, -account.slack, std::numeric_limits<int64_t>::max()));
}

}  // namespace mtsuite::risk
