#ifndef SERVICES_MTSIM_ENGINE_TRADE_REQUEST_H_
#define SERVICES_MTSIM_ENGINE_TRADE_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/fixed.h"
#include "services/mtsim/engine/retcode.h"

namespace mtsuite::mtsim {

// What somebody asks the trade server to do. Which members count depends on the action, see OrderFlow.
struct TradeRequest {
  TradeAction action = TradeAction::kExecute;
  uint64_t login = 0;
  std::string symbol = {};
  // An OrderType; a DealAction for a balance operation.
  int type = 0;
  Filling filling = Filling::kFillOrKill;
  std::optional<OrderLifetime> lifetime = {};
  std::optional<absl::Time> expiration = {};
  // TradeRequestFlag.
  uint32_t flags = 0;
  // Lots.
  Fixed volume = {};
  uint64_t order = 0;
  uint64_t position = 0;
  uint64_t position_by = 0;
  // Of the market order as its client saw it, of the pending order, or the amount of a balance operation.
  Fixed price = {};
  // Price of the limit order that a stop-limit order places once the market reached `price`.
  Fixed price_trigger = {};
  // Zero takes the stop away.
  std::optional<Fixed> stop_loss = {};
  std::optional<Fixed> take_profit = {};
  // How far the market may be from `price`, in points. 0 is no limit under market and exchange execution, and
  // none at all under request and instant execution.
  uint32_t deviation = 0;
  // Carried to the order, the deal and a new position.
  std::string comment = {};
  TradeReason reason = TradeReason::kDealer;
  uint64_t dealer = 0;
  // How much of a market order is filled; below 100 only by a fault.
  int fill_percent = 100;
};

// How a request ended. Success is kRequestDone, kRequestPlaced or kRequestPartial; tickets are 0 when the
// request left no such record.
struct TradeAnswer {
  Retcode retcode = Retcode::kRequestRejected;
  uint64_t order = 0;
  uint64_t deal = 0;
  uint64_t position = 0;
  Fixed volume = {};
  Fixed price = {};
  // The market when the request ended; zero without a quote.
  Fixed bid = {};
  Fixed ask = {};

  bool ok() const {
    return retcode == Retcode::kRequestDone || retcode == Retcode::kRequestPlaced ||
           retcode == Retcode::kRequestPartial;
  }
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_TRADE_REQUEST_H_
