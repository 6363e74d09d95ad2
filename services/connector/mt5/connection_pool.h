#ifndef SERVICES_CONNECTOR_MT5_CONNECTION_POOL_H_
#define SERVICES_CONNECTOR_MT5_CONNECTION_POOL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "asio/io_context.hpp"
#include "common/clock/clock.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/mt5/connection.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/mt5/threaded_connection.h"

namespace mtsuite::connector::mt5 {

// The connections to one server: some for commands, one for polling, whose long answers would hold up others
// and are read on a thread of their own, one for trading, because the outcome of a trade is told to the
// connection that asked for it, and one for ticks, which must not wait for anything. Used on the thread of
// its io_context only.
class ConnectionPool {
 public:
  enum class Lane { kCommand, kPoll, kDealer, kTick };
  using AnswerHandler = absl::AnyInvocable<void(absl::StatusOr<Answer>)>;

  // How the command connections are.
  struct Health {
    bool ready = false;       // At least one is.
    bool connecting = false;  // At least one is being connected.
    std::string error;        // Why the last one ended.
    absl::Time next_attempt = absl::InfiniteFuture();
    int build = 0;
    absl::Duration round_trip_time;
  };

  // `on_change` is called after each change of a connection's state.
  ConnectionPool(asio::io_context& io, const Mt5Options& options, Clock& clock,
                 absl::AnyInvocable<void()> on_change);

  void Start();
  void Stop();

  // Sends a command. `done` is called exactly once, later, at `deadline` or the lane's own limit at the
  // latest: with the answer, whatever its return code, or with the error of a command that was not answered.
  void Call(Lane lane, Request request, absl::Time deadline, AnswerHandler done);

  bool ready(Lane lane) const;
  Health health() const;

 private:
  Connection* LeastLoaded(Lane lane) const;
  // False when the lane, which is ready, has too much to do already; `done` is not called then.
  bool Send(Lane lane, Outgoing command, Connection::ReplyHandler done);

  asio::io_context& io_;
  const Mt5Options& options_;
  Clock& clock_;
  SessionOptions session_options_;
  absl::AnyInvocable<void()> on_change_;
  std::vector<std::unique_ptr<Connection>> commands_;
  std::unique_ptr<ThreadedConnection> poll_;
  std::unique_ptr<Connection> dealer_;
  std::unique_ptr<Connection> tick_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CONNECTION_POOL_H_
