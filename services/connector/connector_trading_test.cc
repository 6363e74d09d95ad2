// Trades over real gRPC, with a trading server in memory behind the connector.
#include "services/connector/connector_process_fixture.h"

namespace mtsuite::connector {
namespace {

using operations::v1::Operation;
using orders::v1::Order;
using orders::v1::Position;
using orders::v1::TradeResult;
using testing::HasMetadata;
using testing::HasOutcome;
using testing::HasReason;
using Stub = v1::ConnectorTradingService::Stub;

class ConnectorTradingTest : public ConnectorTest {
 protected:
  ConnectorTradingTest() {
    EXPECT_OK(Book(Booking("deposit", "10000")));
    Poll();
  }

  static v1::PlaceOrderRequest Purchase(const std::string& id, const std::string& volume) {
    v1::PlaceOrderRequest request;
    request.set_server(kServer);
    request.set_login(kLogin);
    request.mutable_order()->set_symbol("EURUSD");
    request.mutable_order()->set_side(type::v1::BUY);
    request.mutable_order()->set_type(type::v1::MARKET);
    request.mutable_order()->set_volume(volume);
    request.mutable_order()->set_comment("copy");
    request.set_operation_id(id);
    return request;
  }
  static v1::ClosePositionRequest Closing(const std::string& id, int64_t ticket, const std::string& volume) {
    v1::ClosePositionRequest request;
    request.set_server(kServer);
    request.set_login(kLogin);
    request.set_ticket(ticket);
    request.set_volume(volume);
    request.set_operation_id(id);
    return request;
  }
  absl::StatusOr<TradeResult> Place(const v1::PlaceOrderRequest& request,
                                    absl::Duration timeout = absl::Seconds(10)) {
    return Trade(&Stub::PlaceOrder, request, timeout);
  }
  absl::StatusOr<v1::ListPositionsResponse> Positions(bool fresh = false) {
    v1::ListPositionsRequest request;
    request.set_fresh(fresh);
    request.set_server(kServer);
    request.set_limit(10);
    request.add_logins(kLogin);
    return Trade(&Stub::ListPositions, request);
  }
  size_t OpenCount() {
    absl::MutexLock lock(&factory_.world_mutex);
    return factory_.world->trading().positions().size();
  }
};

TEST_F(ConnectorTradingTest, OpensOnceAndTellsTheSameAgain) {
  ASSERT_OK_AND_ASSIGN(const TradeResult first, Place(Purchase("op", "0.10")));
  EXPECT_EQ(first.state(), Order::FILLED);
  EXPECT_EQ(first.price(), "1.10010");
  EXPECT_EQ(first.bid(), "1.10000");
  EXPECT_EQ(first.filled_volume(), "0.10");
  EXPECT_EQ(first.position_ticket(), first.order_ticket());
  EXPECT_EQ(first.operation_id(), "op");
  EXPECT_EQ(first.remaining_volume(), "");
  Restart();
  ASSERT_OK_AND_ASSIGN(const TradeResult again, Place(Purchase("op", "0.10")));
  EXPECT_TRUE(replayed_);
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(OpenCount(), 1u);
  ASSERT_OK_AND_ASSIGN(const Operation operation, GetOperation("op"));
  EXPECT_EQ(operation.kind(), Operation::PLACE_ORDER);
  EXPECT_EQ(operation.trade().deal_ticket(), first.deal_ticket());
  EXPECT_EQ(operation.tag(), MakeTag(kServer, "op"));
}

TEST_F(ConnectorTradingTest, ALostReplyOpensOnePosition) {
  factory_.Plan(FakeFault::Kind::kLostAfterExecution);
  ASSERT_OK_AND_ASSIGN(const TradeResult found, Place(Purchase("op", "0.10")));
  EXPECT_EQ(found.state(), Order::FILLED);
  EXPECT_NE(found.deal_ticket(), 0);
  EXPECT_EQ(OpenCount(), 1u);
  factory_.Plan(FakeFault::Kind::kLostAfterExecution);
  ASSERT_OK_AND_ASSIGN(const TradeResult closed,
                       Trade(&Stub::ClosePosition, Closing("close", found.position_ticket(), "0.04")));
  EXPECT_EQ(closed.filled_volume(), "0.04");
  EXPECT_EQ(closed.remaining_volume(), "0.06");
  EXPECT_EQ(closed.remaining_position_ticket(), found.position_ticket());
  EXPECT_EQ(closed.side(), type::v1::SELL);
  // Nothing arrived: found out after the settle window, and sent again by the repeat only.
  factory_.Plan(FakeFault::Kind::kLostBeforeExecution);
  EXPECT_THAT(Place(Purchase("lost", "0.10")), HasOutcome(type::v1::NOT_SENT));
  EXPECT_EQ(OpenCount(), 1u);
  ASSERT_OK(Place(Purchase("lost", "0.10")));
  EXPECT_EQ(OpenCount(), 2u);
}

TEST_F(ConnectorTradingTest, ATradeThatIsDoneWhileItIsLookedForIsToldInFull) {
  // In the history there is nothing yet, then the position is there already.
  factory_.concealed_questions = 2;
  factory_.Plan(FakeFault::Kind::kLostAfterExecution);
  ASSERT_OK_AND_ASSIGN(const TradeResult found, Place(Purchase("op", "0.10")));
  EXPECT_LT(factory_.concealed_questions, 0) << "the deal was looked for again";
  EXPECT_EQ(found.state(), Order::FILLED);
  EXPECT_NE(found.deal_ticket(), 0);
  EXPECT_EQ(found.position_ticket(), found.order_ticket());
  EXPECT_EQ(OpenCount(), 1u);
}

TEST_F(ConnectorTradingTest, APositionWithoutItsDealIsEnough) {
  factory_.concealed_questions = 3;
  factory_.Plan(FakeFault::Kind::kLostAfterExecution);
  ASSERT_OK_AND_ASSIGN(const TradeResult found, Place(Purchase("op", "0.10")));
  EXPECT_EQ(found.deal_ticket(), 0);
  EXPECT_EQ(found.price(), "1.10010");
  EXPECT_EQ(OpenCount(), 1u);
}

TEST_F(ConnectorTradingTest, ChecksBeforeItSends) {
  const auto refused = [this](const v1::PlaceOrderRequest& request) {
    const auto result = Place(request);
    EXPECT_THAT(result, HasOutcome(type::v1::REJECTED));
    return result;
  };
  EXPECT_THAT(refused(Purchase("a", "0.001")), HasReason(type::v1::VOLUME_TOO_SMALL));
  EXPECT_THAT(refused(Purchase("a", "0.001")), HasMetadata("min", "0.01"));
  EXPECT_THAT(refused(Purchase("a", "0.015")), HasReason(type::v1::VOLUME_STEP_MISMATCH));
  EXPECT_THAT(refused(Purchase("a", "1000")), HasReason(type::v1::VOLUME_TOO_LARGE));
  EXPECT_THAT(refused(Purchase("a", "x")), HasReason(type::v1::FIELD_INVALID));
  EXPECT_THAT(refused(Purchase("a", "")), HasReason(type::v1::FIELD_REQUIRED));
  auto request = Purchase("a", "0.10");
  request.mutable_order()->set_stop_loss("1.2");
  EXPECT_THAT(refused(request), HasReason(type::v1::INVALID_STOPS));
  request = Purchase("a", "0.10");
  request.mutable_order()->set_symbol("NOTHING");
  EXPECT_THAT(refused(request), HasReason(type::v1::SYMBOL_NOT_FOUND));
  request = Purchase("a", "0.10");
  request.set_login(404);
  EXPECT_THAT(refused(request), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  request = Purchase("a", "0.10");
  request.mutable_order()->set_price("1.2");
  request.set_max_deviation_points(5);
  EXPECT_THAT(refused(request), HasReason(type::v1::PRICE_CHANGED));
  request = Purchase("a", "0.10");
  request.mutable_order()->set_comment("nineteen characters");
  EXPECT_THAT(refused(request), HasReason(type::v1::COMMENT_TOO_LONG));
  // The trading server's own refusal is told with what it takes to understand it.
  EXPECT_THAT(refused(Purchase("poor", "60")), HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  EXPECT_THAT(refused(Purchase("poor", "60")), HasMetadata("margin", "60000"));
  EXPECT_EQ(OpenCount(), 0u);
}

TEST_F(ConnectorTradingTest, ADryRunChangesNothing) {
  auto request = Purchase("", "0.10");
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const TradeResult dry, Place(request));
  EXPECT_EQ(dry.volume(), "0.10");
  EXPECT_EQ(dry.order_ticket(), 0);
  request.mutable_order()->set_volume("20");
  EXPECT_THAT(Place(request), HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  EXPECT_THAT(Place(request), HasMetadata("free_margin", "10000"));
  EXPECT_EQ(OpenCount(), 0u);
  v1::CheckMarginRequest margin;
  margin.set_server(kServer);
  margin.set_login(kLogin);
  *margin.mutable_order() = request.order();
  ASSERT_OK_AND_ASSIGN(const v1::CheckMarginResponse checked, Trade(&Stub::CheckMargin, margin));
  EXPECT_EQ(checked.price(), "1.10010");
  EXPECT_EQ(checked.after().free_margin(), "-10000");
}

TEST_F(ConnectorTradingTest, OrdersAreChangedAndCancelled) {
  auto place = Purchase("op", "0.10");
  place.mutable_order()->set_type(type::v1::LIMIT);
  place.mutable_order()->set_price("1.05");
  ASSERT_OK_AND_ASSIGN(const TradeResult placed, Place(place));
  EXPECT_EQ(placed.state(), Order::PLACED);
  v1::UpdateOrderRequest update;
  update.set_server(kServer);
  update.set_login(kLogin);
  update.mutable_order()->set_ticket(placed.order_ticket());
  update.mutable_order()->set_price("1.04");
  update.mutable_update_mask()->add_paths("price");
  update.set_operation_id("update");
  ASSERT_OK_AND_ASSIGN(const Order updated, Trade(&Stub::UpdateOrder, update));
  EXPECT_EQ(updated.price(), "1.04000");
  update.set_operation_id("u2");
  update.mutable_order()->set_price("1.3");
  EXPECT_THAT(Trade(&Stub::UpdateOrder, update), HasReason(type::v1::INVALID_PRICE));
  update.mutable_update_mask()->set_paths(0, "volume");
  EXPECT_THAT(Trade(&Stub::UpdateOrder, update), HasReason(type::v1::FIELD_NOT_MUTABLE));
  update.mutable_update_mask()->set_paths(0, "nothing");
  EXPECT_THAT(Trade(&Stub::UpdateOrder, update), HasReason(type::v1::UPDATE_MASK_INVALID));
  v1::CancelOrderRequest cancel;
  cancel.set_server(kServer);
  cancel.set_login(kLogin);
  cancel.set_ticket(placed.order_ticket());
  cancel.set_operation_id("cancel");
  ASSERT_OK_AND_ASSIGN(const Order cancelled, Trade(&Stub::CancelOrder, cancel));
  EXPECT_EQ(cancelled.state(), Order::CANCELLED);
  cancel.set_operation_id("again");
  EXPECT_THAT(Trade(&Stub::CancelOrder, cancel), HasReason(type::v1::ORDER_CANCELLED));
  EXPECT_THAT(Trade(&Stub::CancelOrder, cancel), HasMetadata("state", "CANCELLED"));
  cancel.set_ticket(404);
  EXPECT_THAT(Trade(&Stub::CancelOrder, cancel), HasReason(type::v1::ORDER_NOT_FOUND));
  v1::GetOrderRequest get;
  get.set_server(kServer);
  get.set_login(kLogin);
  get.set_ticket(placed.order_ticket());
  EXPECT_EQ(Trade(&Stub::GetOrder, get)->state(), Order::CANCELLED);
}

TEST_F(ConnectorTradingTest, PositionsAreListedChangedAndClosed) {
  ASSERT_OK_AND_ASSIGN(const TradeResult bought, Place(Purchase("buy", "0.10")));
  ASSERT_OK_AND_ASSIGN(const v1::ListPositionsResponse fresh, Positions(/*fresh=*/true));
  ASSERT_EQ(fresh.positions_size(), 1) << "there before anything was polled";
  EXPECT_EQ(fresh.positions(0).ticket(), bought.position_ticket());
  EXPECT_FALSE(fresh.has_read_at());
  Poll();
  ASSERT_OK_AND_ASSIGN(const v1::ListPositionsResponse listed, Positions());
  ASSERT_EQ(listed.positions_size(), 1);
  EXPECT_EQ(listed.positions(0).ticket(), bought.position_ticket());
  EXPECT_GT(listed.positions(0).revision(), 0);
  EXPECT_FALSE(listed.read_at().epoch().empty());
  v1::UpdatePositionRequest update;
  update.set_server(kServer);
  update.set_login(kLogin);
  update.mutable_position()->set_ticket(bought.position_ticket());
  update.mutable_position()->set_stop_loss("1.05");
  update.mutable_update_mask()->add_paths("stop_loss");
  update.set_operation_id("stop");
  ASSERT_OK_AND_ASSIGN(const Position changed, Trade(&Stub::UpdatePosition, update));
  EXPECT_EQ(changed.stop_loss(), "1.05000");
  EXPECT_THAT(Trade(&Stub::ClosePosition, Closing("much", bought.position_ticket(), "0.11")),
              HasReason(type::v1::VOLUME_EXCEEDS_POSITION));
  ASSERT_OK_AND_ASSIGN(const TradeResult closed,
                       Trade(&Stub::ClosePosition, Closing("all", bought.position_ticket(), "")));
  EXPECT_EQ(closed.remaining_volume(), "0.00");
  EXPECT_EQ(closed.remaining_position_ticket(), 0);
  EXPECT_THAT(Trade(&Stub::ClosePosition, Closing("again", bought.position_ticket(), "")),
              HasReason(type::v1::POSITION_CLOSED));
  EXPECT_THAT(Trade(&Stub::ClosePosition, Closing("none", 404, "")), HasReason(type::v1::POSITION_NOT_FOUND));
  Poll();
  EXPECT_EQ(Positions()->positions_size(), 0);
}

TEST_F(ConnectorTradingTest, EventsTellTradesInOrderAlsoWhatIsOverAlready) {
  v1::StreamEventsRequest request;
  request.set_server(kServer);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(RealClock().TimeNow() + absl::Seconds(20)));
  *request.mutable_resume_after() = Positions()->read_at();
  const auto reader = run_->stub->StreamEvents(&context, request);
  ASSERT_OK_AND_ASSIGN(const TradeResult bought, Place(Purchase("buy", "0.10")));
  ASSERT_OK(Trade(&Stub::ClosePosition, Closing("close", bought.position_ticket(), "")));
  Poll();
  std::vector<std::string> told;
  v1::Event event;
  while (told.size() < 6 && reader->Read(&event)) {
    // The deposit may have become visible only after the position in the log was read.
    const bool money = event.has_deal_booked() && event.deal_booked().type() == type::v1::Deal::BALANCE;
    if (event.login() != kLogin || money) continue;
    EXPECT_EQ(event.group(), "demo\\usd");
    told.push_back(event.GetDescriptor()->FindFieldByNumber(event.event_case())->name());
    if (event.has_position_closed()) {
      EXPECT_EQ(event.position_closed().revision(), event.position().sequence());
    }
  }
  EXPECT_THAT(told, ::testing::ElementsAre("deal_booked", "deal_booked", "order_done", "position_opened",
                                           "order_done", "position_closed"));
  context.TryCancel();
}

TEST_F(ConnectorTradingTest, ReadingIsNotTrading) {
  const auto watcher = v1::ConnectorTradingService::NewStub(run_->rpc->Channel("watcher"));
  grpc::ClientContext context;
  TradeResult result;
  EXPECT_THAT(FromGrpc(watcher->PlaceOrder(&context, Purchase("w", "0.10"), &result)),
              HasReason(type::v1::SCOPE_MISSING));
  grpc::ClientContext reading;
  v1::ListOrdersRequest request;
  request.set_server(kServer);
  request.set_limit(1);
  v1::ListOrdersResponse orders;
  EXPECT_OK(FromGrpc(watcher->ListOrders(&reading, request, &orders)));
}

}  // namespace
}  // namespace mtsuite::connector
