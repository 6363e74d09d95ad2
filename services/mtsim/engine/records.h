#ifndef SERVICES_MTSIM_ENGINE_RECORDS_H_
#define SERVICES_MTSIM_ENGINE_RECORDS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "services/mtsim/engine/enums.h"
#include "services/mtsim/engine/symbol.h"

// The trade records: order, deal, position. Money is in the account's currency, volumes are in lots, times
// are UTC with millisecond precision. Symbol name, digits and contract size come from `symbol`, the version
// of the specification that the record was made with.
namespace mtsuite::mtsim {

struct Order {
  uint64_t order = 0;
  uint64_t login = 0;
  uint64_t dealer = 0;
  SymbolRef symbol = {};
  int currency_digits = 2;
  OrderState state = OrderState::kStarted;
  TradeReason reason = TradeReason::kDealer;
  OrderType type = OrderType::kBuy;
  Filling filling = Filling::kFillOrKill;
  OrderLifetime lifetime = OrderLifetime::kGoodTillCancelled;
  absl::Time time_setup = {};
  // UnixEpoch = none.
  absl::Time time_expiration = absl::UnixEpoch();
  absl::Time time_done = absl::UnixEpoch();
  Fixed price_order = {};
  Fixed price_trigger = {};
  Fixed price_current = {};
  Fixed stop_loss = {};
  Fixed take_profit = {};
  Fixed volume_initial = {};
  // What is left to fill.
  Fixed volume_current = {};
  Fixed rate_margin = {};
  uint64_t expert_id = 0;
  uint64_t position_id = 0;
  uint64_t position_by_id = 0;
  // What made the order act by itself, when, and at which market price.
  OrderActivation activation = OrderActivation::kNone;
  absl::Time activation_time = absl::UnixEpoch();
  Fixed activation_price = {};
  uint32_t modify_flags = 0;
  std::string comment = {};
  std::string external_id = {};

  uint64_t ticket() const { return order; }
  absl::Time history_time() const { return time_done; }
};

struct Deal {
  uint64_t deal = 0;
  uint64_t login = 0;
  uint64_t dealer = 0;
  uint64_t order = 0;
  uint64_t position_id = 0;
  uint64_t expert_id = 0;
  // Null for balance operations.
  SymbolRef symbol = {};
  absl::Time time = {};
  int currency_digits = 2;
  DealAction action = DealAction::kBuy;
  DealEntry entry = DealEntry::kIn;
  TradeReason reason = TradeReason::kDealer;
  uint32_t flags = 0;
  uint32_t modify_flags = 0;
  Fixed price = {};
  // Opening price of the position that the deal closed; zero otherwise.
  Fixed price_position = {};
  Fixed stop_loss = {};
  Fixed take_profit = {};
  Fixed volume = {};
  Fixed volume_closed = {};
  // The amount of a balance operation, or the result of a closing trade.
  Fixed profit = {};
  // The result in the symbol's profit currency.
  Fixed profit_raw = {};
  Fixed storage = {};
  Fixed commission = {};
  Fixed fee = {};
  // Market value of the volume in the account's currency.
  Fixed value = {};
  // Profit currency and margin currency to account currency.
  Fixed rate_profit = {};
  Fixed rate_margin = {};
  Fixed market_bid = {};
  Fixed market_ask = {};
  std::string comment = {};
  std::string external_id = {};

  uint64_t ticket() const { return deal; }
  absl::Time history_time() const { return time; }
  bool IsTrade() const { return action == DealAction::kBuy || action == DealAction::kSell; }
  // What the deal adds to the account's balance (everything but credit) or to its credit.
  Fixed Total() const { return profit + storage + commission + fee; }
  bool ChangesCredit() const {
    return action == DealAction::kCredit || action == DealAction::kCreditStopOutCompensation;
  }
};

struct Position {
  uint64_t position = 0;
  uint64_t login = 0;
  uint64_t dealer = 0;
  SymbolRef symbol = {};
  int currency_digits = 2;
  Side side = Side::kBuy;
  TradeReason reason = TradeReason::kDealer;
  absl::Time time_create = {};
  absl::Time time_update = {};
  Fixed price_open = {};
  Fixed stop_loss = {};
  Fixed take_profit = {};
  Fixed volume = {};
  // Swap accumulated so far.
  Fixed storage = {};
  // Margin currency to account currency at the opening.
  Fixed rate_margin = {};
  uint64_t expert_id = 0;
  uint64_t expert_position_id = 0;
  uint32_t modify_flags = 0;
  std::string comment = {};
  std::string external_id = {};
};

// A position at the current prices.
struct PositionState {
  // The price at which it would close: bid for buys, ask for sells; the opening price while there is no
  // quote.
  Fixed price_current = {};
  // Floating result in account currency, swap not included, rounded to currency digits.
  Fixed profit = {};
  // Profit currency to account currency.
  Fixed rate_profit = {};
  // When the quote was made; the position's last update without one.
  absl::Time quote_time = {};
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_RECORDS_H_
