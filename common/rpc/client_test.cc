#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/call_unary.h"
#include "common/rpc/channel.h"
#include "common/rpc/metadata.h"
#include "common/rpc/outgoing.h"
#include "common/rpc/testing/probe_service.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/error.h"
#include "common/status/grpc_convert.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"

namespace mtsuite::rpc {
namespace {

using accounts::v1::Account;
using accounts::v1::BalanceOperation;
using connector::v1::ConnectorService;
using mtsuite::testing::HasOutcome;
using mtsuite::testing::HasReason;
using mtsuite::testing::StatusIs;
using ::testing::AllOf;

using Async = ConnectorService::StubInterface::async_interface;

// Two servers in a row, as accounts and connector are: what reaches the first is handed on to the second.
// Both accept the same key only because the second's keys are the first's: the caller's key travels.
class ClientTest : public ::testing::Test {
 protected:
  ClientTest() : front_service_(front_.gate()), back_service_(front_.gate()) {}

  void Start() {
    front_service_.on_read = [this](CallPtr call, const connector::v1::GetAccountRequest& request,
                                    Account* response) {
      CallUnary(back_stub_->async(), &Async::GetAccount, ReadContext(*call), request,
                [call, response](absl::StatusOr<Account> account, const ReplyMetadata& metadata) {
                  call->AddInitialMetadata("back-request-id",
                                           metadata.Initial(kRequestIdKey).value_or("none"));
                  if (account.ok()) *response = *std::move(account);
                  call->Finish(account.status());
                });
    };
    front_service_.on_mutation =
        [this](CallPtr call, const connector::v1::CreateBalanceOperationRequest& request, BalanceOperation*) {
          CallUnary(back_stub_->async(), &Async::CreateBalanceOperation, MutationContext(*call), request,
                    [call](const absl::StatusOr<BalanceOperation>& operation, const ReplyMetadata&) {
                      call->Finish(operation.status());
                    });
        };
    // The second server is a second port of the same process with the same key file.
    config::v1::ServerConfig config;
    config.set_listen("127.0.0.1:0");
    config.set_key_file(front_.folder().Join("keys.yaml"));
    auto back = Server::Create("back", config);
    ASSERT_OK(back);
    back_ = *std::move(back);
    back_service_holder_ = std::make_unique<ProbeService>(back_->gate());
    back_service_holder_->on_read = std::move(back_service_.on_read);
    back_service_holder_->on_mutation = std::move(back_service_.on_mutation);
    back_->Register(ConnectorService::service_full_name(), *back_service_holder_);
    ASSERT_OK(back_->Start());
    config::v1::ClientConfig client;
    client.set_target("127.0.0.1:" + std::to_string(back_->port()));
    auto channel = Channel(client);
    ASSERT_OK(channel);
    back_stub_ = ConnectorService::NewStub(*channel);
    front_.Start(ConnectorService::service_full_name(), front_service_);
    stub_ = ConnectorService::NewStub(front_.Channel());
  }

  TestServer front_;
  ProbeService front_service_;
  // Holds the behaviour of the second server until Start makes it.
  ProbeService back_service_;
  std::unique_ptr<ProbeService> back_service_holder_;
  std::unique_ptr<Server> back_;
  std::unique_ptr<ConnectorService::Stub> back_stub_;
  std::unique_ptr<ConnectorService::Stub> stub_;
};

TEST_F(ClientTest, PassesOnDeadlineIdTraceAndCaller) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  absl::Time deadline;
  back_service_.on_read = [&](CallPtr call, const auto& request, Account* account) {
    EXPECT_EQ(call->request_id(), "r-1");
    EXPECT_EQ(call->traceparent(), trace);
    EXPECT_EQ(call->principal().key_id, "admin");
    deadline = call->deadline();
    account->set_login(request.login());
    call->Finish(absl::OkStatus());
  };
  Start();
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "r-1");
  context.AddMetadata("traceparent", trace);
  const auto caller_deadline = std::chrono::system_clock::now() + std::chrono::seconds(5);
  context.set_deadline(caller_deadline);
  connector::v1::GetAccountRequest request;
  request.set_login(42);
  Account account;
  EXPECT_OK(FromGrpc(stub_->GetAccount(&context, request, &account)));
  EXPECT_EQ(account.login(), 42);
  EXPECT_LT(deadline, absl::FromChrono(caller_deadline));
  EXPECT_GT(deadline, absl::FromChrono(caller_deadline) - absl::Milliseconds(500));
  EXPECT_EQ(context.GetServerInitialMetadata().find("back-request-id")->second, "r-1");
}

TEST_F(ClientTest, KeepsTheDetailsOfErrors) {
  back_service_.on_mutation = [](CallPtr call, const auto&, auto*) {
    call->Finish(
        MakeError(absl::StatusCode::kFailedPrecondition, type::v1::INSUFFICIENT_FREE_MARGIN, "no money")
            .Outcome(type::v1::REJECTED));
  };
  Start();
  grpc::ClientContext context;
  BalanceOperation operation;
  EXPECT_THAT(FromGrpc(stub_->CreateBalanceOperation(&context, {}, &operation)),
              AllOf(StatusIs(absl::StatusCode::kFailedPrecondition),
                    HasReason(type::v1::INSUFFICIENT_FREE_MARGIN), HasOutcome(type::v1::REJECTED)));
}

TEST_F(ClientTest, AReadIsCancelledWithItsCaller) {
  absl::Notification arrived;
  absl::Notification over;
  back_service_.on_read = [&](CallPtr call, const auto&, auto*) {
    std::thread([&, call = std::move(call)] {
      arrived.Notify();
      while (!call->IsCancelled()) std::this_thread::yield();
      call->Finish(absl::CancelledError("gone"));
      over.Notify();
    }).detach();
  };
  Start();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  std::thread canceller([&] {
    arrived.WaitForNotification();
    context.TryCancel();
  });
  Account account;
  EXPECT_THAT(FromGrpc(stub_->GetAccount(&context, {}, &account)), StatusIs(absl::StatusCode::kCancelled));
  canceller.join();
  EXPECT_TRUE(over.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

TEST_F(ClientTest, AMutationGoesOnWithoutItsCaller) {
  absl::Mutex mutex;
  CallPtr held;
  back_service_.on_mutation = [&](CallPtr call, const auto&, auto*) {
    absl::MutexLock lock(&mutex);
    held = std::move(call);
  };
  Start();
  grpc::ClientContext context;
  absl::Notification returned;
  std::thread caller([&] {
    BalanceOperation operation;
    EXPECT_THAT(FromGrpc(stub_->CreateBalanceOperation(&context, {}, &operation)),
                StatusIs(absl::StatusCode::kCancelled));
    returned.Notify();
  });
  const auto arrived = [&held] { return held != nullptr; };
  {
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&arrived));
  }
  context.TryCancel();
  returned.WaitForNotification();
  caller.join();
  EXPECT_FALSE(held->IsCancelled());
  EXPECT_TRUE(held->Finish(absl::OkStatus()));
}

TEST_F(ClientTest, AnUnreachableServiceIsUnavailable) {
  Start();
  back_->Stop();
  grpc::ClientContext context;
  Account account;
  EXPECT_THAT(FromGrpc(stub_->GetAccount(&context, {}, &account)),
              AllOf(StatusIs(absl::StatusCode::kUnavailable), HasReason(type::v1::SERVICE_UNAVAILABLE)));
}

TEST_F(ClientTest, BackgroundCallsCarryTheirOwnKey) {
  Start();
  absl::Notification done;
  auto context = BackgroundContext({.deadline = absl::Now() + absl::Seconds(5),
                                    .request_id = "",
                                    .api_key = front_.KeyText(TestServer::kAdmin)});
  CallUnary(back_stub_->async(), &Async::GetAccount, std::move(context), connector::v1::GetAccountRequest(),
            [&done](const absl::StatusOr<Account>& account, const ReplyMetadata& metadata) {
              EXPECT_OK(account);
              EXPECT_TRUE(metadata.Initial(kRequestIdKey).has_value());
              EXPECT_FALSE(metadata.Trailing("nothing").has_value());
              done.Notify();
            });
  done.WaitForNotification();
}

TEST(ChannelTest, NeedsATarget) {
  EXPECT_THAT(Channel(config::v1::ClientConfig()), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace mtsuite::rpc
