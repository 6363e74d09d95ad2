#include "services/mtsim/control/trading_control.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/mtsim/control/convert.h"
#include "services/mtsim/seeding.h"

namespace mtsuite::mtsim {
namespace {

constexpr int kRecordsMax = 10'000;

absl::StatusOr<std::optional<Fixed>> OptionalFrom(const std::string& text, std::string_view field) {
  if (text.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const Fixed value, FixedFromProto(text, field));
  return value;
}

absl::StatusOr<Fixed> PriceOrNone(const std::string& text, std::string_view field) {
  ASSIGN_OR_RETURN(const std::optional<Fixed> price, OptionalFrom(text, field));
  return price.value_or(Fixed());
}

TradeReason ReasonOf(bool by_dealer) { return by_dealer ? TradeReason::kDealer : TradeReason::kClient; }

absl::StatusOr<const Position*> FindPosition(const Engine& engine, int64_t login, int64_t ticket) {
  ASSIGN_OR_RETURN(const uint64_t owner, LoginFrom(login));
  const Position* position = engine.state().positions.Find(static_cast<uint64_t>(ticket));
  if (position == nullptr || position->login != owner) {
    return absl::NotFoundError(absl::StrCat("account ", login, " has no position ", ticket));
  }
  return position;
}

// The accounts that a list is about.
std::vector<uint64_t> LoginsFor(int64_t login, std::vector<uint64_t> all) {
  return login == 0 ? std::move(all) : std::vector<uint64_t>{static_cast<uint64_t>(login)};
}

}  // namespace

absl::StatusOr<uint64_t> LoginFrom(int64_t login) {
  if (login <= 0) return absl::InvalidArgumentError(absl::StrCat("login is ", login, "; it must be above 0"));
  return static_cast<uint64_t>(login);
}

absl::Status OpenAt(Engine& engine, const sim::v1::OpenPositionRequest& request,
                    sim::v1::Position& response) {
  OpenRequest open;
  ASSIGN_OR_RETURN(open.login, LoginFrom(request.login()));
  open.symbol = request.symbol();
  if (request.side() != sim::v1::BUY && request.side() != sim::v1::SELL) {
    return absl::InvalidArgumentError("side must be BUY or SELL");
  }
  open.side = request.side() == sim::v1::BUY ? Side::kBuy : Side::kSell;
  ASSIGN_OR_RETURN(open.volume, FixedFromProto(request.volume(), "volume"));
  ASSIGN_OR_RETURN(open.price, OptionalFrom(request.price(), "price"));
  ASSIGN_OR_RETURN(open.stop_loss, PriceOrNone(request.stop_loss(), "stop_loss"));
  ASSIGN_OR_RETURN(open.take_profit, PriceOrNone(request.take_profit(), "take_profit"));
  open.comment = request.comment();
  open.reason = ReasonOf(request.by_dealer());
  engine.Advance();
  const Result<TradeResult> result = engine.trades().Open(open);
  if (!result.ok()) return ToStatus(result.retcode(), "opening the position");
  const Position* position = engine.state().positions.Find(result->position);
  // On a netting account the trade may have closed what was there.
  if (position != nullptr) response = ToProto(*position, engine.valuation().Evaluate(*position));
  return absl::OkStatus();
}

absl::Status CloseAt(Engine& engine, const sim::v1::ClosePositionRequest& request,
                     sim::v1::ClosePositionResponse& response) {
  engine.Advance();
  ASSIGN_OR_RETURN(const Position* position, FindPosition(engine, request.login(), request.ticket()));
  const int digits = position->currency_digits;
  CloseRequest close;
  close.position = position->position;
  ASSIGN_OR_RETURN(close.price, OptionalFrom(request.price(), "price"));
  ASSIGN_OR_RETURN(close.volume, OptionalFrom(request.volume(), "volume"));
  close.reason = ReasonOf(request.by_dealer());
  const Result<TradeResult> result = engine.trades().Close(close);
  if (!result.ok()) return ToStatus(result.retcode(), "closing the position");
  response.set_deal_ticket(static_cast<int64_t>(result->deal));
  response.set_profit(result->profit.ToString(digits));
  return absl::OkStatus();
}

absl::Status EditAt(Engine& engine, const sim::v1::EditPositionRequest& request,
                    sim::v1::Position& response) {
  engine.Advance();
  ASSIGN_OR_RETURN(const Position* position, FindPosition(engine, request.login(), request.ticket()));
  PositionEdit edit;
  const auto read = [](bool given, const std::string& text, std::string_view field,
                       std::optional<Fixed>& target) -> absl::Status {
    if (!given) return absl::OkStatus();
    ASSIGN_OR_RETURN(target, FixedFromProto(text, field));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(read(request.has_stop_loss(), request.stop_loss(), "stop_loss", edit.stop_loss));
  RETURN_IF_ERROR(read(request.has_take_profit(), request.take_profit(), "take_profit", edit.take_profit));
  RETURN_IF_ERROR(read(request.has_open_price(), request.open_price(), "open_price", edit.price_open));
  RETURN_IF_ERROR(read(request.has_volume(), request.volume(), "volume", edit.volume));
  if (request.has_comment()) edit.comment = request.comment();
  const Result<const Position*> edited = engine.trades().Edit(position->position, edit);
  if (!edited.ok()) return ToStatus(edited.retcode(), "editing the position");
  response = ToProto(**edited, engine.valuation().Evaluate(**edited));
  return absl::OkStatus();
}

absl::Status PlaceAt(Engine& engine, const sim::v1::PlaceOrderRequest& request, sim::v1::Order& response) {
  TradeRequest place;
  place.action = TradeAction::kPlaceOrder;
  ASSIGN_OR_RETURN(place.login, LoginFrom(request.login()));
  place.symbol = request.symbol();
  place.type = request.type();
  ASSIGN_OR_RETURN(place.volume, FixedFromProto(request.volume(), "volume"));
  ASSIGN_OR_RETURN(place.price, FixedFromProto(request.price(), "price"));
  ASSIGN_OR_RETURN(place.price_trigger, PriceOrNone(request.limit_price(), "limit_price"));
  ASSIGN_OR_RETURN(place.stop_loss, OptionalFrom(request.stop_loss(), "stop_loss"));
  ASSIGN_OR_RETURN(place.take_profit, OptionalFrom(request.take_profit(), "take_profit"));
  if (request.has_expiration()) {
    ASSIGN_OR_RETURN(place.expiration, FromProto(request.expiration(), "expiration"));
    place.lifetime = OrderLifetime::kSpecified;
  }
  place.comment = request.comment();
  place.reason = ReasonOf(request.by_dealer());
  const TradeAnswer answer = engine.Trade(place);
  if (!answer.ok()) return ToStatus(answer.retcode, "placing the order");
  response = ToProto(*engine.state().orders.Find(answer.order));
  return absl::OkStatus();
}

absl::Status CancelAt(Engine& engine, const sim::v1::CancelOrderRequest& request) {
  TradeRequest remove;
  remove.action = TradeAction::kRemoveOrder;
  ASSIGN_OR_RETURN(remove.login, LoginFrom(request.login()));
  remove.order = static_cast<uint64_t>(request.ticket());
  const TradeAnswer answer = engine.Trade(remove);
  if (answer.ok()) return absl::OkStatus();
  if (answer.retcode == Retcode::kInvalidRequest) {
    return absl::NotFoundError(absl::StrCat("account ", request.login(), " has no order ", request.ticket()));
  }
  return ToStatus(answer.retcode, "cancelling the order");
}

absl::Status FillPositions(const Engine& engine, const sim::v1::ListPositionsRequest& request,
                           sim::v1::ListPositionsResponse& response) {
  const auto& positions = engine.state().positions;
  for (const uint64_t login : LoginsFor(request.login(), positions.Logins())) {
    for (const auto& [ticket, position] : positions.Of(login)) {
      if (response.positions_size() == kRecordsMax) return absl::OkStatus();
      *response.add_positions() = ToProto(*position, engine.valuation().Evaluate(*position));
    }
  }
  return absl::OkStatus();
}

absl::Status FillOrders(const Engine& engine, const sim::v1::ListOrdersRequest& request,
                        sim::v1::ListOrdersResponse& response) {
  const auto& orders = engine.state().orders;
  for (const uint64_t login : LoginsFor(request.login(), orders.Logins())) {
    for (const auto& [ticket, order] : orders.Of(login)) {
      if (response.orders_size() == kRecordsMax) return absl::OkStatus();
      *response.add_orders() = ToProto(*order);
    }
  }
  return absl::OkStatus();
}

}  // namespace mtsuite::mtsim
