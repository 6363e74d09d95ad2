// The MT5 Web API over TCP.
#ifndef SERVICES_MTSIM_SERVER_SERVER_H_
#define SERVICES_MTSIM_SERVER_SERVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "asio/io_context.hpp"
#include "asio/ip/tcp.hpp"
#include "asio/steady_timer.hpp"
#include "services/mtsim/server/connection.h"
#include "services/mtsim/server/world.h"

namespace mtsuite::mtsim {

struct ServerOptions {
  // `host:port`; port 0 takes a free one.
  std::string listen = {};
  // Connections at a time; further ones are closed at once.
  size_t connections_max = 1'000;
  // How often prices move.
  absl::Duration feed_interval = absl::Milliseconds(250);
  SessionOptions session = {};
};

// Listens and owns the one thread on which the world and all connections live. Whoever else wants to touch
// the world posts a task to that thread.
class Server final : public ConnectionHost {
 public:
  // `world` must outlive the server and is used by its thread only, from Start on.
  Server(World& world, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds, then starts the thread. INVALID_ARGUMENT or UNAVAILABLE when the address cannot be had.
  absl::Status Start();
  // Cuts all connections and joins the thread. Idempotent.
  void Stop();

  // The bound port.
  int port() const { return port_; }

  // Runs `task` on the server's thread, soon and once; tasks of one thread stay in order. After Stop tasks
  // are dropped. Thread-safe.
  void Post(absl::AnyInvocable<void(World& world, Server& server)> task);

  // The rest is for tasks, on the server's thread.

  size_t connection_count() const { return connections_.size(); }
  // Lets all delayed commands and replies go on and stalled connections speak, and forgets the faults.
  void ClearFaults();
  // Cuts all connections and turns new ones away for `down_time`.
  void Restart(absl::Duration down_time) override;

 private:
  // ConnectionHost.
  World& world() override { return world_; }
  asio::io_context& io() override { return io_; }
  void RunLater(absl::Duration delay, absl::AnyInvocable<void()> task) override;
  void OnClosed(int64_t id) override;

  absl::Status Bind();
  void Accept();
  void OnAccepted(asio::ip::tcp::socket socket);
  void ScheduleFeed();

  World& world_;
  const ServerOptions options_;
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_};
  asio::steady_timer feed_timer_{io_};
  int port_ = 0;
  std::thread thread_;

  bool closing_all_ = false;
  absl::Time refuse_until_ = absl::InfinitePast();
  int64_t last_id_ = 0;
  std::map<int64_t, std::shared_ptr<Connection>> connections_;

  // A command or reply that a fault holds back. They belong to the server, not to a connection: a command
  // that was received is carried out although its client has gone.
  struct Delayed {
    std::unique_ptr<asio::steady_timer> timer;
    absl::AnyInvocable<void()> task;
  };
  void RunDelayed(int64_t id);
  int64_t last_delayed_id_ = 0;
  std::map<int64_t, Delayed> delayed_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_SERVER_SERVER_H_
