#include "services/mtsim/server/server.h"

#include <chrono>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "asio/ip/address.hpp"
#include "asio/post.hpp"
#include "common/clock/clock.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

using asio::ip::tcp;

absl::StatusOr<tcp::endpoint> ParseEndpoint(std::string_view listen) {
  const size_t colon = listen.rfind(':');
  uint32_t port = 0;
  if (colon == std::string_view::npos || !absl::SimpleAtoi(AbslView(listen.substr(colon + 1)), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("not host:port: '", AbslView(listen), "'"));
  }
  std::string host(listen.substr(0, colon));
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  asio::error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("not an IP address to listen on: '", host, "'; write 127.0.0.1:0 or 0.0.0.0:443"));
  }
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

}  // namespace

Server::Server(World& world, ServerOptions options) : world_(world), options_(std::move(options)) {}

Server::~Server() { Stop(); }

absl::Status Server::Bind() {
  ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseEndpoint(options_.listen));
  asio::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen, ": ", error.message()));
  }
  port_ = acceptor_.local_endpoint().port();
  return absl::OkStatus();
}

absl::Status Server::Start() {
  RETURN_IF_ERROR(Bind());
  Accept();
  ScheduleFeed();
  thread_ = std::thread([this] { io_.run(); });
  return absl::OkStatus();
}

void Server::Stop() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    asio::error_code ignored;
    acceptor_.close(ignored);
    feed_timer_.cancel();
    delayed_.clear();
    Restart(absl::InfiniteDuration());
    io_.stop();
  });
  thread_.join();
}

void Server::Post(absl::AnyInvocable<void(World& world, Server& server)> task) {
  // Asio wants copyable handlers.
  auto shared = std::make_shared<decltype(task)>(std::move(task));
  asio::post(io_, [this, shared] { (*shared)(world_, *this); });
}

void Server::Accept() {
  acceptor_.async_accept([this](const asio::error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {
      LOG_EVENT(kWarning, "mt5_accept_failed", {"cause", error.message()});
    } else {
      OnAccepted(std::move(socket));
    }
    if (acceptor_.is_open()) Accept();
  });
}

void Server::OnAccepted(tcp::socket socket) {
  const absl::Time now = RealClock().TimeNow();
  asio::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;
  if (now < refuse_until_ || world_.faults.OnConnection(now) ||
      connections_.size() >= options_.connections_max) {
    // A reset rather than an orderly end, as from a host on which nobody listens.
    socket.set_option(asio::socket_base::linger(true, 0), error);
    return;
  }
  socket.set_option(tcp::no_delay(true), error);
  Handshake handshake(
      {.directory = &world_, .peer_address = peer.address().to_string(), .build = world_.identity.build});
  const int64_t id = ++last_id_;
  auto connection = std::make_shared<Connection>(id, *this, std::move(socket),
                                                 WebApiSession(std::move(handshake), options_.session, now));
  connections_.emplace(id, connection);
  connection->Start();
}

void Server::OnClosed(int64_t id) {
  if (!closing_all_) connections_.erase(id);
}

void Server::Restart(absl::Duration down_time) {
  refuse_until_ = RealClock().TimeNow() + down_time;
  closing_all_ = true;
  for (const auto& [id, connection] : connections_) connection->Cut();
  connections_.clear();
  closing_all_ = false;
}

void Server::RunLater(absl::Duration delay, absl::AnyInvocable<void()> task) {
  const int64_t id = ++last_delayed_id_;
  Delayed& delayed = delayed_[id];
  delayed.task = std::move(task);
  delayed.timer = std::make_unique<asio::steady_timer>(io_);
  delayed.timer->expires_after(absl::ToChronoNanoseconds(delay));
  delayed.timer->async_wait([this, id](const asio::error_code& error) {
    if (!error) RunDelayed(id);
  });
}

void Server::RunDelayed(int64_t id) {
  auto node = delayed_.extract(id);
  if (!node.empty()) node.mapped().task();
}

void Server::ClearFaults() {
  world_.faults.Clear();
  std::map<int64_t, Delayed> held = std::exchange(delayed_, {});
  for (auto& [id, delayed] : held) delayed.task();
  // A task may restart the server, which changes the map.
  std::vector<std::shared_ptr<Connection>> connections;
  for (const auto& [id, connection] : connections_) connections.push_back(connection);
  for (const auto& connection : connections) connection->Resume();
}

void Server::ScheduleFeed() {
  feed_timer_.expires_after(absl::ToChronoNanoseconds(options_.feed_interval));
  feed_timer_.async_wait([this](const asio::error_code& error) {
    if (error) return;
    world_.engine.Advance();
    ScheduleFeed();
  });
}

}  // namespace mtsuite::mtsim
