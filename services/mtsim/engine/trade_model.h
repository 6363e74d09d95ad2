// A second, slow opinion about trading: plain integers, one loop per question, none of the engine's code.
#ifndef SERVICES_MTSIM_ENGINE_TRADE_MODEL_H_
#define SERVICES_MTSIM_ENGINE_TRADE_MODEL_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mtsuite::mtsim {

// Accounts in dollars or euro that trade four symbols at 1:100. Money in cents, volumes in hundredths of a
// lot, prices in points.
class TradeModel {
 public:
  enum Symbol { kEurUsd, kUsdJpy, kEurJpy, kXauUsd };
  static constexpr int kSymbols = 4;
  static constexpr int kDigits[kSymbols] = {5, 3, 3, 2};
  static constexpr const char* kNames[kSymbols] = {"EURUSD", "USDJPY", "EURJPY", "XAUUSD"};
  // Charged for every hundredth of a lot, in and out, in cents.
  static constexpr int64_t kCommission = 7;
  static constexpr int64_t kStopOutPercent = 50;

  struct Position {
    int symbol = 0;
    bool buy = true;
    int64_t volume = 0;
    int64_t price = 0;
    // Margin currency to account currency.
    long double margin_rate = 1;
  };
  struct Account {
    bool euro = false;
    bool hedging = true;
    int64_t balance = 0;
    // By ticket.
    std::map<uint64_t, Position> positions = {};
  };

  uint64_t AddAccount(Account account) {
    accounts_.push_back(std::move(account));
    return accounts_.size() - 1;
  }
  const Account& account(size_t index) const { return accounts_[index]; }
  // A deposit or withdrawal.
  void AddMoney(size_t index, int64_t cents) { accounts_[index].balance += cents; }

  // Also stops accounts out whose equity depends on the symbol.
  void SetPrice(int symbol, int64_t bid, int64_t ask);

  // A trade that the margin allows, under the ticket that the server gave it. Changes the one position of the
  // symbol on a netting account.
  void Open(size_t index, uint64_t ticket, int symbol, bool buy, int64_t volume);
  void Close(size_t index, uint64_t ticket, int64_t volume);
  void CloseBy(size_t index, uint64_t ticket, uint64_t by);

  // What the margin would be with this trade minus what it is, and what is free; cents.
  struct Need {
    long double margin = 0;
    long double free = 0;
  };
  Need NeedFor(size_t index, int symbol, bool buy, int64_t volume) const;

  int64_t Equity(const Account& account) const;
  long double Margin(const Account& account) const;

 private:
  int64_t Profit(const Account& account, const Position& position, int64_t volume, int64_t close) const;
  int64_t ClosePrice(const Position& position) const {
    return position.buy ? bid_[position.symbol] : ask_[position.symbol];
  }
  // Rate of a result in the profit currency of a symbol, times 10^12.
  __int128 Rate(const Account& account, const Position& position, int64_t close) const;
  long double MarginRate(const Account& account, int symbol, bool buy) const;
  bool DependsOn(const Account& account, int symbol) const;
  void StopOut(Account& account);
  void Net(Account& account, uint64_t ticket, const Position& trade);

  int64_t bid_[kSymbols] = {};
  int64_t ask_[kSymbols] = {};
  std::vector<Account> accounts_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_TRADE_MODEL_H_
