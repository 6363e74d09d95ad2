#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/mtsim/engine/prng.h"
#include "services/mtsim/seeding.h"

namespace mtsuite::mtsim {
namespace {

constexpr int kTradesMax = 100'000;
constexpr int kDaysMax = 3'650;
// The smallest balance that carries trades of the smallest volume.
constexpr Fixed kBalanceMin = Fixed::FromInteger(100);
// Bell() has a standard deviation of 65536: these make 2 % of the price between the market now and a past
// opening, and 0.2 % between opening and closing, with a small edge so that accounts live.
constexpr int64_t kUnitsPerBellOpen = 30;
constexpr int64_t kUnitsPerBellMove = 3;
constexpr int64_t kEdgeUnits = 15'000;

constexpr std::array<std::string_view, 8> kSymbols = {"EURUSD", "GBPUSD", "USDJPY", "XAUUSD",
                                                      "EURJPY", "US500",  "AUDUSD", "BTCUSD"};

// Makes the trades of one account, one after the other.
class Historian {
 public:
  Historian(Engine& engine, const Account& account, uint64_t seed)
      : engine_(engine), account_(account), random_(seed ^ (account.login * 0x9E3779B97F4A7C15)) {}

  absl::Status TradeWithin(absl::Time begin, absl::Time end);

 private:
  // A symbol that trades at `time`; null when none of them does.
  SymbolRef ChooseSymbol(absl::Time time);
  Fixed ChooseVolume(const Symbol& symbol);
  // `price` moved by `units` of 1e-8 of itself, a valid price of the symbol.
  static Fixed Move(const Symbol& symbol, Fixed price, int64_t units) {
    return (price + Multiply(price, Fixed::FromUnits(units))).Round(symbol.digits);
  }

  Engine& engine_;
  const Account& account_;
  SplitMix64 random_;
};

SymbolRef Historian::ChooseSymbol(absl::Time time) {
  const State& state = engine_.state();
  const ServerTime::WeekMinute when = state.server_time.WeekMinuteOf(time);
  const size_t first = random_.Below(kSymbols.size());
  for (size_t i = 0; i < kSymbols.size(); ++i) {
    SymbolRef symbol = state.symbols.Find(kSymbols[(first + i) % kSymbols.size()]);
    if (symbol != nullptr && state.feed.Last(symbol->id) != nullptr &&
        InSession(symbol->trade_sessions, when.weekday, when.minute)) {
      return symbol;
    }
  }
  return nullptr;
}

Fixed Historian::ChooseVolume(const Symbol& symbol) {
  // 0.1 to 0.5 lots per 10,000 of balance.
  const Fixed share = Fixed::FromUnits(static_cast<int64_t>(1'000 + random_.Below(4'000)));
  const Fixed wanted = std::clamp(Multiply(account_.balance, share), symbol.volume_min, symbol.volume_max);
  return Fixed::FromUnits(wanted.units() - wanted.units() % symbol.volume_step.units());
}

absl::Status Historian::TradeWithin(absl::Time begin, absl::Time end) {
  if (account_.balance < kBalanceMin) {
    return absl::FailedPreconditionError(absl::StrCat(
        "account ", account_.login, " has ", account_.balance.ToString(2), "; trading takes at least 100"));
  }
  const int64_t span = absl::ToInt64Milliseconds(end - begin);
  const absl::Time opened = begin + absl::Milliseconds(random_.Below(std::max<int64_t>(span / 2, 1)));
  const absl::Time closed = opened + absl::Milliseconds(random_.Below(std::max<int64_t>(span / 2, 1)));
  const SymbolRef symbol = ChooseSymbol(opened);
  if (symbol == nullptr) return absl::OkStatus();
  OpenRequest open;
  open.login = account_.login;
  open.symbol = symbol->name;
  open.side = random_.Below(2) == 0 ? Side::kBuy : Side::kSell;
  open.volume = ChooseVolume(*symbol);
  open.price = Move(*symbol, engine_.state().feed.Last(symbol->id)->bid, random_.Bell() * kUnitsPerBellOpen);
  open.time = opened;
  open.reason = TradeReason::kClient;
  open.check_margin = false;
  const Result<TradeResult> position = engine_.trades().Open(open);
  if (!position.ok()) return ToStatus(position.retcode(), absl::StrCat("opening ", symbol->name));
  const int64_t gain = random_.Bell() * kUnitsPerBellMove + kEdgeUnits;
  CloseRequest close;
  close.position = position->position;
  close.price = Move(*symbol, *open.price, open.side == Side::kBuy ? gain : -gain);
  close.time = closed;
  close.reason = random_.Below(3) == 0 ? (gain > 0 ? TradeReason::kTakeProfit : TradeReason::kStopLoss)
                                       : TradeReason::kClient;
  const Result<TradeResult> result = engine_.trades().Close(close);
  return ToStatus(result.retcode(), absl::StrCat("closing ", symbol->name));
}

}  // namespace

absl::StatusOr<int64_t> WriteSeededHistory(Engine& engine, const SeedHistory& request) {
  if (request.trade_count < 1 || request.trade_count > kTradesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("trade_count is ", request.trade_count, "; it must be 1 to ", kTradesMax));
  }
  if (request.days < 1 || request.days > kDaysMax) {
    return absl::InvalidArgumentError(absl::StrCat("days is ", request.days, "; it must be 1 to ", kDaysMax));
  }
  const Account* account = engine.state().accounts.Find(request.login);
  if (account == nullptr) return absl::NotFoundError(absl::StrCat("there is no account ", request.login));
  const size_t deals_before = engine.state().deals.size();
  const absl::Time now = engine.state().Now();
  const absl::Time start = now - absl::Hours(24 * request.days);
  Historian historian(engine, *account, request.seed);
  for (int i = 0; i < request.trade_count; ++i) {
    // Positions do not overlap, so that tickets grow with time.
    const absl::Duration slot = (now - start) / request.trade_count;
    RETURN_IF_ERROR(historian.TradeWithin(start + i * slot, start + (i + 1) * slot));
  }
  return static_cast<int64_t>(engine.state().deals.size() - deals_before);
}

}  // namespace mtsuite::mtsim
