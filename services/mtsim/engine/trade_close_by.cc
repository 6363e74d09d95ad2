// Closing two opposite positions against each other.
#include <algorithm>
#include <utility>

#include "services/mtsim/engine/text.h"
#include "services/mtsim/engine/trade_operations.h"

namespace mtsuite::mtsim {

Result<TradeResult> TradeOperations::CloseBy(const CloseByRequest& request) {
  Position* first = state_.positions.FindMutable(request.position);
  Position* second = state_.positions.FindMutable(request.by);
  if (first == nullptr || second == nullptr) return Retcode::kPositionNotFound;
  if (first->login != second->login || first->symbol->id != second->symbol->id ||
      first->side == second->side) {
    return Retcode::kInvalidRequest;
  }
  Account* account = state_.accounts.FindMutable(first->login);
  const Group& group = state_.GroupOf(*account);
  if (group.margin_mode != MarginMode::kHedging) return Retcode::kInvalidRequest;
  if (state_.deals.size() + 2 > state_.options.deals_max) return Retcode::kOrderLimit;
  const Fixed volume = std::min(first->volume, second->volume);
  const Result<Profit> profit = valuation_.ProfitOf({.symbol = *first->symbol,
                                                     .side = first->side,
                                                     .volume = volume,
                                                     .price_open = first->price_open,
                                                     .price_close = second->price_open},
                                                    group);
  if (!profit.ok()) return profit.retcode();

  Order order{.order = state_.next_order++,
              .login = account->login,
              .dealer = request.dealer,
              .symbol = first->symbol,
              .currency_digits = group.currency_digits,
              .state = OrderState::kFilled,
              .reason = request.reason,
              .type = OrderType::kCloseBy,
              .time_setup = state_.Now(),
              .time_done = state_.Now(),
              .price_order = second->price_open,
              .price_current = second->price_open,
              .volume_initial = volume,
              .rate_margin = first->rate_margin,
              .position_id = first->position,
              .position_by_id = second->position,
              .comment = std::string(TruncateUtf16(request.comment, kCommentUnits))};
  const auto close = [&](const Position& position, const Profit& result) {
    Deal deal = MakeClosingDeal({.account = account,
                                 .group = &group,
                                 .symbol = position.symbol,
                                 .side = Opposite(position.side),
                                 .volume = volume,
                                 .price = second->price_open,
                                 .time = order.time_done,
                                 .rate_margin = position.rate_margin,
                                 .stop_loss = position.stop_loss,
                                 .take_profit = position.take_profit,
                                 .reason = request.reason,
                                 .expert_id = position.expert_id,
                                 .dealer = request.dealer,
                                 .comment = order.comment,
                                 .order = {.pending = order}},
                                position, result);
    deal.entry = DealEntry::kOutBy;
    return deal;
  };
  // Both before either is booked: booking may end the position that the other one's price comes from.
  Deal closing = close(*first, *profit);
  Deal counter = close(*second, Profit{.raw = {}, .profit = {}, .rate = profit->rate});
  state_.order_history.Add(order);
  const Deal& booked = BookDeal(*account, std::move(closing), std::nullopt);
  const Deal& opposite = BookDeal(*account, std::move(counter), std::nullopt);
  const uint64_t id = first->position;
  const bool remains = Shrink(*first, booked);
  Shrink(*second, opposite);
  return TradeResult{
      .order = order.order, .deal = booked.deal, .position = remains ? id : 0, .profit = booked.profit};
}

}  // namespace mtsuite::mtsim
