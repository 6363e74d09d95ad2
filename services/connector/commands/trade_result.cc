// From a recorded operation to what is sent, and from its traces to what its caller is told.
#include <algorithm>

#include "services/connector/base/proto_time.h"
#include "services/connector/commands/trade_terms.h"
#include "services/connector/journal/tag.h"

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;
using orders::v1::TradeResult;
using type::v1::Deal;

namespace {

Decimal ValueOf(const std::string& text) { return Decimal::ParseWire(text).value_or(Decimal()); }

std::string Lots(Decimal volume) { return volume.ToString(std::max(2, volume.digits())); }

type::v1::Side Opposite(type::v1::Side side) {
  return side == type::v1::BUY ? type::v1::SELL : type::v1::BUY;
}

std::vector<std::string> PathsOf(const google::protobuf::FieldMask& mask) {
  return {mask.paths().begin(), mask.paths().end()};
}

const TradeTerms& TermsOf(const OperationRecord& record) { return record.baseline.trade(); }

// What every result of the operation says, whatever came of it.
TradeResult Outline(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  TradeResult result;
  result.set_login(record.login);
  result.set_operation_id(record.operation_id);
  if (record.command.has_place_order()) {
    result.set_symbol(terms.order().symbol());
    result.set_side(terms.order().side());
    result.set_volume(terms.order().volume());
    return result;
  }
  result.set_symbol(terms.position().symbol());
  result.set_side(Opposite(terms.position().side()));
  result.set_volume(terms.volume());
  return result;
}

// Those that tell of the operation's position: a position that closes another one has a deal of its own.
std::vector<Deal> OwnDeals(const OperationRecord& record, const std::vector<Deal>& deals) {
  if (!record.command.has_close_position_by()) return deals;
  std::vector<Deal> own;
  for (const Deal& deal : deals) {
    if (deal.position_ticket() == record.command.close_position_by().ticket()) own.push_back(deal);
  }
  return own.empty() ? deals : own;
}

// Weighted by volume.
std::string AveragePrice(const std::vector<Deal>& deals, int digits) {
  if (deals.size() == 1) return deals.front().price();
  Decimal volume;
  Decimal value;
  for (const Deal& deal : deals) {
    volume += ValueOf(deal.volume());
    value += ValueOf(deal.volume()) * ValueOf(deal.price());
  }
  const absl::StatusOr<Decimal> price = Decimal::Divide(value, volume, digits, Rounding::kHalfEven);
  return price.ok() ? price->ToString(digits) : deals.back().price();
}

}  // namespace

OrderPlacement ToPlacement(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  const Order& order = terms.order();
  OrderPlacement placement;
  placement.login = record.login;
  placement.symbol = order.symbol();
  placement.digits = terms.digits();
  placement.side = order.side();
  placement.type = order.type();
  placement.volume = ValueOf(order.volume());
  placement.price = ValueOf(order.type() == type::v1::MARKET ? terms.market_price() : order.price());
  placement.trigger_price = ValueOf(order.trigger_price());
  placement.stop_loss = ValueOf(order.stop_loss());
  placement.take_profit = ValueOf(order.take_profit());
  placement.deviation_points = terms.deviation_points();
  placement.time_in_force = order.time_in_force();
  if (order.has_expire_time()) placement.expire_time = FromProto(order.expire_time());
  placement.fill_policy = order.fill_policy();
  placement.comment = WithTag(order.comment(), record.tag);
  return placement;
}

OrderChange ToOrderChange(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  const Order& order = terms.order();
  OrderChange change;
  change.login = record.login;
  change.ticket = order.ticket();
  change.symbol = order.symbol();
  change.digits = terms.digits();
  change.type = order.type();
  change.price = ValueOf(order.price());
  change.trigger_price = ValueOf(order.trigger_price());
  change.stop_loss = ValueOf(order.stop_loss());
  change.take_profit = ValueOf(order.take_profit());
  change.time_in_force = order.time_in_force();
  if (order.has_expire_time()) change.expire_time = FromProto(order.expire_time());
  change.paths = PathsOf(record.command.update_order().update_mask());
  return change;
}

OrderCancellation ToCancellation(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  return {record.login, terms.order().ticket(), terms.order().symbol(), terms.digits()};
}

StopsChange ToStopsChange(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  const Position& position = terms.position();
  return {record.login,
          position.ticket(),
          position.symbol(),
          terms.digits(),
          ValueOf(position.stop_loss()),
          ValueOf(position.take_profit()),
          PathsOf(record.command.update_position().update_mask())};
}

PositionClosing ToClosing(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  PositionClosing closing;
  closing.login = record.login;
  closing.ticket = terms.position().ticket();
  closing.symbol = terms.position().symbol();
  closing.digits = terms.digits();
  closing.side = Opposite(terms.position().side());
  closing.volume = ValueOf(terms.volume());
  closing.price = ValueOf(terms.market_price());
  closing.deviation_points = terms.deviation_points();
  closing.fill_policy = terms.order().fill_policy();
  closing.comment = WithTag(record.command.close_position().comment(), record.tag);
  return closing;
}

PositionPairing ToPairing(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  const auto& request = record.command.close_position_by();
  return {record.login,
          request.ticket(),
          request.opposite_ticket(),
          terms.position().symbol(),
          terms.digits(),
          WithTag(request.comment(), record.tag)};
}

OperationResult ToDryResult(const OperationRecord& record) {
  const TradeTerms& terms = TermsOf(record);
  OperationResult dry;
  switch (record.command.request_case()) {
    case Command::kUpdateOrder:
    case Command::kCancelOrder:
      *dry.mutable_order() = terms.order();
      return dry;
    case Command::kUpdatePosition:
      *dry.mutable_position() = terms.position();
      return dry;
    default:
      break;
  }
  TradeResult& trade = *dry.mutable_trade();
  trade = Outline(record);
  trade.clear_operation_id();
  if (record.command.has_close_position()) {
    const Decimal rest = ValueOf(terms.position().volume()) - ValueOf(trade.volume());
    trade.set_remaining_volume(Lots(rest));
  }
  return dry;
}

TradeResult ToTradeResult(const OperationRecord& record, const std::vector<Deal>& deals) {
  const TradeTerms& terms = TermsOf(record);
  const std::vector<Deal> own = OwnDeals(record, deals);
  const Deal& last = own.back();
  TradeResult result = Outline(record);
  Decimal filled;
  for (const Deal& deal : own) filled += ValueOf(deal.volume());
  if (result.volume().empty()) result.set_volume(Lots(filled));
  result.set_state(filled < ValueOf(result.volume()) ? Order::PARTIALLY_FILLED : Order::FILLED);
  result.set_filled_volume(Lots(filled));
  result.set_price(AveragePrice(own, terms.digits()));
  result.set_order_ticket(last.order_ticket());
  result.set_deal_ticket(last.ticket());
  result.set_position_ticket(last.position_ticket());
  *result.mutable_time() = last.time();
  if (record.command.has_close_position() || record.command.has_close_position_by()) {
    const Decimal rest = ValueOf(terms.position().volume()) - filled;
    result.set_remaining_volume(Lots(rest.sign() < 0 ? Decimal() : rest));
    result.set_remaining_position_ticket(rest.sign() > 0 ? terms.position().ticket() : 0);
  }
  return result;
}

TradeResult ToTradeResult(const OperationRecord& record, const Order& order) {
  TradeResult result = Outline(record);
  result.set_state(Order::PLACED);
  result.set_filled_volume("0.00");
  result.set_order_ticket(order.ticket());
  if (order.has_create_time()) *result.mutable_time() = order.create_time();
  return result;
}

bool HasTerms(const OperationRecord& record, const Order& order) {
  const Order& wanted = record.command.update_order().order();
  for (const std::string& path : record.command.update_order().update_mask().paths()) {
    const bool same =
        path == "price"           ? ValueOf(wanted.price()) == ValueOf(order.price())
        : path == "trigger_price" ? ValueOf(wanted.trigger_price()) == ValueOf(order.trigger_price())
        : path == "stop_loss"     ? ValueOf(wanted.stop_loss()) == ValueOf(order.stop_loss())
        : path == "take_profit"   ? ValueOf(wanted.take_profit()) == ValueOf(order.take_profit())
        : path == "time_in_force" ? wanted.time_in_force() == order.time_in_force()
                                  // Platforms keep whole seconds.
                                  : wanted.expire_time().seconds() == order.expire_time().seconds();
    if (!same) return false;
  }
  return true;
}

bool HasTerms(const OperationRecord& record, const Position& position) {
  const Position& wanted = record.command.update_position().position();
  for (const std::string& path : record.command.update_position().update_mask().paths()) {
    const bool same = path == "stop_loss" ? ValueOf(wanted.stop_loss()) == ValueOf(position.stop_loss())
                                          : ValueOf(wanted.take_profit()) == ValueOf(position.take_profit());
    if (!same) return false;
  }
  return true;
}

}  // namespace mtsuite::connector
