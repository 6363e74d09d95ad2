// Random trades on the engine and on an independent model of it: both must agree to the cent after every one.
#include "services/mtsim/engine/trade_model.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <random>
#include <string_view>
#include <vector>

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

constexpr int kTrades = 12'000;

// Fresh unless MTSIM_SEED repeats a failed run.
uint64_t TestSeed() {
  const char* given = std::getenv("MTSIM_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

class TradeModelTest : public EngineTest {
 protected:
  TradeModelTest() {
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    for (const char* name : {"demo\\retail-usd", "demo\\retail-eur", "demo\\netting-usd"}) {
      ChangeGroup(
          [](Group& group) {
            group.commissions = {{.path = "*", .tiers = {{.value = "7"_fx}}}};
            group.limit_positions = 0;
          },
          name);
      const bool euro = std::string_view(name).ends_with("eur");
      const bool hedging = std::string_view(name).find("retail") != std::string_view::npos;
      for (int i = 0; i < 2; ++i) {
        logins_.push_back(AddAccount(name, "20000"_fx));
        model_.AddAccount({.euro = euro, .hedging = hedging, .balance = 2'000'000});
      }
    }
  }

  int64_t Below(int64_t bound) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound)); }
  static Fixed Price(int symbol, int64_t points) {
    return Fixed::FromUnits(points * PowerOfTen(Fixed::kScale - TradeModel::kDigits[symbol]));
  }
  static Fixed Lots(int64_t hundredths) { return Fixed::FromUnits(hundredths * 1'000'000); }

  void MovePrice(int symbol) {
    static constexpr int64_t kStart[] = {108'500, 150'000, 162'750, 205'000};
    int64_t& bid = bids_[symbol];
    if (bid == 0) bid = kStart[symbol];
    // Mostly small moves; now and then a gap of up to two percent.
    const int64_t step = Below(50) == 0 ? bid / 50 : bid / 800;
    bid = std::clamp(bid + Below(2 * step + 1) - step, kStart[symbol] * 3 / 4, kStart[symbol] * 4 / 3);
    const int64_t ask = bid + 1 + Below(20);
    SetPrice(TradeModel::kNames[symbol], Price(symbol, bid), Price(symbol, ask));
    model_.SetPrice(symbol, bid, ask);
  }

  // Money that was lost comes back, so that the account goes on trading.
  void Refill(size_t index) {
    if (model_.account(index).balance > 500'000) return;
    const int64_t cents = 2'000'000;
    ASSERT_TRUE(engine_->balances()
                    .Apply({.login = logins_[index], .amount = Fixed::FromUnits(cents * 1'000'000)})
                    .ok());
    model_.AddMoney(index, cents);
  }

  void OpenSomething(size_t index) {
    const int symbol = static_cast<int>(Below(TradeModel::kSymbols));
    const bool buy = Below(2) == 0;
    const int64_t volume = 1 + Below(Below(4) == 0 ? 600 : 60);
    const TradeModel::Need need = model_.NeedFor(index, symbol, buy, volume);
    const TradeAnswer answer = engine_->Trade(
        Market(logins_[index], buy ? Side::kBuy : Side::kSell, Lots(volume), TradeModel::kNames[symbol]));
    // Rounding decides within two cents of the limit.
    if (need.margin < -2 || need.free - need.margin > 2) {
      ASSERT_EQ(answer.retcode, Retcode::kRequestDone) << static_cast<double>(need.margin);
    } else if (need.margin > 2 && need.free - need.margin < -2) {
      ASSERT_EQ(answer.retcode, Retcode::kNoMoney) << static_cast<double>(need.margin);
    }
    if (answer.ok()) model_.Open(index, answer.order, symbol, buy, volume);
    trades_ += answer.ok() ? 1 : 0;
  }

  // A position of the account and its ticket; 0 when it has none.
  uint64_t AnyPosition(size_t index) {
    const auto& positions = model_.account(index).positions;
    if (positions.empty()) return 0;
    return std::next(positions.begin(), Below(static_cast<int64_t>(positions.size())))->first;
  }

  void CloseSomething(size_t index) {
    const uint64_t ticket = AnyPosition(index);
    if (ticket == 0) return;
    const TradeModel::Position position = model_.account(index).positions.at(ticket);
    const int64_t volume = Below(2) == 0 ? position.volume : 1 + Below(position.volume);
    TradeRequest close = Market(logins_[index], position.buy ? Side::kSell : Side::kBuy, Lots(volume),
                                TradeModel::kNames[position.symbol]);
    close.position = ticket;
    // One in ten asks for too much.
    if (Below(10) == 0) {
      close.volume = Lots(position.volume + 1);
      ASSERT_EQ(engine_->Trade(close).retcode, Retcode::kCloseVolumeTooBig);
      return;
    }
    ASSERT_EQ(engine_->Trade(close).retcode, Retcode::kRequestDone);
    model_.Close(index, ticket, volume);
    ++trades_;
  }

  void CloseOneByAnother(size_t index) {
    const uint64_t first = AnyPosition(index);
    const uint64_t second = AnyPosition(index);
    if (first == 0) return;
    const TradeModel::Account& account = model_.account(index);
    const TradeModel::Position a = account.positions.at(first);
    const TradeModel::Position b = account.positions.at(second);
    const bool possible = account.hedging && a.symbol == b.symbol && a.buy != b.buy;
    const TradeAnswer answer = engine_->Trade(
        {.action = TradeAction::kCloseBy, .login = logins_[index], .position = first, .position_by = second});
    ASSERT_EQ(answer.retcode, possible ? Retcode::kRequestDone : Retcode::kInvalidRequest);
    if (possible) model_.CloseBy(index, first, second);
    trades_ += possible ? 1 : 0;
  }

  void CheckAccount(size_t index) {
    const uint64_t login = logins_[index];
    const TradeModel::Account& account = model_.account(index);
    ASSERT_EQ(AccountOf(login).balance.units(), account.balance * 1'000'000) << login;
    const auto& positions = engine_->state().positions.Of(login);
    ASSERT_EQ(positions.size(), account.positions.size()) << login;
    for (const auto& [ticket, position] : positions) {
      const auto found = account.positions.find(ticket);
      ASSERT_NE(found, account.positions.end()) << ticket;
      ASSERT_EQ(position->symbol->name, TradeModel::kNames[found->second.symbol]);
      ASSERT_EQ(position->side == Side::kBuy, found->second.buy);
      ASSERT_EQ(position->volume, Lots(found->second.volume));
      ASSERT_EQ(position->price_open, Price(found->second.symbol, found->second.price));
    }
    const TradeState state = StateOf(login);
    ASSERT_EQ(state.equity.units(), model_.Equity(account) * 1'000'000) << login;
    // The model is exact, the engine keeps rates with eight digits.
    const long double margin = static_cast<long double>(state.margin.units()) / 1'000'000;
    ASSERT_NEAR(static_cast<double>(margin - model_.Margin(account)), 0, 2) << login;
  }

  std::mt19937_64 random_;
  TradeModel model_;
  std::vector<uint64_t> logins_;
  int64_t bids_[TradeModel::kSymbols] = {};
  int trades_ = 0;
};

TEST_F(TradeModelTest, AgreesWithTheModelToTheCent) {
  const uint64_t seed = TestSeed();
  SCOPED_TRACE(testing::Message() << "repeat with MTSIM_SEED=" << seed);
  random_.seed(seed);
  for (int symbol = 0; symbol < TradeModel::kSymbols; ++symbol) MovePrice(symbol);
  while (trades_ < kTrades) {
    MovePrice(static_cast<int>(Below(TradeModel::kSymbols)));
    const auto index = static_cast<size_t>(Below(static_cast<int64_t>(logins_.size())));
    ASSERT_NO_FATAL_FAILURE(Refill(index));
    // Few positions at a time, so that the model need not be fast.
    const bool full = model_.account(index).positions.size() >= 12;
    switch (full ? Below(4) : Below(8)) {
      case 0:
        ASSERT_NO_FATAL_FAILURE(CloseOneByAnother(index));
        break;
      case 1:
      case 2:
      case 3:
        ASSERT_NO_FATAL_FAILURE(CloseSomething(index));
        break;
      default:
        ASSERT_NO_FATAL_FAILURE(OpenSomething(index));
    }
    ASSERT_NO_FATAL_FAILURE(CheckAccount(index)) << "after trade " << trades_;
    for (size_t i = 0; i < logins_.size() && trades_ % 50 == 0; ++i) {
      ASSERT_NO_FATAL_FAILURE(CheckAccount(i)) << "after trade " << trades_;
    }
  }
  int stop_outs = 0;
  for (const Deal& deal : engine_->state().deals.records()) {
    stop_outs += deal.reason == TradeReason::kStopOut ? 1 : 0;
  }
  EXPECT_GT(stop_outs, 10) << "the prices moved too little to test anything";
  for (const uint64_t login : logins_) {
    const BalanceCheck check = engine_->balances().Check(login, false).value();
    EXPECT_EQ(check.balance_user, check.balance_history);
  }
}

}  // namespace
}  // namespace mtsuite::mtsim
