#include "services/mtsim/engine/trade_model.h"

#include <algorithm>

namespace mtsuite::mtsim {
namespace {

constexpr __int128 kRateOne = 1'000'000'000'000;
constexpr int64_t kContract[TradeModel::kSymbols] = {100'000, 100'000, 100'000, 100};
constexpr int64_t kPointsPerUnit[TradeModel::kSymbols] = {100'000, 1'000, 1'000, 100};

// Half away from zero; `divisor` is positive.
__int128 Round(__int128 value, __int128 divisor) {
  return value >= 0 ? (value * 2 + divisor) / (2 * divisor) : -((-value * 2 + divisor) / (2 * divisor));
}

__int128 Inverse(int symbol, int64_t price) { return Round(kRateOne * kPointsPerUnit[symbol], price); }

}  // namespace

__int128 TradeModel::Rate(const Account& account, const Position& position, int64_t close) const {
  const bool buy = position.buy;
  switch (position.symbol) {
    case kEurUsd:
      return account.euro ? Inverse(kEurUsd, close) : kRateOne;
    case kUsdJpy:
      // Yen: at its own price to dollars, by the cross to euro.
      return account.euro ? Inverse(kEurJpy, buy ? bid_[kEurJpy] : ask_[kEurJpy]) : Inverse(kUsdJpy, close);
    case kEurJpy:
      return account.euro ? Inverse(kEurJpy, close) : Inverse(kUsdJpy, buy ? bid_[kUsdJpy] : ask_[kUsdJpy]);
    default:
      return account.euro ? Inverse(kEurUsd, buy ? bid_[kEurUsd] : ask_[kEurUsd]) : kRateOne;
  }
}

int64_t TradeModel::Profit(const Account& account, const Position& position, int64_t volume,
                           int64_t close) const {
  const int64_t points = position.buy ? close - position.price : position.price - close;
  // Points * contract / points per unit * volume / 100 units of money; times 100 for cents.
  const __int128 scaled =
      static_cast<__int128>(points) * kContract[position.symbol] * volume * Rate(account, position, close);
  return static_cast<int64_t>(Round(scaled, kRateOne * kPointsPerUnit[position.symbol]));
}

long double TradeModel::MarginRate(const Account& account, int symbol, bool buy) const {
  const auto price = [&](int pair, bool ask) {
    return static_cast<long double>(ask ? ask_[pair] : bid_[pair]) / kPointsPerUnit[pair];
  };
  // Margin currencies: EUR, USD, EUR, USD.
  const bool in_euro = symbol == kEurUsd || symbol == kEurJpy;
  if (in_euro == account.euro) return 1;
  return in_euro ? price(kEurUsd, buy) : 1 / price(kEurUsd, !buy);
}

long double TradeModel::Margin(const Account& account) const {
  long double total = 0;
  for (int symbol = 0; symbol < kSymbols; ++symbol) {
    // Volume, volume times price and volume times rate of each side.
    long double volume[2] = {};
    long double value[2] = {};
    long double rate[2] = {};
    for (const auto& [ticket, position] : account.positions) {
      if (position.symbol != symbol) continue;
      const int side = position.buy ? 0 : 1;
      const long double lots = position.volume / 100.0L;
      volume[side] += lots;
      value[side] += lots * position.price / kPointsPerUnit[symbol];
      rate[side] += lots * position.margin_rate;
    }
    const int larger = volume[0] >= volume[1] ? 0 : 1;
    if (volume[larger] == 0) continue;
    const long double covered = std::min(volume[0], volume[1]);
    const long double open = volume[larger] - covered;
    const long double mean_rate = rate[larger] / volume[larger];
    const long double lot =
        symbol == kXauUsd ? kContract[symbol] * value[larger] / volume[larger] : kContract[symbol];
    total += open * lot * mean_rate;
    // Covered forex holds the same per lot, covered gold nothing.
    if (covered > 0 && symbol != kXauUsd) {
      total += covered * kContract[symbol] * (rate[0] + rate[1]) / (volume[0] + volume[1]);
    }
  }
  // Cents, at 1:100.
  return total;
}

int64_t TradeModel::Equity(const Account& account) const {
  int64_t equity = account.balance;
  for (const auto& [ticket, position] : account.positions) {
    equity += Profit(account, position, position.volume, ClosePrice(position));
  }
  return equity;
}

TradeModel::Need TradeModel::NeedFor(size_t index, int symbol, bool buy, int64_t volume) const {
  Account after = accounts_[index];
  const Account& before = accounts_[index];
  const Position trade{symbol, buy, volume, buy ? ask_[symbol] : bid_[symbol],
                       MarginRate(before, symbol, buy)};
  TradeModel copy = *this;
  if (after.hedging) {
    after.positions[UINT64_MAX] = trade;
  } else {
    copy.Net(after, UINT64_MAX, trade);
  }
  const long double margin = Margin(before);
  return {Margin(after) - margin, Equity(before) - margin};
}

void TradeModel::Open(size_t index, uint64_t ticket, int symbol, bool buy, int64_t volume) {
  Account& account = accounts_[index];
  const Position trade{symbol, buy, volume, buy ? ask_[symbol] : bid_[symbol],
                       MarginRate(account, symbol, buy)};
  account.balance -= kCommission * volume;
  if (account.hedging) {
    account.positions[ticket] = trade;
  } else {
    Net(account, ticket, trade);
  }
}

void TradeModel::Net(Account& account, uint64_t ticket, const Position& trade) {
  const auto same = [&](const auto& entry) { return entry.second.symbol == trade.symbol; };
  const auto found = std::ranges::find_if(account.positions, same);
  if (found == account.positions.end()) {
    account.positions[ticket] = trade;
    return;
  }
  Position& position = found->second;
  if (position.buy == trade.buy) {
    const int64_t volume = position.volume + trade.volume;
    position.price = static_cast<int64_t>(Round(static_cast<__int128>(position.price) * position.volume +
                                                    static_cast<__int128>(trade.price) * trade.volume,
                                                volume));
    position.margin_rate =
        (position.margin_rate * position.volume + trade.margin_rate * trade.volume) / volume;
    position.volume = volume;
    return;
  }
  const int64_t closed = std::min(position.volume, trade.volume);
  account.balance += Profit(account, position, closed, trade.price);
  const int64_t left = trade.volume - position.volume;
  if (left > 0) {
    position = trade;
    position.volume = left;
  } else if (left == 0) {
    account.positions.erase(found);
  } else {
    position.volume = -left;
  }
}

void TradeModel::Close(size_t index, uint64_t ticket, int64_t volume) {
  Account& account = accounts_[index];
  Position& position = account.positions.at(ticket);
  account.balance += Profit(account, position, volume, ClosePrice(position)) - kCommission * volume;
  position.volume -= volume;
  if (position.volume == 0) account.positions.erase(ticket);
}

void TradeModel::CloseBy(size_t index, uint64_t ticket, uint64_t by) {
  Account& account = accounts_[index];
  Position& first = account.positions.at(ticket);
  Position& second = account.positions.at(by);
  const int64_t volume = std::min(first.volume, second.volume);
  account.balance += Profit(account, first, volume, second.price);
  first.volume -= volume;
  second.volume -= volume;
  std::erase_if(account.positions, [](const auto& entry) { return entry.second.volume == 0; });
}

bool TradeModel::DependsOn(const Account& account, int symbol) const {
  for (const auto& [ticket, position] : account.positions) {
    if (position.symbol == symbol) return true;
    if (account.euro && position.symbol == kUsdJpy && symbol == kEurJpy) return true;
    if (account.euro && position.symbol == kXauUsd && symbol == kEurUsd) return true;
    if (!account.euro && position.symbol == kEurJpy && symbol == kUsdJpy) return true;
  }
  return false;
}

void TradeModel::StopOut(Account& account) {
  while (!account.positions.empty()) {
    const long double margin = Round(static_cast<__int128>(Margin(account) * 1000), 1000);
    // The level has two digits of a percent.
    if (margin == 0 || Round(static_cast<__int128>(Equity(account)) * 10'000, static_cast<__int128>(margin)) >
                           kStopOutPercent * 100) {
      return;
    }
    auto worst = account.positions.begin();
    int64_t worst_profit = INT64_MAX;
    for (auto it = account.positions.begin(); it != account.positions.end(); ++it) {
      const int64_t profit = Profit(account, it->second, it->second.volume, ClosePrice(it->second));
      if (profit >= worst_profit) continue;
      worst = it;
      worst_profit = profit;
    }
    account.balance += worst_profit - kCommission * worst->second.volume;
    account.positions.erase(worst);
  }
}

void TradeModel::SetPrice(int symbol, int64_t bid, int64_t ask) {
  bid_[symbol] = bid;
  ask_[symbol] = ask;
  for (Account& account : accounts_) {
    if (DependsOn(account, symbol)) StopOut(account);
  }
}

}  // namespace mtsuite::mtsim
