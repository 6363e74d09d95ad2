#include "common/rpc/testing/test_server.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/scopes.h"
#include "common/rpc/metadata.h"
#include "common/status/check.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/client_interceptor.h"

namespace mtsuite::rpc {
namespace {

// Call credentials would do this too, but gRPC refuses them on plain-text channels.
class KeyInterceptor final : public grpc::experimental::Interceptor {
 public:
  explicit KeyInterceptor(const std::string& value) : value_(value) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace(kAuthorizationKey, value_);
    }
    methods->Proceed();
  }

 private:
  const std::string& value_;
};

class KeyInterceptorFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit KeyInterceptorFactory(const std::string& key) : value_(absl::StrCat("Bearer ", key)) {}

  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new KeyInterceptor(value_);
  }

 private:
  const std::string value_;
};

}  // namespace

std::shared_ptr<grpc::Channel> ChannelWithKey(const std::string& target, const std::string& key,
                                              std::shared_ptr<grpc::ChannelCredentials> credentials) {
  if (credentials == nullptr) credentials = grpc::InsecureChannelCredentials();
  // Channels of one target and equal arguments would share a connection; tests want their own.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (!key.empty()) interceptors.push_back(std::make_unique<KeyInterceptorFactory>(key));
  return grpc::experimental::CreateCustomChannelWithInterceptors(target, credentials, arguments,
                                                                 std::move(interceptors));
}

TestServer::TestServer(config::v1::ServerConfig config, const std::vector<auth::NewKey>& keys) {
  auth::NewKey admin = {.id = kAdmin};
  for (const std::string_view scope : auth::AllScopes()) admin.scopes.emplace_back(scope);
  std::vector<auth::NewKey> all = {admin};
  all.insert(all.end(), keys.begin(), keys.end());
  for (const auth::NewKey& key : all) {
    absl::StatusOr<std::string> text = auth::CreateKey(folder_.Join("keys.yaml"), key);
    MTSUITE_CHECK(text.ok(), "cannot make a key for the test");
    key_texts_[key.id] = *std::move(text);
  }
  if (config.listen().empty()) config.set_listen("127.0.0.1:0");
  config.set_key_file(folder_.Join("keys.yaml"));
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Create("test", std::move(config));
  MTSUITE_CHECK(server.ok(), server.status().ToString().c_str());
  server_ = *std::move(server);
}

TestServer::~TestServer() = default;

void TestServer::Start(std::string_view full_name, grpc::Service& service) {
  server_->Register(full_name, service);
  const absl::Status started = server_->Start();
  MTSUITE_CHECK(started.ok(), started.ToString().c_str());
}

std::string TestServer::target() const { return absl::StrCat("127.0.0.1:", server_->port()); }

const std::string& TestServer::KeyText(const std::string& id) const {
  const auto found = key_texts_.find(id);
  MTSUITE_CHECK(found != key_texts_.end(), "the test server was made without this key");
  return found->second;
}

std::shared_ptr<grpc::Channel> TestServer::Channel(const std::string& key_id) const {
  return ChannelWithKey(target(), KeyText(key_id));
}

}  // namespace mtsuite::rpc
