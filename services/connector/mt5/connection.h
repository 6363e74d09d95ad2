#ifndef SERVICES_CONNECTOR_MT5_CONNECTION_H_
#define SERVICES_CONNECTOR_MT5_CONNECTION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "asio/error_code.hpp"
#include "asio/io_context.hpp"
#include "asio/ip/tcp.hpp"
#include "asio/steady_timer.hpp"
#include "common/clock/clock.h"
#include "services/connector/mt5/backoff.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/mt5/session.h"

namespace mtsuite::connector::mt5 {

// One TCP connection to the access server that is kept up: connects, drives a Session, and reconnects with
// backoff when it ends. Used on the thread of its io_context only, and destroyed after that has run out.
class Connection {
 public:
  enum class State {
    kStopped,
    kWaiting,     // Until next_attempt_time().
    kConnecting,  // Looking up the name, connecting or logging in.
    kReady,
  };
  using ReplyHandler = absl::AnyInvocable<void(Reply)>;

  struct Parts {
    asio::io_context& io;
    const Mt5Options& options;
    const SessionOptions& session_options;
    Clock& clock;
  };

  // `name` is for logs ("command-1", "poll"). `on_state_changed` is called after each change of state().
  Connection(const Parts& parts, std::string name, uint64_t seed,
             absl::AnyInvocable<void()> on_state_changed);

  void Start();
  // Disconnects for good; what is in progress ends as it stands.
  void Stop();

  // Sends a command; `done` is called exactly once, never from within Send. False when not ready or too much
  // is waiting; `done` is not called then.
  bool Send(Outgoing command, ReplyHandler done);

  State state() const { return state_; }
  bool ready() const { return state_ == State::kReady; }
  size_t load() const { return handlers_.size(); }
  // Why the last connection ended; empty before.
  const std::string& last_error() const { return last_error_; }
  // When the next attempt starts; of kWaiting.
  absl::Time next_attempt_time() const { return next_attempt_time_; }
  int build() const { return build_; }
  // Of the last answered command or the login; zero before.
  absl::Duration round_trip_time() const { return round_trip_time_; }

 private:
  using Tcp = asio::ip::tcp;

  void Attempt();
  void OnResolved(const asio::error_code& error, const Tcp::resolver::results_type& endpoints);
  void OnConnected(const asio::error_code& error);
  void Read();
  void Write();
  // Carries out what follows from the last event.
  void Pump();
  void DeliverReplies();
  void ArmTimer();
  // Ends the connection or the attempt, for `reason`, and waits for the next one.
  void Disconnect(std::string_view reason);
  void SetState(State state);

  const Parts parts_;
  const std::string name_;
  absl::AnyInvocable<void()> on_state_changed_;
  Backoff backoff_;

  State state_ = State::kStopped;
  std::string last_error_;
  absl::Time next_attempt_time_;
  int build_ = 0;
  absl::Duration round_trip_time_;

  // Counts attempts. Handlers of earlier ones, which may still arrive, find another number and do nothing.
  uint64_t generation_ = 0;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<Session> session_;
  std::array<char, 65536> input_;
  std::string output_;
  bool stopping_ = false;
  bool writing_ = false;
  bool pumping_ = false;
  bool pump_posted_ = false;
  absl::flat_hash_map<uint64_t, ReplyHandler> handlers_;
  uint64_t next_id_ = 1;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CONNECTION_H_
