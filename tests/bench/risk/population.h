// Accounts, positions and ticks as a large broker might have them, the same for every run.
#ifndef TESTS_BENCH_RISK_POPULATION_H_
#define TESTS_BENCH_RISK_POPULATION_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "services/risk/engine/engine.h"
#include "services/risk/rules/compile.h"

namespace mtsuite::bench {

struct Sizes {
  int accounts = 100'000;
  int positions_per_account = 3;
  int symbols = 500;
};

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status() << "\n";
  std::exit(1);
}

inline risk::Tracker::Rules CompileOrDie(const std::string& text) {
  risk::v1::RuleSet rules;
  if (!google::protobuf::TextFormat::ParseFromString(text, &rules)) std::exit(1);
  return std::make_shared<const risk::CompiledRuleSet>(
      OrDie(risk::Compile(rules, absl::FixedTimeZone(7200))));
}

// Accounts in three currencies under five sets of rules; symbols in four. One account in fifty is so near to
// its floor that the ticks breach it.
class Population {
 public:
  explicit Population(const Sizes& sizes) : sizes_(sizes) {
    AddRules();
    for (int i = 0; i < sizes.symbols; ++i) AddSymbol(i);
  }

  void AddAccounts(risk::Detections& detections) {
    for (int i = 0; i < sizes_.accounts; ++i) {
      const char* currency = i % 10 < 7 ? "USD" : (i % 10 < 9 ? "EUR" : "GBP");
      std::vector<risk::Position> positions;
      for (int j = 0; j < sizes_.positions_per_account; ++j) positions.push_back(RandomPosition());
      const risk::Opening opening{.time = start_, .balance = Decimal::FromInteger(100'000)};
      const auto& rules = i % 50 == 0 ? rules_.back() : rules_[static_cast<size_t>(i) % (rules_.size() - 1)];
      OrDie(engine_.AddAccount({1000 + i, currency, 2}, opening, std::move(positions), rules, detections));
    }
  }

  // The next tick of some symbol: a step of one to three points up or down.
  risk::Tick NextTick(absl::Time time) {
    const auto symbol = static_cast<risk::SymbolId>(Below(sizes_.symbols));
    const int64_t step = 1 + Below(3);
    points_[symbol] += Below(2) == 0 ? step : -step;
    return {symbol, points_[symbol], points_[symbol] + 2, time, ++sequence_};
  }

  risk::Engine& engine() { return engine_; }
  absl::Time start() const { return start_; }

 private:
  int64_t Below(int64_t bound) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound)); }

  void AddRules() {
    const std::string warn = "warn_levels { percents: [50, 80] } ";
    const std::string common = absl::StrCat("rules { id: 'daily' daily_loss { percent: '5' ", warn,
                                            "} } rules { id: 'target' profit_target { percent: '8' } } "
                                            "rules { id: 'days' min_trading_days { days: 4 } } ");
    for (const char* total : {"percent: '10'", "percent: '8' trailing: END_OF_DAY lock_at_percent: '100'",
                              "percent: '10'", "percent: '6' trailing: INTRADAY_EQUITY"}) {
      rules_.push_back(
          CompileOrDie(absl::StrCat("name: 'x' ", common, "rules { id: 'total' max_loss { ", total, " } }")));
    }
    rules_.push_back(CompileOrDie("name: 'near' rules { id: 'total' max_loss { amount: '12' } }"));
  }

  void AddSymbol(int number) {
    static constexpr std::pair<const char*, int64_t> kRates[] = {
        {"EURUSD", 108'000}, {"GBPUSD", 127'000}, {"USDJPY", 15'100'000}, {"EURGBP", 85'000}};
    quotes::v1::Symbol symbol;
    symbol.set_digits(5);
    const bool rate = number < 4;
    int64_t points = 1'000'000;
    if (rate) {
      const std::string name = kRates[number].first;
      points = kRates[number].second;
      symbol.set_name(name);
      symbol.set_base_currency_code(name.substr(0, 3));
      symbol.set_profit_currency_code(name.substr(3));
      symbol.set_contract_size("100000");
      symbol.set_calculation_mode(quotes::v1::Symbol::FOREX);
    } else {
      static constexpr const char* kCurrencies[] = {"USD", "USD", "USD", "USD", "USD",
                                                    "USD", "USD", "EUR", "EUR", "GBP"};
      symbol.set_name(absl::StrCat("S", number));
      symbol.set_profit_currency_code(number % 20 == 19 ? "JPY" : kCurrencies[number % 10]);
      symbol.set_contract_size("10000");
      symbol.set_calculation_mode(quotes::v1::Symbol::CFD);
    }
    const risk::SymbolId id = OrDie(engine_.AddSymbol(symbol));
    points_.push_back(points);
    risk::Detections none;
    if (!engine_.OnTick({id, points, points + 2, start_, 1}, none).ok()) std::exit(1);
  }

  risk::Position RandomPosition() {
    const auto symbol = static_cast<risk::SymbolId>(Below(sizes_.symbols));
    return {.ticket = ++ticket_,
            .symbol = symbol,
            .side = Below(2) == 0 ? risk::Side::kBuy : risk::Side::kSell,
            .volume = Decimal::FromScaled(1 + Below(200), 2),
            .open_price = Decimal::FromScaled(points_[symbol] + Below(41) - 20, 5)};
  }

  const Sizes sizes_;
  const absl::Time start_ = absl::FromUnixSeconds(1'795'000'000);
  std::mt19937_64 random_{20261123};
  risk::Engine engine_;
  std::vector<risk::Tracker::Rules> rules_;
  std::vector<int64_t> points_;
  int64_t ticket_ = 0;
  int64_t sequence_ = 1;
};

}  // namespace mtsuite::bench

#endif  // TESTS_BENCH_RISK_POPULATION_H_
