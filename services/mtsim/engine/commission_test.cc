#include "services/mtsim/engine/commission.h"

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {
namespace {

class CommissionTest : public EngineTest {
 protected:
  CommissionTest() {
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    SetPrice("EURUSD", "1.10000"_fx, "1.10000"_fx);
  }
  void Charge(GroupCommission commission, const char* group = "demo\\retail-usd") {
    commission.path = "Forex\\*";
    ChangeGroup([&](Group& changed) { changed.commissions = {commission}; }, group);
  }

  const uint64_t login_ = AddAccount("demo\\retail-usd", "10000"_fx);
};

TEST_F(CommissionTest, IsBookedWithTheDealAndTheBalance) {
  Charge({.entry = CommissionEntry::kIn, .tiers = {{.value = "7"_fx}}});
  const TradeAnswer opened = Trade(Market(login_, Side::kBuy, "0.15"_fx));
  EXPECT_EQ(DealOf(opened.deal).commission, "-1.05"_fx);
  EXPECT_EQ(AccountOf(login_).balance, "9998.95"_fx);
  const TradeResult closed = Close({.position = opened.position});
  EXPECT_TRUE(DealOf(closed.deal).commission.IsZero());
  const TradeAnswer gold = Trade(Market(login_, Side::kBuy, "0.01"_fx, "XAUUSD"));
  EXPECT_TRUE(DealOf(gold.deal).commission.IsZero());
  EXPECT_EQ(engine_->balances().Check(login_, false).value().balance_history, AccountOf(login_).balance);
}

TEST_F(CommissionTest, CountsInManyWays) {
  struct Case {
    const char* name;
    GroupCommission commission;
    Fixed in;
    Fixed out;
  };
  // Half a lot is worth 55,000 dollars.
  const Case cases[] = {
      {"per lot", {.tiers = {{.value = "7"_fx}}}, "-3.5"_fx, "-3.5"_fx},
      {"out", {.entry = CommissionEntry::kOut, .tiers = {{.value = "7"_fx}}}, "0"_fx, "-3.5"_fx},
      {"per deal", {.tiers = {{.per = CommissionPer::kDeal, .value = "2"_fx}}}, "-2"_fx, "-2"_fx},
      {"minimum", {.tiers = {{.value = "7"_fx, .minimal = "5"_fx}}}, "-5"_fx, "-5"_fx},
      {"maximum", {.tiers = {{.value = "7"_fx, .maximal = "1"_fx}}}, "-1"_fx, "-1"_fx},
      {"euro", {.tiers = {{.unit = CommissionUnit::kBaseCurrency, .value = "7"_fx}}}, "-3.85"_fx, "-3.85"_fx},
      {"points", {.tiers = {{.unit = CommissionUnit::kPoints, .value = "4"_fx}}}, "-2"_fx, "-2"_fx},
      {"percent", {.tiers = {{.unit = CommissionUnit::kPercent, .value = "0.01"_fx}}}, "-5.5"_fx, "-5.5"_fx},
      {"sells", {.action = CommissionAction::kSell, .tiers = {{.value = "7"_fx}}}, "0"_fx, "-3.5"_fx},
      {"clients", {.reasons = 1, .tiers = {{.value = "7"_fx}}}, "0"_fx, "0"_fx},
      {"big deals", {.tiers = {{.value = "7"_fx, .range_from = "1"_fx}}}, "0"_fx, "0"_fx},
      {"by value",
       {.range = CommissionRange::kValue, .tiers = {{.value = "7"_fx, .range_to = "55000"_fx}}},
       "-3.5"_fx,
       "-3.5"_fx},
  };
  for (const Case& test : cases) {
    Charge(test.commission);
    const TradeAnswer opened = Trade(Market(login_, Side::kBuy, "0.5"_fx));
    EXPECT_EQ(DealOf(opened.deal).commission, test.in) << test.name;
    const TradeResult closed = Close({.position = opened.position});
    EXPECT_EQ(DealOf(closed.deal).commission, test.out) << test.name;
  }
  Charge({.mode = CommissionMode::kFee, .tiers = {{.value = "7"_fx}}});
  EXPECT_EQ(DealOf(Trade(Market(login_, Side::kBuy, "0.5"_fx)).deal).fee, "-3.5"_fx);
}

TEST_F(CommissionTest, AReversalOpensAndCloses) {
  const uint64_t netting = AddAccount("demo\\netting-usd", "10000"_fx);
  Charge({.entry = CommissionEntry::kIn, .tiers = {{.value = "10"_fx}}}, "demo\\netting-usd");
  Trade(Market(netting, Side::kBuy, "0.2"_fx));
  const TradeAnswer reversed = Trade(Market(netting, Side::kSell, "0.5"_fx));
  EXPECT_EQ(DealOf(reversed.deal).commission, "-3"_fx);
}

TEST_F(CommissionTest, UnsupportedKindsAreRefused) {
  Group group = *engine_->state().groups.Find("demo\\retail-usd");
  group.commissions = {{.charge_mode = 0}};
  EXPECT_EQ(engine_->PutGroup(group).retcode(), Retcode::kInvalidParameters);
  group.commissions = {{.mode = CommissionMode::kAgent}};
  EXPECT_EQ(engine_->PutGroup(group).retcode(), Retcode::kInvalidParameters);
}

}  // namespace
}  // namespace mtsuite::mtsim
