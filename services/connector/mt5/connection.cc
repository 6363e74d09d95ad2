#include "services/connector/mt5/connection.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "asio/buffer.hpp"
#include "asio/connect.hpp"
#include "asio/post.hpp"
#include "asio/write.hpp"
#include "common/log/log.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {

Connection::Connection(const Parts& parts, std::string name, uint64_t seed,
                       absl::AnyInvocable<void()> on_state_changed)
    : parts_(parts),
      name_(std::move(name)),
      on_state_changed_(std::move(on_state_changed)),
      backoff_(
          {parts.options.reconnect_base, parts.options.reconnect_max, parts.options.reconnect_jitter, seed}),
      resolver_(parts.io),
      socket_(parts.io),
      timer_(parts.io) {}

void Connection::Start() {
  if (state_ == State::kStopped) Attempt();
}

void Connection::Stop() {
  if (state_ == State::kStopped) return;
  stopping_ = true;
  Disconnect("the connector is stopping");
  ++generation_;
  timer_.cancel();
  SetState(State::kStopped);
}

bool Connection::Send(Outgoing command, ReplyHandler done) {
  if (!ready()) return false;
  const uint64_t id = command.id = next_id_++;
  if (!session_->Send(std::move(command), parts_.clock.TimeNow())) return false;
  handlers_.emplace(id, std::move(done));
  // Posted, so that `done` is never called from in here and so that commands of one burst share a write.
  if (!std::exchange(pump_posted_, true)) {
    asio::post(parts_.io, [this] {
      pump_posted_ = false;
      Pump();
    });
  }
  return true;
}

void Connection::Attempt() {
  ++generation_;
  SetState(State::kConnecting);
  timer_.expires_after(absl::ToChronoNanoseconds(parts_.options.connect_timeout));
  timer_.async_wait([this, generation = generation_](const asio::error_code& error) {
    if (error || generation != generation_ || session_ != nullptr) return;
    Disconnect(absl::StrCat("no connection within ", absl::FormatDuration(parts_.options.connect_timeout)));
  });
  resolver_.async_resolve(parts_.options.host, std::to_string(parts_.options.port),
                          [this, generation = generation_](const asio::error_code& error,
                                                           const Tcp::resolver::results_type& endpoints) {
                            if (generation == generation_) OnResolved(error, endpoints);
                          });
}

void Connection::OnResolved(const asio::error_code& error, const Tcp::resolver::results_type& endpoints) {
  if (error) return Disconnect(absl::StrCat("cannot look up ", parts_.options.host, ": ", error.message()));
  asio::async_connect(socket_, endpoints,
                      [this, generation = generation_](const asio::error_code& result, const Tcp::endpoint&) {
                        if (generation == generation_) OnConnected(result);
                      });
}

void Connection::OnConnected(const asio::error_code& error) {
  if (error) return Disconnect(absl::StrCat("cannot connect: ", error.message()));
  asio::error_code ignored;
  // Commands are small and wait for nothing: never delay them.
  socket_.set_option(Tcp::no_delay(true), ignored);
  session_ = std::make_unique<Session>(parts_.session_options);
  session_->OnConnected(parts_.clock.TimeNow());
  Read();
  Pump();
}

void Connection::Read() {
  socket_.async_read_some(asio::buffer(input_),
                          [this, generation = generation_](const asio::error_code& error, size_t size) {
                            if (generation != generation_) return;
                            if (error) return Disconnect(absl::StrCat("connection lost: ", error.message()));
                            session_->OnBytes(std::string_view(input_.data(), size), parts_.clock.TimeNow());
                            Pump();
                            if (generation == generation_) Read();
                          });
}

void Connection::Write() {
  if (writing_ || session_ == nullptr) return;
  output_ = session_->TakeOutput(parts_.clock.TimeNow());
  if (output_.empty()) return;
  writing_ = true;
  asio::async_write(socket_, asio::buffer(output_),
                    [this, generation = generation_](const asio::error_code& error, size_t) {
                      if (generation != generation_) return;
                      writing_ = false;
                      if (error) return Disconnect(absl::StrCat("connection lost: ", error.message()));
                      Pump();
                    });
}

void Connection::Pump() {
  // Replies may lead to calls that lead here again; the outermost call sees to what they cause.
  if (pumping_ || session_ == nullptr) return;
  pumping_ = true;
  if (session_->ready() && state_ != State::kReady) {
    backoff_.Reset();
    build_ = session_->build();
    round_trip_time_ = session_->login_round_trip();
    SetState(State::kReady);
    LOG_EVENT(kInfo, "mt5_connected", {"server", parts_.options.server}, {"connection", name_},
              {"build", build_});
  }
  DeliverReplies();
  Write();
  pumping_ = false;
  if (session_->closed()) {
    if (session_->login_refused()) backoff_.JumpToMax();
    const std::string reason = session_->close_reason();
    Disconnect(reason);
    return;
  }
  ArmTimer();
}

void Connection::DeliverReplies() {
  for (std::vector<Reply> replies = session_->TakeReplies(); !replies.empty();
       replies = session_->TakeReplies()) {
    for (Reply& reply : replies) {
      auto found = handlers_.find(reply.id);
      ReplyHandler done = std::move(found->second);
      handlers_.erase(found);
      if (reply.fate == Reply::Fate::kAnswered) round_trip_time_ = reply.round_trip;
      done(std::move(reply));
    }
  }
}

void Connection::ArmTimer() {
  const absl::Duration wait = std::max(session_->NextTimer() - parts_.clock.TimeNow(), absl::ZeroDuration());
  timer_.expires_after(absl::ToChronoNanoseconds(std::min(wait, absl::Hours(1))));
  timer_.async_wait([this, generation = generation_](const asio::error_code& error) {
    if (error || generation != generation_ || session_ == nullptr) return;
    session_->OnTimer(parts_.clock.TimeNow());
    Pump();
  });
}

void Connection::Disconnect(std::string_view reason) {
  if (state_ == State::kStopped || state_ == State::kWaiting) return;
  ++generation_;
  resolver_.cancel();
  asio::error_code ignored;
  socket_.close(ignored);
  writing_ = false;
  last_error_ = std::string(reason);
  const absl::Duration wait = backoff_.Next();
  next_attempt_time_ = parts_.clock.TimeNow() + wait;
  if (!stopping_) {
    LOG_EVENT(kWarning, "mt5_disconnected", {"server", parts_.options.server}, {"connection", name_},
              {"reason", last_error_}, {"retry_ms", absl::ToInt64Milliseconds(wait)});
  }
  // The state changes first, so that what callers do about their failed commands is refused at once.
  SetState(State::kWaiting);
  if (session_ != nullptr) {
    session_->Close(reason);
    pumping_ = true;
    DeliverReplies();
    pumping_ = false;
    session_.reset();
  }
  timer_.expires_after(absl::ToChronoNanoseconds(wait));
  timer_.async_wait([this, generation = generation_](const asio::error_code& error) {
    if (!error && generation == generation_) Attempt();
  });
}

void Connection::SetState(State state) {
  if (state_ == state) return;
  state_ = state;
  on_state_changed_();
}

}  // namespace mtsuite::connector::mt5
