// Drawdown rules done slowly and plainly: no levels, no thresholds, no estimates. Everything of every account
// is reckoned anew, in decimals, after every event. Written against the contract, not against the engine,
// which is held against it.
#ifndef SERVICES_RISK_ENGINE_REFERENCE_MODEL_H_
#define SERVICES_RISK_ENGINE_REFERENCE_MODEL_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/decimal/decimal.h"
#include "mtsuite/risk/v1/rule_set.pb.h"

namespace mtsuite::risk::reference {

// A rule of one of three kinds, in money or as a share.
struct Rule {
  enum Kind { kTotal, kDaily, kTarget };
  Kind kind;
  std::string id;
  bool soft = false;
  bool shadow = false;
  std::optional<Decimal> money = {};
  Decimal share = {};
  v1::AmountOf of = v1::INITIAL;
  v1::MaxLossRule::Trailing trailing = v1::MaxLossRule::NOT_TRAILING;
  v1::DailyLossRule::Basis basis = v1::DailyLossRule::BALANCE_AT_RESET;
  std::optional<Decimal> lock_share = {};
  bool on_floor = false;
  bool of_balance = false;
};

struct Symbol {
  std::string name;
  std::string base;
  std::string profit;
  int digits;
  Decimal contract;
  bool rate;  // whether it is a rate between two currencies
  std::optional<std::pair<Decimal, Decimal>> quote = {};
};

struct Position {
  size_t symbol;
  bool buy;
  Decimal volume;
  Decimal open;
  Decimal swap;
};

struct Account {
  int64_t login;
  std::string currency;
  int digits;
  Decimal balance;
  std::map<int64_t, Position> positions = {};
  std::vector<Rule> rules = {};
  // What follows is the model's own. Amounts are those of the account: deposits move them.
  struct RuleState {
    Decimal peak = {};
    bool done = false;
  };
  std::vector<RuleState> states = {};
  Decimal initial = {};        // moved
  Decimal first_initial = {};  // as it was
  Decimal deposits = {};
  Decimal day_balance = {};
  Decimal day_equity = {};
  Decimal day_balance_as_set = {};
  Decimal day_equity_as_set = {};
  bool failed = false;
};

inline std::string Found(const char* what, int64_t second, const Account& account, const Rule& rule,
                         Decimal value, Decimal limit) {
  return absl::StrCat(account.login, " ", what, " ", rule.id, " ", value.ToString(), "/", limit.ToString(),
                      " at ", second);
}

class Model {
 public:
  // Days end at 00:00 UTC+3.
  static int64_t DayOf(int64_t second) { return (second + 3 * 3600) / 86400; }
  static int64_t DayStart(int64_t day) { return day * 86400 - 3 * 3600; }

  std::vector<Symbol> symbols;
  std::map<int64_t, Account> accounts;
  std::vector<std::string> found;
  int64_t now = 0;

  void Begin(Account account) {
    account.initial = account.first_initial = account.day_balance = account.day_equity = account.balance;
    account.day_balance_as_set = account.day_equity_as_set = account.balance;
    SetRules(account, account.rules, {});
    accounts[account.login] = account;
    Evaluate(accounts[account.login]);
  }

  // All that falls due up to `second`, before what happens then.
  void PassTo(int64_t second) {
    while (DayOf(now) < DayOf(second)) {
      now = DayStart(DayOf(now) + 1);
      for (auto& [login, account] : accounts) Reset(account);
    }
    now = second;
  }

  void EvaluateAll() {
    for (auto& [login, account] : accounts) Evaluate(account);
  }

  void Closed(Account& account) {
    for (size_t i = 0; i < account.rules.size(); ++i) {
      if (account.rules[i].trailing == v1::MaxLossRule::CLOSED_BALANCE) Raise(account, i, account.balance);
    }
  }

  void Deposit(Account& account, Decimal amount) {
    account.balance += amount;
    account.deposits += amount;
    for (Decimal* reference : {&account.initial, &account.day_balance, &account.day_equity})
      *reference += amount;
    for (Account::RuleState& state : account.states) state.peak += amount;
  }

  void Change(Account& account, const std::vector<Rule>& rules) {
    const std::vector<Rule> old_rules = account.rules;
    const std::vector<Account::RuleState> old_states = account.states;
    SetRules(account, rules, {});
    for (size_t i = 0; i < rules.size(); ++i) {
      for (size_t j = 0; j < old_rules.size(); ++j) {
        if (rules[i].id != old_rules[j].id || rules[i].kind != old_rules[j].kind) continue;
        const bool same = rules[i].soft == old_rules[j].soft && rules[i].shadow == old_rules[j].shadow;
        account.states[i].done = same && old_states[j].done;
        if (rules[i].trailing == old_rules[j].trailing) account.states[i].peak = old_states[j].peak;
      }
    }
    Evaluate(account);
  }

  // Of a loss rule.
  Decimal Floor(const Account& account, size_t index) const {
    const Rule& rule = account.rules[index];
    if (rule.kind == Rule::kTotal) {
      const Decimal peak = account.states[index].peak;
      const Decimal from = rule.trailing == v1::MaxLossRule::NOT_TRAILING ? account.initial : peak;
      const Decimal of = rule.of == v1::BASIS ? peak - account.deposits : account.first_initial;
      const Decimal floor = from - (rule.money ? *rule.money : of * rule.share);
      if (!rule.lock_share) return floor;
      return std::min(floor, account.first_initial * *rule.lock_share + account.deposits);
    }
    Decimal from = account.day_balance;
    Decimal as_set = account.day_balance_as_set;
    const bool equity_higher = account.day_equity > account.day_balance;
    if (rule.basis == v1::DailyLossRule::EQUITY_AT_RESET ||
        (rule.basis == v1::DailyLossRule::HIGHER_OF_BALANCE_AND_EQUITY && equity_higher)) {
      from = account.day_equity;
      as_set = account.day_equity_as_set;
    } else if (rule.basis == v1::DailyLossRule::INITIAL_BALANCE) {
      from = account.initial;
      as_set = account.first_initial;
    }
    Decimal of = account.first_initial;
    if (rule.of == v1::BASIS) of = as_set;
    if (rule.of == v1::DAY_START_BALANCE) of = account.day_balance_as_set;
    return from - (rule.money ? *rule.money : of * rule.share);
  }

  Decimal Floating(const Account& account) const {
    Decimal sum;
    for (const auto& [ticket, position] : account.positions) sum += Profit(account, position) + position.swap;
    return sum;
  }

 private:
  void SetRules(Account& account, const std::vector<Rule>& rules, std::vector<Account::RuleState> states) {
    account.rules = rules;
    states.resize(rules.size());
    account.states = std::move(states);
    for (size_t i = 0; i < rules.size(); ++i) {
      const bool intraday = rules[i].trailing == v1::MaxLossRule::INTRADAY_EQUITY;
      const Decimal now_at = account.balance + (intraday ? Floating(account) : Decimal());
      account.states[i].peak = std::max(account.initial, now_at);
    }
  }

  Decimal Profit(const Account& account, const Position& position) const {
    const Symbol& symbol = symbols[position.symbol];
    if (!symbol.quote) return Decimal();
    const std::optional<Decimal> rate = Rate(symbol.profit, account.currency, position.buy);
    if (!rate) return Decimal();
    const Decimal move =
        position.buy ? symbol.quote->first - position.open : position.open - symbol.quote->second;
    const Decimal raw = (move * symbol.contract * position.volume).Rescale(8, Rounding::kHalfUp);
    return (raw * rate->Rescale(std::min(rate->digits(), 18 - raw.digits()), Rounding::kHalfEven))
        .Rescale(account.digits, Rounding::kHalfUp);
  }

  // Straight, inverted, or by way of dollars: buys at the ask of the rate, sells at its bid.
  std::optional<Decimal> Rate(const std::string& from, const std::string& to, bool ask) const {
    if (from == to) return Decimal::FromInteger(1);
    Decimal over = Decimal::FromInteger(1);
    Decimal under = Decimal::FromInteger(1);
    if (Leg(from, to, ask, over, under)) return *Decimal::Divide(over, under, 12, Rounding::kHalfEven);
    if (!Leg(from, "USD", ask, over, under) || !Leg("USD", to, ask, over, under)) return std::nullopt;
    return *Decimal::Divide(over, under, 12, Rounding::kHalfEven);
  }
  bool Leg(const std::string& from, const std::string& to, bool ask, Decimal& over, Decimal& under) const {
    for (const Symbol& symbol : symbols) {
      if (!symbol.rate || !symbol.quote) continue;
      if (symbol.base == from && symbol.profit == to) {
        over *= ask ? symbol.quote->second : symbol.quote->first;
        return true;
      }
      if (symbol.base == to && symbol.profit == from) {
        under *= ask ? symbol.quote->first : symbol.quote->second;
        return true;
      }
    }
    return false;
  }

  void Raise(Account& account, size_t rule, Decimal value) {
    account.states[rule].peak = std::max(account.states[rule].peak, value);
  }

  void Reset(Account& account) {
    account.day_balance = account.day_balance_as_set = account.balance;
    account.day_equity = account.day_equity_as_set = account.balance + Floating(account);
    for (size_t i = 0; i < account.rules.size(); ++i) {
      if (account.rules[i].trailing == v1::MaxLossRule::END_OF_DAY) Raise(account, i, account.balance);
      if (account.failed || !account.rules[i].soft || !account.states[i].done) continue;
      account.states[i].done = false;
      found.push_back(Found("REARMED", now, account, account.rules[i], Decimal(), Decimal()));
    }
    Evaluate(account);
  }

  void Evaluate(Account& account) {
    if (account.failed) return;
    const Decimal equity = account.balance + Floating(account);
    bool failed = false;
    for (size_t i = 0; i < account.rules.size(); ++i) {
      const Rule& rule = account.rules[i];
      if (rule.trailing == v1::MaxLossRule::INTRADAY_EQUITY) Raise(account, i, equity);
      if (account.states[i].done) continue;
      const Decimal value = rule.of_balance ? account.balance : equity;
      if (rule.kind == Rule::kTarget) {
        const Decimal target =
            account.initial + (rule.money ? *rule.money : account.first_initial * rule.share);
        if (value < target) continue;
        account.states[i].done = true;
        found.push_back(Found("TARGET", now, account, rule, value, target));
        continue;
      }
      const Decimal floor = Floor(account, i);
      if (rule.on_floor ? value > floor : value >= floor) continue;
      account.states[i].done = true;
      found.push_back(Found("BREACH", now, account, rule, value, floor));
      failed |= !rule.soft && !rule.shadow;
    }
    account.failed = failed;
  }
};

}  // namespace mtsuite::risk::reference

#endif  // SERVICES_RISK_ENGINE_REFERENCE_MODEL_H_
