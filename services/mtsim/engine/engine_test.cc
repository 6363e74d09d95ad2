#include "services/mtsim/engine/engine.h"

#include "services/mtsim/engine/default_market.h"
#include "services/mtsim/engine/dump.h"
#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

TEST(EngineCreateTest, UnknownZoneIsAnError) {
  SimulatedClock clock(TestStart());
  EXPECT_EQ(Engine::Create({.server_zone = "Nowhere"}, clock).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EngineTest, DefaultMarketIsComplete) {
  int majors = 0;
  int crosses = 0;
  for (const SymbolRef& symbol : engine_->state().symbols.all()) {
    majors += symbol->path.starts_with("Forex\\Major\\");
    crosses += symbol->path.starts_with("Forex\\Cross\\");
    EXPECT_TRUE(symbol->path.ends_with(symbol->name));
    EXPECT_FALSE(symbol->description.empty());
    EXPECT_GT(symbol->feed.volatility_millipoints, 0);
    for (const char* currency : {"USD", "EUR"}) {
      for (const Side side : {Side::kBuy, Side::kSell}) {
        EXPECT_TRUE(
            engine_->valuation().converter().Find(symbol->currency_profit, currency, side).has_value());
        EXPECT_TRUE(
            engine_->valuation().converter().Find(symbol->currency_margin, currency, side).has_value());
      }
    }
  }
  EXPECT_GE(majors, 7);
  EXPECT_GE(crosses, 8);
  for (const char* name : {"XAUUSD", "XAGUSD", "US500", "DE40", "BTCUSD", "EURCHF", "AUDNZD", "CHFJPY"}) {
    EXPECT_NE(engine_->state().symbols.Find(name), nullptr) << name;
  }
}

TEST_F(EngineTest, SessionsAreThoseOfTheMarket) {
  const auto open = [&](const char* name, int weekday, int minute) {
    return InSession(engine_->state().symbols.Find(name)->quote_sessions, weekday, minute);
  };
  EXPECT_TRUE(open("EURUSD", 1, 0));
  EXPECT_FALSE(open("EURUSD", 0, 720));
  EXPECT_FALSE(open("EURUSD", 6, 720));
  EXPECT_FALSE(open("XAUUSD", 3, 30));
  EXPECT_TRUE(open("XAUUSD", 3, 60));
  EXPECT_FALSE(open("US500", 2, 1400));
  EXPECT_TRUE(open("BTCUSD", 6, 0));
}

TEST_F(EngineTest, GroupsInUseAreProtected) {
  AddAccount("demo\\retail-usd");
  Group group = *engine_->state().groups.Find("demo\\retail-usd");
  group.margin_call = "80"_fx;
  EXPECT_TRUE(engine_->PutGroup(group).ok());
  group.currency = "EUR";
  EXPECT_EQ(engine_->PutGroup(group).retcode(), Retcode::kConfigNotEmpty);
  EXPECT_EQ(engine_->DeleteGroup("demo\\retail-usd"), Retcode::kConfigNotEmpty);
  EXPECT_EQ(engine_->DeleteGroup("demo\\retail-eur"), Retcode::kDone);
  EXPECT_EQ(engine_->DeleteGroup("demo\\retail-eur"), Retcode::kNotFound);
  group.name = "bad,name";
  EXPECT_EQ(engine_->PutGroup(group).retcode(), Retcode::kInvalidParameters);
}

TEST_F(EngineTest, GroupsAreListedByIndexAndMask) {
  const GroupBook& groups = engine_->state().groups;
  EXPECT_EQ(groups.At(0)->name, "demo\\retail-usd");
  EXPECT_EQ(groups.At(groups.size()), nullptr);
  EXPECT_EQ(groups.Select("demo*").size(), 3u);
  EXPECT_EQ(groups.Select("*,!demo*").size(), 3u);
}

TEST_F(EngineTest, SymbolsInUseAreProtected) {
  const uint64_t login = AddAccount("demo\\retail-usd", "1000"_fx);
  const TradeResult trade = Open({.login = login, .symbol = "EURUSD", .volume = "0.1"_fx});
  Symbol symbol = *engine_->state().symbols.Find("EURUSD");
  symbol.swap_long = "-9"_fx;
  EXPECT_TRUE(engine_->PutSymbol(symbol).ok());
  symbol.contract_size = "1"_fx;
  EXPECT_EQ(engine_->PutSymbol(symbol).retcode(), Retcode::kConfigNotEmpty);
  EXPECT_EQ(engine_->DeleteSymbol("EURUSD"), Retcode::kConfigNotEmpty);
  Close({.position = trade.position});
  EXPECT_EQ(engine_->DeleteSymbol("EURUSD"), Retcode::kDone);
  EXPECT_EQ(engine_->feed().Last("EURUSD"), nullptr);
  EXPECT_EQ(DealOf(trade.deal).symbol->name, "EURUSD");
}

TEST_F(EngineTest, NewSymbolsAreQuotedAndTraded) {
  Symbol symbol = *engine_->state().symbols.Find("EURUSD");
  symbol.name = "EURUSD.x";
  symbol.path = "Forex\\Copies\\EURUSD.x";
  ASSERT_TRUE(engine_->PutSymbol(symbol).ok());
  const uint64_t login = AddAccount("demo\\retail-usd", "1000"_fx);
  EXPECT_NE(Open({.login = login, .symbol = "EURUSD.x", .volume = "0.1"_fx}).position, 0u);
  symbol.name = "BAD";
  symbol.digits = 9;
  EXPECT_EQ(engine_->PutSymbol(symbol).retcode(), Retcode::kInvalidParameters);
}

TEST_F(EngineTest, DayAndMonthEndsAreRecorded) {
  const uint64_t login = AddAccount("demo\\retail-usd", "1000"_fx);
  const TradeResult trade = Open({.login = login, .symbol = "EURUSD", .volume = "0.1"_fx});
  ASSERT_EQ(engine_->feed().SetMode("EURUSD", FeedMode::kManual), Retcode::kDone);
  SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  const Fixed equity = StateOf(login).equity;
  clock_.SetTime(TestStart() + absl::Hours(10));  // midnight on the server
  engine_->Advance();
  EXPECT_EQ(AccountOf(login).balance_prev_day, "1000"_fx);
  // The night from Wednesday to Thursday counts three times.
  EXPECT_EQ(StateOf(login).storage, "-2.16"_fx);
  EXPECT_EQ(AccountOf(login).equity_prev_day, equity - "2.16"_fx);
  EXPECT_TRUE(AccountOf(login).equity_prev_month.IsZero());
  Close({.position = trade.position});
  clock_.SetTime(TestStart() + absl::Hours(24 * 15));  // in February
  engine_->Advance();
  EXPECT_EQ(AccountOf(login).balance_prev_month, AccountOf(login).balance);
}

TEST_F(EngineTest, BatchesSelectByGroupAndSymbol) {
  const uint64_t usd = AddAccount("demo\\retail-usd", "1000"_fx);
  const uint64_t eur = AddAccount("demo\\retail-eur", "1000"_fx);
  for (const uint64_t login : {usd, eur}) {
    Open({.login = login, .symbol = "EURUSD", .volume = "0.1"_fx});
    Open({.login = login, .symbol = "GBPUSD", .volume = "0.1"_fx});
  }
  EXPECT_EQ(engine_->PositionsInGroups("demo*", "").size(), 4u);
  EXPECT_EQ(engine_->PositionsInGroups("*eur", "").size(), 2u);
  EXPECT_EQ(engine_->PositionsInGroups("demo*", "*GBP*").size(), 2u);
  EXPECT_EQ(engine_->PositionsOf({usd}, "EURUSD").size(), 1u);
  EXPECT_EQ(engine_->DealsInGroups("*", TimeWindow(), 100).size(), 6u);
  EXPECT_EQ(engine_->DealsInGroups("*usd", TimeWindow(), 100).size(), 3u);
  EXPECT_EQ(engine_->DealsInGroups("*", TimeWindow(), 4).size(), 4u);
  EXPECT_TRUE(
      engine_->DealsInGroups("*", {TestStart() + absl::Seconds(1), absl::InfiniteFuture()}, 9).empty());
}

TEST_F(EngineTest, DumpShowsNoPassword) {
  const uint64_t login = AddAccount("demo\\retail-usd");
  ASSERT_EQ(engine_->accounts().SetPassword(login, PasswordKind::kApi, "S3cret-Api"), Retcode::kDone);
  const std::string dump = Dump(engine_->state());
  EXPECT_EQ(dump.find("S3cret-Api"), std::string::npos);
  EXPECT_EQ(dump.find(kTestPassword), std::string::npos);
}

}  // namespace
}  // namespace mtsuite::mtsim
