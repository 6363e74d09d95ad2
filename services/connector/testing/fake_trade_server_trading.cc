// The trading part of the fake server.
#include <utility>

#include "services/connector/testing/fake_trade_server_calls.h"

namespace mtsuite::connector {

using orders::v1::Order;
using orders::v1::Position;

namespace {

// Of a list of one account.
template <typename T>
absl::StatusOr<T> IfThere(const FakeWorld& world, int64_t login, T list) {
  if (absl::Status status = world.CheckAccount(login); !status.ok()) return status;
  return list;
}

}  // namespace

void FakeTradeServer::MutateStatus(std::function<absl::Status(FakeWorld&)> command, absl::Time deadline,
                                   DoneStatus done) {
  Mutate<bool>(
      [command = std::move(command)](FakeWorld& world) -> absl::StatusOr<bool> {
        if (absl::Status status = command(world); !status.ok()) return status;
        return true;
      },
      deadline, [done = std::move(done)](absl::StatusOr<bool> result) mutable { done(result.status()); });
}

void FakeTradeServer::GetOrder(int64_t login, int64_t ticket, absl::Time, Done<Order> done) {
  Read<Order>([=](const FakeWorld& world) { return world.trading().GetOrder(login, ticket); },
              std::move(done));
}

void FakeTradeServer::GetPosition(int64_t login, int64_t ticket, absl::Time, Done<Position> done) {
  Read<Position>([=](const FakeWorld& world) { return world.trading().GetPosition(login, ticket); },
                 std::move(done));
}

void FakeTradeServer::GetDeal(int64_t login, int64_t ticket, absl::Time, Done<type::v1::Deal> done) {
  Read<type::v1::Deal>([=](const FakeWorld& world) { return world.trading().GetDeal(login, ticket); },
                       std::move(done));
}

void FakeTradeServer::ListOrders(int64_t login, absl::Time, Done<std::vector<Order>> done) {
  Read<std::vector<Order>>(
      [login](const FakeWorld& world) { return IfThere(world, login, world.trading().Orders(login)); },
      std::move(done));
}

void FakeTradeServer::ListPositions(int64_t login, absl::Time, Done<std::vector<Position>> done) {
  Read<std::vector<Position>>(
      [login](const FakeWorld& world) { return IfThere(world, login, world.trading().Positions(login)); },
      std::move(done));
}

void FakeTradeServer::ListOrderHistory(const DealQuery& query, absl::Time, Done<OrderPage> done) {
  Read<OrderPage>(
      [query, concealed = Conceals()](const FakeWorld& world) {
        return IfThere(world, query.login, concealed ? OrderPage{{}, true} : world.trading().History(query));
      },
      std::move(done));
}

void FakeTradeServer::GetSymbol(const std::string& symbol, const std::string&, absl::Time,
                                Done<quotes::v1::Symbol> done) {
  Read<quotes::v1::Symbol>(
      [symbol](const FakeWorld&) -> absl::StatusOr<quotes::v1::Symbol> {
        if (symbol == FakeTrading::Symbol().name()) return FakeTrading::Symbol();
        return MakeError(absl::StatusCode::kNotFound, type::v1::SYMBOL_NOT_FOUND, "no such symbol")
            .With("symbol", symbol);
      },
      std::move(done));
}

void FakeTradeServer::GetQuote(const std::string& symbol, const std::string&, absl::Time,
                               Done<MarketQuote> done) {
  Read<MarketQuote>([symbol](const FakeWorld& world) { return world.trading().Quote(symbol); },
                    std::move(done));
}

// A lot takes 1000 of margin.
void FakeTradeServer::CheckMargin(const MarginQuery& query, absl::Time, Done<MarginAnswer> done) {
  Read<MarginAnswer>(
      [query](const FakeWorld& world) -> absl::StatusOr<MarginAnswer> {
        absl::StatusOr<accounts::v1::TradeState> current = world.TradeState(query.login);
        if (!current.ok()) return current.status();
        MarginAnswer answer{*current, *current};
        const Decimal margin = query.volume * Decimal::FromInteger(1000);
        const auto value = [](const std::string& text) { return Decimal::ParseWire(text).value(); };
        answer.after.set_margin((value(current->margin()) + margin).ToString());
        answer.after.set_free_margin((value(current->free_margin()) - margin).ToString());
        return answer;
      },
      std::move(done));
}

void FakeTradeServer::PlaceOrder(const OrderPlacement& order, absl::Time deadline, Done<TradeReceipt> done) {
  Mutate<TradeReceipt>(
      [order](FakeWorld& world) -> absl::StatusOr<TradeReceipt> {
        if (absl::Status status = world.CheckAccount(order.login); !status.ok()) return status;
        return world.trading().Place(order);
      },
      deadline, std::move(done));
}

void FakeTradeServer::ChangeOrder(const OrderChange& change, absl::Time deadline, DoneStatus done) {
  MutateStatus([change](FakeWorld& world) { return world.trading().Change(change); }, deadline,
               std::move(done));
}

void FakeTradeServer::CancelOrder(const OrderCancellation& order, absl::Time deadline, DoneStatus done) {
  MutateStatus([order](FakeWorld& world) { return world.trading().Cancel(order); }, deadline,
               std::move(done));
}

void FakeTradeServer::ChangeStops(const StopsChange& change, absl::Time deadline, DoneStatus done) {
  MutateStatus([change](FakeWorld& world) { return world.trading().ChangeStops(change); }, deadline,
               std::move(done));
}

void FakeTradeServer::ClosePosition(const PositionClosing& closing, absl::Time deadline,
                                    Done<TradeReceipt> done) {
  Mutate<TradeReceipt>([closing](FakeWorld& world) { return world.trading().Close(closing); }, deadline,
                       std::move(done));
}

void FakeTradeServer::ClosePositionBy(const PositionPairing& pair, absl::Time deadline,
                                      Done<TradeReceipt> done) {
  Mutate<TradeReceipt>([pair](FakeWorld& world) { return world.trading().CloseBy(pair); }, deadline,
                       std::move(done));
}

}  // namespace mtsuite::connector
