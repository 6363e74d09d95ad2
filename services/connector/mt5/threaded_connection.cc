#include "services/connector/mt5/threaded_connection.h"

#include <memory>
#include <utility>

#include "asio/post.hpp"

namespace mtsuite::connector::mt5 {

ThreadedConnection::ThreadedConnection(asio::io_context& home, const Connection::Parts& parts,
                                       std::string name, uint64_t seed,
                                       absl::AnyInvocable<void()> on_state_changed)
    : home_(home),
      on_state_changed_(std::move(on_state_changed)),
      connection_({io_, parts.options, parts.session_options, parts.clock}, std::move(name), seed, [this] {
        asio::post(home_, [this, ready = connection_.ready()] {
          ready_ = ready;
          on_state_changed_();
        });
      }) {}

ThreadedConnection::~ThreadedConnection() { Stop(); }

void ThreadedConnection::Start() {
  if (thread_.joinable()) return;
  asio::post(io_, [this] { connection_.Start(); });
  thread_ = std::thread([this] { io_.run(); });
}

void ThreadedConnection::Stop() {
  if (!thread_.joinable()) return;
  ready_ = false;  // Nothing that is sent from now on would be called back.
  asio::post(io_, [this] {
    connection_.Stop();
    work_.reset();
  });
  thread_.join();
}

bool ThreadedConnection::Send(Outgoing command, Connection::ReplyHandler done) {
  if (!ready_) return false;
  asio::post(io_, [this, command = std::move(command), done = std::move(done)]() mutable {
    // Shared only so that it is still here when the connection does not take the command.
    auto shared = std::make_shared<Connection::ReplyHandler>(std::move(done));
    const auto call_back = [this, shared](Reply reply) {
      asio::post(home_, [shared, reply = std::move(reply)]() mutable { (*shared)(std::move(reply)); });
    };
    if (connection_.Send(std::move(command), call_back)) return;
    Reply lost;
    lost.fate = Reply::Fate::kNotSent;
    lost.cause = Reply::Cause::kConnectionLost;
    call_back(std::move(lost));
  });
  return true;
}

}  // namespace mtsuite::connector::mt5
