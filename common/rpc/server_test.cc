#include "common/rpc/server.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/config/files.h"
#include "common/log/capture.h"
#include "common/rpc/testing/probe_service.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/error.h"
#include "common/status/grpc_convert.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace mtsuite::rpc {
namespace {

using connector::v1::ConnectorService;
using mtsuite::testing::HasMetadata;
using mtsuite::testing::HasReason;
using mtsuite::testing::IsOk;
using mtsuite::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class ServerTest : public ::testing::Test {
 protected:
  static config::v1::ServerConfig Config() {
    config::v1::ServerConfig config;
    config.set_log_level("debug");
    config.mutable_limits()->set_concurrent_calls(2);
    config.mutable_limits()->mutable_default_deadline()->set_seconds(7);
    config.mutable_limits()->mutable_max_deadline()->set_seconds(60);
    return config;
  }

  ServerTest()
      : server_(Config(), {{.id = "reader", .scopes = {"accounts.read"}, .servers = {"mt5-demo"}},
                           {.id = "sim", .scopes = {"sim.control"}}}),
        service_(server_.gate()) {}

  void Start() {
    server_.Start(ConnectorService::service_full_name(), service_);
    stub_ = ConnectorService::NewStub(server_.Channel());
    anonymous_ = ConnectorService::NewStub(ChannelWithKey(server_.target(), ""));
  }

  absl::Status Read(ConnectorService::Stub& stub, grpc::ClientContext& context) {
    accounts::v1::Account account;
    return FromGrpc(stub.GetAccount(&context, {}, &account));
  }
  absl::Status Read(ConnectorService::Stub& stub) {
    grpc::ClientContext context;
    return Read(stub, context);
  }
  absl::Status ReadWithMetadata(const std::string& key, const std::string& value) {
    grpc::ClientContext context;
    context.AddMetadata(key, value);
    return Read(*anonymous_, context);
  }
  absl::Status ReadAs(const std::string& key_id) {
    return Read(*ConnectorService::NewStub(server_.Channel(key_id)));
  }
  absl::Status Mutate(ConnectorService::Stub& stub) {
    grpc::ClientContext context;
    accounts::v1::BalanceOperation operation;
    return FromGrpc(stub.CreateBalanceOperation(&context, {}, &operation));
  }

  log::Capture log_;
  TestServer server_;
  ProbeService service_;
  std::unique_ptr<ConnectorService::Stub> stub_;
  std::unique_ptr<ConnectorService::Stub> anonymous_;
};

TEST_F(ServerTest, AuthenticatesEveryCall) {
  Start();
  const std::string& key = server_.KeyText("reader");
  EXPECT_THAT(Read(*anonymous_),
              AllOf(StatusIs(absl::StatusCode::kUnauthenticated), HasReason(type::v1::API_KEY_MISSING)));
  EXPECT_THAT(ReadWithMetadata("authorization", "Bearer " + key), IsOk());
  EXPECT_THAT(ReadWithMetadata("authorization", "bearer " + key), IsOk());
  EXPECT_THAT(ReadWithMetadata("x-api-key", key), IsOk());
  EXPECT_THAT(ReadWithMetadata("authorization", "Basic " + key), HasReason(type::v1::API_KEY_MISSING));
  for (const std::string wrong :
       {"x", "mts_reader_", "mts_reader_0000000000000000000000000000000000000000000"}) {
    EXPECT_THAT(ReadWithMetadata("x-api-key", wrong),
                AllOf(StatusIs(absl::StatusCode::kUnauthenticated), HasReason(type::v1::API_KEY_INVALID)));
  }
  for (const std::string& line : log_.lines()) EXPECT_THAT(line, Not(HasSubstr(key)));
}

TEST_F(ServerTest, AsksForTheScopeOfTheMethod) {
  Start();
  EXPECT_THAT(ReadAs("reader"), IsOk());
  EXPECT_THAT(ReadAs("sim"),
              AllOf(StatusIs(absl::StatusCode::kPermissionDenied), HasReason(type::v1::SCOPE_MISSING),
                    HasMetadata("scope", "accounts.read")));
  EXPECT_THAT(Mutate(*ConnectorService::NewStub(server_.Channel("reader"))),
              AllOf(HasReason(type::v1::SCOPE_MISSING), HasMetadata("scope", "funds.write")));
}

TEST_F(ServerTest, HandlersAskForMore) {
  absl::Status allowed, refused, scope;
  service_.on_read = [&](CallPtr call, const auto&, auto*) {
    allowed = call->CheckServerAllowed("mt5-demo");
    refused = call->CheckServerAllowed("mt4-live");
    scope = call->RequireScope("funds.override");
    EXPECT_EQ(call->principal().key_id, "reader");
    call->Finish(absl::OkStatus());
  };
  Start();
  EXPECT_OK(ReadAs("reader"));
  EXPECT_OK(allowed);
  EXPECT_THAT(refused, AllOf(StatusIs(absl::StatusCode::kPermissionDenied),
                             HasReason(type::v1::SERVER_NOT_ALLOWED), HasMetadata("server", "mt4-live")));
  EXPECT_THAT(scope, HasReason(type::v1::SCOPE_MISSING));
}

TEST_F(ServerTest, EchoesAValidRequestIdAndReplacesOthers) {
  Start();
  const auto id_for = [this](const std::string& sent) {
    grpc::ClientContext context;
    if (!sent.empty()) context.AddMetadata("x-request-id", sent);
    EXPECT_OK(Read(*stub_, context));
    const auto found = context.GetServerInitialMetadata().find("x-request-id");
    return found == context.GetServerInitialMetadata().end()
               ? std::string()
               : std::string(found->second.data(), found->second.size());
  };
  EXPECT_EQ(id_for("order-77"), "order-77");
  EXPECT_THAT(id_for(""), SizeIs(32));
  EXPECT_THAT(id_for(std::string(129, 'x')), SizeIs(32));
}

TEST_F(ServerTest, GivesEveryCallADeadline) {
  absl::Duration left;
  service_.on_read = [&](CallPtr call, const auto&, auto*) {
    left = call->deadline() - absl::Now();
    call->Finish(absl::OkStatus());
  };
  Start();
  EXPECT_OK(Read(*stub_));
  EXPECT_GT(left, absl::Seconds(5));
  EXPECT_LE(left, absl::Seconds(7));
  grpc::ClientContext short_one;
  short_one.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
  EXPECT_OK(Read(*stub_, short_one));
  // The wire carries the time left, rounded up, and the server adds it to its own clock.
  EXPECT_LE(left, absl::Seconds(3) + absl::Milliseconds(200));
  grpc::ClientContext long_one;
  long_one.set_deadline(std::chrono::system_clock::now() + std::chrono::hours(3));
  EXPECT_OK(Read(*stub_, long_one));
  EXPECT_LE(left, absl::Seconds(60));
}

TEST_F(ServerTest, RefusesCallsBeyondTheLimit) {
  absl::Mutex mutex;
  std::vector<CallPtr> held;
  service_.on_read = [&](CallPtr call, const auto&, auto*) {
    absl::MutexLock lock(&mutex);
    held.push_back(std::move(call));
  };
  Start();
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) callers.emplace_back([this] { EXPECT_OK(Read(*stub_)); });
  {
    absl::MutexLock lock(&mutex);
    const auto both = [&held] { return held.size() == 2; };
    mutex.Await(absl::Condition(&both));
  }
  EXPECT_EQ(server_.gate().calls_running(), 2);
  const absl::Status refused = Read(*stub_);
  EXPECT_THAT(refused,
              AllOf(StatusIs(absl::StatusCode::kResourceExhausted), HasReason(type::v1::RATE_LIMITED)));
  EXPECT_TRUE(GetRetryAfter(refused).has_value());
  for (const CallPtr& call : held) EXPECT_TRUE(call->Finish(absl::OkStatus()));
  for (std::thread& caller : callers) caller.join();
  service_.on_read = nullptr;
  EXPECT_OK(Read(*stub_));
  EXPECT_EQ(server_.gate().calls_running(), 0);
}

TEST_F(ServerTest, CountsAndLogsEachCallOnce) {
  Start();
  EXPECT_OK(Read(*stub_));
  EXPECT_OK(Mutate(*stub_));
  EXPECT_FALSE(Read(*anonymous_).ok());
  const std::string metrics = server_.server().metrics().Text();
  const std::string series =
      "rpc_server_handled_total{code=\"OK\",method=\"/mtsuite.connector.v1.ConnectorService/";
  EXPECT_THAT(metrics, HasSubstr(series + "GetAccount\"} 1"));
  EXPECT_THAT(metrics, HasSubstr(series + "CreateBalanceOperation\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("{code=\"UNAUTHENTICATED\",method=\"/mtsuite.connector.v1.ConnectorService/"
                                 "GetAccount\"} 1"));
  EXPECT_THAT(metrics,
              HasSubstr("rpc_server_latency_seconds_count{method=\"/mtsuite.connector.v1.ConnectorService/"
                        "GetAccount\"} 2"));
  EXPECT_THAT(metrics, HasSubstr("rpc_server_calls_running 0"));
  const std::vector<std::string> lines = log_.LinesOf("rpc");
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0], AllOf(HasSubstr("\"level\":\"debug\""), HasSubstr("\"key_id\":\"admin\"")));
  EXPECT_THAT(lines[1], HasSubstr("\"level\":\"info\""));
  EXPECT_THAT(lines[2], HasSubstr("\"reason\":\"API_KEY_MISSING\""));
}

TEST_F(ServerTest, KeepsInternalCausesInTheLog) {
  service_.on_read = [](CallPtr call, const auto&, auto*) {
    call->Finish(absl::DataLossError("page 7 of /var/db is damaged"));
  };
  Start();
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "r-1");
  EXPECT_THAT(Read(*stub_, context), AllOf(StatusIs(absl::StatusCode::kInternal, Not(HasSubstr("page 7"))),
                                           HasReason(type::v1::INTERNAL), HasMetadata("request_id", "r-1")));
  ASSERT_THAT(log_.LinesOf("rpc"), SizeIs(1));
  EXPECT_THAT(log_.LinesOf("rpc")[0], AllOf(HasSubstr("\"level\":\"error\""), HasSubstr("page 7"),
                                            HasSubstr("\"request_id\":\"r-1\"")));
}

TEST_F(ServerTest, ADroppedCallIsAnsweredAndTold) {
  service_.on_read = [](CallPtr, const auto&, auto*) {};
  Start();
  EXPECT_THAT(Read(*stub_), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(log_.LinesOf("rpc")[0], HasSubstr("without finishing"));
}

TEST_F(ServerTest, OnlyTheFirstFinishCounts) {
  service_.on_read = [](CallPtr call, const auto&, auto*) {
    EXPECT_TRUE(call->Finish(absl::OkStatus()));
    EXPECT_FALSE(call->Finish(absl::InternalError("again")));
  };
  Start();
  EXPECT_OK(Read(*stub_));
}

TEST_F(ServerTest, WritesItsPortsAndRemovesThemAtTheEnd) {
  config::v1::ServerConfig config;
  const std::string port_file = server_.folder().Join("ports.json");
  config.set_port_file(port_file);
  config.set_metrics_listen("127.0.0.1:0");
  {
    TestServer other(config);
    ProbeService service(other.gate());
    other.server().ReportPort("mt5_port", 443);
    other.Start(ConnectorService::service_full_name(), service);
    const auto ports = nlohmann::json::parse(config::ReadFile(port_file, 10000).value());
    EXPECT_EQ(ports["port"], other.server().port());
    EXPECT_EQ(ports["metrics_port"], other.server().metrics_port());
    EXPECT_EQ(ports["mt5_port"], 443);
    EXPECT_GT(other.server().metrics_port(), 0);
  }
  EXPECT_THAT(config::ReadFile(port_file, 10000), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ServerTest, ATakenPortIsAnError) {
  Start();
  config::v1::ServerConfig config;
  config.set_listen(server_.target());
  TestServer second(config);
  EXPECT_THAT(second.server().Start(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr(server_.target())));
}

TEST_F(ServerTest, SaysWhatIsMissingInTheConfiguration) {
  config::v1::ServerConfig config;
  EXPECT_THAT(Server::Create("x", config),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("server.listen")));
  config.set_listen("127.0.0.1:0");
  EXPECT_THAT(Server::Create("x", config),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("server.key_file")));
  config.set_key_file("/nonexistent/keys.yaml");
  EXPECT_THAT(Server::Create("x", config), StatusIs(absl::StatusCode::kNotFound));
  config.set_log_level("loud");
  EXPECT_THAT(Server::Create("x", config), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("loud")));
}

}  // namespace
}  // namespace mtsuite::rpc
