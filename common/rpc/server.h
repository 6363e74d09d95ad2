#ifndef COMMON_RPC_SERVER_H_
#define COMMON_RPC_SERVER_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/key_file.h"
#include "common/metrics/exposer.h"
#include "common/metrics/metrics.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/server_config.pb.h"
#include "common/rpc/signals.h"
#include "grpcpp/server.h"

namespace mtsuite::rpc {

// The one bootstrap of every service: logging, metrics, TLS, health (grpc.health.v1), reflection, limits,
// signals, drain.
//
//   auto server = rpc::Server::Create("accounts", config.server());    // before any thread is started
//   AccountsService service((*server)->gate(), ...);
//   (*server)->Register(AccountService::service_full_name(), service);
//   (*server)->OnStop("store", [&] { store.Close(); });
//   return (*server)->Run();
//
// On SIGTERM or SIGINT: health says NOT_SERVING; the configured pause; OnDrain callbacks, last registered
// first; open streams end with UNAVAILABLE; running calls may finish until the drain timeout; OnStop
// callbacks, last registered first; exit code 0. A second signal ends the process at once with exit code 1.
class Server {
 public:
  // Checks the configuration and opens the key file. Blocks the two signals in the calling thread, and so in
  // every thread that it starts later; hence call it first in main.
  static absl::StatusOr<std::unique_ptr<Server>> Create(std::string name, config::v1::ServerConfig config);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // What the service's methods go through.
  CallGate& gate() { return *gate_; }
  metrics::Registry& metrics() { return metrics_; }

  // Adds a service under its full name. It must outlive the server. Before Start.
  void Register(std::string_view full_name, grpc::Service& service);

  // Sets a registered service's health; all are serving once started unless told otherwise. The empty name's
  // health, which probes ask for, is serving while all services are. Thread-safe.
  void SetServing(std::string_view full_name, bool serving) ABSL_LOCKS_EXCLUDED(mutex_);

  // Adds a port that the service bound itself to the port file, under a name such as "mt5_port". Before
  // Start.
  void ReportPort(std::string name, int port);

  // Called while draining, with calls still running: end what would not end by itself. Before Start.
  void OnDrain(std::string name, absl::AnyInvocable<void()> callback);
  // Called when no call is left: flush and close. Before Start.
  void OnStop(std::string name, absl::AnyInvocable<void()> callback);

  // Starts listening and writes the port file.
  absl::Status Start();

  // Starts unless started, waits for a signal, stops. Returns the process's exit code.
  int Run();

  // Stops as a signal would, and waits for the end. Idempotent; not concurrently.
  void Stop();

  // The ports bound by Start; 0 where nothing listens.
  int port() const { return port_; }
  int metrics_port() const { return exposer_ == nullptr ? 0 : exposer_->port(); }

 private:
  struct Hook {
    std::string name;
    absl::AnyInvocable<void()> callback;
  };

  Server(std::string name, config::v1::ServerConfig config, std::unique_ptr<auth::KeyFile> keys);

  absl::Status Listen();
  absl::Status WritePortFile() const;
  void PublishHealth() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void RunHooks(std::vector<Hook>& hooks);

  const std::string name_;
  const config::v1::ServerConfig config_;
  metrics::Registry metrics_;
  std::unique_ptr<auth::KeyFile> keys_;
  std::unique_ptr<CallGate> gate_;
  SignalWaiter signals_;

  std::vector<std::pair<std::string, grpc::Service*>> services_;
  std::vector<std::pair<std::string, int>> extra_ports_;
  std::vector<Hook> drain_hooks_;
  std::vector<Hook> stop_hooks_;

  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, bool> serving_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;

  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<metrics::Exposer> exposer_;
  int port_ = 0;
  bool stopped_ = false;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_SERVER_H_
