// Sending trades, and what their callers are told.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/connector/base/order_errors.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/commands/order_checks.h"
#include "services/connector/commands/order_commands.h"

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;
using orders::v1::TradeResult;

namespace {

Decimal ValueOf(const std::string& text) { return Decimal::ParseWire(text).value_or(Decimal()); }

std::string PriceText(Decimal price, int digits) {
  return price.IsZero() ? std::string() : price.ToString(std::max(digits, price.digits()));
}

OperationResult Wrap(TradeResult trade) {
  OperationResult result;
  *result.mutable_trade() = std::move(trade);
  return result;
}

std::string SymbolOf(const OperationRecord& record) {
  const TradeTerms& terms = record.baseline.trade();
  return terms.has_position() ? terms.position().symbol() : terms.order().symbol();
}

// The deal that a receipt tells of, as far as it does: its time is that of the answer.
type::v1::Deal DealOf(const OperationRecord& record, const TradeReceipt& receipt, absl::Time now) {
  const TradeTerms& terms = record.baseline.trade();
  type::v1::Deal deal;
  deal.set_ticket(receipt.deal_ticket);
  deal.set_order_ticket(receipt.order_ticket);
  deal.set_volume(receipt.filled_volume.ToString());
  deal.set_price(PriceText(receipt.price, terms.digits()));
  // A position has the number of the order that opened it; which one a netting account traded is not known.
  if (terms.has_position()) {
    deal.set_position_ticket(terms.position().ticket());
  } else if (!terms.netting()) {
    deal.set_position_ticket(receipt.order_ticket);
  }
  *deal.mutable_time() = ToProto(now);
  return deal;
}

TradeResult ResultOf(const OperationRecord& record, const TradeReceipt& receipt, const type::v1::Deal& deal) {
  TradeResult result = ToTradeResult(record, {deal});
  if (receipt.state == Order::PARTIALLY_FILLED) result.set_state(Order::PARTIALLY_FILLED);
  const int digits = record.baseline.trade().digits();
  result.set_bid(PriceText(receipt.bid, digits));
  result.set_ask(PriceText(receipt.ask, digits));
  return result;
}

// Whether the receipt of a trade tells all that its caller is told. What was done to a netting account's
// position, or to two positions at once, only the deal tells.
bool TellsAll(const OperationRecord& record, const TradeReceipt& receipt) {
  return !record.baseline.trade().netting() && !record.command.has_close_position_by() &&
         receipt.order_ticket != 0 && !receipt.price.IsZero() && !receipt.filled_volume.IsZero();
}

}  // namespace

void OrderCommands::Send(const OperationRecord& record, absl::Time deadline, Done<OperationResult> done) {
  const auto self = shared_from_this();
  auto on_traded = [self, record, deadline](Done<OperationResult> done) -> Done<TradeReceipt> {
    return [self, record, deadline, done = std::move(done)](absl::StatusOr<TradeReceipt> receipt) mutable {
      self->OnTraded(record, receipt, deadline, std::move(done));
    };
  };
  auto on_changed = [self, record, deadline](Done<OperationResult> done) -> DoneStatus {
    return [self, record, deadline, done = std::move(done)](const absl::Status& status) mutable {
      self->OnChanged(record, status, deadline, std::move(done));
    };
  };
  switch (record.command.request_case()) {
    case Command::kPlaceOrder:
      return tools_.server.PlaceOrder(ToPlacement(record), deadline, on_traded(std::move(done)));
    case Command::kUpdateOrder:
      return tools_.server.ChangeOrder(ToOrderChange(record), deadline, on_changed(std::move(done)));
    case Command::kCancelOrder:
      return tools_.server.CancelOrder(ToCancellation(record), deadline, on_changed(std::move(done)));
    case Command::kUpdatePosition:
      return tools_.server.ChangeStops(ToStopsChange(record), deadline, on_changed(std::move(done)));
    case Command::kClosePosition:
      return tools_.server.ClosePosition(ToClosing(record), deadline, on_traded(std::move(done)));
    case Command::kClosePositionBy:
      return tools_.server.ClosePositionBy(ToPairing(record), deadline, on_traded(std::move(done)));
    default:
      done(WithOutcome(absl::InternalError("not a command that trades"), type::v1::NOT_SENT));
  }
}

// It is done, whatever the reading below brings: errors of it only leave things out.
void OrderCommands::OnTraded(const OperationRecord& record, const absl::StatusOr<TradeReceipt>& receipt,
                             absl::Time deadline, Done<OperationResult> done) {
  if (!receipt.ok()) return Explain(record, receipt.status(), deadline, std::move(done));
  if (receipt->deal_ticket == 0) {
    Order known;
    known.set_ticket(receipt->order_ticket);
    *known.mutable_create_time() = ToProto(tools_.clock.TimeNow());
    return tools_.server.GetOrder(
        record.login, known.ticket(), deadline,
        [record, known, done = std::move(done)](const absl::StatusOr<Order>& order) mutable {
          done(Wrap(ToTradeResult(record, order.ok() ? *order : known)));
        });
  }
  const type::v1::Deal told = DealOf(record, *receipt, tools_.clock.TimeNow());
  if (TellsAll(record, *receipt)) return done(Wrap(ResultOf(record, *receipt, told)));
  tools_.server.GetDeal(record.login, receipt->deal_ticket, deadline,
                        [self = shared_from_this(), record, receipt = *receipt, told, deadline,
                         done = std::move(done)](const absl::StatusOr<type::v1::Deal>& deal) mutable {
                          TradeResult result = ResultOf(record, receipt, deal.ok() ? *deal : told);
                          self->AddRest(record, std::move(result), deadline, std::move(done));
                        });
}

// What stays of a netting account's position after an order against it, or with it.
void OrderCommands::AddRest(const OperationRecord& record, TradeResult result, absl::Time deadline,
                            Done<OperationResult> done) {
  const bool is_new = result.position_ticket() == result.order_ticket();
  if (!record.command.has_place_order() || is_new || result.position_ticket() == 0) {
    return done(Wrap(std::move(result)));
  }
  const int64_t ticket = result.position_ticket();
  tools_.server.GetPosition(record.login, ticket, deadline,
                            [result = std::move(result), ticket,
                             done = std::move(done)](const absl::StatusOr<Position>& position) mutable {
                              if (position.ok()) {
                                result.set_remaining_volume(position->volume());
                                result.set_remaining_position_ticket(ticket);
                              } else if (GetErrorReason(position.status()) == type::v1::POSITION_NOT_FOUND) {
                                result.set_remaining_volume("0.00");
                              }
                              done(Wrap(std::move(result)));
                            });
}

void OrderCommands::OnChanged(const OperationRecord& record, const absl::Status& status, absl::Time deadline,
                              Done<OperationResult> done) {
  if (!status.ok()) return Explain(record, status, deadline, std::move(done));
  const TradeTerms& terms = record.baseline.trade();
  if (record.command.has_update_position()) {
    tools_.server.GetPosition(
        record.login, terms.position().ticket(), deadline,
        [position = terms.position(), done = std::move(done)](absl::StatusOr<Position> read) mutable {
          OperationResult result;
          *result.mutable_position() = read.ok() ? *std::move(read) : position;
          done(std::move(result));
        });
    return;
  }
  Order known = terms.order();
  if (record.command.has_cancel_order()) known.set_state(Order::CANCELLED);
  tools_.server.GetOrder(record.login, known.ticket(), deadline,
                         [known, done = std::move(done)](absl::StatusOr<Order> read) mutable {
                           OperationResult result;
                           *result.mutable_order() = read.ok() ? *std::move(read) : known;
                           done(std::move(result));
                         });
}

// Adds to a refusal what its reason is documented to tell.
void OrderCommands::Explain(const OperationRecord& record, const absl::Status& refusal, absl::Time deadline,
                            Done<OperationResult> done) {
  const std::optional<ErrorReason> reason = GetErrorReason(refusal);
  const TradeTerms& terms = record.baseline.trade();
  if (GetOutcome(refusal) != type::v1::REJECTED || !reason.has_value()) return done(refusal);
  const auto group = tools_.directory.GroupOf(record.login);
  switch (*reason) {
    case type::v1::INSUFFICIENT_FREE_MARGIN:
      return ExplainMargin(record, refusal, deadline, std::move(done));
    case type::v1::TRADE_DISABLED:
      // Whether the symbol is traded was looked at before.
      return done(GetMetadata(refusal).contains("for") ? refusal : WithMetadata(refusal, "for", "account"));
    case type::v1::POSITION_CLOSED:
    case type::v1::CLOSE_IN_PROGRESS:
      return done(WithMetadata(refusal, "ticket", absl::StrCat(terms.position().ticket())));
    case type::v1::VOLUME_EXCEEDS_POSITION:
      return done(WithMetadata(refusal, "volume", terms.position().volume()));
    case type::v1::INVALID_STOPS:
    case type::v1::TRADE_FROZEN:
    case type::v1::MARKET_CLOSED:
    case type::v1::VOLUME_LIMIT_REACHED:
      if (group.has_value()) break;
      [[fallthrough]];
    default:
      return done(refusal);
  }
  tools_.symbols.Find(
      SymbolOf(record), *group, deadline,
      [self = shared_from_this(), reason = *reason, refusal,
       done = std::move(done)](const absl::StatusOr<quotes::v1::Symbol>& symbol) mutable {
        if (!symbol.ok()) return done(refusal);
        if (reason == type::v1::INVALID_STOPS) {
          return done(
              WithMetadata(refusal, "stops_level_points", absl::StrCat(symbol->stops_level_points())));
        }
        if (reason == type::v1::TRADE_FROZEN) {
          return done(
              WithMetadata(refusal, "freeze_level_points", absl::StrCat(symbol->freeze_level_points())));
        }
        if (reason == type::v1::VOLUME_LIMIT_REACHED) {
          return done(WithMetadata(refusal, "limit", symbol->volume_limit()));
        }
        const auto told = GetMetadata(CheckSession(*symbol, self->tools_.clock.TimeNow()));
        const auto next = told.find("next_open_time");
        done(next == told.end() ? refusal : WithMetadata(refusal, "next_open_time", next->second));
      });
}

void OrderCommands::ExplainMargin(const OperationRecord& record, const absl::Status& refusal,
                                  absl::Time deadline, Done<OperationResult> done) {
  if (!record.command.has_place_order()) return done(refusal);
  CheckMargin(record, deadline,
              [refusal, done = std::move(done)](const absl::StatusOr<MarginAnswer>& margin) mutable {
                if (!margin.ok()) return done(refusal);
                const Decimal needed = ValueOf(margin->after.margin()) - ValueOf(margin->current.margin());
                done(WithMetadata(WithMetadata(refusal, "free_margin", margin->current.free_margin()),
                                  "margin", needed.ToString(MoneyDigits(margin->current.free_margin()))));
              });
}

}  // namespace mtsuite::connector
