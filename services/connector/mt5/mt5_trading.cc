// The trading part of the server; see mt5_web_api_server.cc for the rest.
#include <utility>

#include "services/connector/mt5/calls/trade_calls.h"
#include "services/connector/mt5/calls/trade_reads.h"
#include "services/connector/mt5/mt5_web_api_server.h"
#include "services/connector/mt5/mt5_web_api_server_run.h"

namespace mtsuite::connector::mt5 {

namespace {

// Has the poller look for what the trade brought as soon as it is known to be done.
template <typename DoneType>
DoneType ThenHurry(Poller& poller, DoneType done) {
  return [&poller, done = std::move(done)](auto result) mutable {
    if (result.ok()) poller.Hurry();
    done(std::move(result));
  };
}

}  // namespace

void Mt5WebApiServer::GetOrder(int64_t login, int64_t ticket, absl::Time deadline,
                               Done<orders::v1::Order> done) {
  Run(false, std::move(done), [this, login, ticket, deadline](Done<orders::v1::Order> counted) {
    ReadOrder(calls_, login, ticket, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::GetPosition(int64_t login, int64_t ticket, absl::Time deadline,
                                  Done<orders::v1::Position> done) {
  Run(false, std::move(done), [this, login, ticket, deadline](Done<orders::v1::Position> counted) {
    ReadPosition(calls_, login, ticket, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::GetDeal(int64_t login, int64_t ticket, absl::Time deadline, Done<type::v1::Deal> done) {
  Run(false, std::move(done), [this, login, ticket, deadline](Done<type::v1::Deal> counted) {
    ReadDeal(calls_, login, ticket, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::ListOrders(int64_t login, absl::Time deadline,
                                 Done<std::vector<orders::v1::Order>> done) {
  Run(false, std::move(done), [this, login, deadline](Done<std::vector<orders::v1::Order>> counted) {
    ReadOrders(calls_, login, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::ListPositions(int64_t login, absl::Time deadline,
                                    Done<std::vector<orders::v1::Position>> done) {
  Run(false, std::move(done), [this, login, deadline](Done<std::vector<orders::v1::Position>> counted) {
    ReadPositions(calls_, login, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::ListOrderHistory(const DealQuery& query, absl::Time deadline, Done<OrderPage> done) {
  Run(false, std::move(done), [this, query, deadline](Done<OrderPage> counted) {
    ReadOrderHistory(calls_, query, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::GetSymbol(const std::string& symbol, const std::string& group, absl::Time deadline,
                                Done<quotes::v1::Symbol> done) {
  Run(false, std::move(done), [this, symbol, group, deadline](Done<quotes::v1::Symbol> counted) {
    ReadSymbol(calls_, symbol, group, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::GetQuote(const std::string& symbol, const std::string& group, absl::Time deadline,
                               Done<MarketQuote> done) {
  Run(false, std::move(done), [this, symbol, group, deadline](Done<MarketQuote> counted) {
    ReadQuote(calls_, symbol, group, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::CheckMargin(const MarginQuery& query, absl::Time deadline, Done<MarginAnswer> done) {
  Run(false, std::move(done), [this, query, deadline](Done<MarginAnswer> counted) {
    ReadMargin(calls_, query, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::PlaceOrder(const OrderPlacement& order, absl::Time deadline, Done<TradeReceipt> done) {
  Run(true, std::move(done), [this, order, deadline](Done<TradeReceipt> counted) {
    Place(calls_, order, deadline, ThenHurry(poller_, std::move(counted)));
  });
}

void Mt5WebApiServer::ChangeOrder(const OrderChange& change, absl::Time deadline, DoneStatus done) {
  Run(true, std::move(done), [this, change, deadline](DoneStatus counted) {
    Change(calls_, change, deadline, ThenHurry(poller_, std::move(counted)));
  });
}

void Mt5WebApiServer::CancelOrder(const OrderCancellation& order, absl::Time deadline, DoneStatus done) {
  Run(true, std::move(done), [this, order, deadline](DoneStatus counted) {
    Cancel(calls_, order, deadline, ThenHurry(poller_, std::move(counted)));
  });
}

void Mt5WebApiServer::ChangeStops(const StopsChange& change, absl::Time deadline, DoneStatus done) {
  Run(true, std::move(done), [this, change, deadline](DoneStatus counted) {
    ChangeStopsOf(calls_, change, deadline, ThenHurry(poller_, std::move(counted)));
  });
}

void Mt5WebApiServer::ClosePosition(const PositionClosing& closing, absl::Time deadline,
                                    Done<TradeReceipt> done) {
  Run(true, std::move(done), [this, closing, deadline](Done<TradeReceipt> counted) {
    Close(calls_, closing, deadline, ThenHurry(poller_, std::move(counted)));
  });
}

void Mt5WebApiServer::ClosePositionBy(const PositionPairing& pair, absl::Time deadline,
                                      Done<TradeReceipt> done) {
  Run(true, std::move(done), [this, pair, deadline](Done<TradeReceipt> counted) {
    CloseBy(calls_, pair, deadline, ThenHurry(poller_, std::move(counted)));
  });
}

}  // namespace mtsuite::connector::mt5
