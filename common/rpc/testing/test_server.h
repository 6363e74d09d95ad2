#ifndef COMMON_RPC_TESTING_TEST_SERVER_H_
#define COMMON_RPC_TESTING_TEST_SERVER_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/auth/key_admin.h"
#include "common/rpc/server.h"
#include "common/rpc/server_config.pb.h"
#include "common/testing/temp_dir.h"
#include "grpcpp/channel.h"
#include "grpcpp/security/credentials.h"

namespace mtsuite::rpc {

// Channel metadata for tests: every call of the channel carries `authorization: Bearer <key>`, unless the key
// is empty. TLS when `credentials` are given.
std::shared_ptr<grpc::Channel> ChannelWithKey(
    const std::string& target, const std::string& key,
    std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr);

// A real server inside the test: real gRPC on a free port of the loopback, a key file of its own, the whole
// bootstrap.
//
//   rpc::TestServer server;
//   MyService service(server.gate());
//   server.Start(MyProto::service_full_name(), service);
//   auto stub = MyProto::NewStub(server.Channel());
class TestServer {
 public:
  // The id of a key that is always there and has every scope.
  static constexpr char kAdmin[] = "admin";

  // `config` may set limits and timing; listen address and key file are filled in. `keys` are made beside
  // kAdmin.
  explicit TestServer(config::v1::ServerConfig config = {}, const std::vector<auth::NewKey>& keys = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  CallGate& gate() { return server_->gate(); }
  Server& server() { return *server_; }
  const testing::TempDir& folder() const { return folder_; }

  // Registers one service and starts; for more services use server() before.
  void Start(std::string_view full_name, grpc::Service& service);

  // "127.0.0.1:<port>", once started.
  std::string target() const;
  // The text of a key by its id; aborts when there is none.
  const std::string& KeyText(const std::string& id) const;
  // A new channel that sends the key of this id.
  std::shared_ptr<grpc::Channel> Channel(const std::string& key_id = kAdmin) const;

 private:
  testing::TempDir folder_;
  std::map<std::string, std::string> key_texts_;
  std::unique_ptr<Server> server_;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_TESTING_TEST_SERVER_H_
