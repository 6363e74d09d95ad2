#include "services/connector/mt5/connection_pool.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "asio/post.hpp"
#include "common/mt5wire/cipher.h"
#include "services/connector/mt5/call_errors.h"

namespace mtsuite::connector::mt5 {
namespace {

SessionOptions SessionOptionsOf(const Mt5Options& options) {
  SessionOptions session;
  session.manager_login = options.manager_login;
  // A password that is no text cannot be right; the server will say so.
  session.password_hash = mt5wire::PasswordHash(options.manager_password).value_or(mt5wire::Block{});
  session.encrypt = options.encryption == Mt5Options::Encryption::kAes;
  session.agent = options.agent;
  session.in_flight_limit = options.in_flight_limit;
  session.queue_limit = options.queue_limit;
  session.abandoned_limit = options.abandoned_limit;
  session.max_answer_bytes = options.max_answer_bytes;
  session.auth_timeout = options.auth_timeout;
  session.probe_timeout = options.command_timeout;
  session.ping_period = options.ping_period;
  session.silence_limit = options.silence_limit;
  return session;
}

}  // namespace

ConnectionPool::ConnectionPool(asio::io_context& io, const Mt5Options& options, Clock& clock,
                               absl::AnyInvocable<void()> on_change)
    : io_(io),
      options_(options),
      clock_(clock),
      session_options_(SessionOptionsOf(options)),
      on_change_(std::move(on_change)) {
  const uint64_t seed = options.seed != 0 ? options.seed : std::random_device()();
  const Connection::Parts parts{io_, options_, session_options_, clock_};
  for (int i = 0; i < std::max(options.command_connections, 1); ++i) {
    commands_.push_back(std::make_unique<Connection>(parts, absl::StrCat("command-", i + 1), seed + i,
                                                     [this] { on_change_(); }));
  }
  poll_ = std::make_unique<ThreadedConnection>(io_, parts, "poll", seed + commands_.size(),
                                               [this] { on_change_(); });
  dealer_ =
      std::make_unique<Connection>(parts, "dealer", seed + commands_.size() + 1, [this] { on_change_(); });
  tick_ = std::make_unique<Connection>(parts, "tick", seed + commands_.size() + 2, [this] { on_change_(); });
}

void ConnectionPool::Start() {
  for (const auto& connection : commands_) connection->Start();
  poll_->Start();
  dealer_->Start();
  tick_->Start();
}

void ConnectionPool::Stop() {
  for (const auto& connection : commands_) connection->Stop();
  poll_->Stop();
  dealer_->Stop();
  tick_->Stop();
}

Connection* ConnectionPool::LeastLoaded(Lane lane) const {
  if (lane == Lane::kDealer) return dealer_->ready() ? dealer_.get() : nullptr;
  if (lane == Lane::kTick) return tick_->ready() ? tick_.get() : nullptr;
  Connection* best = nullptr;
  for (const auto& connection : commands_) {
    if (connection->ready() && (best == nullptr || connection->load() < best->load()))
      best = connection.get();
  }
  return best;
}

bool ConnectionPool::ready(Lane lane) const {
  return lane == Lane::kPoll ? poll_->ready() : LeastLoaded(lane) != nullptr;
}

bool ConnectionPool::Send(Lane lane, Outgoing command, Connection::ReplyHandler done) {
  if (lane == Lane::kPoll) return poll_->Send(std::move(command), std::move(done));
  return LeastLoaded(lane)->Send(std::move(command), std::move(done));
}

void ConnectionPool::Call(Lane lane, Request request, absl::Time deadline, AnswerHandler done) {
  const bool mutation = request.context.mutation;
  const absl::Time now = clock_.TimeNow();
  if (!ready(lane)) {
    const Health state = health();
    const absl::Duration wait = state.next_attempt == absl::InfiniteFuture()
                                    ? options_.reconnect_base
                                    : std::max(state.next_attempt - now, options_.reconnect_base);
    asio::post(io_, [done = std::move(done), status = NotConnected(state.error, wait, mutation)]() mutable {
      done(std::move(status));
    });
    return;
  }
  const absl::Duration limit = lane == Lane::kPoll ? options_.poll_timeout : options_.command_timeout;
  Outgoing command;
  command.name = std::string(request.context.command);
  command.text = std::move(request.text);
  command.deadline = std::min(deadline, now + limit);
  // Shared with the handler only so that it is still here when the connection does not take it.
  auto shared = std::make_shared<AnswerHandler>(std::move(done));
  const bool taken =
      Send(lane, std::move(command), [shared, context = std::move(request.context)](Reply reply) {
        if (reply.fate == Reply::Fate::kAnswered) return (*shared)(std::move(reply.answer));
        (*shared)(Unanswered(reply, context));
      });
  if (taken) return;
  asio::post(io_, [shared, status = TooManyCalls(mutation)]() mutable { (*shared)(std::move(status)); });
}

ConnectionPool::Health ConnectionPool::health() const {
  Health health;
  for (const auto& connection : commands_) {
    health.ready = health.ready || connection->ready();
    health.connecting = health.connecting || connection->state() == Connection::State::kConnecting;
    if (connection->state() == Connection::State::kWaiting) {
      health.next_attempt = std::min(health.next_attempt, connection->next_attempt_time());
    }
    if (!connection->last_error().empty()) health.error = connection->last_error();
    health.build = std::max(health.build, connection->build());
    if (connection->round_trip_time() > absl::ZeroDuration()) {
      health.round_trip_time = connection->round_trip_time();
    }
  }
  if (health.error.empty()) health.error = "the first connection is not up yet";
  return health;
}

}  // namespace mtsuite::connector::mt5
