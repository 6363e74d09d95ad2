// What the server checks before it trades: one function per question, each answering kDone or why not.
#ifndef SERVICES_MTSIM_ENGINE_TRADE_CHECKS_H_
#define SERVICES_MTSIM_ENGINE_TRADE_CHECKS_H_

#include "absl/time/time.h"
#include "services/mtsim/engine/account.h"
#include "services/mtsim/engine/group.h"
#include "services/mtsim/engine/quote.h"
#include "services/mtsim/engine/records.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/state.h"

namespace mtsuite::mtsim {

// What a trade on `side` pays: the ask for buys, the bid for sells.
inline Fixed MarketPrice(const Quote& quote, Side side) { return side == Side::kBuy ? quote.ask : quote.bid; }

// Whether `symbol` is in a trade session at `time`.
bool IsTrading(const State& state, const Symbol& symbol, absl::Time time);

// kMarketClosed outside the trade sessions; kNoPrices without a quote or with one that is older than the
// symbol's quotes_timeout.
Retcode CheckMarket(const State& state, const Symbol& symbol, absl::Time now);

// The trade mode of `symbol` for accounts of `group`.
TradeMode TradeModeOf(const Symbol& symbol, const Group& group);

// Whether the account may take new risk on `side`: kTradeDisabled (account or symbol), kCloseOnly, kLongOnly,
// kShortOnly.
Retcode CheckOpening(const Account& account, const Symbol& symbol, const Group& group, Side side);

// kInvalidVolume below the minimum, above the maximum or off the step.
Retcode CheckVolume(const Symbol& symbol, Fixed volume);

// kVolumeLimit when positions and pending orders on `side` would exceed the symbol's volume limit.
Retcode CheckVolumeLimit(const State& state, const Account& account, const Symbol& symbol, Side side,
                         Fixed added);

// kInvalidOrderType or kInvalidFilling when the symbol does not allow it.
Retcode CheckOrderKind(const Symbol& symbol, OrderType type, Filling filling);

// Stops of something that buys or sells, against the prices at which it would be closed at once.
struct StopsQuery {
  const Symbol& symbol;
  Side side;
  // Closing price: the bid for buys and the ask for sells, or the price of a pending order.
  Fixed reference = {};
  Fixed stop_loss = {};
  Fixed take_profit = {};
};
// kInvalidStops when a stop is on the wrong side, within the stops level, off the symbol's digits or not
// allowed by it.
Retcode CheckStops(const StopsQuery& query);

// kInvalidPrice when the prices of a pending order are missing, off the symbol's digits, on the wrong side of
// the market or within the stops level.
Retcode CheckPendingPrices(const Order& order, const Quote& quote);

// kFrozen when the market is within the freeze level of `price`.
Retcode CheckFreeze(const Symbol& symbol, Fixed price, Fixed market);

// kInvalidExpiration when the lifetime is not allowed by the symbol or the group, or lies in the past.
Retcode CheckExpiration(const Order& order, const Group& group, absl::Time now);

// When `order` expires: InfiniteFuture for one that does not. Orders until the end of a day go at the first
// moment of trading after it.
absl::Time ExpirationOf(const Order& order, const ServerTime& server_time);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_TRADE_CHECKS_H_
