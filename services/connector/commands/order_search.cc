// What a trade leaves behind on the trading server.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/connector/base/order_errors.h"
#include "services/connector/base/proto_time.h"
#include "services/connector/commands/order_commands.h"
#include "services/connector/journal/tag.h"

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;
using type::v1::Deal;
using Verdict = Evidence::Verdict;

namespace {

constexpr int32_t kPage = 1000;

Evidence Says(Verdict verdict) { return {verdict, {}, absl::OkStatus()}; }

Evidence Traded(orders::v1::TradeResult trade) {
  Evidence evidence{Verdict::kApplied, {}, absl::OkStatus()};
  *evidence.result.mutable_trade() = std::move(trade);
  return evidence;
}

Evidence Rejected(absl::Status why) { return {Verdict::kRejected, {}, std::move(why)}; }

bool IsMissing(const absl::Status& status) { return GetErrorReason(status) == type::v1::ACCOUNT_NOT_FOUND; }

absl::Status TooManyRecords(int64_t login) {
  return absl::ResourceExhaustedError(absl::StrCat("account ", login, " has too much history to search"));
}

// Whether the operation places an order that waits.
bool Waits(const OperationRecord& record) {
  return record.command.has_place_order() && record.baseline.trade().order().type() != type::v1::MARKET;
}

// An order of the history that carries the tag and has no deal.
Evidence OfDoneOrder(const OperationRecord& record, const Order& order) {
  const bool waited =
      record.command.has_place_order() && record.baseline.trade().order().type() != type::v1::MARKET;
  if (order.state() == Order::REJECTED || !waited) {
    return Rejected(MakeError(absl::StatusCode::kFailedPrecondition, type::v1::DEALER_REJECTED,
                              absl::StrCat("the trading server did not fill the order: ",
                                           Order::State_Name(order.state())))
                        .With("ticket", order.ticket())
                        .Outcome(type::v1::REJECTED));
  }
  // It was placed; what became of it later is another story.
  return Traded(ToTradeResult(record, order));
}

// What the deal of a position was, where the deal itself is not to be seen: without its ticket.
Deal OpeningDeal(const Position& position) {
  Deal deal;
  deal.set_order_ticket(position.ticket());
  deal.set_position_ticket(position.ticket());
  deal.set_volume(position.volume());
  deal.set_price(position.open_price());
  *deal.mutable_time() = position.open_time();
  return deal;
}

}  // namespace

void OrderCommands::Search(const OperationRecord& record, absl::Time deadline, Done<Evidence> done) {
  switch (record.command.request_case()) {
    case Command::kPlaceOrder:
    case Command::kClosePosition:
    case Command::kClosePositionBy:
      return SearchDeals(record, {}, deadline, std::move(done));
    case Command::kUpdateOrder:
      return SearchChangedOrder(record, deadline, std::move(done));
    case Command::kCancelOrder:
      return SearchCancelledOrder(record, deadline, std::move(done));
    case Command::kUpdatePosition:
      return SearchChangedPosition(record, deadline, std::move(done));
    default:
      done(absl::InternalError("not a command that trades"));
  }
}

DealQuery OrderCommands::TraceQuery(const OperationRecord& record, int64_t offset) const {
  DealQuery query;
  query.login = record.login;
  query.start = record.create_time - options_.search_margin;
  query.offset = offset;
  query.limit = kPage;
  return query;
}

void OrderCommands::SearchDeals(const OperationRecord& record, Trace trace, absl::Time deadline,
                                Done<Evidence> done) {
  if (trace.offset >= options_.search_records_max) return done(TooManyRecords(record.login));
  const DealQuery query = TraceQuery(record, trace.offset);
  tools_.server.ListDeals(
      query, deadline,
      [self = shared_from_this(), record, trace = std::move(trace), deadline,
       done = std::move(done)](const absl::StatusOr<DealPage>& page) mutable {
        // With the account its history went too.
        if (IsMissing(page.status())) return done(Says(Verdict::kNotFound));
        if (!page.ok()) return done(page.status());
        for (const Deal& deal : page->deals) {
          const bool trade = deal.type() == Deal::BUY || deal.type() == Deal::SELL;
          const bool ours = EndsWithTag(deal.comment(), record.tag) ||
                            (trace.order != 0 && deal.order_ticket() == trace.order);
          if (trade && ours) trace.found.push_back(deal);
        }
        if (!page->end_reached && !page->deals.empty()) {
          trace.offset += static_cast<int64_t>(page->deals.size());
          return self->SearchDeals(record, std::move(trace), deadline, std::move(done));
        }
        if (!trace.found.empty()) return self->OnDealsFound(record, trace.found, deadline, std::move(done));
        if (trace.position.has_value()) {
          return done(Traded(ToTradeResult(record, std::vector<Deal>{OpeningDeal(*trace.position)})));
        }
        if (trace.order != 0)
          return done(absl::UnavailableError("the order is filled, its deal not booked yet"));
        self->SearchOpenOrders(record, deadline, std::move(done));
      });
}

void OrderCommands::OnDealsFound(const OperationRecord& record, const std::vector<Deal>& deals,
                                 absl::Time deadline, Done<Evidence> done) {
  if (!Waits(record)) return done(Traded(ToTradeResult(record, deals)));
  // The operation placed an order; that it was filled since is another story.
  tools_.server.GetOrder(record.login, deals.front().order_ticket(), deadline,
                         [record, done = std::move(done)](const absl::StatusOr<Order>& order) mutable {
                           if (!order.ok()) return done(order.status());
                           done(Traded(ToTradeResult(record, *order)));
                         });
}

void OrderCommands::SearchOpenOrders(const OperationRecord& record, absl::Time deadline,
                                     Done<Evidence> done) {
  tools_.server.ListOrders(record.login, deadline,
                           [self = shared_from_this(), record, deadline, done = std::move(done)](
                               const absl::StatusOr<std::vector<Order>>& orders) mutable {
                             if (IsMissing(orders.status())) return done(Says(Verdict::kNotFound));
                             if (!orders.ok()) return done(orders.status());
                             for (const Order& order : *orders) {
                               if (!EndsWithTag(order.comment(), record.tag)) continue;
                               // A market order on its way: its deal comes, or its end.
                               if (!Waits(record) && order.state() == Order::ACCEPTED)
                                 return done(absl::UnavailableError("the order is still under way"));
                               return done(Traded(ToTradeResult(record, order)));
                             }
                             self->SearchDoneOrders(record, 0, deadline, std::move(done));
                           });
}

void OrderCommands::SearchDoneOrders(const OperationRecord& record, int64_t offset, absl::Time deadline,
                                     Done<Evidence> done) {
  if (offset >= options_.search_records_max) return done(TooManyRecords(record.login));
  tools_.server.ListOrderHistory(
      TraceQuery(record, offset), deadline,
      [self = shared_from_this(), record, offset, deadline,
       done = std::move(done)](const absl::StatusOr<OrderPage>& page) mutable {
        if (IsMissing(page.status())) return done(Says(Verdict::kNotFound));
        if (!page.ok()) return done(page.status());
        for (const Order& order : page->orders) {
          if (!EndsWithTag(order.comment(), record.tag)) continue;
          // Its deal was booked while we looked, or a dealer has changed the deal's comment.
          const bool filled = order.state() == Order::FILLED || order.state() == Order::PARTIALLY_FILLED;
          if (filled && !Waits(record))
            return self->SearchDeals(record, {0, {}, order.ticket(), std::nullopt}, deadline,
                                     std::move(done));
          return done(OfDoneOrder(record, order));
        }
        if (!page->end_reached && !page->orders.empty()) {
          return self->SearchDoneOrders(record, offset + static_cast<int64_t>(page->orders.size()), deadline,
                                        std::move(done));
        }
        self->SearchPositions(record, deadline, std::move(done));
      });
}

void OrderCommands::SearchPositions(const OperationRecord& record, absl::Time deadline, Done<Evidence> done) {
  // A closing leaves its tag on deals and orders only.
  if (!record.command.has_place_order()) return done(Says(Verdict::kNotFound));
  tools_.server.ListPositions(
      record.login, deadline,
      [self = shared_from_this(), record, deadline,
       done = std::move(done)](const absl::StatusOr<std::vector<Position>>& positions) mutable {
        if (IsMissing(positions.status())) return done(Says(Verdict::kNotFound));
        if (!positions.ok()) return done(positions.status());
        for (const Position& position : *positions) {
          if (!EndsWithTag(position.comment(), record.tag)) continue;
          // Its deal was booked while we looked, or somebody has deleted it.
          return self->SearchDeals(record, {0, {}, position.ticket(), position}, deadline, std::move(done));
        }
        done(Says(Verdict::kNotFound));
      });
}

void OrderCommands::SearchChangedOrder(const OperationRecord& record, absl::Time deadline,
                                       Done<Evidence> done) {
  tools_.server.GetOrder(record.login, record.command.update_order().order().ticket(), deadline,
                         [record, done = std::move(done)](const absl::StatusOr<Order>& order) mutable {
                           const bool gone = IsMissing(order.status()) ||
                                             GetErrorReason(order.status()) == type::v1::ORDER_NOT_FOUND;
                           if (gone) return done(Says(Verdict::kNotFound));
                           if (!order.ok()) return done(order.status());
                           if (!HasTerms(record, *order)) return done(Says(Verdict::kNotFound));
                           Evidence evidence{Verdict::kApplied, {}, absl::OkStatus()};
                           *evidence.result.mutable_order() = *order;
                           done(std::move(evidence));
                         });
}

void OrderCommands::SearchCancelledOrder(const OperationRecord& record, absl::Time deadline,
                                         Done<Evidence> done) {
  tools_.server.GetOrder(record.login, record.command.cancel_order().ticket(), deadline,
                         [done = std::move(done)](const absl::StatusOr<Order>& order) mutable {
                           const bool gone = IsMissing(order.status()) ||
                                             GetErrorReason(order.status()) == type::v1::ORDER_NOT_FOUND;
                           if (gone) return done(Says(Verdict::kNotFound));
                           if (!order.ok()) return done(order.status());
                           if (!order->has_done_time()) return done(Says(Verdict::kNotFound));
                           if (order->state() != Order::CANCELLED) {
                             return done(Rejected(order_errors::OrderIsDone(*order)));
                           }
                           Evidence evidence{Verdict::kApplied, {}, absl::OkStatus()};
                           *evidence.result.mutable_order() = *order;
                           done(std::move(evidence));
                         });
}

void OrderCommands::SearchChangedPosition(const OperationRecord& record, absl::Time deadline,
                                          Done<Evidence> done) {
  tools_.server.GetPosition(
      record.login, record.command.update_position().position().ticket(), deadline,
      [record, done = std::move(done)](const absl::StatusOr<Position>& position) mutable {
        const bool gone =
            IsMissing(position.status()) || GetErrorReason(position.status()) == type::v1::POSITION_NOT_FOUND;
        if (gone) return done(Says(Verdict::kNotFound));
        if (!position.ok()) return done(position.status());
        if (!HasTerms(record, *position)) return done(Says(Verdict::kNotFound));
        Evidence evidence{Verdict::kApplied, {}, absl::OkStatus()};
        *evidence.result.mutable_position() = *position;
        done(std::move(evidence));
      });
}

}  // namespace mtsuite::connector
