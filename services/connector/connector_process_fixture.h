#ifndef SERVICES_CONNECTOR_CONNECTOR_PROCESS_FIXTURE_H_
#define SERVICES_CONNECTOR_CONNECTOR_PROCESS_FIXTURE_H_

#include <atomic>
#include <deque>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/grpc_convert.h"
#include "common/testing/matchers.h"
#include "services/connector/connector_process.h"
#include "services/connector/journal/tag.h"
#include "services/connector/service/connector_service.h"
#include "services/connector/service/operation_service.h"
#include "services/connector/service/quote_service.h"
#include "services/connector/service/server_service.h"
#include "services/connector/service/trading_service.h"
#include "services/connector/testing/fake_trade_server.h"

namespace mtsuite::connector {

inline constexpr char kServer[] = "fake";
inline constexpr int64_t kLogin = 1001;

// Makes connections to one world, which outlives them, and lets the test disturb them.
class FakeFactory {
 public:
  absl::StatusOr<std::unique_ptr<TradeServer>> operator()(const config::v1::TradeServerConfig&) {
    auto server = std::make_unique<FakeTradeServer>(
        world, world_mutex, scheduler, scheduler, RealClock(),
        FakeTradeServer::Options{
            .server = kServer,
            .next_fault = [this] { return NextFault(); },
            .conceals_history = [this] { return concealed_questions.fetch_sub(1) > 0; }});
    absl::MutexLock lock(&mutex);
    latest = server.get();
    return server;
  }

  void Plan(FakeFault::Kind kind, absl::Duration late_by = absl::ZeroDuration()) {
    absl::MutexLock lock(&mutex);
    faults.push_back({kind, late_by});
  }

  FakeFault NextFault() {
    absl::MutexLock lock(&mutex);
    if (faults.empty()) return {};
    const FakeFault fault = faults.front();
    faults.pop_front();
    return fault;
  }

  int DealCount() {
    absl::MutexLock lock(&world_mutex);
    return static_cast<int>(world->deals().size());
  }

  // So many questions for deals and done orders are answered as of before there were any.
  std::atomic<int> concealed_questions = 0;
  absl::Mutex world_mutex;
  std::shared_ptr<FakeWorld> world = std::make_shared<FakeWorld>(RealClock());
  absl::Mutex mutex;
  std::deque<FakeFault> faults ABSL_GUARDED_BY(mutex);
  FakeTradeServer* latest ABSL_GUARDED_BY(mutex) = nullptr;
  ThreadScheduler scheduler;
};

// One run of the connector process with its gRPC server.
struct RunningConnector {
  RunningConnector(const config::v1::ConnectorConfig& config, FakeFactory& factory) {
    auto opened = ConnectorProcess::Open(
        config, [&factory](const config::v1::TradeServerConfig& server) { return factory(server); },
        RealClock(), nullptr);
    EXPECT_THAT(opened, testing::IsOk());
    process = *std::move(opened);
    rpc = std::make_unique<rpc::TestServer>(
        mtsuite::config::v1::ServerConfig(),
        std::vector<auth::NewKey>{
            {.id = "elsewhere", .scopes = {"accounts.read", "accounts.write"}, .servers = {"other"}},
            {.id = "cashier", .scopes = {"funds.write"}},
            {.id = "watcher", .scopes = {"trading.read"}}});
    connector = std::make_unique<ConnectorServiceImpl>(rpc->gate(), process->servers(), process->scheduler());
    operations = std::make_unique<OperationServiceImpl>(rpc->gate(), process->servers());
    servers = std::make_unique<ServerServiceImpl>(rpc->gate(), process->servers());
    trading = std::make_unique<ConnectorTradingServiceImpl>(rpc->gate(), process->servers());
    quotes =
        std::make_unique<ConnectorQuoteServiceImpl>(rpc->gate(), process->servers(), process->scheduler());
    rpc->server().Register(v1::ConnectorTradingService::service_full_name(), *trading);
    rpc->server().Register(v1::ConnectorQuoteService::service_full_name(), *quotes);
    rpc->server().Register(operations::v1::OperationService::service_full_name(), *operations);
    rpc->server().Register(operations::v1::ServerService::service_full_name(), *servers);
    process->Start([this](bool now) {
      absl::MutexLock lock(&mutex);
      driving = now;
    });
    rpc->Start(v1::ConnectorService::service_full_name(), *connector);
    stub = v1::ConnectorService::NewStub(rpc->Channel());
    trading_stub = v1::ConnectorTradingService::NewStub(rpc->Channel());
    operation_stub = operations::v1::OperationService::NewStub(rpc->Channel());
  }
  ~RunningConnector() {
    rpc->server().Stop();
    process->Stop();
    rpc.reset();
  }

  // Until it drives the trading server: it holds the lease and has read what was stored.
  void AwaitDriving() {
    absl::MutexLock lock(&mutex);
    ASSERT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&driving), absl::Seconds(60)));
  }

  absl::Mutex mutex;
  bool driving ABSL_GUARDED_BY(mutex) = false;
  std::unique_ptr<ConnectorProcess> process;
  std::unique_ptr<ConnectorServiceImpl> connector;
  std::unique_ptr<OperationServiceImpl> operations;
  std::unique_ptr<ServerServiceImpl> servers;
  std::unique_ptr<ConnectorTradingServiceImpl> trading;
  std::unique_ptr<ConnectorQuoteServiceImpl> quotes;
  std::unique_ptr<rpc::TestServer> rpc;
  std::unique_ptr<v1::ConnectorService::Stub> stub;
  std::unique_ptr<v1::ConnectorTradingService::Stub> trading_stub;
  std::unique_ptr<operations::v1::OperationService::Stub> operation_stub;
};

class ConnectorTest : public ::testing::Test {
 protected:
  ConnectorTest() {
    NewAccount account;
    account.account.set_login(kLogin);
    account.account.set_group("demo\\usd");
    account.account.set_name("Ada Lovelace");
    account.account.set_leverage(100);
    account.main_password = "Old-pass-1";
    EXPECT_OK(factory_.world->Create(account));
    config_.set_database_url(absl::StrCat("sqlite://", folder_.Join("connector.db")));
    config_.set_fingerprint_key_file(folder_.Join("key"));
    auto* server = config_.add_servers();
    server->set_id(kServer);
    server->set_min_login(2000);
    server->set_max_login(2999);
    server->mutable_settle_window()->set_seconds(1);
    Restart();
  }

  // Ends the process, if there is one, and starts it anew on the same database.
  void Restart() {
    run_.reset();
    run_ = std::make_unique<RunningConnector>(config_, factory_);
    run_->AwaitDriving();
    Poll();
    // What was polled is told on another thread; the RPC itself tells when the accounts are there.
    const absl::Time deadline = RealClock().TimeNow() + absl::Seconds(60);
    v1::ListAccountsRequest request;
    request.set_server(kServer);
    request.set_limit(1);
    while (!Call(&v1::ConnectorService::Stub::ListAccounts, request).ok()) {
      ASSERT_LT(RealClock().TimeNow(), deadline) << "never ready";
    }
  }

  // Lets the connector see what is new in the world.
  void Poll() {
    FakeTradeServer* server;
    {
      absl::MutexLock lock(&factory_.mutex);
      server = factory_.latest;
    }
    server->Poll();
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::ConnectorService::Stub::*method)(grpc::ClientContext*,
                                                                                   const Request&, Response*),
                                const Request& request, absl::Duration timeout = absl::Seconds(10)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(RealClock().TimeNow() + timeout));
    Response response;
    const grpc::Status status = (run_->stub.get()->*method)(&context, request, &response);
    replayed_ = context.GetServerInitialMetadata().count("operation-replayed") > 0;
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Trade(grpc::Status (v1::ConnectorTradingService::Stub::*method)(
                                     grpc::ClientContext*, const Request&, Response*),
                                 const Request& request, absl::Duration timeout = absl::Seconds(10)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(RealClock().TimeNow() + timeout));
    Response response;
    const grpc::Status status = (run_->trading_stub.get()->*method)(&context, request, &response);
    replayed_ = context.GetServerInitialMetadata().count("operation-replayed") > 0;
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  static v1::CreateBalanceOperationRequest Booking(
      const std::string& id, const std::string& amount,
      accounts::v1::BalanceOperation::Type type = accounts::v1::BalanceOperation::DEPOSIT) {
    v1::CreateBalanceOperationRequest request;
    request.set_server(kServer);
    request.set_login(kLogin);
    request.mutable_balance_operation()->set_type(type);
    request.mutable_balance_operation()->set_amount(amount);
    request.mutable_balance_operation()->set_comment("Welcome");
    request.set_operation_id(id);
    return request;
  }

  absl::StatusOr<accounts::v1::BalanceOperation> Book(const v1::CreateBalanceOperationRequest& request,
                                                      absl::Duration timeout = absl::Seconds(10)) {
    return Call(&v1::ConnectorService::Stub::CreateBalanceOperation, request, timeout);
  }

  static v1::CreateAccountRequest NewAccountRequest(const std::string& id) {
    v1::CreateAccountRequest request;
    request.set_server(kServer);
    request.mutable_account()->set_group("demo\\usd");
    request.mutable_account()->set_name("Eve");
    request.set_main_password("New-pass-1");
    request.set_investor_password("New-pass-2");
    request.set_operation_id(id);
    return request;
  }

  absl::StatusOr<operations::v1::Operation> GetOperation(const std::string& id) {
    grpc::ClientContext context;
    operations::v1::GetOperationRequest request;
    request.set_server(kServer);
    request.set_operation_id(id);
    operations::v1::Operation operation;
    const grpc::Status status = run_->operation_stub->GetOperation(&context, request, &operation);
    if (!status.ok()) return FromGrpc(status);
    return operation;
  }

  testing::TempDir folder_;
  config::v1::ConnectorConfig config_;
  FakeFactory factory_;
  std::unique_ptr<RunningConnector> run_;
  bool replayed_ = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_CONNECTOR_PROCESS_FIXTURE_H_
