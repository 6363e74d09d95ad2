// Random operations on an engine: whatever happens, the books balance, and the same seed gives the same
// bytes.
#include <cstdlib>
#include <map>
#include <random>

#include "services/mtsim/engine/dump.h"
#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

// Fresh unless MTSIM_SEED repeats a failed run.
uint64_t TestSeed() {
  const char* given = std::getenv("MTSIM_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

class RandomTrader {
 public:
  explicit RandomTrader(uint64_t seed) : random_(seed), clock_(TestStart()) {
    engine_ = *Engine::Create({.seed = seed}, clock_);
    // A tick a minute is enough to move everything, and the clock covers weeks.
    (void)engine_->feed().SetRatePercent(2);
    for (const char* group : {"demo\\retail-usd", "demo\\retail-eur", "demo\\netting-usd"}) {
      for (int i = 0; i < 4; ++i) logins_.push_back((*engine_->accounts().Add(TestAccount(group)))->login);
    }
  }

  void Step() {
    switch (Below(10)) {
      case 0:
        clock_.AdvanceTime(absl::Milliseconds(Below(5'000'000)));
        engine_->Advance();
        return;
      case 1:
      case 2:
      case 3:
        return MoveMoney();
      case 4:
      case 5:
      case 6:
        return OpenSomething();
      case 7:
      case 8:
        return CloseSomething();
      default:
        return ChangeLeverage();
    }
  }

  // Every identity that must hold between operations.
  void CheckInvariants() {
    uint64_t previous = 0;
    for (const Deal& deal : engine_->state().deals.records()) {
      ASSERT_GT(deal.deal, previous);
      previous = deal.deal;
      ASSERT_EQ(deal.profit.Round(deal.currency_digits), deal.profit);
    }
    for (const uint64_t login : logins_) {
      const BalanceCheck check = engine_->balances().Check(login, false).value();
      ASSERT_EQ(check.balance_user, check.balance_history) << login;
      ASSERT_EQ(check.credit_user, check.credit_history) << login;
      ASSERT_FALSE(check.credit_user.IsNegative());
      CheckState(login);
      CheckVolumes(login);
    }
  }

  std::string DumpText() const { return Dump(engine_->state()); }

 private:
  int64_t Below(int64_t bound) { return static_cast<int64_t>(random_() % bound); }
  uint64_t AnyLogin() { return logins_[Below(static_cast<int64_t>(logins_.size()))]; }

  void MoveMoney() {
    const BalanceRequest request{.login = AnyLogin(),
                                 .type = static_cast<int>(Below(6)) + 1,
                                 .amount = Fixed::FromUnits(Below(2'000'000'000'000) - 700'000'000'000),
                                 .check_margin = Below(4) != 0};
    const TradeState before = engine_->valuation().Account(request.login).value();
    const auto result = engine_->balances().Apply(request);
    const TradeState after = engine_->valuation().Account(request.login).value();
    const Fixed booked = result.ok() ? (*result)->profit : Fixed();
    ASSERT_EQ(after.equity - before.equity, booked);
    if (result.ok() && booked.IsNegative()) {
      ASSERT_GE(request.type == 3 ? after.credit : after.balance, Fixed());
      ASSERT_TRUE(!request.check_margin || !after.margin_free.IsNegative());
    }
  }

  void OpenSomething() {
    const auto& symbols = engine_->state().symbols;
    const SymbolRef symbol = symbols.At(Below(static_cast<int64_t>(symbols.size())));
    const auto steps = Below(20) + 1;
    (void)engine_->trades().Open({.login = AnyLogin(),
                                  .symbol = symbol->name,
                                  .side = Below(2) == 0 ? Side::kBuy : Side::kSell,
                                  .volume = Multiply(symbol->volume_step, Fixed::FromInteger(steps)),
                                  .commission = Fixed::FromUnits(-Below(1'000'000'000)),
                                  .storage = Fixed::FromUnits(Below(200'000'000) - 100'000'000)});
  }

  void CloseSomething() {
    const auto& positions = engine_->state().positions.Of(AnyLogin());
    if (positions.empty()) return;
    const Position& position = *positions[Below(static_cast<int64_t>(positions.size()))].second;
    CloseRequest request{.position = position.position, .commission = Fixed::FromUnits(-Below(500'000'000))};
    if (Below(2) == 0) {
      const Fixed step = position.symbol->volume_step;
      request.volume = Fixed::FromUnits(step.units() * (Below(position.volume.units() / step.units()) + 1));
    }
    const uint64_t login = position.login;
    const PositionState floating = engine_->valuation().Evaluate(position);
    const Fixed volume = position.volume;
    const Fixed before = engine_->state().accounts.Find(login)->balance;
    const auto result = engine_->trades().Close(request);
    ASSERT_TRUE(result.ok());
    const Deal& deal = *engine_->state().deals.Find(result->deal);
    ASSERT_EQ(engine_->state().accounts.Find(login)->balance - before, deal.Total());
    // What floated is what is booked.
    ASSERT_TRUE(request.volume.value_or(volume) != volume || deal.profit == floating.profit);
  }

  void ChangeLeverage() {
    AccountUpdate update;
    update.leverage = static_cast<int>(Below(1200));
    (void)engine_->accounts().Update(AnyLogin(), update);
  }

  void CheckState(uint64_t login) {
    const TradeState state = engine_->valuation().Account(login).value();
    ASSERT_EQ(state.floating, state.profit + state.storage);
    ASSERT_EQ(state.equity, state.balance + state.credit + state.floating);
    ASSERT_EQ(state.margin_free, state.equity - state.margin);
    ASSERT_FALSE(state.margin.IsNegative());
    ASSERT_EQ(state.equity.Round(state.currency_digits), state.equity);
    Fixed profit;
    for (const auto& [ticket, position] : engine_->state().positions.Of(login)) {
      ASSERT_EQ(ticket, position->position);
      profit += engine_->valuation().Evaluate(*position).profit;
    }
    ASSERT_EQ(profit, state.profit);
  }

  // The deals of each position add up to what is open of it.
  void CheckVolumes(uint64_t login) {
    std::map<uint64_t, Fixed> signed_volumes;
    for (const Deal* deal : engine_->state().deals.All(login, TimeWindow())) {
      if (!deal->IsTrade()) continue;
      signed_volumes[deal->position_id] += deal->action == DealAction::kBuy ? deal->volume : -deal->volume;
    }
    for (const auto& [position_id, volume] : signed_volumes) {
      const Position* position = engine_->state().positions.Find(position_id);
      const Fixed open = position == nullptr            ? Fixed()
                         : position->side == Side::kBuy ? position->volume
                                                        : -position->volume;
      ASSERT_EQ(volume, open) << position_id;
    }
  }

  std::mt19937_64 random_;
  SimulatedClock clock_;
  std::unique_ptr<Engine> engine_;
  std::vector<uint64_t> logins_;
};

TEST(EnginePropertyTest, BooksBalanceAfterRandomOperations) {
  const uint64_t seed = TestSeed();
  SCOPED_TRACE(testing::Message() << "repeat with MTSIM_SEED=" << seed);
  RandomTrader trader(seed);
  for (int i = 0; i < 4000; ++i) {
    trader.Step();
    if (i % 100 == 0) trader.CheckInvariants();
    if (testing::Test::HasFatalFailure()) return;
  }
  trader.CheckInvariants();
}

TEST(EnginePropertyTest, SameSeedGivesTheSameBytes) {
  const uint64_t seed = TestSeed();
  SCOPED_TRACE(testing::Message() << "repeat with MTSIM_SEED=" << seed);
  RandomTrader first(seed);
  RandomTrader second(seed);
  for (int i = 0; i < 1500; ++i) first.Step();
  for (int i = 0; i < 1500; ++i) second.Step();
  EXPECT_EQ(first.DumpText(), second.DumpText());
  EXPECT_GT(first.DumpText().size(), 10'000u);
}

}  // namespace
}  // namespace mtsuite::mtsim
