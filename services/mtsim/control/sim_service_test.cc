#include "services/mtsim/control/sim_service.h"

#include "common/auth/scopes.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/grpc_convert.h"
#include "services/mtsim/server/server_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::mtsuite::testing::HasReason;
using ::mtsuite::testing::StatusIs;

class SimServiceTest : public ServerTest {
 protected:
  using Stub = sim::v1::SimService::Stub;

  SimServiceTest() : service_(control_.gate(), *server_, /*feed_rate_percent=*/100) {}

  void SetUp() override {
    ServerTest::SetUp();
    control_.Start(sim::v1::SimService::service_full_name(), service_);
    stub_ = sim::v1::SimService::NewStub(control_.Channel());
  }

  template <class Request, class Response>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return FromGrpc((stub_.get()->*method)(&context, request, response));
  }

  sim::v1::Status Status() {
    sim::v1::Status status;
    EXPECT_OK(Call(&Stub::GetStatus, {}, &status));
    return status;
  }

  // Freezes the clock at a noon of a Wednesday, so that markets are open whenever the test runs.
  void OpenMarket() {
    absl::CivilDay day(absl::ToCivilDay(RealClock().TimeNow(), absl::UTCTimeZone()) + 1);
    while (absl::GetWeekday(day) != absl::Weekday::wednesday) ++day;
    sim::v1::SetClockRequest request;
    request.mutable_freeze_at()->set_seconds(
        absl::ToUnixSeconds(absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(12)));
    ASSERT_OK(Call(&Stub::SetClock, request, &empty_));
  }

  rpc::TestServer control_{{}, {{.id = "reader", .scopes = {std::string(auth::kAccountsRead)}}}};
  SimService service_;
  std::unique_ptr<Stub> stub_;
  google::protobuf::Empty empty_;
};

TEST_F(SimServiceTest, NeedsItsScope) {
  auto stub = sim::v1::SimService::NewStub(control_.Channel("reader"));
  grpc::ClientContext context;
  sim::v1::Status status;
  EXPECT_THAT(FromGrpc(stub->GetStatus(&context, {}, &status)), HasReason(type::v1::SCOPE_MISSING));
}

TEST_F(SimServiceTest, TellsItsStatus) {
  auto client = Connect();
  ASSERT_OK(client->Call("TEST_ACCESS|\r\n"));
  const sim::v1::Status status = Status();
  EXPECT_EQ(status.account_count(), 1);
  EXPECT_EQ(status.deal_count(), 1);
  EXPECT_EQ(status.session_count(), 1);
  EXPECT_EQ(status.command_count(), 1);
  EXPECT_EQ(status.mt5_port(), server_->port());
  EXPECT_EQ(status.seed(), 1u);
}

TEST_F(SimServiceTest, SeedsAccountsAndHistory) {
  sim::v1::SeedAccountsRequest accounts;
  accounts.set_count(1000);
  accounts.set_group("demo\\retail-eur");
  accounts.set_deposit("500.00");
  sim::v1::SeedAccountsResponse opened;
  ASSERT_OK(Call(&Stub::SeedAccounts, accounts, &opened));
  EXPECT_EQ(opened.last_login() - opened.first_login(), 999);
  sim::v1::SeedHistoryRequest history;
  history.set_login(opened.first_login());
  history.set_trade_count(10);
  history.set_days(5);
  sim::v1::SeedHistoryResponse written;
  ASSERT_OK(Call(&Stub::SeedHistory, history, &written));
  EXPECT_GT(written.deal_count(), 10);
  EXPECT_EQ(Status().account_count(), 1001);
  accounts.set_group("none");
  EXPECT_THAT(Call(&Stub::SeedAccounts, accounts, &opened), StatusIs(absl::StatusCode::kNotFound));
  accounts.set_deposit("1,5");
  EXPECT_THAT(Call(&Stub::SeedAccounts, accounts, &opened), HasReason(type::v1::FIELD_INVALID));
}

TEST_F(SimServiceTest, TradesAtGivenPrices) {
  sim::v1::SetPriceRequest price;
  price.set_symbol("EURUSD");
  price.set_bid("1.10000");
  ASSERT_OK(Call(&Stub::SetPrice, price, &empty_));
  sim::v1::OpenPositionRequest open;
  open.set_login(kLogin);
  open.set_symbol("EURUSD");
  open.set_side(sim::v1::BUY);
  open.set_volume("0.10");
  open.set_price("1.10000");
  sim::v1::Position position;
  ASSERT_OK(Call(&Stub::OpenPosition, open, &position));
  EXPECT_EQ(position.open_price(), "1.10000");
  EXPECT_EQ(position.profit(), "0.00");
  EXPECT_EQ(position.volume(), "0.1");
  EXPECT_EQ(Status().position_count(), 1);
  sim::v1::ClosePositionRequest close;
  close.set_login(kLogin);
  close.set_ticket(position.ticket());
  close.set_price("1.10500");
  sim::v1::ClosePositionResponse closed;
  ASSERT_OK(Call(&Stub::ClosePosition, close, &closed));
  EXPECT_EQ(closed.profit(), "50.00");
  EXPECT_THAT(Call(&Stub::ClosePosition, close, &closed), StatusIs(absl::StatusCode::kNotFound));
  open.set_side(sim::v1::SIDE_UNSPECIFIED);
  EXPECT_THAT(Call(&Stub::OpenPosition, open, &position), HasReason(type::v1::FIELD_INVALID));
  price.set_symbol("NOPE");
  EXPECT_THAT(Call(&Stub::SetPrice, price, &empty_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(SimServiceTest, ListsDealsByTicket) {
  auto client = Connect();
  for (const char* comment : {"a", "b", "c"}) ASSERT_OK(client->Call(Deposit(comment)));
  sim::v1::ListDealsRequest request;
  request.set_limit(2);
  sim::v1::ListDealsResponse page;
  ASSERT_OK(Call(&Stub::ListDeals, request, &page));
  ASSERT_EQ(page.deals_size(), 2);
  EXPECT_EQ(page.deals(0).profit(), "1000.00");
  EXPECT_EQ(page.deals(1).comment(), "a");
  request.set_after_ticket(page.deals(1).ticket());
  request.set_login(kLogin);
  ASSERT_OK(Call(&Stub::ListDeals, request, &page));
  ASSERT_EQ(page.deals_size(), 2);
  EXPECT_EQ(page.deals(1).comment(), "c");
  EXPECT_EQ(page.deals(1).action(), 2);
  request.set_limit(10'001);
  EXPECT_THAT(Call(&Stub::ListDeals, request, &page), HasReason(type::v1::FIELD_INVALID));
}

TEST_F(SimServiceTest, MovesTheClock) {
  sim::v1::SetClockRequest request;
  const int64_t noon = absl::ToUnixSeconds(RealClock().TimeNow()) + 86'400;
  request.mutable_freeze_at()->set_seconds(noon);
  ASSERT_OK(Call(&Stub::SetClock, request, &empty_));
  EXPECT_EQ(Status().time().seconds(), noon);
  request.mutable_advance()->set_seconds(60);
  ASSERT_OK(Call(&Stub::SetClock, request, &empty_));
  EXPECT_EQ(Status().time().seconds(), noon + 60);
  request.mutable_freeze_at()->set_seconds(noon);
  EXPECT_THAT(Call(&Stub::SetClock, request, &empty_), HasReason(type::v1::FIELD_INVALID));
  EXPECT_THAT(Call(&Stub::SetClock, {}, &empty_), HasReason(type::v1::FIELD_INVALID));
  request.set_real(true);
  ASSERT_OK(Call(&Stub::SetClock, request, &empty_));
  EXPECT_LT(Status().time().seconds(), noon);
}

TEST_F(SimServiceTest, StartsAndStopsPrices) {
  sim::v1::SetFeedRequest feed;
  feed.set_running(true);
  ASSERT_OK(Call(&Stub::SetFeed, feed, &empty_));
  const auto trans_id = [&] {
    uint64_t id = 0;
    OnServer([&](World& world, Server&) { id = world.engine.state().feed.trans_id(); });
    return id;
  };
  const uint64_t before = trans_id();
  sim::v1::SetClockRequest clock;
  // A whole week, so that it covers sessions whatever the day.
  clock.mutable_advance()->set_seconds(7 * 86'400);
  ASSERT_OK(Call(&Stub::SetClock, clock, &empty_));
  EXPECT_GT(trans_id(), before);
  feed.set_running(false);
  ASSERT_OK(Call(&Stub::SetFeed, feed, &empty_));
  const uint64_t stopped = trans_id();
  ASSERT_OK(Call(&Stub::SetClock, clock, &empty_));
  EXPECT_EQ(trans_id(), stopped);
}

TEST_F(SimServiceTest, AddsListsAndClearsFaults) {
  sim::v1::AddFaultRequest add;
  add.mutable_fault()->set_kind(sim::v1::Fault::REFUSE);
  add.mutable_fault()->set_command("TRADE_BALANCE");
  add.mutable_fault()->set_retcode(10019);
  add.mutable_fault()->set_count(1);
  sim::v1::Fault fault;
  ASSERT_OK(Call(&Stub::AddFault, add, &fault));
  EXPECT_EQ(fault.id(), 1);
  EXPECT_EQ(fault.probability_percent(), 100);
  auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const ServerMessage refused, client->Call(Deposit("x")));
  EXPECT_EQ(refused.retcode(), 10019);
  sim::v1::ListFaultsResponse list;
  ASSERT_OK(Call(&Stub::ListFaults, {}, &list));
  ASSERT_EQ(list.faults_size(), 1);
  EXPECT_EQ(list.faults(0).fired_count(), 1);
  EXPECT_EQ(list.faults(0).kind(), sim::v1::Fault::REFUSE);
  ASSERT_OK(Call(&Stub::ClearFaults, {}, &empty_));
  ASSERT_OK(Call(&Stub::ListFaults, {}, &list));
  EXPECT_EQ(list.faults_size(), 0);
  EXPECT_THAT(Call(&Stub::AddFault, {}, &fault), HasReason(type::v1::FIELD_INVALID));
}

TEST_F(SimServiceTest, RestartsTheServer) {
  auto client = Connect();
  sim::v1::RestartServerRequest request;
  ASSERT_OK(Call(&Stub::RestartServer, request, &empty_));
  EXPECT_THAT(client->Receive(), StatusIs(absl::StatusCode::kUnavailable));
  Connect();
  request.mutable_down_time()->set_seconds(-1);
  EXPECT_THAT(Call(&Stub::RestartServer, request, &empty_), HasReason(type::v1::FIELD_INVALID));
}

TEST_F(SimServiceTest, TradesBehindTheProtocolsBack) {
  OpenMarket();
  sim::v1::SetPriceRequest price;
  price.set_symbol("EURUSD");
  price.set_bid("1.10000");
  ASSERT_OK(Call(&Stub::SetPrice, price, &empty_));
  sim::v1::OpenPositionRequest open;
  open.set_login(kLogin);
  open.set_symbol("EURUSD");
  open.set_side(sim::v1::BUY);
  open.set_volume("0.10");
  open.set_stop_loss("1.09000");
  open.set_comment("behind");
  open.set_by_dealer(true);
  sim::v1::Position position;
  ASSERT_OK(Call(&Stub::OpenPosition, open, &position));
  EXPECT_EQ(position.stop_loss(), "1.09000");
  EXPECT_EQ(position.comment(), "behind");
  sim::v1::EditPositionRequest edit;
  edit.set_login(kLogin);
  edit.set_ticket(position.ticket());
  edit.set_take_profit("1.20000");
  ASSERT_OK(Call(&Stub::EditPosition, edit, &position));
  EXPECT_EQ(position.stop_loss(), "1.09000");
  EXPECT_EQ(position.take_profit(), "1.20000");
  sim::v1::ClosePositionRequest close;
  close.set_login(kLogin);
  close.set_ticket(position.ticket());
  close.set_volume("0.04");
  sim::v1::ClosePositionResponse closed;
  ASSERT_OK(Call(&Stub::ClosePosition, close, &closed));
  sim::v1::ListPositionsResponse positions;
  ASSERT_OK(Call(&Stub::ListPositions, {}, &positions));
  ASSERT_EQ(positions.positions_size(), 1);
  EXPECT_EQ(positions.positions(0).volume(), "0.06");
  // The stop is hit.
  price.set_bid("1.08000");
  ASSERT_OK(Call(&Stub::SetPrice, price, &empty_));
  EXPECT_EQ(Status().position_count(), 0);
  sim::v1::ListDealsResponse deals;
  ASSERT_OK(Call(&Stub::ListDeals, {}, &deals));
  const sim::v1::Deal& stopped = deals.deals(deals.deals_size() - 1);
  EXPECT_EQ(stopped.reason(), 3);
  EXPECT_EQ(stopped.entry(), 1);
  EXPECT_EQ(stopped.price(), "1.08000");
  EXPECT_EQ(stopped.position_ticket(), position.ticket());
  EXPECT_THAT(Call(&Stub::EditPosition, edit, &position), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(SimServiceTest, PlacesAndCancelsOrders) {
  OpenMarket();
  sim::v1::SetPriceRequest price;
  price.set_symbol("EURUSD");
  price.set_bid("1.10000");
  ASSERT_OK(Call(&Stub::SetPrice, price, &empty_));
  sim::v1::PlaceOrderRequest place;
  place.set_login(kLogin);
  place.set_symbol("EURUSD");
  place.set_type(sim::v1::SELL_STOP);
  place.set_volume("0.1");
  place.set_price("1.09000");
  place.set_comment("wait");
  sim::v1::Order order;
  ASSERT_OK(Call(&Stub::PlaceOrder, place, &order));
  EXPECT_EQ(order.type(), sim::v1::SELL_STOP);
  EXPECT_EQ(order.price(), "1.09000");
  EXPECT_EQ(order.comment(), "wait");
  EXPECT_EQ(Status().order_count(), 1);
  sim::v1::ListOrdersResponse orders;
  ASSERT_OK(Call(&Stub::ListOrders, {}, &orders));
  EXPECT_EQ(orders.orders_size(), 1);
  sim::v1::CancelOrderRequest cancel;
  cancel.set_login(kLogin);
  cancel.set_ticket(order.ticket());
  ASSERT_OK(Call(&Stub::CancelOrder, cancel, &empty_));
  EXPECT_THAT(Call(&Stub::CancelOrder, cancel, &empty_), StatusIs(absl::StatusCode::kFailedPrecondition));
  cancel.set_ticket(1);
  EXPECT_THAT(Call(&Stub::CancelOrder, cancel, &empty_), StatusIs(absl::StatusCode::kNotFound));
  place.set_price("1.20000");
  EXPECT_THAT(Call(&Stub::PlaceOrder, place, &order), StatusIs(absl::StatusCode::kInvalidArgument));
  place.set_price("abc");
  EXPECT_THAT(Call(&Stub::PlaceOrder, place, &order), HasReason(type::v1::FIELD_INVALID));
}

TEST_F(SimServiceTest, StepsAStoppedFeed) {
  sim::v1::StepFeedRequest step;
  step.set_symbol("EURUSD");
  step.set_tick_count(5);
  sim::v1::Quote first;
  ASSERT_OK(Call(&Stub::StepFeed, step, &first));
  sim::v1::Quote second;
  ASSERT_OK(Call(&Stub::StepFeed, step, &second));
  EXPECT_NE(first.bid(), second.bid());
  OnServer([&](World& world, Server&) {
    EXPECT_EQ(world.engine.feed().Last("EURUSD")->bid.ToString(5), second.bid());
  });
  step.set_tick_count(0);
  EXPECT_THAT(Call(&Stub::StepFeed, step, &first), HasReason(type::v1::FIELD_INVALID));
  step.set_symbol("NOPE");
  EXPECT_THAT(Call(&Stub::StepFeed, step, &first), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace mtsuite::mtsim
