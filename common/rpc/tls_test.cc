#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>

#include "common/config/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/testing/probe_service.h"
#include "common/rpc/testing/test_server.h"
#include "common/status/grpc_convert.h"
#include "common/testing/matchers.h"
#include "common/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "grpcpp/client_context.h"
#include "gtest/gtest.h"

namespace mtsuite::rpc {
namespace {

using connector::v1::ConnectorService;
using mtsuite::testing::StatusIs;

// A certificate authority with a server's and a client's certificate, made by the openssl program.
class Certificates {
 public:
  Certificates() {
    Run("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem");
    EXPECT_OK(
        config::WriteFileAtomically(Path("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n", 0644));
    for (const std::string name : {"server", "client"}) {
      Run("req -newkey rsa:2048 -nodes -subj /CN=" + name + " -keyout " + name + ".key -out " + name +
          ".csr");
      Run("x509 -req -days 2 -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -in " + name +
          ".csr -out " + name + ".pem");
    }
  }

  std::string Path(const std::string& name) const { return folder_.Join(name); }

 private:
  void Run(const std::string& arguments) {
    const std::string command = "cd " + folder_.path().string() + " && openssl " + arguments + " >log 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << config::ReadFile(Path("log"), 100'000).value_or("");
  }

  testing::TempDir folder_;
};

class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { certificates_ = new Certificates; }
  static void TearDownTestSuite() { delete certificates_; }

  static config::v1::ServerConfig ServerWithTls(bool wants_client_certificate) {
    config::v1::ServerConfig config;
    config.mutable_tls()->set_cert_file(certificates_->Path("server.pem"));
    config.mutable_tls()->set_key_file(certificates_->Path("server.key"));
    if (wants_client_certificate) config.mutable_tls()->set_client_ca_file(certificates_->Path("ca.pem"));
    return config;
  }

  static config::v1::ClientConfig ClientOf(const TestServer& server) {
    config::v1::ClientConfig client;
    client.set_target(server.target());
    client.mutable_tls()->set_ca_file(certificates_->Path("ca.pem"));
    return client;
  }

  static absl::Status Call(const TestServer& server, const config::v1::ClientConfig& client) {
    auto channel = Channel(client);
    EXPECT_OK(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    context.AddMetadata("authorization", "Bearer " + server.KeyText(TestServer::kAdmin));
    accounts::v1::Account account;
    return FromGrpc(ConnectorService::NewStub(*channel)->GetAccount(&context, {}, &account));
  }

  static Certificates* certificates_;
};

Certificates* TlsTest::certificates_ = nullptr;

TEST_F(TlsTest, ServesThoseWhoTrustIt) {
  TestServer server(ServerWithTls(false));
  ProbeService service(server.gate());
  server.Start(ConnectorService::service_full_name(), service);
  EXPECT_OK(Call(server, ClientOf(server)));
  config::v1::ClientConfig plain = ClientOf(server);
  plain.clear_tls();
  EXPECT_THAT(Call(server, plain), StatusIs(absl::StatusCode::kUnavailable));
  config::v1::ClientConfig distrustful = ClientOf(server);
  distrustful.mutable_tls()->set_ca_file(certificates_->Path("client.pem"));
  EXPECT_THAT(Call(server, distrustful), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(TlsTest, AsksForACertificateWhenSoConfigured) {
  TestServer server(ServerWithTls(true));
  ProbeService service(server.gate());
  server.Start(ConnectorService::service_full_name(), service);
  EXPECT_THAT(Call(server, ClientOf(server)), StatusIs(absl::StatusCode::kUnavailable));
  config::v1::ClientConfig known = ClientOf(server);
  known.mutable_tls()->set_cert_file(certificates_->Path("client.pem"));
  known.mutable_tls()->set_key_file(certificates_->Path("client.key"));
  EXPECT_OK(Call(server, known));
}

TEST_F(TlsTest, SaysWhatIsWrongWithTheConfiguration) {
  config::v1::ServerConfig config;
  config.mutable_tls()->set_cert_file(certificates_->Path("server.pem"));
  EXPECT_THAT(TestServer(config).server().Start(), StatusIs(absl::StatusCode::kInvalidArgument));
  config.mutable_tls()->set_key_file(certificates_->Path("absent.key"));
  EXPECT_THAT(TestServer(config).server().Start(), StatusIs(absl::StatusCode::kNotFound));
  config::v1::ClientConfig client;
  client.set_target("127.0.0.1:1");
  client.mutable_tls()->set_cert_file(certificates_->Path("client.pem"));
  EXPECT_THAT(Channel(client), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace mtsuite::rpc
