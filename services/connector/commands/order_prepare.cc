// What is checked, and noted for later, before a trade is sent.
#include <utility>

#include "common/status/error.h"
#include "services/connector/base/order_errors.h"
#include "services/connector/base/trade_errors.h"
#include "services/connector/commands/order_checks.h"
#include "services/connector/commands/order_commands.h"

namespace mtsuite::connector {

using accounts::v1::Account;
using accounts::v1::Group;
using orders::v1::Order;
using orders::v1::Position;

namespace {

// A feed that was silent for longer may have stopped.
constexpr absl::Duration kLiveFeed = absl::Seconds(5);

bool IsDone(Order::State state) {
  return state != Order::ACCEPTED && state != Order::PLACED && state != Order::PARTIALLY_FILLED;
}

// What goes wrong while reading happens before sending. That there is no such thing is a refusal.
absl::Status BeforeSending(const absl::Status& status) {
  const bool refused =
      GetOutcome(status) == type::v1::REJECTED || status.code() == absl::StatusCode::kNotFound;
  return WithOutcome(status, refused ? type::v1::REJECTED : type::v1::NOT_SENT);
}

void Conclude(const OperationRecord& record, const absl::StatusOr<TradeTerms>& terms,
              Done<Preparation> done) {
  if (!terms.ok()) return done(terms.status());
  Preparation preparation{record.login, {}};
  *preparation.baseline.mutable_trade() = *terms;
  done(std::move(preparation));
}

}  // namespace

void OrderCommands::Prepare(const OperationRecord& record, absl::Time deadline, Done<Preparation> done) {
  switch (record.command.request_case()) {
    case Command::kPlaceOrder:
      return PreparePlacement(record, deadline, std::move(done));
    case Command::kUpdateOrder:
      return PrepareOrderChange(record, deadline, std::move(done));
    case Command::kCancelOrder:
      return PrepareCancellation(record, deadline, std::move(done));
    case Command::kUpdatePosition:
      return PrepareStopsChange(record, deadline, std::move(done));
    case Command::kClosePosition:
      return PrepareClosing(record, deadline, std::move(done));
    case Command::kClosePositionBy:
      return PreparePairing(record, deadline, std::move(done));
    default:
      done(absl::InternalError("not a command that trades"));
  }
}

// The account's group, then the symbol as that group has it, then the price.
void OrderCommands::ReadMarket(int64_t login, const std::string& symbol, PriceUse use, absl::Time deadline,
                               Done<TradeMarket> done) {
  if (const auto group = tools_.directory.GroupOf(login); group.has_value()) {
    return ReadTerms(*group, symbol, use, deadline, std::move(done));
  }
  tools_.server.GetAccount(login, deadline,
                           [self = shared_from_this(), symbol, use, deadline,
                            done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
                             if (!account.ok()) return done(BeforeSending(account.status()));
                             self->ReadTerms(account->group(), symbol, use, deadline, std::move(done));
                           });
}

void OrderCommands::ReadTerms(const std::string& group, const std::string& symbol, PriceUse use,
                              absl::Time deadline, Done<TradeMarket> done) {
  tools_.groups.Find(group, deadline,
                     [self = shared_from_this(), symbol, use, deadline,
                      done = std::move(done)](const absl::StatusOr<Group>& found) mutable {
                       if (!found.ok()) return done(found.status());
                       TradeMarket market;
                       market.group = found->name();
                       market.netting = found->position_mode() == Group::NETTING;
                       self->tools_.symbols.Find(
                           symbol, found->name(), deadline,
                           [self, market = std::move(market), use, deadline,
                            done = std::move(done)](absl::StatusOr<quotes::v1::Symbol> terms) mutable {
                             if (!terms.ok()) return done(terms.status());
                             market.symbol = *std::move(terms);
                             self->ReadQuote(std::move(market), use, deadline, std::move(done));
                           });
                     });
}

void OrderCommands::ReadQuote(TradeMarket market, PriceUse use, absl::Time deadline, Done<TradeMarket> done) {
  if (use == PriceUse::kFill && !IsInstant(market.symbol) &&
      tools_.ticks.feed_age().value_or(absl::InfiniteDuration()) < kLiveFeed) {
    market.quote = tools_.ticks.Last(market.symbol.name());
    market.now = tools_.clock.TimeNow();
    if (market.quote.has_value()) return done(std::move(market));
  }
  const std::string symbol = market.symbol.name();
  const std::string group = market.group;
  tools_.server.GetQuote(symbol, group, deadline,
                         [self = shared_from_this(), market = std::move(market),
                          done = std::move(done)](const absl::StatusOr<MarketQuote>& quote) mutable {
                           if (!quote.ok() && GetErrorReason(quote.status()) != type::v1::OFF_QUOTES) {
                             return done(BeforeSending(quote.status()));
                           }
                           if (quote.ok()) market.quote = *quote;
                           market.now = self->tools_.clock.TimeNow();
                           done(std::move(market));
                         });
}

void OrderCommands::ReadOpenOrder(int64_t login, int64_t ticket, absl::Time deadline, Done<Order> done) {
  tools_.server.GetOrder(login, ticket, deadline,
                         [done = std::move(done)](absl::StatusOr<Order> order) mutable {
                           if (!order.ok()) return done(BeforeSending(order.status()));
                           const bool is_done = IsDone(order->state()) || order->has_done_time();
                           if (is_done) return done(order_errors::OrderIsDone(*order));
                           done(std::move(order));
                         });
}

void OrderCommands::ReadOpenPosition(int64_t login, int64_t ticket, absl::Time deadline,
                                     Done<Position> done) {
  tools_.server.GetPosition(
      login, ticket, deadline,
      [self = shared_from_this(), login, ticket, deadline,
       done = std::move(done)](absl::StatusOr<Position> position) mutable {
        if (GetErrorReason(position.status()) != type::v1::POSITION_NOT_FOUND) {
          if (!position.ok()) return done(BeforeSending(position.status()));
          return done(std::move(position));
        }
        // A position has the number of the order that opened it.
        self->tools_.server.GetOrder(
            login, ticket, deadline,
            [ticket, done = std::move(done)](const absl::StatusOr<Order>& opening) mutable {
              if (opening.ok()) return done(order_errors::PositionClosed(ticket));
              const bool unknown = GetErrorReason(opening.status()) == type::v1::ORDER_NOT_FOUND;
              done(unknown ? order_errors::PositionNotFound(ticket) : BeforeSending(opening.status()));
            });
      });
}

void OrderCommands::PreparePlacement(const OperationRecord& record, absl::Time deadline,
                                     Done<Preparation> done) {
  const v1::PlaceOrderRequest& request = record.command.place_order();
  const Order& order = request.order();
  const bool any_price = order.type() == type::v1::MARKET && order.price().empty() &&
                         !request.has_max_deviation_points() && order.stop_loss().empty() &&
                         order.take_profit().empty();
  ReadMarket(record.login, order.symbol(), any_price ? PriceUse::kFill : PriceUse::kMeasure, deadline,
             [record, done = std::move(done)](const absl::StatusOr<TradeMarket>& market) mutable {
               if (!market.ok()) return done(market.status());
               Conclude(record, PlacementTerms(record.command.place_order(), *market), std::move(done));
             });
}

void OrderCommands::PrepareOrderChange(const OperationRecord& record, absl::Time deadline,
                                       Done<Preparation> done) {
  ReadOpenOrder(record.login, record.command.update_order().order().ticket(), deadline,
                [self = shared_from_this(), record, deadline,
                 done = std::move(done)](const absl::StatusOr<Order>& order) mutable {
                  if (!order.ok()) return done(order.status());
                  self->ReadMarket(
                      record.login, order->symbol(), PriceUse::kMeasure, deadline,
                      [record, order = *order,
                       done = std::move(done)](const absl::StatusOr<TradeMarket>& market) mutable {
                        if (!market.ok()) return done(market.status());
                        Conclude(record, OrderChangeTerms(record.command.update_order(), order, *market),
                                 std::move(done));
                      });
                });
}

void OrderCommands::PrepareCancellation(const OperationRecord& record, absl::Time deadline,
                                        Done<Preparation> done) {
  ReadOpenOrder(record.login, record.command.cancel_order().ticket(), deadline,
                [record, done = std::move(done)](const absl::StatusOr<Order>& order) mutable {
                  if (!order.ok()) return done(order.status());
                  TradeTerms terms;
                  *terms.mutable_order() = *order;
                  Conclude(record, terms, std::move(done));
                });
}

void OrderCommands::PrepareStopsChange(const OperationRecord& record, absl::Time deadline,
                                       Done<Preparation> done) {
  ReadOpenPosition(record.login, record.command.update_position().position().ticket(), deadline,
                   [self = shared_from_this(), record, deadline,
                    done = std::move(done)](const absl::StatusOr<Position>& position) mutable {
                     if (!position.ok()) return done(position.status());
                     self->ReadMarket(
                         record.login, position->symbol(), PriceUse::kMeasure, deadline,
                         [record, position = *position,
                          done = std::move(done)](const absl::StatusOr<TradeMarket>& market) mutable {
                           if (!market.ok()) return done(market.status());
                           Conclude(record,
                                    StopsChangeTerms(record.command.update_position(), position, *market),
                                    std::move(done));
                         });
                   });
}

void OrderCommands::PrepareClosing(const OperationRecord& record, absl::Time deadline,
                                   Done<Preparation> done) {
  ReadOpenPosition(record.login, record.command.close_position().ticket(), deadline,
                   [self = shared_from_this(), record, deadline,
                    done = std::move(done)](const absl::StatusOr<Position>& position) mutable {
                     if (!position.ok()) return done(position.status());
                     const v1::ClosePositionRequest& request = record.command.close_position();
                     const bool any_price = request.price().empty() && !request.has_max_deviation_points();
                     self->ReadMarket(
                         record.login, position->symbol(), any_price ? PriceUse::kFill : PriceUse::kMeasure,
                         deadline,
                         [record, position = *position,
                          done = std::move(done)](const absl::StatusOr<TradeMarket>& market) mutable {
                           if (!market.ok()) return done(market.status());
                           Conclude(record, ClosingTerms(record.command.close_position(), position, *market),
                                    std::move(done));
                         });
                   });
}

void OrderCommands::PreparePairing(const OperationRecord& record, absl::Time deadline,
                                   Done<Preparation> done) {
  const auto& request = record.command.close_position_by();
  ReadOpenPosition(record.login, request.ticket(), deadline,
                   [self = shared_from_this(), record, deadline,
                    done = std::move(done)](const absl::StatusOr<Position>& position) mutable {
                     if (!position.ok()) return done(position.status());
                     const int64_t opposite = record.command.close_position_by().opposite_ticket();
                     self->ReadOpenPosition(
                         record.login, opposite, deadline,
                         [self, record, deadline, position = *position,
                          done = std::move(done)](const absl::StatusOr<Position>& opposite) mutable {
                           if (!opposite.ok()) return done(opposite.status());
                           self->ReadMarket(record.login, position.symbol(), PriceUse::kFill, deadline,
                                            [record, position, opposite = *opposite, done = std::move(done)](
                                                const absl::StatusOr<TradeMarket>& market) mutable {
                                              if (!market.ok()) return done(market.status());
                                              absl::Status status = CheckPairing(position, opposite, *market);
                                              if (!status.ok()) return done(std::move(status));
                                              TradeTerms terms;
                                              terms.set_digits(market->symbol.digits());
                                              *terms.mutable_position() = position;
                                              Conclude(record, terms, std::move(done));
                                            });
                         });
                   });
}

void OrderCommands::CheckTrade(const OperationRecord& record, bool check_margin, absl::Time deadline,
                               DoneStatus done) {
  const bool places = record.command.has_place_order();
  const TradeTerms& terms = record.baseline.trade();
  // Cancelling needs no open market.
  if (record.command.has_cancel_order()) return done(absl::OkStatus());
  const std::string symbol = terms.has_position() ? terms.position().symbol() : terms.order().symbol();
  tools_.server.GetAccount(
      record.login, deadline,
      [self = shared_from_this(), record, places, check_margin, symbol, deadline,
       done = std::move(done)](const absl::StatusOr<Account>& account) mutable {
        if (!account.ok()) return done(BeforeSending(account.status()));
        // An account that may not trade can still close what it has.
        const accounts::v1::Rights& rights = account->rights();
        const bool disabled = (rights.has_enabled() && !rights.enabled()) || rights.read_only();
        if (places && disabled) {
          return done(order_errors::TradeDisabled("account", "the account may not trade"));
        }
        self->tools_.symbols.Find(
            symbol, account->group(), deadline,
            [self, record, places, check_margin, deadline,
             done = std::move(done)](const absl::StatusOr<quotes::v1::Symbol>& found) mutable {
              if (!found.ok()) return done(found.status());
              absl::Status closed = CheckSession(*found, self->tools_.clock.TimeNow());
              const bool market_order = places && record.baseline.trade().order().type() == type::v1::MARKET;
              // Orders that wait are margined by rates that the platform does not tell.
              if (!closed.ok() || !market_order || !check_margin) return done(std::move(closed));
              self->CheckMargin(
                  record, deadline,
                  [done = std::move(done)](const absl::StatusOr<MarginAnswer>& margin) mutable {
                    if (!margin.ok()) return done(BeforeSending(margin.status()));
                    const auto value = [](const std::string& text) {
                      return Decimal::ParseWire(text).value_or(Decimal());
                    };
                    const Decimal needed = value(margin->after.margin()) - value(margin->current.margin());
                    const bool enough = needed.sign() <= 0 || value(margin->after.free_margin()).sign() >= 0;
                    done(enough ? absl::OkStatus()
                                : order_errors::InsufficientMargin(
                                      needed.ToString(MoneyDigits(margin->current.free_margin())),
                                      margin->current.free_margin(), margin->current.currency_code()));
                  });
            });
      });
}

void OrderCommands::CheckMargin(const OperationRecord& record, absl::Time deadline, Done<MarginAnswer> done) {
  const OrderPlacement placement = ToPlacement(record);
  tools_.server.CheckMargin(
      {placement.login, placement.symbol, placement.side, placement.type, placement.volume, placement.price},
      deadline, std::move(done));
}

}  // namespace mtsuite::connector
