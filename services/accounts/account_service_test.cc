// The accounts service over real gRPC, with a connector whose answers each test decides.
#include "services/accounts/account_service.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/error.h"
#include "common/status/grpc_convert.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/accounts/validation.h"

namespace mtsuite::accounts {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

// Answers as the test says and remembers what it was asked.
class FakeConnector final : public connector::v1::ConnectorService::CallbackService {
 public:
  FakeConnector() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeConnector() override { Stop(); }

  void Stop() {
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::now());
      server_ = nullptr;
    }
  }

  std::shared_ptr<grpc::Channel> Channel() const {
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  }

  std::function<absl::StatusOr<v1::BalanceOperation>(const connector::v1::CreateBalanceOperationRequest&)>
      on_book;
  std::function<absl::StatusOr<v1::Account>(const connector::v1::UpdateAccountRequest&)> on_update;
  std::function<absl::StatusOr<connector::v1::ListDealsResponse>(const connector::v1::ListDealsRequest&)>
      on_deals;
  bool replayed = false;

  std::vector<connector::v1::CreateBalanceOperationRequest> bookings() {
    absl::MutexLock lock(&mutex_);
    return bookings_;
  }

  grpc::ServerUnaryReactor* CreateBalanceOperation(
      grpc::CallbackServerContext* context, const connector::v1::CreateBalanceOperationRequest* request,
      v1::BalanceOperation* response) override {
    {
      absl::MutexLock lock(&mutex_);
      bookings_.push_back(*request);
    }
    if (replayed) {
      context->AddInitialMetadata("operation-replayed", "true");
    }
    return Answer(context, on_book(*request), response);
  }
  grpc::ServerUnaryReactor* UpdateAccount(grpc::CallbackServerContext* context,
                                          const connector::v1::UpdateAccountRequest* request,
                                          v1::Account* response) override {
    return Answer(context, on_update(*request), response);
  }
  grpc::ServerUnaryReactor* ListDeals(grpc::CallbackServerContext* context,
                                      const connector::v1::ListDealsRequest* request,
                                      connector::v1::ListDealsResponse* response) override {
    return Answer(context, on_deals(*request), response);
  }

 private:
  template <class Response>
  static grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                          absl::StatusOr<Response> result, Response* response) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (result.ok()) {
      *response = *std::move(result);
    }
    reactor->Finish(ToGrpc(result.status()));
    return reactor;
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  absl::Mutex mutex_;
  std::vector<connector::v1::CreateBalanceOperationRequest> bookings_ ABSL_GUARDED_BY(mutex_);
};

class AccountServiceTest : public ::testing::Test {
 protected:
  AccountServiceTest()
      : server_({}, {{.id = "reader", .scopes = {"accounts.read", "funds.read"}},
                     {.id = "cashier", .scopes = {"funds.write"}},
                     {.id = "elsewhere", .scopes = {"funds.write"}, .servers = {"other"}}}),
        client_(connector_.Channel()),
        service_(server_.gate(), client_, clock_) {
    server_.Start(v1::AccountService::service_full_name(), service_);
  }

  // One call: its status, its answer and the metadata that came with it.
  template <class Response>
  struct Outcome {
    absl::Status status;
    Response response;
    std::string operation_id;
    bool replayed = false;
  };

  template <class Request, class Response>
  Outcome<Response> Call(grpc::Status (v1::AccountService::StubInterface::*method)(grpc::ClientContext*,
                                                                                   const Request&, Response*),
                         const Request& request, const std::string& key = rpc::TestServer::kAdmin) {
    const std::unique_ptr<v1::AccountService::StubInterface> stub =
        v1::AccountService::NewStub(server_.Channel(key));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    Outcome<Response> outcome;
    outcome.status = FromGrpc(((*stub).*method)(&context, request, &outcome.response));
    const auto& metadata = context.GetServerInitialMetadata();
    if (const auto id = metadata.find("operation-id"); id != metadata.end()) {
      outcome.operation_id = std::string(id->second.data(), id->second.size());
    }
    outcome.replayed = metadata.find("operation-replayed") != metadata.end();
    return outcome;
  }

  Outcome<v1::BalanceOperation> Book(const v1::CreateBalanceOperationRequest& request,
                                     const std::string& key = rpc::TestServer::kAdmin) {
    return Call(&v1::AccountService::StubInterface::CreateBalanceOperation, request, key);
  }

  static v1::CreateBalanceOperationRequest Deposit(const std::string& amount = "250.00") {
    v1::CreateBalanceOperationRequest request;
    request.set_server("mt5-demo");
    request.set_login(1000);
    request.mutable_balance_operation()->set_type(v1::BalanceOperation::DEPOSIT);
    request.mutable_balance_operation()->set_amount(amount);
    return request;
  }

  static std::optional<ErrorReason> ReasonOf(const absl::Status& status) { return GetErrorReason(status); }

  SimulatedClock clock_{absl::FromUnixSeconds(1'772'366'400)};
  FakeConnector connector_;
  rpc::TestServer server_;
  ConnectorClient client_;
  AccountService service_;
};

TEST_F(AccountServiceTest, ABookingGoesToTheConnectorAsItIs) {
  connector_.on_book = [](const auto& request) {
    v1::BalanceOperation booked = request.balance_operation();
    booked.set_ticket(77);
    return booked;
  };
  v1::CreateBalanceOperationRequest request = Deposit();
  request.set_operation_id("order-4711");
  request.set_validate_only(true);
  request.set_ignore_margin(true);
  const auto outcome = Book(request);
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(outcome.response.ticket(), 77);
  EXPECT_EQ(outcome.operation_id, "order-4711");
  EXPECT_FALSE(outcome.replayed);
  ASSERT_EQ(connector_.bookings().size(), 1u);
  const connector::v1::CreateBalanceOperationRequest sent = connector_.bookings()[0];
  EXPECT_EQ(sent.server(), "mt5-demo");
  EXPECT_EQ(sent.login(), 1000);
  EXPECT_EQ(sent.balance_operation().amount(), "250.00");
  EXPECT_EQ(sent.operation_id(), "order-4711");
  EXPECT_TRUE(sent.validate_only());
  EXPECT_TRUE(sent.ignore_margin());
}

TEST_F(AccountServiceTest, AnOperationWithoutAnIdGetsOne) {
  connector_.on_book = [](const auto& request) { return request.balance_operation(); };
  const auto outcome = Book(Deposit());
  EXPECT_THAT(outcome.operation_id, MatchesRegex("[0-9a-f-]{36}"));
  EXPECT_EQ(connector_.bookings()[0].operation_id(), outcome.operation_id);
}

TEST_F(AccountServiceTest, AReplayIsAnnounced) {
  connector_.on_book = [](const auto& request) { return request.balance_operation(); };
  connector_.replayed = true;
  EXPECT_TRUE(Book(Deposit()).replayed);
}

TEST_F(AccountServiceTest, BadInputIsRejectedBeforeTheConnectorHearsOfIt) {
  const auto outcome = Book(Deposit("-1"));
  EXPECT_EQ(ReasonOf(outcome.status), type::v1::AMOUNT_NOT_POSITIVE);
  EXPECT_EQ(GetOutcome(outcome.status), type::v1::REJECTED);
  EXPECT_TRUE(connector_.bookings().empty());
}

TEST_F(AccountServiceTest, AKeyDoesOnlyWhatItMay) {
  const auto without_scope = Book(Deposit(), "reader");
  EXPECT_EQ(ReasonOf(without_scope.status), type::v1::SCOPE_MISSING);
  v1::CreateBalanceOperationRequest override_margin = Deposit();
  override_margin.set_ignore_margin(true);
  const auto without_override = Book(override_margin, "cashier");
  EXPECT_EQ(ReasonOf(without_override.status), type::v1::SCOPE_MISSING);
  EXPECT_EQ(GetMetadata(without_override.status)["scope"], "funds.override");
  EXPECT_EQ(ReasonOf(Book(Deposit(), "elsewhere").status), type::v1::SERVER_NOT_ALLOWED);
  EXPECT_TRUE(connector_.bookings().empty());
}

TEST_F(AccountServiceTest, TheConnectorsErrorIsPassedOn) {
  connector_.on_book = [](const auto&) -> absl::StatusOr<v1::BalanceOperation> {
    return MakeError(absl::StatusCode::kFailedPrecondition, type::v1::INSUFFICIENT_FREE_MARGIN, "too much")
        .With("free_margin", "80.00")
        .Outcome(type::v1::REJECTED);
  };
  const auto outcome = Book(Deposit());
  EXPECT_EQ(ReasonOf(outcome.status), type::v1::INSUFFICIENT_FREE_MARGIN);
  EXPECT_EQ(GetMetadata(outcome.status)["free_margin"], "80.00");
  EXPECT_EQ(GetOutcome(outcome.status), type::v1::REJECTED);
}

TEST_F(AccountServiceTest, AConnectorThatBreaksOffLeavesTheOutcomeOpen) {
  connector_.on_book = [](const auto&) -> absl::StatusOr<v1::BalanceOperation> {
    return absl::UnavailableError("connection reset");
  };
  const auto outcome = Book(Deposit());
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(outcome.status), type::v1::OPERATION_UNCONFIRMED);
  EXPECT_EQ(GetOutcome(outcome.status), type::v1::UNCONFIRMED);
  EXPECT_EQ(GetMetadata(outcome.status)["operation_id"], outcome.operation_id);
}

TEST_F(AccountServiceTest, AConnectorThatIsGoneMeansNothingWasSent) {
  connector_.on_book = [](const auto& request) { return request.balance_operation(); };
  ASSERT_TRUE(Book(Deposit()).status.ok());
  connector_.Stop();
  // The first calls may still find the connection closing under them; once that is noticed, nothing is sent
  // any more.
  auto outcome = Book(Deposit());
  for (int i = 0; i < 100 && GetOutcome(outcome.status) != type::v1::NOT_SENT; ++i) {
    EXPECT_EQ(GetOutcome(outcome.status), type::v1::UNCONFIRMED) << outcome.status;
    outcome = Book(Deposit());
  }
  EXPECT_EQ(ReasonOf(outcome.status), type::v1::SERVICE_UNAVAILABLE);
  EXPECT_EQ(GetOutcome(outcome.status), type::v1::NOT_SENT);
  EXPECT_TRUE(GetRetryAfter(outcome.status).has_value());
}

TEST_F(AccountServiceTest, EveryItemOfABatchHasItsOwnIdAndResult) {
  connector_.on_book = [](const auto& request) -> absl::StatusOr<v1::BalanceOperation> {
    if (request.login() == 2) {
      return MakeError(absl::StatusCode::kNotFound, type::v1::ACCOUNT_NOT_FOUND, "no account 2")
          .Outcome(type::v1::REJECTED);
    }
    return request.balance_operation();
  };
  v1::BatchCreateBalanceOperationsRequest request;
  request.set_server("mt5-demo");
  request.set_operation_id("batch");
  for (int i = 0; i < 30; ++i) {
    v1::CreateBalanceOperationRequest& item = *request.add_requests();
    item = Deposit(absl::StrCat(i, ".50"));
    item.clear_server();
    item.set_login(i);
  }
  const auto outcome = Call(&v1::AccountService::StubInterface::BatchCreateBalanceOperations, request);
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  ASSERT_EQ(outcome.response.results_size(), 30);
  for (int i = 0; i < 30; ++i) {
    const auto& result = outcome.response.results(i);
    EXPECT_EQ(result.operation_id(), absl::StrCat("batch.", i));
    EXPECT_EQ(result.has_error(), i == 0 || i == 2) << result.ShortDebugString();  // Login 0 is none.
    if (result.has_balance_operation()) {
      EXPECT_EQ(result.balance_operation().amount(), absl::StrCat(i, ".50"));
    }
  }
  EXPECT_EQ(connector_.bookings().size(), 29u);
}

TEST_F(AccountServiceTest, BatchesHaveALimitAndItemsNoServer) {
  v1::BatchCreateBalanceOperationsRequest request;
  request.set_server("mt5-demo");
  *request.add_requests() = Deposit();
  EXPECT_EQ(ReasonOf(Call(&v1::AccountService::StubInterface::BatchCreateBalanceOperations, request).status),
            type::v1::FIELD_INVALID);
  request.mutable_requests(0)->clear_server();
  while (request.requests_size() <= kMaxBatchMutations) {
    *request.add_requests() = request.requests(0);
  }
  EXPECT_EQ(ReasonOf(Call(&v1::AccountService::StubInterface::BatchCreateBalanceOperations, request).status),
            type::v1::BATCH_TOO_LARGE);
}

TEST_F(AccountServiceTest, TheVerbsSetRights) {
  std::vector<std::string> seen;
  connector_.on_update = [&seen](const auto& request) -> absl::StatusOr<v1::Account> {
    seen.push_back(absl::StrCat(request.account().rights().enabled(), request.account().rights().read_only(),
                                " of ", request.update_mask().paths_size()));
    return request.account();
  };
  v1::EnableAccountRequest enable;
  enable.set_server("mt5-demo");
  enable.set_login(5);
  v1::DisableAccountRequest disable;
  disable.set_server("mt5-demo");
  disable.set_login(5);
  v1::SetAccountReadOnlyRequest read_only;
  read_only.set_server("mt5-demo");
  read_only.set_login(5);
  EXPECT_TRUE(Call(&v1::AccountService::StubInterface::EnableAccount, enable).status.ok());
  EXPECT_TRUE(Call(&v1::AccountService::StubInterface::DisableAccount, disable).status.ok());
  EXPECT_TRUE(Call(&v1::AccountService::StubInterface::SetAccountReadOnly, read_only).status.ok());
  EXPECT_THAT(seen, ElementsAre("10 of 2", "00 of 1", "11 of 2"));
}

// 2,500 deals, of which every second is a deposit.
absl::StatusOr<connector::v1::ListDealsResponse> ManyDeals(const connector::v1::ListDealsRequest& request) {
  constexpr int kCount = 2500;
  connector::v1::ListDealsResponse page;
  page.set_currency_code("USD");
  page.set_currency_digits(2);
  page.set_time_zone("Europe/Athens");
  const int64_t end = std::min<int64_t>(kCount, request.offset() + request.limit());
  for (int64_t i = request.offset(); i < end; ++i) {
    type::v1::Deal& deal = *page.add_deals();
    deal.set_ticket(i + 1);
    deal.set_type(i % 2 == 0 ? type::v1::Deal::BALANCE : type::v1::Deal::COMMISSION);
    deal.set_profit(i % 2 == 0 ? "2.00" : "-1.00");
    deal.mutable_time()->set_seconds(1'700'000'000 + i);
  }
  page.set_next_offset(end < kCount ? end : 0);
  return page;
}

TEST_F(AccountServiceTest, BookingsAreFoundAmongAllDeals) {
  connector_.on_deals = ManyDeals;
  v1::ListBalanceOperationsRequest request;
  request.set_server("mt5-demo");
  request.set_login(1000);
  request.set_page_size(600);
  std::vector<int64_t> tickets;
  for (int page = 0; page < 4; ++page) {
    const auto outcome = Call(&v1::AccountService::StubInterface::ListBalanceOperations, request, "reader");
    ASSERT_TRUE(outcome.status.ok()) << outcome.status;
    for (const v1::BalanceOperation& operation : outcome.response.balance_operations()) {
      tickets.push_back(operation.ticket());
    }
    request.set_page_token(outcome.response.next_page_token());
    if (request.page_token().empty()) {
      break;
    }
  }
  ASSERT_EQ(tickets.size(), 1250u);
  for (size_t i = 0; i < tickets.size(); ++i) {
    ASSERT_EQ(tickets[i], static_cast<int64_t>(2 * i + 1));
  }
}

TEST_F(AccountServiceTest, StatisticsReadAllPages) {
  connector_.on_deals = ManyDeals;
  v1::GetStatisticsRequest request;
  request.set_server("mt5-demo");
  request.set_login(1000);
  const auto outcome = Call(&v1::AccountService::StubInterface::GetStatistics, request);
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(outcome.response.deposits(), "2500.00");
  EXPECT_EQ(outcome.response.commission(), "0.00");  // Commissions of their own are no part of a trade.
  EXPECT_EQ(outcome.response.currency_code(), "USD");
  EXPECT_EQ(outcome.response.end_time().seconds(), absl::ToUnixSeconds(clock_.TimeNow()));
  ASSERT_EQ(outcome.response.days_size(), 1);
  EXPECT_EQ(outcome.response.days(0).closing_balance(), "1250.00");
}

TEST_F(AccountServiceTest, StatisticsOfTooManyDealsAreRefused) {
  connector_.on_deals = [](const connector::v1::ListDealsRequest& request) {
    connector::v1::ListDealsResponse page;
    page.set_time_zone("Europe/Athens");
    page.set_next_offset(request.offset() + request.limit());
    return page;
  };
  v1::GetStatisticsRequest request;
  request.set_server("mt5-demo");
  request.set_login(1000);
  EXPECT_EQ(GetErrorReason(Call(&v1::AccountService::StubInterface::GetStatistics, request).status),
            type::v1::TOO_MANY_DEALS);
}

}  // namespace
}  // namespace mtsuite::accounts
