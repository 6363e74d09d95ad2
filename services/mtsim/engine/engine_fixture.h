#ifndef SERVICES_MTSIM_ENGINE_ENGINE_FIXTURE_H_
#define SERVICES_MTSIM_ENGINE_ENGINE_FIXTURE_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "gtest/gtest.h"
#include "services/mtsim/engine/dump.h"
#include "services/mtsim/engine/engine.h"

namespace mtsuite::mtsim {

inline constexpr char kTestPassword[] = "Passw0rd!";

// A Wednesday noon (UTC) in winter, when the default server zone is UTC+2.
inline absl::Time TestStart() {
  return absl::FromCivil(absl::CivilSecond(2024, 1, 17, 12, 0, 0), absl::UTCTimeZone());
}

inline NewAccount TestAccount(std::string group) {
  NewAccount account{.group = std::move(group),
                     .leverage = 100,
                     .main_password = kTestPassword,
                     .investor_password = kTestPassword};
  account.details.name = "Test Trader";
  return account;
}

// An engine of the default market on a clock that stands still, with shortcuts that fail the test when
// refused.
class EngineTest : public ::testing::Test {
 protected:
  explicit EngineTest(const EngineOptions& options = {}) : clock_(TestStart()) {
    auto engine = Engine::Create(options, clock_);
    if (!engine.ok()) {
      ADD_FAILURE() << engine.status();
      std::abort();
    }
    engine_ = *std::move(engine);
  }

  // Opens an account with a first deposit, if that is not zero.
  uint64_t AddAccount(std::string group, Fixed deposit = {}) {
    const auto account = engine_->accounts().Add(TestAccount(std::move(group)));
    EXPECT_TRUE(account.ok()) << static_cast<int>(account.retcode());
    const uint64_t login = (*account)->login;
    if (!deposit.IsZero()) {
      EXPECT_TRUE(engine_->balances().Apply({.login = login, .amount = deposit}).ok());
    }
    return login;
  }

  void SetPrice(std::string_view symbol, Fixed bid, Fixed ask) {
    EXPECT_EQ(engine_->feed().SetPrice(symbol, bid, ask, clock_.TimeNow()), Retcode::kDone);
  }

  TradeResult Open(const OpenRequest& request) {
    const auto result = engine_->trades().Open(request);
    EXPECT_TRUE(result.ok()) << static_cast<int>(result.retcode());
    return result.ok() ? *result : TradeResult{};
  }

  TradeResult Close(const CloseRequest& request) {
    const auto result = engine_->trades().Close(request);
    EXPECT_TRUE(result.ok()) << static_cast<int>(result.retcode());
    return result.ok() ? *result : TradeResult{};
  }

  // Changes the configuration in place.
  template <class Change>
  void ChangeSymbol(Change change, const char* name = "EURUSD") {
    Symbol symbol = *engine_->state().symbols.Find(name);
    change(symbol);
    EXPECT_TRUE(engine_->PutSymbol(symbol).ok());
  }
  template <class Change>
  void ChangeGroup(Change change, const char* name = "demo\\retail-usd") {
    Group group = *engine_->state().groups.Find(name);
    change(group);
    EXPECT_TRUE(engine_->PutGroup(group).ok());
  }

  // A market order of a dealer on an account.
  static TradeRequest Market(uint64_t login, Side side, Fixed volume, std::string symbol = "EURUSD") {
    return {.login = login,
            .symbol = std::move(symbol),
            .type = static_cast<int>(side == Side::kBuy ? OrderType::kBuy : OrderType::kSell),
            .volume = volume};
  }

  // A pending order of a dealer on an account.
  static TradeRequest Pending(uint64_t login, OrderType type, Fixed volume, Fixed price) {
    return {.action = TradeAction::kPlaceOrder,
            .login = login,
            .symbol = "EURUSD",
            .type = static_cast<int>(type),
            .volume = volume,
            .price = price};
  }

  // Carries a request out that must succeed.
  TradeAnswer Trade(const TradeRequest& request) {
    const TradeAnswer answer = engine_->Trade(request);
    EXPECT_TRUE(answer.ok()) << static_cast<int>(answer.retcode);
    return answer;
  }
  // The retcode of a request that must change nothing.
  Retcode Refused(const TradeRequest& request) {
    const std::string before = Dump(engine_->state());
    const TradeAnswer answer = engine_->Trade(request);
    EXPECT_FALSE(answer.ok());
    EXPECT_EQ(Dump(engine_->state()), before);
    return answer.retcode;
  }

  const Position* PositionOf(uint64_t ticket) const { return engine_->state().positions.Find(ticket); }
  const Order* OpenOrder(uint64_t ticket) const { return engine_->state().orders.Find(ticket); }
  const Order& PastOrder(uint64_t ticket) const { return *engine_->state().order_history.Find(ticket); }

  TradeState StateOf(uint64_t login) const { return engine_->valuation().Account(login).value(); }
  const Account& AccountOf(uint64_t login) const { return *engine_->state().accounts.Find(login); }
  const Deal& DealOf(uint64_t ticket) const { return *engine_->state().deals.Find(ticket); }

  SimulatedClock clock_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ENGINE_FIXTURE_H_
