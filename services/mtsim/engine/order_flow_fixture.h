#ifndef SERVICES_MTSIM_ENGINE_ORDER_FLOW_FIXTURE_H_
#define SERVICES_MTSIM_ENGINE_ORDER_FLOW_FIXTURE_H_

#include "services/mtsim/engine/engine_fixture.h"

namespace mtsuite::mtsim {

// A hedging and a netting account with 10,000 dollars each, and a EURUSD that stands still.
class OrderFlowTest : public EngineTest {
 protected:
  OrderFlowTest() {
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    SetPrice("EURUSD", "1.08000"_fx, "1.08010"_fx);
  }

  void SetRights(uint64_t login, uint64_t rights) {
    AccountUpdate update;
    update.rights = rights;
    ASSERT_TRUE(engine_->accounts().Update(login, update).ok());
  }

  TradeRequest Buy(Fixed volume = "0.1"_fx) const { return Market(hedging_, Side::kBuy, volume); }
  // Closes (a part of) a position.
  TradeRequest CloseRequestFor(const Position& position, Fixed volume) const {
    TradeRequest request = Market(position.login, Opposite(position.side), volume, position.symbol->name);
    request.position = position.position;
    return request;
  }

  const uint64_t hedging_ = AddAccount("demo\\retail-usd", "10000"_fx);
  const uint64_t netting_ = AddAccount("demo\\netting-usd", "10000"_fx);
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_ORDER_FLOW_FIXTURE_H_
