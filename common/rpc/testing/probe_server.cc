// A server for tests of signals, `probe_server <config.yaml>`. GetAccount with login 1 is answered only once
// the drain has begun, and its arrival is told on the open stream. Streams stay open until the drain. The
// stop hooks leave a file beside the port file, so that the test sees that they ran.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "common/config/config.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/probe_service.h"

namespace mtsuite::rpc {
namespace {

int Run(const std::string& config_path) {
  auto config = config::LoadConfig<config::v1::ServerConfig>(config_path);
  if (!config.ok()) {
    std::fprintf(stderr, "%s\n", config.status().ToString().c_str());
    return 2;
  }
  auto server = Server::Create("probe", *config);
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return 2;
  }
  absl::Mutex mutex;
  CallPtr waiting;
  ProbeService::Stream stream;
  ProbeService service((*server)->gate());
  service.on_read = [&](CallPtr call, const connector::v1::GetAccountRequest& request,
                        accounts::v1::Account* account) {
    account->set_login(request.login());
    if (request.login() != 1) {
      call->Finish(absl::OkStatus());
      return;
    }
    absl::MutexLock lock(&mutex);
    waiting = std::move(call);
    if (stream != nullptr) stream->Write(connector::v1::Event());
  };
  service.on_stream = [&](ProbeService::Stream opened) {
    absl::MutexLock lock(&mutex);
    stream = std::move(opened);
    stream->Write(connector::v1::Event());
  };
  (*server)->Register(connector::v1::ConnectorService::service_full_name(), service);
  (*server)->OnDrain("answer", [&] {
    absl::MutexLock lock(&mutex);
    if (waiting != nullptr) waiting->Finish(absl::OkStatus());
    waiting = nullptr;
  });
  (*server)->OnStop("first",
                    [&] { std::ofstream(config->port_file() + ".stopped", std::ios::app) << "first\n"; });
  (*server)->OnStop("second",
                    [&] { std::ofstream(config->port_file() + ".stopped", std::ios::app) << "second\n"; });
  return (*server)->Run();
}

}  // namespace
}  // namespace mtsuite::rpc

int main(int argc, char** argv) { return argc == 2 ? mtsuite::rpc::Run(argv[1]) : 2; }
