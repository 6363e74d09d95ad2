// The engine against the reference model over random ticks, trades, money and changes of rules: the same
// findings with the same numbers by the same event. MTSUITE_EVENTS sets how many events.
#include <cstdlib>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "common/testing/matchers.h"
#include "common/testing/seed.h"
#include "gtest/gtest.h"
#include "services/risk/engine/engine.h"
#include "services/risk/engine/reference_model.h"
#include "services/risk/rules/compile.h"

namespace mtsuite::risk {
namespace {

constexpr int64_t kBegin = 1'774'000'000;  // in March 2026
constexpr int kAccounts = 10;

Decimal Parse(const std::string& text) { return *Decimal::Parse(text); }

int64_t EventCount() {
  const char* text = std::getenv("MTSUITE_EVENTS");
  int64_t count = 48'000;
  EXPECT_TRUE(text == nullptr || absl::SimpleAtoi(text, &count));
  return count;
}

struct SymbolRow {
  const char* name;
  const char* base;
  const char* profit;
  int digits;
  const char* contract;
  bool rate;
  int64_t points;  // where its price begins
};
// The last three: quoted against no money of an account, so small that a point is less than a unit of the
// estimates, and so large that they do not hold it.
constexpr SymbolRow kMarket[] = {
    {"EURUSD", "EUR", "USD", 5, "100000", true, 108'000},
    {"USDJPY", "USD", "JPY", 3, "100000", true, 151'000},
    {"GBPUSD", "GBP", "USD", 5, "100000", true, 127'000},
    {"EURJPY", "EUR", "JPY", 3, "100000", true, 163'000},
    {"XAUUSD", "XAU", "USD", 2, "100", false, 240'000},
    {"DE40", "DE40", "EUR", 1, "1", false, 185'000},
    {"BTCUSD", "BTC", "USD", 2, "1", true, 6'500'000},
    {"UKOIL", "OIL", "GBP", 3, "1000", false, 62'000},
    {"SHIBUSD", "SHB", "USD", 8, "10", false, 2'400},
    {"BIGUSD", "BIG", "USD", 2, "100000000", false, 900'000},
};

class Differential {
 public:
  explicit Differential(uint64_t seed) : random_(seed) {
    for (const SymbolRow& row : kMarket) {
      quotes::v1::Symbol symbol;
      symbol.set_name(row.name);
      symbol.set_base_currency_code(row.base);
      symbol.set_profit_currency_code(row.profit);
      symbol.set_digits(row.digits);
      symbol.set_contract_size(row.contract);
      symbol.set_calculation_mode(row.rate ? quotes::v1::Symbol::FOREX : quotes::v1::Symbol::CFD);
      EXPECT_OK(engine_.AddSymbol(symbol));
      model_.symbols.push_back({row.name, row.base, row.profit, row.digits, Parse(row.contract), row.rate});
      points_.push_back(row.points);
    }
    model_.now = second_ = kBegin;
  }

  void Run(int64_t events) {
    for (int64_t i = 0; i < events && !::testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(absl::StrCat("event ", i));
      if (Chance(30)) second_ += Below(120);
      if (Chance(5'000)) second_ += Below(100'000);
      model_.PassTo(second_);
      Event();
      Compare();
      if (i % 16 == 0) CompareFloors();
    }
  }

  int64_t found() const { return found_; }
  const Engine::Statistics& statistics() const { return engine_.statistics(); }

 private:
  int64_t Below(int64_t bound) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound)); }
  bool Chance(int64_t of) { return Below(of) == 0; }
  template <typename T>
  T Pick(std::initializer_list<T> items) {
    return *(items.begin() + Below(static_cast<int64_t>(items.size())));
  }
  absl::Time Now() const { return absl::FromUnixSeconds(second_); }

  void Event() {
    const int64_t choice = Below(1000);
    if (choice < 900) return TickSomething();
    const int64_t login = 1 + Below(kAccounts);
    const auto found = model_.accounts.find(login);
    if (found == model_.accounts.end()) return Open(login);
    // Some that did not fail, too, with all that they hold.
    if (found->second.failed || choice == 999) return Remove(login);
    if (choice < 970) return Trade(found->second);
    if (choice < 992) return Book(found->second);
    Change(found->second);
  }

  void TickSomething() {
    const auto id = static_cast<size_t>(Below(static_cast<int64_t>(points_.size())));
    const int64_t step = std::max<int64_t>(1, points_[id] / 4'000);
    points_[id] = std::max<int64_t>(100, points_[id] + Below(2 * step + 1) - step);
    if (Chance(20'000)) points_[id] = points_[id] * Pick({1, 5}) / Pick({1, 3});
    const int64_t ask = points_[id] + Below(step + 1);
    model_.symbols[id].quote = {Decimal::FromScaled(points_[id], kMarket[id].digits),
                                Decimal::FromScaled(ask, kMarket[id].digits)};
    EXPECT_OK(engine_.OnTick({static_cast<SymbolId>(id), points_[id], ask, Now(), ++sequence_}, detections_));
    model_.EvaluateAll();
  }

  void Open(int64_t login) {
    reference::Account account{.login = login,
                               .currency = Pick<const char*>({"USD", "USD", "EUR", "JPY", "BTC"}),
                               .digits = 2,
                               .balance = Decimal::FromInteger(100'000)};
    if (account.currency == "JPY") account = {login, "JPY", 0, Decimal::FromInteger(15'000'000)};
    if (account.currency == "BTC") account = {login, "BTC", 8, Parse("1.5")};
    account.rules = RandomRules(account.balance);
    // An account that begins must hold nothing against which it would not have been valued.
    model_.Begin(account);
    const AccountSpec spec{login, account.currency, account.digits};
    const auto id = engine_.AddAccount(spec, {.time = Now(), .balance = account.balance}, {},
                                       CompileRules(account.rules), detections_);
    ASSERT_OK(id);
    ids_[login] = *id;
  }

  void Remove(int64_t login) {
    model_.accounts.erase(login);
    engine_.RemoveAccount(ids_[login], Now(), detections_);
  }

  // Opens, changes or closes a position, with what deals did to the balance.
  void Trade(reference::Account& account) {
    risk::Trade trade{.time = Now()};
    if (account.positions.empty() || (account.positions.size() < 6 && Chance(2))) {
      const auto id = static_cast<size_t>(Below(static_cast<int64_t>(points_.size())));
      const bool buy = Chance(2);
      const reference::Symbol& symbol = model_.symbols[id];
      Decimal price = Decimal::FromScaled(points_[id], symbol.digits);
      // As after several fills of a netting position.
      if (Chance(5)) price += Decimal::FromScaled(Below(1000), 8);
      Decimal lots = Decimal::FromScaled(1 + Below(300), 2);
      if (symbol.name == "SHIBUSD") lots = Decimal::FromScaled(1 + Below(100'000), 3);
      if (symbol.name == "BIGUSD") lots = Parse("0.01");
      if (account.currency == "BTC" && symbol.name != "SHIBUSD") lots = Parse("0.01");
      const Decimal swap = Chance(3) ? Decimal::FromScaled(Below(500) - 250, account.digits) : Decimal();
      Hold(account, ++ticket_, {id, buy, lots, price, swap}, trade);
      trade.booked = Decimal::FromScaled(-Below(5), account.digits);
      trade.opened = true;
    } else {
      auto position =
          std::next(account.positions.begin(), Below(static_cast<int64_t>(account.positions.size())));
      if (Chance(3)) {
        reference::Position smaller = position->second;
        smaller.volume =
            Decimal::Divide(smaller.volume, Decimal::FromInteger(2), 2, Rounding::kCeiling).value();
        Hold(account, position->first, smaller, trade);
      } else {
        trade.gone = {position->first};
        account.positions.erase(position);
      }
      trade.booked = Decimal::FromScaled(Below(20'001) - 10'000, account.digits == 8 ? 7 : account.digits);
      trade.closed = true;
    }
    account.balance += trade.booked;
    if (trade.closed) model_.Closed(account);
    model_.EvaluateAll();
    EXPECT_OK(engine_.OnTrade(ids_[account.login], trade, detections_));
  }

  static void Hold(reference::Account& account, int64_t ticket, const reference::Position& position,
                   risk::Trade& trade) {
    account.positions.insert_or_assign(ticket, position);
    trade.changed = {{.ticket = ticket,
                      .symbol = static_cast<SymbolId>(position.symbol),
                      .side = position.buy ? Side::kBuy : Side::kSell,
                      .volume = position.volume,
                      .open_price = position.open,
                      .swap = position.swap}};
  }

  void Book(reference::Account& account) {
    const MoneyKind kind = Pick({MoneyKind::kDeposit, MoneyKind::kCredit, MoneyKind::kResult});
    const int64_t cents = account.digits == 8 ? 10'000'000 : 200'000;
    const Decimal amount = Decimal::FromScaled(Below(2 * cents) - cents, account.digits);
    if (kind == MoneyKind::kDeposit) model_.Deposit(account, amount);
    if (kind == MoneyKind::kResult) account.balance += amount;
    model_.EvaluateAll();
    engine_.OnMoney(ids_[account.login], {Now(), kind, amount}, detections_);
  }

  void Change(reference::Account& account) {
    std::vector<reference::Rule> rules = RandomRules(account.first_initial);
    // Some change their amount only.
    if (Chance(2)) rules[0].trailing = account.rules[0].trailing;
    if (rules[0].trailing == v1::MaxLossRule::NOT_TRAILING) {
      rules[0].of = v1::INITIAL;
      rules[0].lock_share.reset();
    }
    model_.Change(account, rules);
    EXPECT_OK(engine_.OnRules(ids_[account.login], Now(), CompileRules(rules), detections_));
  }

  reference::Rule RandomLoss(const std::string& id, reference::Rule::Kind kind, Decimal initial) {
    reference::Rule rule{.kind = kind, .id = id, .soft = Chance(2)};
    rule.share = Decimal::FromScaled(20 + Below(600), 4);  // 0.2 to 6.2 percent
    if (Chance(3)) rule.money = (initial * rule.share).Rescale(8, Rounding::kHalfUp);
    rule.on_floor = Chance(3);
    rule.of_balance = Chance(5);
    const bool percent = !rule.money.has_value();
    if (kind == reference::Rule::kDaily) {
      if (percent) rule.of = Pick({v1::INITIAL, v1::DAY_START_BALANCE, v1::BASIS});
      rule.basis =
          Pick({v1::DailyLossRule::BALANCE_AT_RESET, v1::DailyLossRule::EQUITY_AT_RESET,
                v1::DailyLossRule::HIGHER_OF_BALANCE_AND_EQUITY, v1::DailyLossRule::INITIAL_BALANCE});
      return rule;
    }
    rule.trailing = Pick({v1::MaxLossRule::NOT_TRAILING, v1::MaxLossRule::END_OF_DAY,
                          v1::MaxLossRule::CLOSED_BALANCE, v1::MaxLossRule::INTRADAY_EQUITY});
    if (rule.trailing == v1::MaxLossRule::NOT_TRAILING) return rule;
    if (percent) rule.of = Pick({v1::INITIAL, v1::BASIS});
    if (Chance(3)) rule.lock_share = Decimal::FromScaled(10'000 + Below(100), 4);
    return rule;
  }

  std::vector<reference::Rule> RandomRules(Decimal initial) {
    using reference::Rule;
    std::vector<Rule> rules = {RandomLoss("total", Rule::kTotal, initial),
                               RandomLoss("daily", Rule::kDaily, initial),
                               RandomLoss("shadow", Chance(2) ? Rule::kTotal : Rule::kDaily, initial)};
    rules[2].shadow = true;
    rules.push_back(
        {.kind = Rule::kTarget, .id = "target", .share = Decimal::FromScaled(100 + Below(500), 4)});
    return rules;
  }

  template <typename Loss>
  static void FillLoss(const reference::Rule& rule, Loss* loss) {
    if (rule.money) {
      loss->set_amount(rule.money->ToString());
    } else {
      loss->set_percent((rule.share * Decimal::FromInteger(100)).ToString());
      loss->set_amount_of(rule.of);
    }
    if (rule.on_floor) loss->set_breach_at(v1::AT_OR_BELOW);
    if (rule.of_balance) loss->set_evaluated_value(v1::BALANCE);
  }

  static Tracker::Rules CompileRules(const std::vector<reference::Rule>& rules) {
    v1::RuleSet set;
    set.set_name("random");
    set.mutable_day_reset()->set_time_zone("UTC+3");
    for (const reference::Rule& rule : rules) {
      v1::Rule* to = set.add_rules();
      to->set_id(rule.id);
      if (rule.soft) to->set_severity(v1::SOFT);
      if (rule.shadow) to->set_mode(v1::SHADOW);
      if (rule.kind == reference::Rule::kTotal) {
        FillLoss(rule, to->mutable_max_loss());
        to->mutable_max_loss()->set_trailing(rule.trailing);
        if (rule.lock_share) {
          to->mutable_max_loss()->set_lock_at_percent(
              (*rule.lock_share * Decimal::FromInteger(100)).ToString());
        }
      } else if (rule.kind == reference::Rule::kDaily) {
        FillLoss(rule, to->mutable_daily_loss());
        to->mutable_daily_loss()->set_basis(rule.basis);
      } else {
        to->mutable_profit_target()->set_percent((rule.share * Decimal::FromInteger(100)).ToString());
      }
    }
    absl::StatusOr<CompiledRuleSet> compiled = Compile(set, absl::UTCTimeZone());
    EXPECT_OK(compiled) << set.DebugString();
    return std::make_shared<const CompiledRuleSet>(*std::move(compiled));
  }

  void Compare() {
    std::vector<std::string> mine;
    for (const Detection& detection : detections_) {
      static constexpr const char* kNames[] = {"BREACH", "WARNING", "CLEARED", "REARMED", "TARGET", "DAYS"};
      const Finding& finding = detection.finding;
      mine.push_back(absl::StrCat(detection.login, " ", kNames[finding.kind], " ", finding.rule_id, " ",
                                  finding.value.ToString(), "/", finding.limit.ToString(), " at ",
                                  absl::ToUnixSeconds(finding.time)));
    }
    // Accounts come in another order; what is found of one keeps its own.
    const auto by_login = [](const std::string& a, const std::string& b) {
      return std::stoi(a) < std::stoi(b);
    };
    std::stable_sort(mine.begin(), mine.end(), by_login);
    std::stable_sort(model_.found.begin(), model_.found.end(), by_login);
    EXPECT_EQ(absl::StrJoin(mine, "\n"), absl::StrJoin(model_.found, "\n"));
    found_ += static_cast<int64_t>(mine.size());
    detections_.clear();
    model_.found.clear();
  }

  // What has no consequence yet would otherwise be seen much later.
  void CompareFloors() {
    for (const auto& [login, account] : model_.accounts) {
      const std::vector<RuleStatus> status = engine_.tracker(ids_[login]).Status();
      for (size_t i = 0; i < account.rules.size() && !account.failed; ++i) {
        if (account.rules[i].kind == reference::Rule::kTarget) continue;
        EXPECT_EQ(*status[i].limit, model_.Floor(account, i)) << login << " " << account.rules[i].id;
      }
    }
  }

  std::mt19937_64 random_;
  Engine engine_;
  reference::Model model_;
  std::map<int64_t, AccountId> ids_;
  std::vector<int64_t> points_;
  int64_t second_;
  int64_t sequence_ = 0;
  int64_t ticket_ = 0;
  int64_t found_ = 0;
  Detections detections_;
};

TEST(EngineDifferential, FindsWhatTheReferenceFindsAtTheSameEvent) {
  constexpr int kLives = 6;
  const int64_t events = EventCount();
  for (int life = 0; life < kLives; ++life) {
    Differential differential(testing::TestSeed() + static_cast<uint64_t>(life));
    differential.Run(events / kLives);
    const Engine::Statistics& statistics = differential.statistics();
    std::printf("life %d: %ld ticks, %ld exact checks, %ld accounts always exact at the end, %ld findings\n",
                life, statistics.ticks, statistics.exact_checks, statistics.exact_accounts,
                differential.found());
    ASSERT_FALSE(HasFailure()) << "life " << life;
    EXPECT_GT(differential.found(), events / kLives / 500);
  }
}

}  // namespace
}  // namespace mtsuite::risk
