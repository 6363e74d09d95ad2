#include "services/connector/mt5/commands/dealer_commands.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/mt5wire/json_writer.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/commands/trade_enums.h"

namespace mtsuite::connector::mt5 {
namespace {

using mt5wire::CommandBuilder;
using mt5wire::JsonDocument;
using mt5wire::JsonView;
using mt5wire::JsonWriter;

// What a dealer asks for (mt5-webapi §9.5).
constexpr int kExecute = 200;
constexpr int kPlace = 201;
constexpr int kModifyPosition = 202;
constexpr int kModifyOrder = 203;
constexpr int kRemoveOrder = 204;
constexpr int kCloseBy = 208;

// Which terms a modification changes.
constexpr int kPriceChanged = 4;
constexpr int kTriggerChanged = 8;
constexpr int kStopLossChanged = 0x10;
constexpr int kTakeProfitChanged = 0x20;
constexpr int kTimeTypeChanged = 0x40;
constexpr int kExpirationChanged = 0x80;

// 1 unit of Volume is 1/10000 lot, of VolumeExt 1/100000000 lot.
constexpr int kPlainScale = 4;
constexpr int kPreciseScale = 8;

bool Names(const std::vector<std::string>& paths, std::string_view path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

// What a request is about.
struct Subject {
  int64_t login;
  const std::string& symbol;
  int32_t digits;
};

// The body of a DEALER_SEND in the making. Prices are written with the symbol's digits, which the server
// reads them by.
class Body {
 public:
  Body(int action, const Subject& subject) : login_(subject.login), digits_(subject.digits), json_(text_) {
    json_.BeginObject().Member("Action", action).Member("Login", subject.login);
    json_.Member("Symbol", std::string_view(subject.symbol)).Member("Digits", subject.digits);
  }

  template <typename T>
  Body& Add(std::string_view name, T value) {
    json_.Member(name, value);
    return *this;
  }
  Body& Price(std::string_view name, Decimal price) {
    json_.Member(name, price, std::max(digits_, price.digits()));
    return *this;
  }
  Body& Volume(Decimal lots) {
    const int64_t units = lots.ToScaled(kPreciseScale).value_or(0);
    json_.Member("VolumeExt", units);
    json_.Member("Volume", lots.Rescale(kPlainScale, Rounding::kDown).ToScaled(kPlainScale).value_or(0));
    return *this;
  }

  Request Finish() {
    json_.EndObject();
    Request request;
    request.context = {"DEALER_SEND", true, login_, {}, {}, false};
    request.text = CommandBuilder("DEALER_SEND").Finish() + text_;
    return request;
  }

 private:
  const int64_t login_;
  const int32_t digits_;
  std::string text_;
  JsonWriter json_;
};

// The platform's order price of a stop-limit order is what the market must reach.
template <typename Terms>
void AddPrices(const Terms& terms, Body& body) {
  const bool stop_limit = terms.type == type::v1::STOP_LIMIT;
  body.Price("PriceOrder", stop_limit ? terms.trigger_price : terms.price);
  if (stop_limit) body.Price("PriceTrigger", terms.price);
  body.Price("PriceSL", terms.stop_loss).Price("PriceTP", terms.take_profit);
}

template <typename Terms>
void AddLifetime(const Terms& terms, const ServerTime& time, Body& body) {
  body.Add("TypeTime", NumberOf(terms.time_in_force));
  const bool expires =
      terms.time_in_force == type::v1::GOOD_TILL_TIME || terms.time_in_force == type::v1::GOOD_TILL_DAY;
  body.Add("TimeExpiration", expires ? time.FromUtc(terms.expire_time) : int64_t{0});
}

int FlagsOf(const OrderChange& change) {
  const bool stop_limit = change.type == type::v1::STOP_LIMIT;
  int flags = 0;
  if (Names(change.paths, "price")) flags |= stop_limit ? kTriggerChanged : kPriceChanged;
  if (Names(change.paths, "trigger_price")) flags |= kPriceChanged;
  if (Names(change.paths, "stop_loss")) flags |= kStopLossChanged;
  if (Names(change.paths, "take_profit")) flags |= kTakeProfitChanged;
  if (Names(change.paths, "time_in_force")) flags |= kTimeTypeChanged | kExpirationChanged;
  if (Names(change.paths, "expire_time")) flags |= kExpirationChanged;
  return flags;
}

// What `result` (a confirmation) or `answer` (the request with its results) tells; prefixes differ.
void ReadConfirmation(JsonView json, DealerUpdate& update, FieldReader& fields) {
  update.retcode = fields.Small("Retcode", 0, 1'000'000);
  update.deal = fields.Integer("DealID");
  update.order = fields.Integer("OrderID");
  update.volume = Lots(fields, "Volume");
  update.price = fields.Number("Price");
  update.bid = fields.Number("TickBid");
  update.ask = fields.Number("TickAsk");
  update.text = std::string(json.GetText("Comment"));
}

void ReadResult(JsonView json, DealerUpdate& update, FieldReader& fields) {
  if (update.retcode == 0) update.retcode = fields.Small("ResultRetcode", 0, 1'000'000);
  if (update.deal == 0) update.deal = fields.Integer("ResultDeal");
  if (update.order == 0) update.order = fields.Integer("ResultOrder");
  if (update.volume.IsZero()) update.volume = Lots(fields, "ResultVolume");
  if (update.price.IsZero()) update.price = fields.Number("ResultPrice");
  if (update.bid.IsZero()) update.bid = fields.Number("ResultMarketBid");
  if (update.ask.IsZero()) update.ask = fields.Number("ResultMarketAsk");
  if (update.text.empty()) update.text = std::string(json.GetText("ResultComment"));
}

// The confirmation is marked as obsolete by the platform's manual, so either part may be alone.
absl::StatusOr<std::vector<DealerUpdate>> ReadUpdates(JsonView list) {
  std::vector<DealerUpdate> updates;
  bool confirmed = false;
  for (const JsonView entry : list) {
    if (const JsonView result = entry.Get("result"); result.IsObject()) {
      FieldReader fields(result);
      ReadConfirmation(result, updates.emplace_back(), fields);
      RETURN_IF_ERROR(fields.status());
      confirmed = true;
    }
    if (const JsonView answer = entry.Get("answer"); answer.IsObject()) {
      if (!confirmed) updates.emplace_back();
      FieldReader fields(answer);
      ReadResult(answer, updates.back(), fields);
      RETURN_IF_ERROR(fields.status());
      confirmed = false;
    }
  }
  return updates;
}

}  // namespace

Request SendPlacement(const OrderPlacement& order, const ServerTime& time) {
  const bool market = order.type == type::v1::MARKET;
  Body body(market ? kExecute : kPlace, {order.login, order.symbol, order.digits});
  body.Add("Type", NumberOf(order.type, order.side)).Add("TypeFill", NumberOf(order.fill_policy));
  body.Volume(order.volume);
  AddPrices(order, body);
  if (market) {
    body.Add("PriceDeviation", order.deviation_points);
  } else {
    AddLifetime(order, time, body);
  }
  return body.Add("Comment", std::string_view(order.comment)).Finish();
}

Request SendOrderChange(const OrderChange& change, const ServerTime& time) {
  Body body(kModifyOrder, {change.login, change.symbol, change.digits});
  body.Add("Order", change.ticket).Add("Flags", FlagsOf(change));
  AddPrices(change, body);
  AddLifetime(change, time, body);
  return body.Finish();
}

Request SendCancellation(const OrderCancellation& order) {
  return Body(kRemoveOrder, {order.login, order.symbol, order.digits}).Add("Order", order.ticket).Finish();
}

Request SendStopsChange(const StopsChange& change) {
  const int flags = (Names(change.paths, "stop_loss") ? kStopLossChanged : 0) |
                    (Names(change.paths, "take_profit") ? kTakeProfitChanged : 0);
  return Body(kModifyPosition, {change.login, change.symbol, change.digits})
      .Add("Position", change.ticket)
      .Add("Flags", flags)
      .Price("PriceSL", change.stop_loss)
      .Price("PriceTP", change.take_profit)
      .Finish();
}

Request SendClosing(const PositionClosing& closing) {
  return Body(kExecute, {closing.login, closing.symbol, closing.digits})
      .Add("Position", closing.ticket)
      .Add("Type", NumberOf(type::v1::MARKET, closing.side))
      .Add("TypeFill", NumberOf(closing.fill_policy))
      .Volume(closing.volume)
      .Price("PriceOrder", closing.price)
      .Add("PriceDeviation", closing.deviation_points)
      .Add("Comment", std::string_view(closing.comment))
      .Finish();
}

Request SendPairing(const PositionPairing& pair) {
  return Body(kCloseBy, {pair.login, pair.symbol, pair.digits})
      .Add("Type", NumberOf(type::v1::CLOSE_BY, type::v1::SIDE_UNSPECIFIED))
      .Add("Position", pair.ticket)
      .Add("PositionBy", pair.opposite_ticket)
      .Add("Comment", std::string_view(pair.comment))
      .Finish();
}

absl::StatusOr<int64_t> ParseQueued(const Answer& answer) {
  int64_t id = 0;
  std::string_view text = answer.line.Get("ID");
  std::string from_body;
  if (text.empty() && !answer.body.empty()) {
    ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
    from_body = std::string(document.root().GetText("id"));
    text = from_body;
  }
  if (!absl::SimpleAtoi(AbslView(text), &id) || id <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("the id of the request reads '", AbslView(text), "'"));
  }
  return id;
}

Request GetDealerUpdates(const std::vector<int64_t>& ids) {
  Request request;
  request.context.command = "DEALER_UPDATES";
  CommandBuilder command("DEALER_UPDATES");
  if (!ids.empty()) command.Add("ID", std::string_view(absl::StrJoin(ids, ",")));
  request.text = command.Finish();
  return request;
}

absl::StatusOr<DealerUpdates> ParseDealerUpdates(const Answer& answer) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(answer.body));
  if (!document.root().IsObject()) return absl::InvalidArgumentError("the updates are no JSON object");
  DealerUpdates updates;
  for (const auto& [name, list] : document.root().Members()) {
    int64_t id = 0;
    if (!absl::SimpleAtoi(AbslView(name), &id)) {
      return absl::InvalidArgumentError(absl::StrCat("the id of a request reads '", AbslView(name), "'"));
    }
    ASSIGN_OR_RETURN(updates[id], ReadUpdates(list));
  }
  return updates;
}

bool IsIntermediate(int retcode) { return (retcode >= 10001 && retcode <= 10003) || retcode == 11000; }

bool IsTradeSuccess(int retcode) { return (retcode >= 10008 && retcode <= 10010) || retcode == 11001; }

}  // namespace mtsuite::connector::mt5
