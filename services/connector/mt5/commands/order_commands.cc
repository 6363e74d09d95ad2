#include "services/connector/mt5/commands/order_commands.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/status/macros.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/commands/trade_enums.h"

namespace mtsuite::connector::mt5 {
namespace {

using mt5wire::CommandBuilder;
using mt5wire::JsonDocument;
using mt5wire::JsonView;
using orders::v1::Order;
using orders::v1::Position;

Request OfTicket(std::string_view command, int64_t ticket) {
  Request request;
  request.context.command = command;
  request.text = CommandBuilder(command).Add("TICKET", ticket).Finish();
  return request;
}

Request OfGroups(std::string_view command, std::string_view group_mask) {
  Request request;
  request.context.command = command;
  request.text = CommandBuilder(command).Add("GROUP", group_mask).Finish();
  return request;
}

Request OfLogins(std::string_view command, const std::vector<int64_t>& logins) {
  Request request;
  request.context.command = command;
  request.text = CommandBuilder(command).Add("LOGIN", std::string_view(absl::StrJoin(logins, ","))).Finish();
  return request;
}

Request Page(std::string_view command, int64_t login, int64_t offset, int32_t count) {
  Request request;
  request.context = {command, false, login, {}, {}, false};
  request.text =
      CommandBuilder(command).Add("LOGIN", login).Add("OFFSET", offset).Add("TOTAL", count).Finish();
  return request;
}

// A time that is written in milliseconds under the name with Msc, in old servers in seconds only; 0 is none.
template <typename Set>
void ReadTime(FieldReader& fields, std::string_view name, const ServerTime& time, Set set) {
  const int64_t millis = fields.Integer(absl::StrCat(absl::string_view(name.data(), name.size()), "Msc"));
  const int64_t seconds = millis > 0 ? 0 : fields.Integer(name);
  if (millis > 0) return set(ToTimestamp(time.ToUtcMillis(millis)));
  if (seconds > 0) set(ToTimestamp(time.ToUtc(seconds)));
}

void ReadOrderPrices(FieldReader& fields, int digits, Order& order) {
  const Decimal price = fields.Number("PriceOrder");
  const Decimal trigger = fields.Number("PriceTrigger");
  // The platform's order price is what the market must reach; what the order then becomes is limited by the
  // trigger price.
  const bool stop_limit = order.type() == type::v1::STOP_LIMIT;
  order.set_price(PriceOrNone(stop_limit ? trigger : price, digits));
  if (stop_limit) order.set_trigger_price(PriceOrNone(price, digits));
  order.set_stop_loss(PriceOrNone(fields.Number("PriceSL"), digits));
  order.set_take_profit(PriceOrNone(fields.Number("PriceTP"), digits));
}

void ReadOrderTimes(FieldReader& fields, const ServerTime& time, Order& order) {
  order.set_time_in_force(TimeInForceOf(fields.Unsigned("TypeTime")));
  const int64_t expiration = fields.Integer("TimeExpiration");
  const bool expires =
      order.time_in_force() == type::v1::GOOD_TILL_TIME || order.time_in_force() == type::v1::GOOD_TILL_DAY;
  if (expires && expiration > 0) *order.mutable_expire_time() = ToTimestamp(time.ToUtc(expiration));
  ReadTime(fields, "TimeSetup", time, [&order](auto value) { *order.mutable_create_time() = value; });
  ReadTime(fields, "TimeDone", time, [&order](auto value) { *order.mutable_done_time() = value; });
}

absl::StatusOr<Order> ReadOrder(JsonView json, const ServerTime& time) {
  if (!json.IsObject()) return absl::InvalidArgumentError("an order is no JSON object");
  FieldReader fields(json);
  Order order;
  order.set_ticket(fields.Integer("Order"));
  order.set_login(fields.Integer("Login"));
  if (order.ticket() <= 0 || order.login() <= 0) fields.Fail("an order has no number or no login");
  order.set_symbol(fields.Text("Symbol"));
  const int digits = fields.Small("Digits", 0, kMaxDigits);
  if (!fields.Has("Type")) fields.Fail(absl::StrCat("order ", order.ticket(), " has no Type"));
  const OrderKind kind = OrderKindOf(fields.Unsigned("Type"));
  order.set_type(kind.type);
  order.set_side(kind.side);
  order.set_state(OrderStateOf(fields.Unsigned("State")));
  order.set_origin(OriginOf(fields.Unsigned("Reason")));
  order.set_fill_policy(FillPolicyOf(fields.Unsigned("TypeFill")));
  const Decimal volume = Lots(fields, "VolumeInitial");
  order.set_volume(AtLeastDigits(volume, 2));
  order.set_filled_volume(AtLeastDigits(volume - Lots(fields, "VolumeCurrent"), 2));
  ReadOrderPrices(fields, digits, order);
  ReadOrderTimes(fields, time, order);
  order.set_position_ticket(fields.Integer("PositionID"));
  order.set_opposite_position_ticket(fields.Integer("PositionByID"));
  order.set_comment(fields.Text("Comment"));
  RETURN_IF_ERROR(fields.status());
  return order;
}

absl::StatusOr<Position> ReadPosition(JsonView json, const ServerTime& time) {
  if (!json.IsObject()) return absl::InvalidArgumentError("a position is no JSON object");
  FieldReader fields(json);
  Position position;
  position.set_ticket(fields.Integer("Position"));
  position.set_login(fields.Integer("Login"));
  if (position.ticket() <= 0 || position.login() <= 0) fields.Fail("a position has no number or no login");
  if (!fields.Has("Action")) fields.Fail(absl::StrCat("position ", position.ticket(), " has no Action"));
  position.set_symbol(fields.Text("Symbol"));
  position.set_side(fields.Unsigned("Action") == 0 ? type::v1::BUY : type::v1::SELL);
  const int digits = fields.Small("Digits", 0, kMaxDigits);
  const int money = fields.Small("DigitsCurrency", 0, kMaxDigits);
  position.set_volume(AtLeastDigits(Lots(fields, "Volume"), 2));
  position.set_open_price(AtLeastDigits(fields.Number("PriceOpen"), digits));
  position.set_current_price(AtLeastDigits(fields.Number("PriceCurrent"), digits));
  position.set_stop_loss(PriceOrNone(fields.Number("PriceSL"), digits));
  position.set_take_profit(PriceOrNone(fields.Number("PriceTP"), digits));
  position.set_profit(AtLeastDigits(fields.Number("Profit"), money));
  position.set_swap(AtLeastDigits(fields.Number("Storage"), money));
  position.set_origin(OriginOf(fields.Unsigned("Reason")));
  ReadTime(fields, "TimeCreate", time, [&position](auto value) { *position.mutable_open_time() = value; });
  ReadTime(fields, "TimeUpdate", time, [&position](auto value) { *position.mutable_update_time() = value; });
  position.set_comment(fields.Text("Comment"));
  RETURN_IF_ERROR(fields.status());
  return position;
}

template <typename Item>
absl::StatusOr<std::vector<Item>> ReadList(const Answer& answer, const ServerTime& time, int* unreadable,
                                           absl::StatusOr<Item> (*read)(JsonView, const ServerTime&)) {
  std::vector<Item> items;
  if (answer.body.empty()) return items;
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsArray()) return absl::InvalidArgumentError("the list is no JSON array");
  for (const JsonView json : document.root()) {
    absl::StatusOr<Item> item = read(json, time);
    if (item.ok()) {
      items.push_back(*std::move(item));
    } else if (unreadable == nullptr) {
      return item.status();
    } else {
      ++*unreadable;
    }
  }
  return items;
}

}  // namespace

Request GetOpenOrder(int64_t ticket) { return OfTicket("ORDER_GET", ticket); }
Request GetDoneOrder(int64_t ticket) { return OfTicket("HISTORY_GET", ticket); }

Request GetOpenOrderPage(int64_t login, int64_t offset, int32_t count) {
  return Page("ORDER_GET_PAGE", login, offset, count);
}

Request GetDoneOrderPage(int64_t login, const ServerSpan& span, int64_t offset, int32_t count) {
  Request request;
  request.context = {"HISTORY_GET_PAGE", false, login, {}, {}, false};
  request.text = CommandBuilder("HISTORY_GET_PAGE")
                     .Add("LOGIN", login)
                     .Add("FROM", span.from)
                     .Add("TO", span.to)
                     .Add("OFFSET", offset)
                     .Add("TOTAL", count)
                     .Finish();
  return request;
}

Request GetOpenOrders(std::string_view group_mask) { return OfGroups("ORDER_GET_BATCH", group_mask); }
Request GetOpenOrders(const std::vector<int64_t>& logins) { return OfLogins("ORDER_GET_BATCH", logins); }

absl::StatusOr<Order> ParseOrder(const Answer& answer, const ServerTime& time) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  return ReadOrder(document.root(), time);
}

absl::StatusOr<std::vector<Order>> ParseOrders(const Answer& answer, const ServerTime& time,
                                               int* unreadable) {
  return ReadList<Order>(answer, time, unreadable, &ReadOrder);
}

Request GetPositionOf(int64_t login, int64_t ticket) {
  Request request = OfTicket("POSITION_GET_BATCH", ticket);
  request.context.login = login;
  return request;
}

Request GetPositionPage(int64_t login, int64_t offset, int32_t count) {
  return Page("POSITION_GET_PAGE", login, offset, count);
}

Request GetPositions(std::string_view group_mask) { return OfGroups("POSITION_GET_BATCH", group_mask); }
Request GetPositions(const std::vector<int64_t>& logins) { return OfLogins("POSITION_GET_BATCH", logins); }

absl::StatusOr<std::vector<Position>> ParsePositions(const Answer& answer, const ServerTime& time,
                                                     int* unreadable) {
  return ReadList<Position>(answer, time, unreadable, &ReadPosition);
}

}  // namespace mtsuite::connector::mt5
