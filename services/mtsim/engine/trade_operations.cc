#include "services/mtsim/engine/trade_operations.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "services/mtsim/engine/commission.h"
#include "services/mtsim/engine/text.h"

namespace mtsuite::mtsim {
namespace {

std::string CutComment(const std::string& comment) {
  return std::string(TruncateUtf16(comment, kCommentUnits));
}

std::optional<Fixed> Rounded(const std::optional<Fixed>& amount, int digits) {
  return amount.has_value() ? std::optional(amount->Round(digits)) : std::nullopt;
}

bool IsOnStep(const Symbol& symbol, Fixed volume) { return volume.units() % symbol.volume_step.units() == 0; }

bool IsValidVolume(const Symbol& symbol, Fixed volume) {
  return volume >= symbol.volume_min && volume <= symbol.volume_max && IsOnStep(symbol, volume);
}

// The asked price, or what the market gives to a trade on `side`.
Result<Fixed> PriceOf(const Symbol& symbol, const std::optional<Fixed>& asked, Side side,
                      const Quote* quote) {
  if (asked.has_value()) {
    if (!asked->IsPositive() || asked->Round(symbol.digits) != *asked) return Retcode::kInvalidPrice;
    return *asked;
  }
  if (quote == nullptr || !quote->bid.IsPositive()) return Retcode::kNoPrices;
  return side == Side::kBuy ? quote->ask : quote->bid;
}

// The order that a position came from or was closed by, as it enters the history.
Order FinishedOrder(const Deal& deal, const Position& position, const OrderTraits& traits) {
  Order order = traits.pending.value_or(Order{.login = deal.login,
                                              .dealer = deal.dealer,
                                              .symbol = deal.symbol,
                                              .currency_digits = deal.currency_digits,
                                              .reason = deal.reason,
                                              .type = static_cast<OrderType>(deal.action),
                                              .filling = traits.filling,
                                              .time_setup = deal.time,
                                              .price_order = deal.price,
                                              .stop_loss = position.stop_loss,
                                              .take_profit = position.take_profit,
                                              .expert_id = deal.expert_id,
                                              .comment = deal.comment});
  if (traits.price_asked.IsPositive()) order.price_order = traits.price_asked;
  if (traits.activation != OrderActivation::kNone) {
    order.activation = traits.activation;
    order.activation_time = deal.time;
    order.activation_price = deal.price;
  }
  order.order = deal.order;
  order.state = traits.volume_rest.IsPositive() ? OrderState::kPartial : OrderState::kFilled;
  order.time_done = deal.time;
  order.price_current = deal.price;
  order.volume_initial = deal.volume + traits.volume_rest;
  order.volume_current = traits.volume_rest;
  order.rate_margin = deal.rate_margin;
  order.position_id = deal.position_id;
  return order;
}

}  // namespace

Result<TradeOperations::Trade> TradeOperations::Prepare(const OpenRequest& request) const {
  Account* account = state_.accounts.FindMutable(request.login);
  const SymbolRef symbol = state_.symbols.Find(request.symbol);
  if (account == nullptr || symbol == nullptr) return Retcode::kNotFound;
  if (!IsValidVolume(*symbol, request.volume)) return Retcode::kInvalidVolume;
  if (request.stop_loss.IsNegative() || request.take_profit.IsNegative()) return Retcode::kInvalidStops;
  const Result<Fixed> price = PriceOf(*symbol, request.price, request.side, state_.feed.Last(symbol->id));
  if (!price.ok()) return price.retcode();
  const Group& group = state_.GroupOf(*account);
  const Result<Rate> rate = valuation_.MarginRate(*symbol, group, request.side);
  if (!rate.ok()) return rate.retcode();
  if (state_.deals.size() >= state_.options.deals_max) return Retcode::kOrderLimit;
  return Trade{.account = account,
               .group = &group,
               .symbol = symbol,
               .side = request.side,
               .volume = request.volume,
               .price = *price,
               .time = request.time.has_value() ? ToMilliseconds(*request.time) : state_.Now(),
               .rate_margin = rate->ToFixed(),
               .stop_loss = request.stop_loss,
               .take_profit = request.take_profit,
               .commission = Rounded(request.commission, group.currency_digits),
               .storage = request.storage.Round(group.currency_digits),
               .reason = request.reason,
               .expert_id = request.expert_id,
               .dealer = request.dealer,
               .comment = CutComment(request.comment),
               .check_margin = request.check_margin,
               .order = request.order};
}

Result<TradeResult> TradeOperations::Open(const OpenRequest& request) {
  const Result<Trade> trade = Prepare(request);
  if (!trade.ok()) return trade.retcode();
  if (trade->group->margin_mode != MarginMode::kHedging) {
    for (const auto& [ticket, position] : state_.positions.Of(request.login)) {
      if (position->symbol->id == trade->symbol->id) return Net(*trade, *position);
    }
  }
  return OpenNew(*trade);
}

Deal TradeOperations::MakeDeal(const Trade& trade, uint64_t position_id) {
  const Quote* quote = state_.feed.Last(trade.symbol->id);
  Deal deal{.deal = state_.next_deal++,
            .login = trade.account->login,
            .dealer = trade.dealer,
            .order = trade.order.pending.has_value() ? trade.order.pending->order : state_.next_order++,
            .position_id = position_id,
            .expert_id = trade.expert_id,
            .symbol = trade.symbol,
            .time = trade.time,
            .currency_digits = trade.group->currency_digits,
            .action = trade.side == Side::kBuy ? DealAction::kBuy : DealAction::kSell,
            .reason = trade.reason,
            .price = trade.price,
            .stop_loss = trade.stop_loss,
            .take_profit = trade.take_profit,
            .volume = trade.volume,
            .rate_margin = trade.rate_margin,
            .comment = trade.comment};
  if (deal.position_id == 0) deal.position_id = deal.order;
  if (quote != nullptr) {
    deal.market_bid = quote->bid;
    deal.market_ask = quote->ask;
  }
  // The value of the volume is what a move by the whole price would bring.
  const Result<Profit> value = valuation_.ProfitOf({.symbol = *trade.symbol,
                                                    .side = Side::kSell,
                                                    .volume = trade.volume,
                                                    .price_open = trade.price + trade.price,
                                                    .price_close = trade.price},
                                                   *trade.group);
  if (value.ok()) {
    deal.value = value->profit;
    deal.rate_profit = value->rate;
  }
  return deal;
}

const Deal& TradeOperations::Book(const Trade& trade, Deal deal, const Position& position) {
  state_.order_history.Add(FinishedOrder(deal, position, trade.order));
  return BookDeal(*trade.account, std::move(deal), trade.commission);
}

const Deal& TradeOperations::BookDeal(Account& account, Deal deal, std::optional<Fixed> commission) {
  if (commission.has_value()) {
    deal.commission = *commission;
  } else {
    const Commission charged = CommissionOf(deal, state_.GroupOf(account), valuation_.converter());
    deal.commission = charged.commission;
    deal.fee = charged.fee;
  }
  account.balance += deal.Total();
  state_.Touch(account.login);
  return state_.deals.Add(std::move(deal));
}

Result<TradeResult> TradeOperations::OpenNew(const Trade& trade) {
  const Account& account = *trade.account;
  const uint32_t limit = account.limit_positions > 0 ? account.limit_positions : trade.group->limit_positions;
  if (state_.positions.size() >= state_.options.positions_max ||
      (limit > 0 && state_.positions.Count(account.login) >= limit)) {
    return Retcode::kPositionsLimit;
  }
  Position position{.login = account.login,
                    .dealer = trade.dealer,
                    .symbol = trade.symbol,
                    .currency_digits = trade.group->currency_digits,
                    .side = trade.side,
                    .reason = trade.reason,
                    .time_create = trade.time,
                    .time_update = trade.time,
                    .price_open = trade.price,
                    .stop_loss = trade.stop_loss,
                    .take_profit = trade.take_profit,
                    .volume = trade.volume,
                    .storage = trade.storage,
                    .rate_margin = trade.rate_margin,
                    .expert_id = trade.expert_id,
                    .comment = trade.comment};
  if (trade.check_margin && !CoversMargin(account, nullptr, position)) return Retcode::kNoMoney;

  const Deal& deal = Book(trade, MakeDeal(trade, 0), position);
  position.position = deal.position_id;
  state_.positions.Insert(position.position, position);
  return TradeResult{.order = deal.order, .deal = deal.deal, .position = deal.position_id};
}

bool TradeOperations::CoversMargin(const Account& account, const Position* replaced,
                                   const Position& added) const {
  absl::InlinedVector<const Position*, 16> positions;
  for (const auto& [ticket, position] : state_.positions.Of(account.login)) positions.push_back(position);
  const TradeState before = valuation_.Compute(account, positions);
  positions.erase(std::remove(positions.begin(), positions.end(), replaced), positions.end());
  positions.push_back(&added);
  const TradeState after = valuation_.Compute(account, positions);
  // A trade that lowers the margin is always welcome.
  return after.margin <= before.margin || after.margin - before.margin <= before.margin_free;
}

Result<TradeResult> TradeOperations::Close(const CloseRequest& request) {
  Position* position = state_.positions.FindMutable(request.position);
  if (position == nullptr) return Retcode::kPositionNotFound;
  Account* account = state_.accounts.FindMutable(position->login);
  const Group& group = state_.GroupOf(*account);
  const Symbol& symbol = *position->symbol;
  const Fixed volume = request.volume.value_or(position->volume);
  if (volume > position->volume) return Retcode::kCloseVolumeTooBig;
  if (!volume.IsPositive() || (volume != position->volume && !IsOnStep(symbol, volume))) {
    return Retcode::kInvalidVolume;
  }
  const Side side = Opposite(position->side);
  const Result<Fixed> price = PriceOf(symbol, request.price, side, state_.feed.Last(symbol.id));
  if (!price.ok()) return price.retcode();
  const absl::Time time = request.time.has_value() ? ToMilliseconds(*request.time) : state_.Now();
  if (time < position->time_create) return Retcode::kInvalidParameters;
  if (state_.deals.size() >= state_.options.deals_max) return Retcode::kOrderLimit;
  return Reduce(Trade{.account = account,
                      .group = &group,
                      .symbol = position->symbol,
                      .side = side,
                      .volume = volume,
                      .price = *price,
                      .time = time,
                      .rate_margin = position->rate_margin,
                      .stop_loss = position->stop_loss,
                      .take_profit = position->take_profit,
                      .commission = Rounded(request.commission, group.currency_digits),
                      .storage = Fixed(),
                      .reason = request.reason,
                      .expert_id = position->expert_id,
                      .dealer = request.dealer,
                      .comment = CutComment(request.comment),
                      .check_margin = false,
                      .order = request.order},
                *position);
}

Result<const Position*> TradeOperations::Edit(uint64_t ticket, const PositionEdit& edit) {
  Position* position = state_.positions.FindMutable(ticket);
  if (position == nullptr) return Retcode::kNotFound;
  const Fixed one = Fixed::FromInteger(1);
  if (!edit.price_open.value_or(one).IsPositive() || !edit.volume.value_or(one).IsPositive() ||
      edit.stop_loss.value_or(one).IsNegative() || edit.take_profit.value_or(one).IsNegative()) {
    return Retcode::kInvalidParameters;
  }
  const int digits = position->symbol->digits;
  position->price_open = edit.price_open.value_or(position->price_open).Round(digits);
  position->stop_loss = edit.stop_loss.value_or(position->stop_loss).Round(digits);
  position->take_profit = edit.take_profit.value_or(position->take_profit).Round(digits);
  position->volume = edit.volume.value_or(position->volume);
  position->storage = edit.storage.value_or(position->storage).Round(position->currency_digits);
  position->comment = CutComment(edit.comment.value_or(position->comment));
  position->external_id =
      std::string(TruncateUtf16(edit.external_id.value_or(position->external_id), kCommentUnits));
  position->expert_id = edit.expert_id.value_or(position->expert_id);
  position->reason = edit.reason.value_or(position->reason);
  position->modify_flags |= edit.modify_flag;
  position->time_update = state_.Now();
  state_.Touch(position->login);
  return static_cast<const Position*>(position);
}

}  // namespace mtsuite::mtsim
