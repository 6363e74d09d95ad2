// Signals and the drain, on a process of its own: they end the process that gets them.
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "common/auth/key_admin.h"
#include "common/config/files.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/grpc_convert.h"
#include "common/testing/matchers.h"
#include "common/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"
#include "mtsuite/connector/v1/connector_service.grpc.pb.h"
#include "nlohmann/json.hpp"

namespace mtsuite::rpc {
namespace {

using connector::v1::ConnectorService;
using mtsuite::testing::StatusIs;

constexpr char kProbeServer[] = "common/rpc/testing/probe_server";

class DrainTest : public ::testing::Test {
 protected:
  // The child must be made before gRPC starts threads here.
  void Start(const std::string& extra_config = "") {
    auto key = auth::CreateKey(folder_.Join("keys.yaml"), {.id = "test", .scopes = {"accounts.read"}});
    ASSERT_OK(key);
    const std::string config = "listen: 127.0.0.1:0\nkey_file: " + folder_.Join("keys.yaml") +
                               "\nport_file: " + port_file() + "\n" + extra_config;
    ASSERT_OK(config::WriteFileAtomically(folder_.Join("config.yaml"), config, 0600));
    const std::string config_path = folder_.Join("config.yaml");
    // Watched before the child can make it.
    watch_ = inotify_init1(IN_CLOEXEC);
    ASSERT_GE(inotify_add_watch(watch_, folder_.path().c_str(), IN_MOVED_TO), 0);
    child_ = fork();
    ASSERT_GE(child_, 0);
    if (child_ == 0) {
      execl(kProbeServer, kProbeServer, config_path.c_str(), nullptr);
      _exit(127);
    }
    const absl::StatusOr<std::string> ports = AwaitPorts();
    ASSERT_OK(ports);
    const int port = nlohmann::json::parse(*ports)["port"];
    stub_ = ConnectorService::NewStub(ChannelWithKey("127.0.0.1:" + std::to_string(port), *key));
  }

  ~DrainTest() override {
    if (child_ > 0 && waitpid(child_, nullptr, WNOHANG) == 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(watch_);
  }

  // The port file, as soon as it is there.
  absl::StatusOr<std::string> AwaitPorts() {
    constexpr int kTimeoutMillis = 30'000;
    pollfd event = {.fd = watch_, .events = POLLIN, .revents = 0};
    if (poll(&event, 1, kTimeoutMillis) != 1)
      return absl::DeadlineExceededError("the child wrote no port file");
    return config::ReadFile(port_file(), 10'000);
  }

  absl::Status Read(int64_t login) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    connector::v1::GetAccountRequest request;
    request.set_login(login);
    accounts::v1::Account account;
    return FromGrpc(stub_->GetAccount(&context, request, &account));
  }

  int ExitCode() {
    int status = 0;
    EXPECT_EQ(waitpid(child_, &status, 0), child_);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string port_file() const { return folder_.Join("ports.json"); }

  testing::TempDir folder_;
  pid_t child_ = -1;
  int watch_ = -1;
  std::unique_ptr<ConnectorService::Stub> stub_;
};

TEST_F(DrainTest, ASignalInTheMiddleOfACallLosesNothing) {
  Start();
  ASSERT_OK(Read(7));
  grpc::ClientContext stream_context;
  const auto stream = stub_->StreamEvents(&stream_context, {});
  connector::v1::Event event;
  ASSERT_TRUE(stream->Read(&event));
  // Answered by the drain hook only, so it is certainly in the middle.
  std::thread caller([this] { EXPECT_OK(Read(1)); });
  // The server tells on the stream that the call has arrived.
  ASSERT_TRUE(stream->Read(&event));
  ASSERT_EQ(kill(child_, SIGTERM), 0);
  caller.join();
  EXPECT_FALSE(stream->Read(&event));
  EXPECT_THAT(FromGrpc(stream->Finish()), StatusIs(absl::StatusCode::kUnavailable));
  // The server waits for its connections to close, and a client without a call in progress looks only every
  // five seconds.
  stub_ = nullptr;
  EXPECT_EQ(ExitCode(), 0);
  // Hooks run in reverse order of their registration.
  EXPECT_EQ(config::ReadFile(port_file() + ".stopped", 1000).value_or("none"), "second\nfirst\n");
  EXPECT_THAT(config::ReadFile(port_file(), 1000), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DrainTest, ASecondSignalEndsTheProcessAtOnce) {
  Start("drain: {pause: 60s}\n");
  ASSERT_OK(Read(7));
  ASSERT_EQ(kill(child_, SIGTERM), 0);
  // Signals of one kind do not queue: the second is sent until the first has been taken.
  int status = 0;
  while (waitpid(child_, &status, WNOHANG) == 0) {
    kill(child_, SIGINT);
    std::this_thread::yield();
  }
  child_ = -1;
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

}  // namespace
}  // namespace mtsuite::rpc
