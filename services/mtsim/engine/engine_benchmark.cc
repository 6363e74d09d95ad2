// Speed and memory of the engine at the size that it is made for: 100,000 accounts and a million deals.
#include <malloc.h>

#include <cstdlib>
#include <memory>

#include "benchmark/benchmark.h"
#include "common/clock/clock.h"
#include "services/mtsim/engine/engine.h"

namespace mtsuite::mtsim {
namespace {

constexpr uint64_t kFirstLogin = 100'000;
constexpr uint64_t kAccounts = 100'000;
constexpr int kDealsPerAccount = 10;

absl::Time Start() { return absl::FromCivil(absl::CivilSecond(2024, 1, 17, 12, 0, 0), absl::UTCTimeZone()); }

double HeapBytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

NewAccount MakeAccount(uint64_t index) {
  NewAccount account{.group = index % 2 == 0 ? "demo\\retail-usd" : "demo\\retail-eur",
                     .leverage = 100,
                     .main_password = "Passw0rd!",
                     .investor_password = "Passw0rd!"};
  account.details.name = "Trader Number " + std::to_string(index);
  account.details.email = "trader" + std::to_string(index) + "@mail.example";
  account.details.country = "Germany";
  account.details.city = "Frankfurt am Main";
  return account;
}

// A world of kAccounts, each with a deposit, three positions and closed trades; made once.
struct World {
  World() : clock(Start()), engine(*Engine::Create({}, clock)) {
    for (uint64_t i = 0; i < kAccounts; ++i) {
      const uint64_t login = (*engine->accounts().Add(MakeAccount(i)))->login;
      (void)engine->balances().Apply({.login = login, .amount = Fixed::FromInteger(10'000)});
      for (int trade = 0; trade < 3; ++trade) {
        (void)engine->trades().Open({.login = login,
                                     .symbol = trade == 0   ? "EURUSD"
                                               : trade == 1 ? "GBPJPY"
                                                            : "XAUUSD",
                                     .side = i % 3 == 0 ? Side::kSell : Side::kBuy,
                                     .volume = "0.01"_fx});
      }
      for (int deal = 4; deal < kDealsPerAccount; deal += 2) {
        const auto open = engine->trades().Open({.login = login, .symbol = "EURGBP", .volume = "0.01"_fx});
        (void)engine->trades().Close({.position = open->position});
      }
    }
  }

  SimulatedClock clock;
  std::unique_ptr<Engine> engine;
};

World& TheWorld() {
  static World* const world = new World();
  return *world;
}

void BM_CreateAccounts(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) {
    SimulatedClock clock(Start());
    auto engine = *Engine::Create({}, clock);
    const double before = HeapBytes();
    for (uint64_t i = 0; i < kAccounts; ++i) benchmark::DoNotOptimize(engine->accounts().Add(MakeAccount(i)));
    bytes = (HeapBytes() - before) / kAccounts;
  }
  state.SetItemsProcessed(state.iterations() * kAccounts);
  state.counters["bytes_per_account"] = bytes;
}
BENCHMARK(BM_CreateAccounts)->Unit(benchmark::kMillisecond)->Iterations(2);

void BM_BuildWorld(benchmark::State& state) {
  for (auto _ : state) {
    const double before = HeapBytes();
    const World& world = TheWorld();
    state.counters["deals"] = static_cast<double>(world.engine->state().deals.size());
    state.counters["positions"] = static_cast<double>(world.engine->state().positions.size());
    state.counters["heap_MB"] = (HeapBytes() - before) / 1e6;
  }
}
BENCHMARK(BM_BuildWorld)->Unit(benchmark::kMillisecond)->Iterations(1);

void BM_FindAccount(benchmark::State& state) {
  const Engine& engine = *TheWorld().engine;
  uint64_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(engine.state().accounts.Find(kFirstLogin + i++ * 7919 % kAccounts));
}
BENCHMARK(BM_FindAccount);

void BM_TradeStateOfThreePositions(benchmark::State& state) {
  const Engine& engine = *TheWorld().engine;
  uint64_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(engine.valuation().Account(kFirstLogin + i++ * 7919 % kAccounts));
}
BENCHMARK(BM_TradeStateOfThreePositions);

void BM_DepositAndWithdraw(benchmark::State& state) {
  Engine& engine = *TheWorld().engine;
  uint64_t i = 0;
  for (auto _ : state) {
    const Fixed amount = Fixed::FromInteger(i % 2 == 0 ? 100 : -100);
    benchmark::DoNotOptimize(engine.balances().Apply({.login = kFirstLogin + i++ / 2 * 7919 % kAccounts,
                                                      .amount = amount,
                                                      .comment = "benchmark of a deposit"}));
  }
}
BENCHMARK(BM_DepositAndWithdraw)->Iterations(400'000);

void BM_DealsOfOneAccount(benchmark::State& state) {
  const Engine& engine = *TheWorld().engine;
  uint64_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        engine.state().deals.Page(kFirstLogin + i++ * 7919 % kAccounts, TimeWindow(), 0, 100));
  }
}
BENCHMARK(BM_DealsOfOneAccount);

// What a connector polls several times a second: the newest deals of all groups.
void BM_NewestDealsOfAllGroups(benchmark::State& state) {
  World& world = TheWorld();
  world.clock.AdvanceTime(absl::Minutes(1));
  const absl::Time from = world.clock.TimeNow();
  for (uint64_t i = 0; i < 100; ++i) {
    (void)world.engine->balances().Apply({.login = kFirstLogin + i, .amount = Fixed::FromInteger(1)});
  }
  const TimeWindow window{.from = from};
  for (auto _ : state) benchmark::DoNotOptimize(world.engine->DealsInGroups("demo*", window, 1000));
}
BENCHMARK(BM_NewestDealsOfAllGroups)->Unit(benchmark::kMicrosecond);

void BM_AdvanceOneSecond(benchmark::State& state) {
  SimulatedClock clock(Start());
  auto engine = *Engine::Create({}, clock);
  for (auto _ : state) {
    clock.AdvanceTime(absl::Seconds(1));
    engine->Advance();
  }
  state.SetItemsProcessed(static_cast<int64_t>(engine->feed().trans_id()));
}
BENCHMARK(BM_AdvanceOneSecond)->Iterations(20'000);

}  // namespace
}  // namespace mtsuite::mtsim

BENCHMARK_MAIN();
