#include "services/orders/order_service.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "services/orders/order_service_fixture.h"

namespace mtsuite::orders {
namespace {

using mtsuite::testing::HasMetadata;
using mtsuite::testing::HasOutcome;
using mtsuite::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using Stub = v1::OrderService::StubInterface;

TEST_F(OrderServiceTest, AnOrderGoesToTheConnectorAsItIs) {
  connector::v1::PlaceOrderRequest sent;
  connector_.trading.on_place = [&](const auto& request) {
    sent = request;
    v1::TradeResult result;
    result.set_position_ticket(77);
    return result;
  };
  v1::PlaceOrderRequest request = Buy();
  request.set_operation_id("order-4711");
  request.set_max_deviation_points(20);
  const auto outcome = Call(&Stub::PlaceOrder, request);
  ASSERT_OK(outcome.status);
  EXPECT_EQ(outcome.response.position_ticket(), 77);
  EXPECT_EQ(outcome.operation_id, "order-4711");
  EXPECT_EQ(sent.operation_id(), "order-4711");
  EXPECT_EQ(sent.login(), 1000);
  EXPECT_EQ(sent.max_deviation_points(), 20);
  EXPECT_EQ(sent.order().volume(), "0.10");
  EXPECT_THAT(Call(&Stub::PlaceOrder, Buy()).operation_id, MatchesRegex("[0-9a-f-]{36}"));
}

TEST_F(OrderServiceTest, BadInputIsRejectedBeforeTheConnectorHearsOfIt) {
  const auto outcome = Call(&Stub::PlaceOrder, Buy("-1"));
  EXPECT_THAT(outcome.status, HasReason(type::v1::FIELD_INVALID));
  EXPECT_THAT(outcome.status, HasOutcome(type::v1::REJECTED));
  v1::PlaceOrderRequest waiting = Buy();
  waiting.mutable_order()->set_type(type::v1::LIMIT);
  waiting.mutable_order()->set_price("1.1");
  waiting.set_max_deviation_points(3);
  EXPECT_THAT(Call(&Stub::PlaceOrder, waiting).status, HasReason(type::v1::FIELD_INVALID));
}

TEST_F(OrderServiceTest, AKeyDoesOnlyWhatItMay) {
  EXPECT_THAT(Call(&Stub::PlaceOrder, Buy(), "reader").status, HasReason(type::v1::SCOPE_MISSING));
  EXPECT_THAT(Call(&Stub::PlaceOrder, Buy(), "elsewhere").status, HasReason(type::v1::SERVER_NOT_ALLOWED));
  EXPECT_THAT(Call(&Stub::ListOrders, About<v1::ListOrdersRequest>(), "elsewhere").status,
              HasReason(type::v1::SERVER_NOT_ALLOWED));
}

TEST_F(OrderServiceTest, TheConnectorsErrorIsPassedOn) {
  connector_.trading.on_place = [](const auto&) -> absl::StatusOr<v1::TradeResult> {
    return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::MARKET_CLOSED, "closed")
        .With("next_open_time", "2026-03-02T00:05:00Z")
        .Outcome(type::v1::REJECTED);
  };
  const auto outcome = Call(&Stub::PlaceOrder, Buy());
  EXPECT_THAT(outcome.status, HasReason(type::v1::MARKET_CLOSED));
  EXPECT_THAT(outcome.status, HasMetadata("next_open_time", "2026-03-02T00:05:00Z"));
  EXPECT_THAT(outcome.status, HasOutcome(type::v1::REJECTED));
}

TEST_F(OrderServiceTest, AConnectorThatBreaksOffLeavesTheOutcomeOpen) {
  connector_.trading.on_place = [](const auto&) -> absl::StatusOr<v1::TradeResult> {
    return absl::UnavailableError("connection reset");
  };
  const auto outcome = Call(&Stub::PlaceOrder, Buy());
  EXPECT_THAT(outcome.status, HasReason(type::v1::OPERATION_UNCONFIRMED));
  EXPECT_THAT(outcome.status, HasOutcome(type::v1::UNCONFIRMED));
}

TEST_F(OrderServiceTest, DryRunsAnswerWithWhatWouldBe) {
  std::atomic<int> checked = 0;
  const auto count = [&](const auto& request) {
    EXPECT_TRUE(request.validate_only());
    ++checked;
  };
  connector_.trading.on_place = [&](const auto& request) { return count(request), v1::TradeResult(); };
  connector_.trading.on_update_order = [&](const auto& request) { return count(request), v1::Order(); };
  connector_.trading.on_update_position = [&](const auto& request) { return count(request), v1::Position(); };
  connector_.trading.on_close = [&](const auto& request) { return count(request), v1::TradeResult(); };
  connector_.trading.on_get_order = [](const auto& request) {
    v1::Order order;
    order.set_ticket(request.ticket());
    order.set_price("1.05");
    order.set_stop_loss("1.01");
    return order;
  };
  connector_.trading.on_get_position = [](const auto& request) {
    v1::Position position;
    position.set_ticket(request.ticket());
    position.set_login(1000);
    position.set_side(type::v1::BUY);
    position.set_volume("0.10");
    return position;
  };
  v1::PlaceOrderRequest place = Buy();
  place.set_validate_only(true);
  EXPECT_EQ(Call(&Stub::PlaceOrder, place).response.volume(), "0.10");

  auto update = About<v1::UpdateOrderRequest>();
  update.mutable_order()->set_ticket(5);
  update.mutable_order()->set_price("1.06");
  update.mutable_update_mask()->add_paths("price");
  update.mutable_update_mask()->add_paths("stop_loss");
  update.set_validate_only(true);
  const auto updated = Call(&Stub::UpdateOrder, update);
  EXPECT_EQ(updated.response.price(), "1.06");
  EXPECT_EQ(updated.response.stop_loss(), "");

  auto move = About<v1::UpdatePositionRequest>();
  move.mutable_position()->set_ticket(9);
  move.mutable_position()->set_take_profit("1.2");
  move.set_validate_only(true);
  EXPECT_EQ(Call(&Stub::UpdatePosition, move).response.take_profit(), "1.2");

  auto close = About<v1::ClosePositionRequest>();
  close.set_ticket(9);
  close.set_volume("0.04");
  close.set_validate_only(true);
  const auto closed = Call(&Stub::ClosePosition, close);
  EXPECT_EQ(closed.response.side(), type::v1::SELL);
  EXPECT_EQ(closed.response.remaining_volume(), "0.06");
  EXPECT_EQ(checked, 4);
}

TEST_F(OrderServiceTest, AnUpdateSendsOnlyWhatTheMaskNames) {
  connector::v1::UpdateOrderRequest sent;
  connector_.trading.on_update_order = [&](const auto& request) {
    sent = request;
    return request.order();
  };
  auto request = About<v1::UpdateOrderRequest>();
  request.mutable_order()->set_ticket(5);
  request.mutable_order()->set_price("1.06");
  request.mutable_order()->set_take_profit("1.2");
  request.mutable_update_mask()->add_paths("take_profit");
  ASSERT_OK(Call(&Stub::UpdateOrder, request).status);
  EXPECT_EQ(sent.order().price(), "");
  EXPECT_EQ(sent.order().take_profit(), "1.2");
  EXPECT_THAT(sent.update_mask().paths(), ElementsAre("take_profit"));
}

// Positions 1 to `count`: odd ones are bought, and every third has a loss.
connector::v1::ListPositionsResponse ManyPositions(const connector::v1::ListPositionsRequest& request,
                                                   int count) {
  connector::v1::ListPositionsResponse page;
  for (int64_t ticket = request.after_ticket() + 1; ticket <= count; ++ticket) {
    if (page.positions_size() == request.limit()) {
      page.set_next_after_ticket(ticket - 1);
      break;
    }
    v1::Position& position = *page.add_positions();
    position.set_ticket(ticket);
    position.set_login(1000);
    position.set_side(ticket % 2 == 1 ? type::v1::BUY : type::v1::SELL);
    position.set_volume("0.10");
    position.set_profit(ticket % 3 == 0 ? "-5.00" : "5.00");
    position.set_swap("-1.00");
  }
  return page;
}

TEST_F(OrderServiceTest, CloseAllClosesWhatMatchesEachOnItsOwn) {
  absl::Mutex mutex;
  std::vector<int64_t> closed;
  connector_.trading.on_list_positions = [](const auto& request) { return ManyPositions(request, 12); };
  connector_.trading.on_close = [&](const auto& request) -> absl::StatusOr<v1::TradeResult> {
    absl::MutexLock lock(&mutex);
    closed.push_back(request.ticket());
    if (request.ticket() == 9) {
      return MakeError(absl::StatusCode::kNotFound, type::v1::POSITION_CLOSED, "gone")
          .Outcome(type::v1::REJECTED);
    }
    v1::TradeResult result;
    result.set_position_ticket(request.ticket());
    return result;
  };
  auto request = About<v1::CloseAllPositionsRequest>();
  request.set_side(type::v1::BUY);
  request.set_profit_filter(v1::CloseAllPositionsRequest::LOSS);
  request.set_operation_id("all");
  const auto outcome = Call(&Stub::CloseAllPositions, request);
  ASSERT_OK(outcome.status);
  ASSERT_EQ(outcome.response.results_size(), 2);  // 3 and 9
  EXPECT_EQ(outcome.response.results(0).operation_id(), "all.3");
  EXPECT_EQ(outcome.response.results(0).trade().position_ticket(), 3);
  EXPECT_EQ(outcome.response.results(1).position_ticket(), 9);
  EXPECT_TRUE(outcome.response.results(1).has_error());
  EXPECT_EQ(outcome.response.remaining_count(), 0);
}

TEST_F(OrderServiceTest, CloseAllHasALimitAndBoundsWhatRunsAtOnce) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  connector_.trading.on_list_positions = [](const auto& request) { return ManyPositions(request, 1203); };
  connector_.trading.on_close = [&](const auto&) {
    most = std::max<int>(most, ++running);
    --running;
    return v1::TradeResult();
  };
  const auto outcome = Call(&Stub::CloseAllPositions, About<v1::CloseAllPositionsRequest>());
  ASSERT_OK(outcome.status);
  EXPECT_EQ(outcome.response.results_size(), 500);
  EXPECT_EQ(outcome.response.results(499).position_ticket(), 500);
  EXPECT_EQ(outcome.response.remaining_count(), 703);
  EXPECT_LE(most, 8);
}

TEST_F(OrderServiceTest, NothingIsClosedWhenThePositionsCannotBeRead) {
  connector_.trading.on_list_positions =
      [](const auto&) -> absl::StatusOr<connector::v1::ListPositionsResponse> {
    return MakeError(absl::StatusCode::kUnavailable, type::v1::DIRECTORY_LOADING, "loading");
  };
  const auto outcome = Call(&Stub::CloseAllPositions, About<v1::CloseAllPositionsRequest>());
  EXPECT_THAT(outcome.status, HasReason(type::v1::DIRECTORY_LOADING));
  EXPECT_THAT(outcome.status, HasOutcome(type::v1::NOT_SENT));
}

TEST_F(OrderServiceTest, ClosingAllOfAnAccountThatDoesNotExistIsRejected) {
  connector_.trading.on_list_positions =
      [](const auto&) -> absl::StatusOr<connector::v1::ListPositionsResponse> {
    return MakeError(absl::StatusCode::kNotFound, type::v1::ACCOUNT_NOT_FOUND, "no such account");
  };
  const auto outcome = Call(&Stub::CloseAllPositions, About<v1::CloseAllPositionsRequest>());
  EXPECT_THAT(outcome.status, HasReason(type::v1::ACCOUNT_NOT_FOUND));
  EXPECT_THAT(outcome.status, HasOutcome(type::v1::REJECTED));
}

TEST_F(OrderServiceTest, ListsGoOnWhereTheTokenSays) {
  connector_.trading.on_list_positions = [](const auto& request) { return ManyPositions(request, 25); };
  v1::ListServerPositionsRequest request;
  request.set_server("mt5-demo");
  request.set_page_size(10);
  std::vector<int> sizes;
  do {
    const auto outcome = Call(&Stub::ListServerPositions, request, "reader");
    ASSERT_OK(outcome.status);
    sizes.push_back(outcome.response.positions_size());
    request.set_page_token(outcome.response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(sizes, ElementsAre(10, 10, 5));
  request.set_page_token("bm9uc2Vuc2U");
  EXPECT_THAT(Call(&Stub::ListServerPositions, request).status, HasReason(type::v1::PAGE_TOKEN_INVALID));
}

TEST_F(OrderServiceTest, TheHistoryOfASymbolIsSoughtInAllOfIt) {
  connector_.trading.on_history = [](const auto& request) {
    connector::v1::ListOrderHistoryResponse page;
    const int64_t end = std::min<int64_t>(2500, request.offset() + request.limit());
    for (int64_t i = request.offset(); i < end; ++i) {
      page.add_orders()->set_ticket(i);
      page.mutable_orders()->rbegin()->set_symbol(i % 5 == 0 ? "XAUUSD" : "EURUSD");
    }
    page.set_next_offset(end < 2500 ? end : 0);
    return page;
  };
  auto request = About<v1::ListOrderHistoryRequest>();
  request.set_symbol("XAUUSD");
  request.set_page_size(300);
  std::vector<int64_t> tickets;
  do {
    const auto outcome = Call(&Stub::ListOrderHistory, request);
    ASSERT_OK(outcome.status);
    for (const v1::Order& order : outcome.response.orders()) tickets.push_back(order.ticket());
    request.set_page_token(outcome.response.next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(tickets.size(), 500u);
  for (size_t i = 0; i < tickets.size(); ++i) ASSERT_EQ(tickets[i], static_cast<int64_t>(5 * i));
}

// Position N opens with deal 2N-1 and closes with deal 2N; each two share a second.
connector::v1::ListDealsResponse RoundTrips(const connector::v1::ListDealsRequest& request) {
  constexpr int64_t kCount = 2400;
  connector::v1::ListDealsResponse page;
  page.set_currency_code("USD");
  page.set_currency_digits(2);
  const int64_t end = std::min(kCount, request.offset() + request.limit());
  for (int64_t i = request.offset(); i < end; ++i) {
    type::v1::Deal& deal = *page.add_deals();
    deal.set_ticket(i + 1);
    deal.set_type(i % 2 == 0 ? type::v1::Deal::BUY : type::v1::Deal::SELL);
    deal.set_entry(i % 2 == 0 ? type::v1::Deal::IN : type::v1::Deal::OUT);
    deal.set_symbol("EURUSD");
    deal.set_volume("0.10");
    deal.set_price("1.10000");
    deal.set_profit(i % 2 == 0 ? "0.00" : "1.00");
    deal.set_position_ticket(i / 2 + 1);
    deal.mutable_time()->set_seconds(1'700'000'000 + i / 4);
  }
  page.set_next_offset(end < kCount ? end : 0);
  return page;
}

TEST_F(OrderServiceTest, ClosedPositionsComePageByPage) {
  connector_.accounts.on_list_deals = RoundTrips;
  auto request = About<v1::ListClosedPositionsRequest>();
  request.set_page_size(333);
  request.mutable_start_time()->set_seconds(1'700'000'100);
  std::vector<int64_t> tickets;
  do {
    const auto outcome = Call(&Stub::ListClosedPositions, request, "reader");
    ASSERT_OK(outcome.status);
    for (const v1::ClosedPosition& position : outcome.response.closed_positions()) {
      tickets.push_back(position.ticket());
      EXPECT_EQ(position.net_profit(), "1.00");
    }
    request.set_page_token(outcome.response.next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(tickets.size(), 1000u);  // 100 seconds of 2 positions are left out.
  for (size_t i = 0; i < tickets.size(); ++i) ASSERT_EQ(tickets[i], static_cast<int64_t>(201 + i));
}

TEST_F(OrderServiceTest, APositionThatIsReversedAgainAndAgainInAnInstantIsListedEachTime) {
  connector_.accounts.on_list_deals = [](const auto&) {
    connector::v1::ListDealsResponse page;
    page.set_currency_digits(2);
    for (int i = 0; i < 8; ++i) {
      type::v1::Deal& deal = *page.add_deals();
      deal.set_ticket(i + 1);
      deal.set_type(i % 2 == 0 ? type::v1::Deal::BUY : type::v1::Deal::SELL);
      deal.set_entry(i == 0 ? type::v1::Deal::IN : type::v1::Deal::IN_OUT);
      deal.set_volume(i == 0 ? "0.10" : "0.20");
      deal.set_price("1.10000");
      deal.set_profit(absl::StrCat(i, ".00"));
      deal.set_position_ticket(1);
      deal.mutable_time()->set_seconds(1'700'000'000);
    }
    return page;
  };
  auto request = About<v1::ListClosedPositionsRequest>();
  request.set_page_size(2);
  std::string profits;
  do {
    const auto outcome = Call(&Stub::ListClosedPositions, request, "reader");
    ASSERT_OK(outcome.status);
    for (const v1::ClosedPosition& position : outcome.response.closed_positions()) {
      absl::StrAppend(&profits, position.profit(), " ");
    }
    request.set_page_token(outcome.response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(profits, "1.00 2.00 3.00 4.00 5.00 6.00 7.00 ");
}

TEST_F(OrderServiceTest, ClosedPositionsOfTooManyDealsAreRefused) {
  connector_.accounts.on_list_deals = [](const connector::v1::ListDealsRequest& request) {
    connector::v1::ListDealsResponse page;
    page.set_next_offset(request.offset() + 100'000);
    return page;
  };
  EXPECT_THAT(Call(&Stub::ListClosedPositions, About<v1::ListClosedPositionsRequest>()).status,
              HasReason(type::v1::TOO_MANY_DEALS));
}

}  // namespace
}  // namespace mtsuite::orders
