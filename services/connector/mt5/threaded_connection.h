#ifndef SERVICES_CONNECTOR_MT5_THREADED_CONNECTION_H_
#define SERVICES_CONNECTOR_MT5_THREADED_CONNECTION_H_

#include <cstdint>
#include <string>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "asio/executor_work_guard.hpp"
#include "asio/io_context.hpp"
#include "services/connector/mt5/connection.h"

namespace mtsuite::connector::mt5 {

// A connection that reads and decrypts on a thread of its own: for long answers, during which the thread of
// its owner, the home, must not wait. Used on the home's thread only, where everything is called back.
class ThreadedConnection {
 public:
  // `home` and what `parts` names must outlive this; the io_context of `parts` is not used.
  ThreadedConnection(asio::io_context& home, const Connection::Parts& parts, std::string name, uint64_t seed,
                     absl::AnyInvocable<void()> on_state_changed);
  // Stops.
  ~ThreadedConnection();

  void Start();
  // Disconnects for good and ends the thread. What was in progress is called back once the home runs on.
  void Stop();

  // As of Connection, but a connection that was lost meanwhile, or has too much to do, is told by the reply.
  bool Send(Outgoing command, Connection::ReplyHandler done);
  bool ready() const { return ready_; }

 private:
  asio::io_context& home_;
  absl::AnyInvocable<void()> on_state_changed_;
  bool ready_ = false;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  Connection connection_;
  std::thread thread_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_THREADED_CONNECTION_H_
