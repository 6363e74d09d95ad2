// One client's TCP connection.
#ifndef SERVICES_MTSIM_SERVER_CONNECTION_H_
#define SERVICES_MTSIM_SERVER_CONNECTION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "asio/io_context.hpp"
#include "asio/ip/tcp.hpp"
#include "asio/steady_timer.hpp"
#include "services/mtsim/faults.h"
#include "services/mtsim/mt5/session.h"
#include "services/mtsim/server/world.h"

namespace mtsuite::mtsim {

// What a connection needs of the server.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;
  virtual World& world() = 0;
  virtual asio::io_context& io() = 0;
  // Runs `task` after `delay`, or when the faults are cleared. It runs even if the connection is gone by
  // then.
  virtual void RunLater(absl::Duration delay, absl::AnyInvocable<void()> task) = 0;
  virtual void Restart(absl::Duration down_time) = 0;
  // The connection is closed and may be forgotten.
  virtual void OnClosed(int64_t id) = 0;
};

// Reads, lets the session understand it, carries commands out with the faults that hit them, writes. Lives on
// the server's thread; keeps itself alive while an operation of its socket is pending.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(int64_t id, ConnectionHost& host, asio::ip::tcp::socket socket, WebApiSession session);

  void Start();
  // Cuts the connection without sending what waits.
  void Cut();
  // Ends a stall.
  void Resume();

 private:
  // How an answer goes out.
  enum class Delivery { kNormal, kTwice, kCorrupted, kCutMidFrame };

  void Read();
  void OnRead(size_t size);
  void Apply(SessionEffects effects);
  void ScheduleTimer();

  // Takes one command to its end, or hands it to the host for later.
  void Run(Request request);
  void RunWithFault(Request request, const Fault& fault);
  // Carries `request` out. Does not need the connection.
  struct Caller {
    ConnectionHost& host;
    const Manager& manager;
    int64_t connection;
  };
  static Reply Execute(const Caller& caller, const Request& request, bool& restart);
  void ExecuteAndSend(const Request& request, Delivery delivery);
  void Send(const Request& request, const Reply& reply, Delivery delivery);
  void Stall(absl::Duration duration);

  void Write(std::string bytes);
  void Flush();
  void OnWritten();
  void CloseAfterWrites();

  const int64_t id_;
  ConnectionHost& host_;
  asio::ip::tcp::socket socket_;
  WebApiSession session_;
  asio::steady_timer timer_;
  std::array<char, 64 * 1024> buffer_;
  // Bytes that wait, and those being written.
  std::string waiting_;
  std::string writing_;
  bool write_pending_ = false;
  bool read_pending_ = false;
  // While set, nothing is written; what waits goes out afterwards.
  bool stalled_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_SERVER_CONNECTION_H_
