// A whole connector over real gRPC, with a trading server in memory behind it.
#include <filesystem>

#include "services/connector/connector_process_fixture.h"

namespace mtsuite::connector {
namespace {

using accounts::v1::Account;
using accounts::v1::BalanceOperation;
using operations::v1::Operation;
using ::testing::ElementsAre;
using testing::HasMetadata;
using testing::HasOutcome;
using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;

TEST_F(ConnectorTest, BooksOncePerOperationAlsoAcrossRestarts) {
  ASSERT_OK_AND_ASSIGN(const BalanceOperation first, Book(Booking("op-1", "1000.00")));
  EXPECT_EQ(first.comment(), "Welcome");
  EXPECT_EQ(first.operation_id(), "op-1");
  EXPECT_FALSE(replayed_);
  Restart();
  ASSERT_OK_AND_ASSIGN(const BalanceOperation again, Book(Booking("op-1", "1000.00")));
  EXPECT_TRUE(replayed_);
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(Book(Booking("op-1", "1000.01")), HasReason(type::v1::OPERATION_ID_REUSED));
  EXPECT_EQ(factory_.DealCount(), 1);
  absl::MutexLock lock(&factory_.world_mutex);
  EXPECT_EQ(factory_.world->deals()[0].comment(), "Welcome " + MakeTag(kServer, "op-1"));
}

TEST_F(ConnectorTest, RefusesWhatCannotBeAndChangesNothing) {
  EXPECT_THAT(Book(Booking("a", "1.005")), HasReason(type::v1::AMOUNT_TOO_PRECISE));
  EXPECT_THAT(Book(Booking("a", "1.005")), HasMetadata("digits", "2"));
  EXPECT_THAT(Book(Booking("a", "-5")), HasReason(type::v1::AMOUNT_NOT_POSITIVE));
  EXPECT_THAT(Book(Booking("a b", "5")), HasReason(type::v1::OPERATION_ID_INVALID));
  EXPECT_THAT(Book(Booking("a", "5", BalanceOperation::WITHDRAWAL)),
              HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  auto request = Booking("b", "5");
  request.set_login(404);
  EXPECT_THAT(Book(request), HasReason(type::v1::ACCOUNT_NOT_FOUND));
  request = Booking("c", "5");
  request.mutable_balance_operation()->set_comment("nineteen characters");
  EXPECT_THAT(Book(request), HasReason(type::v1::COMMENT_TOO_LONG));
  request = Booking("d", "5");
  request.set_server("nowhere");
  EXPECT_THAT(Book(request), HasReason(type::v1::SERVER_NOT_FOUND));
  EXPECT_THAT(Book(request), HasOutcome(type::v1::REJECTED));
  EXPECT_EQ(factory_.DealCount(), 0);
}

TEST_F(ConnectorTest, DryRunsCheckEverythingAndChangeNothing) {
  auto booking = Booking("", "5");
  booking.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const BalanceOperation asked, Book(booking));
  EXPECT_EQ(asked.ticket(), 0);
  EXPECT_EQ(asked.amount(), "5");
  booking.mutable_balance_operation()->set_type(BalanceOperation::WITHDRAWAL);
  EXPECT_THAT(Book(booking), HasReason(type::v1::INSUFFICIENT_FREE_MARGIN));
  auto account = NewAccountRequest("");
  account.set_validate_only(true);
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::CreateAccount, account), IsOk());
  account.mutable_account()->set_group("none");
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::CreateAccount, account),
              HasReason(type::v1::GROUP_NOT_FOUND));
  EXPECT_EQ(factory_.DealCount(), 0);
  EXPECT_EQ(factory_.world->Logins().size(), 1u);
}

TEST_F(ConnectorTest, OpensAccountsWithLoginsOfItsRange) {
  ASSERT_OK_AND_ASSIGN(const Account first,
                       Call(&v1::ConnectorService::Stub::CreateAccount, NewAccountRequest("c1")));
  EXPECT_EQ(first.login(), 2000);
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::CreateAccount, NewAccountRequest("c1")), IsOk());
  EXPECT_TRUE(replayed_);
  ASSERT_OK_AND_ASSIGN(const Account second,
                       Call(&v1::ConnectorService::Stub::CreateAccount, NewAccountRequest("c2")));
  EXPECT_EQ(second.login(), 2001);
  auto request = NewAccountRequest("c3");
  request.mutable_account()->set_login(2000);
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::CreateAccount, request), HasReason(type::v1::LOGIN_TAKEN));
  request.mutable_account()->set_login(5);
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::CreateAccount, request),
              HasReason(type::v1::LOGIN_OUT_OF_RANGE));
  v1::ListAccountsRequest list;
  list.set_server(kServer);
  list.set_limit(2);
  ASSERT_OK_AND_ASSIGN(const auto page, Call(&v1::ConnectorService::Stub::ListAccounts, list));
  EXPECT_EQ(page.next_after_login(), 2000);
  list.set_name("EVE");
  ASSERT_OK_AND_ASSIGN(const auto found, Call(&v1::ConnectorService::Stub::ListAccounts, list));
  EXPECT_EQ(found.accounts_size(), 2);
}

TEST_F(ConnectorTest, ChangeOfCurrencyIsRefused) {
  v1::UpdateAccountRequest request;
  request.set_server(kServer);
  request.set_operation_id("u1");
  request.mutable_account()->set_login(kLogin);
  request.mutable_account()->set_group("demo\\eur");
  request.mutable_update_mask()->add_paths("group");
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::UpdateAccount, request),
              HasReason(type::v1::GROUP_CURRENCY_DIFFERS));
  request.mutable_update_mask()->set_paths(0, "nonsense");
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::UpdateAccount, request),
              HasReason(type::v1::UPDATE_MASK_INVALID));
}

TEST_F(ConnectorTest, LostReplyIsResolvedWithinTheCallersDeadline) {
  factory_.Plan(FakeFault::Kind::kLostAfterExecution);
  ASSERT_OK_AND_ASSIGN(const BalanceOperation booked, Book(Booking("op", "7")));
  EXPECT_GT(booked.ticket(), 0);
  EXPECT_EQ(factory_.DealCount(), 1);
}

TEST_F(ConnectorTest, LostCommandIsDeclaredNotSentAndRepeated) {
  factory_.Plan(FakeFault::Kind::kLostBeforeExecution);
  const auto first = Book(Booking("op", "7"));
  EXPECT_THAT(first, HasOutcome(type::v1::NOT_SENT));
  EXPECT_THAT(first, StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_OK_AND_ASSIGN(const Operation operation, GetOperation("op"));
  EXPECT_EQ(operation.state(), Operation::NOT_APPLIED);
  EXPECT_THAT(Book(Booking("op", "7")), IsOk());
  EXPECT_FALSE(replayed_);
  EXPECT_EQ(GetOperation("op")->attempt_count(), 2);
  EXPECT_EQ(factory_.DealCount(), 1);
}

TEST_F(ConnectorTest, ImpatientCallerIsToldThatTheOutcomeIsOpen) {
  factory_.Plan(FakeFault::Kind::kLateExecution, absl::Milliseconds(600));
  const auto impatient = Book(Booking("op", "7"), absl::Milliseconds(300));
  EXPECT_THAT(impatient, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(impatient, HasReason(type::v1::OPERATION_UNCONFIRMED));
  EXPECT_THAT(impatient, HasOutcome(type::v1::UNCONFIRMED));
  EXPECT_EQ(GetOperation("op")->state(), Operation::UNCONFIRMED);
  EXPECT_THAT(Book(Booking("op", "7")), IsOk());
  EXPECT_TRUE(replayed_);
  EXPECT_EQ(factory_.DealCount(), 1);
}

TEST_F(ConnectorTest, WithoutTheTradingServerKnownOperationsAreStillTold) {
  ASSERT_THAT(Book(Booking("known", "7")), IsOk());
  factory_.latest->SetConnected(false);
  const auto refused = Book(Booking("new", "7"));
  EXPECT_THAT(refused, HasReason(type::v1::TRADE_SERVER_UNAVAILABLE));
  EXPECT_THAT(refused, HasOutcome(type::v1::NOT_SENT));
  EXPECT_TRUE(GetRetryAfter(refused.status()).has_value());
  EXPECT_THAT(GetOperation("new"), HasReason(type::v1::OPERATION_NOT_FOUND));
  EXPECT_THAT(Book(Booking("known", "7")), IsOk());
  EXPECT_TRUE(replayed_);
}

TEST_F(ConnectorTest, KeysAreHeldToTheirServersAndScopes) {
  run_->stub = v1::ConnectorService::NewStub(run_->rpc->Channel("elsewhere"));
  EXPECT_THAT(Call(&v1::ConnectorService::Stub::CreateAccount, NewAccountRequest("c")),
              HasReason(type::v1::SERVER_NOT_ALLOWED));
  run_->stub = v1::ConnectorService::NewStub(run_->rpc->Channel("cashier"));
  auto request = Booking("op", "5");
  request.set_ignore_margin(true);
  EXPECT_THAT(Book(request), HasReason(type::v1::SCOPE_MISSING));
}

TEST_F(ConnectorTest, OperationsAreListedInPages) {
  for (const char* id : {"a", "b", "c"}) ASSERT_THAT(Book(Booking(id, "1")), IsOk());
  operations::v1::ListOperationsRequest request;
  request.set_server(kServer);
  request.set_page_size(2);
  const auto list = [&](operations::v1::ListOperationsResponse* response) {
    grpc::ClientContext context;
    return FromGrpc(run_->operation_stub->ListOperations(&context, request, response));
  };
  operations::v1::ListOperationsResponse page;
  ASSERT_OK(list(&page));
  ASSERT_EQ(page.operations_size(), 2);
  EXPECT_EQ(page.operations(0).operation_id(), "c");
  request.set_page_token(page.next_page_token());
  ASSERT_OK(list(&page));
  ASSERT_EQ(page.operations_size(), 1);
  EXPECT_EQ(page.operations(0).operation_id(), "a");
  EXPECT_EQ(page.next_page_token(), "");
  request.set_login(kLogin);
  EXPECT_THAT(list(&page), HasReason(type::v1::PAGE_TOKEN_INVALID));
}

TEST_F(ConnectorTest, EventsAreStreamedAndResumed) {
  ASSERT_THAT(Book(Booking("a", "1")), IsOk());
  Poll();
  v1::StreamEventsRequest request;
  request.set_server(kServer);
  // A position that was never held is answered with a reset and everything that is.
  request.mutable_resume_after()->set_epoch("unknown");
  v1::Event event;
  v1::EventPosition before_deal;
  bool reset = false;
  {
    grpc::ClientContext context;
    const auto reader = run_->stub->StreamEvents(&context, request);
    while (reader->Read(&event) && !event.has_deal_booked()) {
      reset = reset || event.has_reset();
      before_deal = event.position();
    }
    context.TryCancel();
    (void)reader->Finish();
  }
  EXPECT_TRUE(reset);
  EXPECT_EQ(event.deal_booked().login(), kLogin);
  const int64_t ticket = event.deal_booked().ticket();
  Restart();
  Poll();
  *request.mutable_resume_after() = before_deal;
  grpc::ClientContext context;
  const auto reader = run_->stub->StreamEvents(&context, request);
  std::vector<int64_t> tickets;
  ASSERT_THAT(Book(Booking("b", "1")), IsOk());
  Poll();
  while (tickets.size() < 2 && reader->Read(&event)) {
    EXPECT_FALSE(event.has_reset());
    if (event.has_deal_booked()) tickets.push_back(event.deal_booked().ticket());
  }
  context.TryCancel();
  (void)reader->Finish();
  EXPECT_THAT(tickets, ElementsAre(ticket, ticket + 1));
}

// Nothing may keep a server's runtime alive once its streams are over: leaks show under AddressSanitizer.
TEST_F(ConnectorTest, OpenStreamsEndWithTheProcess) {
  v1::StreamEventsRequest request;
  request.set_server(kServer);
  request.mutable_resume_after()->set_epoch("unknown");
  const auto stub = v1::ConnectorService::NewStub(run_->rpc->Channel());
  grpc::ClientContext context;
  const auto reader = stub->StreamEvents(&context, request);
  v1::Event event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_TRUE(event.has_reset());
  run_.reset();
  while (reader->Read(&event)) continue;
  EXPECT_THAT(FromGrpc(reader->Finish()), HasReason(type::v1::SHUTTING_DOWN));
}

TEST_F(ConnectorTest, AStreamEndsWhenTheServerIsDrivenElsewhere) {
  v1::StreamEventsRequest request;
  request.set_server(kServer);
  request.mutable_resume_after()->set_epoch("unknown");
  grpc::ClientContext context;
  const auto reader = run_->stub->StreamEvents(&context, request);
  v1::Event event;
  ASSERT_TRUE(reader->Read(&event));
  ASSERT_OK_AND_ASSIGN(const auto runtime, run_->process->servers().Find(kServer));
  runtime->Stop();
  while (reader->Read(&event)) continue;
  EXPECT_THAT(FromGrpc(reader->Finish()), HasReason(type::v1::SERVICE_UNAVAILABLE));
}

TEST_F(ConnectorTest, StandsByWhileAnotherProcessHoldsTheLease) {
  config_.set_state_dir(folder_.Join("elsewhere"));
  ASSERT_TRUE(std::filesystem::create_directory(config_.state_dir()));
  RunningConnector standby(config_, factory_);
  EXPECT_THAT(Book(Booking("a", "1")), IsOk()) << "the owner goes on";
  EXPECT_FALSE(standby.process->servers().DrivesAny());
  run_->process->Stop();
  EXPECT_FALSE(run_->process->servers().DrivesAny());
}

TEST(ConnectorProcessTest, WrongConfigurationsAreNamed) {
  FakeFactory factory;
  const testing::TempDir folder;
  config::v1::ConnectorConfig config;
  const auto open = [&] {
    return ConnectorProcess::Open(
               config, [&factory](const config::v1::TradeServerConfig& server) { return factory(server); },
               RealClock(), nullptr)
        .status();
  };
  EXPECT_THAT(open(), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("database_url")));
  config.set_database_url(absl::StrCat("sqlite://", folder.Join("c.db")));
  config.set_fingerprint_key_file(folder.Join("key"));
  EXPECT_THAT(open(), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("servers")));
  config.add_servers()->set_id("Capital");
  EXPECT_THAT(open(), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("Capital")));
  config.mutable_servers(0)->set_id("mt5");
  config.mutable_servers(0)->mutable_operation_retention()->set_seconds(60);
  EXPECT_THAT(open(),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("operation_retention")));
  config.mutable_servers(0)->clear_operation_retention();
  EXPECT_OK(open());
}

}  // namespace
}  // namespace mtsuite::connector
