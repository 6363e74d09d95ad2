#include "services/connector/mt5/calls/trade_reads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/connector/mt5/calls/account_reads.h"
#include "services/connector/mt5/calls/history_reader.h"
#include "services/connector/mt5/commands/balance_commands.h"
#include "services/connector/mt5/commands/order_commands.h"
#include "services/connector/mt5/commands/symbol_commands.h"
#include "services/connector/mt5/commands/tick_commands.h"

namespace mtsuite::connector::mt5 {

using orders::v1::Order;
using orders::v1::Position;

namespace {

constexpr auto kLane = ConnectionPool::Lane::kCommand;
constexpr int kNotFound = 13;

absl::Status OrderNotFound(int64_t login, int64_t ticket) {
  return MakeError(absl::StatusCode::kNotFound, type::v1::ORDER_NOT_FOUND,
                   absl::StrCat("account ", login, " has no order ", ticket))
      .With("login", login)
      .With("ticket", ticket);
}

absl::Status PositionNotFound(int64_t login, int64_t ticket) {
  return MakeError(absl::StatusCode::kNotFound, type::v1::POSITION_NOT_FOUND,
                   absl::StrCat("account ", login, " has no open position ", ticket))
      .With("login", login)
      .With("ticket", ticket);
}

bool IsNotFound(const absl::StatusOr<Answer>& answer) { return answer.ok() && answer->retcode == kNotFound; }

template <typename T>
void SortByTicket(std::vector<T>& items) {
  std::sort(items.begin(), items.end(), [](const T& a, const T& b) { return a.ticket() < b.ticket(); });
}

// Asks for one order; `missing` is called when there is none of this ticket.
void AskOrder(const CallContext& context, Request request, int64_t login, absl::Time deadline,
              Done<Order> done, absl::AnyInvocable<void(Done<Order>)> missing) {
  const CommandContext command = request.context;
  context.pool.Call(kLane, std::move(request), deadline,
                    [context, command, login, done = std::move(done),
                     missing = std::move(missing)](absl::StatusOr<Answer> answer) mutable {
                      if (IsNotFound(answer)) return missing(std::move(done));
                      absl::StatusOr<Order> order = ReadResult(
                          answer, command, [&](const Answer& a) { return ParseOrder(a, context.time); });
                      if (order.ok() && order->login() != login) return missing(std::move(done));
                      done(std::move(order));
                    });
}

// Runs `then` once the account's group is known, because records do not tell the currency.
template <typename T>
void WithGroup(const CallContext& context, int64_t login, absl::Time deadline, Done<T> done,
               absl::AnyInvocable<void(Done<T>)> then) {
  if (context.catalog.FindByAccount(login) != nullptr) return then(std::move(done));
  ReadAccount(context, login, deadline,
              [done = std::move(done),
               then = std::move(then)](const absl::StatusOr<accounts::v1::Account>& account) mutable {
                if (!account.ok()) return done(account.status());
                then(std::move(done));
              });
}

struct DoneOrders {
  using Item = Order;
  static constexpr int32_t kMaxPage = kMaxOrderPage;
  static Request Page(int64_t login, const ServerSpan& span, int64_t offset, int32_t count) {
    return GetDoneOrderPage(login, span, offset, count);
  }
  static absl::StatusOr<std::vector<Order>> Parse(const Answer& answer, const ServerTime& time) {
    return ParseOrders(answer, time);
  }
  static absl::Time TimeOf(const Order& order) {
    return absl::FromUnixSeconds(order.done_time().seconds()) + absl::Nanoseconds(order.done_time().nanos());
  }
};

absl::StatusOr<MarketQuote> QuoteOf(const Answer& answer, const ServerTime& time) {
  absl::StatusOr<TickList> list = ParseTicks(answer, time);
  if (!list.ok()) return list.status();
  if (list->ticks.empty()) return MarketQuote();
  const TickRecord& tick = list->ticks.front();
  return MarketQuote{tick.bid, tick.ask, tick.last, tick.time};
}

}  // namespace

void CompletePosition(const CallContext& context, Position& position) {
  const accounts::v1::Group* group = context.catalog.FindByAccount(position.login());
  if (group != nullptr) position.set_currency_code(group->currency_code());
}

void ReadOrder(const CallContext& context, int64_t login, int64_t ticket, absl::Time deadline,
               Done<Order> done) {
  // Orders move from the open ones to the history, so they are looked for in that order.
  AskOrder(context, GetOpenOrder(ticket), login, deadline, std::move(done),
           [context, login, ticket, deadline](Done<Order> done) {
             AskOrder(context, GetDoneOrder(ticket), login, deadline, std::move(done),
                      [context, login, ticket, deadline](Done<Order> done) {
                        // An account that does not exist is what to tell of first.
                        WithGroup<Order>(
                            context, login, deadline, std::move(done),
                            [login, ticket](Done<Order> done) { done(OrderNotFound(login, ticket)); });
                      });
           });
}

void ReadPosition(const CallContext& context, int64_t login, int64_t ticket, absl::Time deadline,
                  Done<Position> done) {
  WithGroup<Position>(
      context, login, deadline, std::move(done), [context, login, ticket, deadline](Done<Position> done) {
        Request request = GetPositionOf(login, ticket);
        const CommandContext command = request.context;
        context.pool.Call(
            kLane, std::move(request), deadline,
            [context, command, login, ticket, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
              if (IsNotFound(answer)) return done(PositionNotFound(login, ticket));
              absl::StatusOr<std::vector<Position>> positions = ReadResult(
                  answer, command, [&](const Answer& a) { return ParsePositions(a, context.time); });
              if (!positions.ok()) return done(positions.status());
              for (Position& position : *positions) {
                if (position.ticket() != ticket || position.login() != login) continue;
                CompletePosition(context, position);
                return done(std::move(position));
              }
              done(PositionNotFound(login, ticket));
            });
      });
}

void ReadDeal(const CallContext& context, int64_t login, int64_t ticket, absl::Time deadline,
              Done<type::v1::Deal> done) {
  Request request = GetDealOf(login, ticket);
  const CommandContext command = request.context;
  context.pool.Call(
      kLane, std::move(request), deadline,
      [context, command, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
        done(ReadResult(answer, command, [&](const Answer& a) { return ParseDeal(a, context.time); }));
      });
}

void ReadOrders(const CallContext& context, int64_t login, absl::Time deadline,
                Done<std::vector<Order>> done) {
  Request request = GetOpenOrders(std::vector<int64_t>{login});
  const CommandContext command = request.context;
  context.pool.Call(kLane, std::move(request), deadline,
                    [context, command, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
                      if (IsNotFound(answer)) return done(std::vector<Order>());
                      absl::StatusOr<std::vector<Order>> orders = ReadResult(
                          answer, command, [&](const Answer& a) { return ParseOrders(a, context.time); });
                      if (orders.ok()) SortByTicket(*orders);
                      done(std::move(orders));
                    });
}

void ReadPositions(const CallContext& context, int64_t login, absl::Time deadline,
                   Done<std::vector<Position>> done) {
  WithGroup<std::vector<Position>>(
      context, login, deadline, std::move(done),
      [context, login, deadline](Done<std::vector<Position>> done) {
        Request request = GetPositions(std::vector<int64_t>{login});
        const CommandContext command = request.context;
        context.pool.Call(kLane, std::move(request), deadline,
                          [context, command, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
                            if (IsNotFound(answer)) return done(std::vector<Position>());
                            absl::StatusOr<std::vector<Position>> positions =
                                ReadResult(answer, command,
                                           [&](const Answer& a) { return ParsePositions(a, context.time); });
                            if (!positions.ok()) return done(positions.status());
                            for (Position& position : *positions) CompletePosition(context, position);
                            SortByTicket(*positions);
                            done(std::move(positions));
                          });
      });
}

void ReadOrderHistory(const CallContext& context, const DealQuery& query, absl::Time deadline,
                      Done<OrderPage> done) {
  HistoryReader<DoneOrders>::Read(
      context, query, deadline,
      [done = std::move(done)](absl::StatusOr<std::pair<std::vector<Order>, bool>> read) mutable {
        if (!read.ok()) return done(read.status());
        done(OrderPage{std::move(read->first), read->second});
      });
}

void ReadSymbol(const CallContext& context, const std::string& symbol, const std::string& group,
                absl::Time deadline, Done<quotes::v1::Symbol> done) {
  Request request = GetSymbolOf(symbol, group);
  const CommandContext command = request.context;
  context.pool.Call(kLane, std::move(request), deadline,
                    [context, command, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
                      absl::StatusOr<SymbolRecord> record = ReadResult(answer, command, &ParseSymbol);
                      if (!record.ok()) return done(record.status());
                      done(FinishSymbol(*std::move(record), context.time));
                    });
}

void ReadQuote(const CallContext& context, const std::string& symbol, const std::string& group,
               absl::Time deadline, Done<MarketQuote> done) {
  Request request = GetTickOf(symbol, group);
  const CommandContext command = request.context;
  context.pool.Call(
      kLane, std::move(request), deadline,
      [context, command, symbol, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
        absl::StatusOr<MarketQuote> quote =
            ReadResult(answer, command, [&](const Answer& a) { return QuoteOf(a, context.time); });
        if (!quote.ok()) return done(quote.status());
        if (quote->bid.IsZero() && quote->ask.IsZero()) {
          return done(MakeError(absl::StatusCode::kFailedPrecondition, type::v1::OFF_QUOTES,
                                absl::StrCat("there is no price of ", symbol))
                          .With("symbol", symbol));
        }
        done(std::move(quote));
      });
}

void ReadMargin(const CallContext& context, const MarginQuery& query, absl::Time deadline,
                Done<MarginAnswer> done) {
  WithGroup<MarginAnswer>(
      context, query.login, deadline, std::move(done), [context, query, deadline](Done<MarginAnswer> done) {
        Request request = CheckOrderMargin(query);
        const CommandContext command = request.context;
        context.pool.Call(kLane, std::move(request), deadline,
                          [context, command, login = query.login, asked = context.clock.TimeNow(),
                           done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
                            const accounts::v1::Group* group = context.catalog.FindByAccount(login);
                            const std::string currency =
                                group == nullptr ? std::string() : group->currency_code();
                            done(ReadResult(answer, command, [&](const Answer& a) {
                              return ParseOrderMargin(a, {login, currency, asked});
                            }));
                          });
      });
}

}  // namespace mtsuite::connector::mt5
