// How a trade changes an existing position: all of netting, and closing on every kind of account.
#include <algorithm>
#include <utility>

#include "services/mtsim/engine/trade_operations.h"

namespace mtsuite::mtsim {

Result<TradeResult> TradeOperations::Net(const Trade& trade, Position& position) {
  if (trade.side != position.side) {
    return trade.volume > position.volume ? Reverse(trade, position) : Reduce(trade, position);
  }
  Position grown = position;
  grown.volume += trade.volume;
  const auto mean = [&](Fixed before, Fixed added) {
    const __int128 sum = static_cast<__int128>(before.units()) * position.volume.units() +
                         static_cast<__int128>(added.units()) * trade.volume.units();
    return Fixed::Saturated(DivideRounded(sum, grown.volume.units()));
  };
  grown.price_open = mean(position.price_open, trade.price).Round(trade.symbol->digits);
  grown.rate_margin = mean(position.rate_margin, trade.rate_margin);
  grown.storage += trade.storage;
  grown.time_update = trade.time;
  if (trade.stop_loss.IsPositive()) grown.stop_loss = trade.stop_loss;
  if (trade.take_profit.IsPositive()) grown.take_profit = trade.take_profit;
  if (trade.check_margin && !CoversMargin(*trade.account, &position, grown)) return Retcode::kNoMoney;
  const Deal& deal = Book(trade, MakeDeal(trade, position.position), grown);
  position = grown;
  return TradeResult{.order = deal.order, .deal = deal.deal, .position = position.position};
}

Deal TradeOperations::MakeClosingDeal(const Trade& trade, const Position& position, const Profit& profit) {
  Deal deal = MakeDeal(trade, position.position);
  deal.entry = DealEntry::kOut;
  deal.price_position = position.price_open;
  deal.volume_closed = std::min(trade.volume, position.volume);
  deal.profit = profit.profit;
  deal.profit_raw = profit.raw;
  deal.rate_profit = profit.rate;
  // A partial close takes its share of the swap.
  deal.storage = deal.volume_closed == position.volume
                     ? position.storage
                     : Fixed::Saturated(DivideRounded(static_cast<__int128>(position.storage.units()) *
                                                          deal.volume_closed.units(),
                                                      position.volume.units()))
                           .Round(trade.group->currency_digits);
  return deal;
}

bool TradeOperations::Shrink(Position& position, const Deal& deal) {
  position.volume -= deal.volume_closed;
  position.storage -= deal.storage;
  position.time_update = deal.time;
  if (position.volume.IsPositive()) return true;
  state_.positions.Erase(position.position);
  return false;
}

Result<TradeResult> TradeOperations::Reduce(const Trade& trade, Position& position) {
  const Result<Profit> profit = valuation_.ProfitOf({.symbol = *position.symbol,
                                                     .side = position.side,
                                                     .volume = trade.volume,
                                                     .price_open = position.price_open,
                                                     .price_close = trade.price},
                                                    *trade.group);
  if (!profit.ok()) return profit.retcode();
  const uint64_t id = position.position;
  const Deal& booked = Book(trade, MakeClosingDeal(trade, position, *profit), position);
  const bool remains = Shrink(position, booked);
  return TradeResult{
      .order = booked.order, .deal = booked.deal, .position = remains ? id : 0, .profit = booked.profit};
}

Result<TradeResult> TradeOperations::Reverse(const Trade& trade, Position& position) {
  Position reversed = position;
  reversed.side = trade.side;
  reversed.volume = trade.volume - position.volume;
  reversed.price_open = trade.price;
  reversed.rate_margin = trade.rate_margin;
  reversed.storage = trade.storage;
  reversed.stop_loss = trade.stop_loss;
  reversed.take_profit = trade.take_profit;
  reversed.time_update = trade.time;
  if (trade.check_margin && !CoversMargin(*trade.account, &position, reversed)) return Retcode::kNoMoney;
  const Result<Profit> profit = valuation_.ProfitOf({.symbol = *position.symbol,
                                                     .side = position.side,
                                                     .volume = position.volume,
                                                     .price_open = position.price_open,
                                                     .price_close = trade.price},
                                                    *trade.group);
  if (!profit.ok()) return profit.retcode();
  Deal deal = MakeClosingDeal(trade, position, *profit);
  deal.entry = DealEntry::kInOut;
  const Deal& booked = Book(trade, std::move(deal), reversed);
  position = reversed;
  return TradeResult{
      .order = booked.order, .deal = booked.deal, .position = position.position, .profit = booked.profit};
}

}  // namespace mtsuite::mtsim
