// A bare gRPC server on the callback API: no authentication, no logs, no checks. Alone it is the one-hop
// baseline; with
// --forward it asks the next one first, so that a chain has as many hops as the service under test.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/grpcpp.h"
#include "tests/bench/echo.grpc.pb.h"

ABSL_FLAG(std::string, forward, "", "target of the next server of the chain");

namespace mtsuite::bench {
namespace {

accounts::v1::Account TypicalAccount() {
  accounts::v1::Account account;
  account.set_login(1000);
  account.set_group("demo\\retail-usd");
  account.set_leverage(100);
  account.set_name("Ann Smith");
  account.mutable_contact()->set_email("ann.smith@example.com");
  account.mutable_contact()->set_country("Germany");
  account.mutable_rights()->set_enabled(true);
  account.mutable_rights()->set_read_only(false);
  account.set_currency_code("USD");
  account.set_balance("1000.00");
  account.set_credit("0.00");
  account.mutable_create_time()->set_seconds(1772366400);
  return account;
}

class EchoServer final : public v1::EchoService::CallbackService {
 public:
  explicit EchoServer(const std::string& forward) {
    if (!forward.empty()) {
      next_ = v1::EchoService::NewStub(grpc::CreateChannel(forward, grpc::InsecureChannelCredentials()));
    }
  }

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const v1::EchoRequest* request,
                                 accounts::v1::Account* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (next_ == nullptr) {
      *response = account_;
      reactor->Finish(grpc::Status::OK);
      return reactor;
    }
    auto onward = grpc::ClientContext::FromCallbackServerContext(*context);
    grpc::ClientContext* raw = onward.get();
    next_->async()->Echo(raw, request, response,
                         [reactor, onward = std::shared_ptr<grpc::ClientContext>(std::move(onward))](
                             const grpc::Status& status) { reactor->Finish(status); });
    return reactor;
  }

 private:
  const accounts::v1::Account account_ = TypicalAccount();
  std::unique_ptr<v1::EchoService::Stub> next_;
};

int Run() {
  EchoServer service(absl::GetFlag(FLAGS_forward));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("%d\n", port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace mtsuite::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  // Debian's Abseil watches for deadlocks, which costs time; our servers turn that off, so the baseline does
  // too.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return mtsuite::bench::Run();
}
