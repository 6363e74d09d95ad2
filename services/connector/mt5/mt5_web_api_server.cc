#include "services/connector/mt5/mt5_web_api_server.h"

#include <functional>
#include <string>
#include <utility>

#include "asio/post.hpp"
#include "common/status/macros.h"
#include "services/connector/mt5/calls/account_changes.h"
#include "services/connector/mt5/calls/account_reads.h"
#include "services/connector/mt5/calls/money_calls.h"
#include "services/connector/mt5/calls/password_calls.h"
#include "services/connector/mt5/commands/fields.h"
#include "services/connector/mt5/list_reader.h"
#include "services/connector/mt5/mt5_web_api_server_run.h"

namespace mtsuite::connector::mt5 {
namespace {

using operations::v1::Server;

absl::Status CheckOptions(const Mt5Options& options) {
  if (options.host.empty() || options.port == 0) {
    return absl::InvalidArgumentError("mt5: host and port must be set");
  }
  if (options.manager_login <= 0 || options.manager_password.empty()) {
    return absl::InvalidArgumentError("mt5: manager login and password must be set");
  }
  if (options.agent.empty() || options.agent.find(' ') != std::string::npos) {
    return absl::InvalidArgumentError("mt5: agent must be set and have no spaces");
  }
  if (options.reconnect_jitter < 0 || options.reconnect_jitter > 1) {
    return absl::InvalidArgumentError("mt5: reconnect jitter must be between 0 and 1");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Mt5WebApiServer>> Mt5WebApiServer::Create(const Mt5Options& options,
                                                                         Clock& clock) {
  RETURN_IF_ERROR(CheckOptions(options));
  ASSIGN_OR_RETURN(TimeKeeper time_keeper, TimeKeeper::Create(options, clock));
  return std::unique_ptr<Mt5WebApiServer>(new Mt5WebApiServer(options, clock, std::move(time_keeper)));
}

Mt5WebApiServer::Mt5WebApiServer(const Mt5Options& options, Clock& clock, TimeKeeper time_keeper)
    : options_(options),
      clock_(clock),
      io_(1),
      work_(asio::make_work_guard(io_)),
      time_keeper_(std::move(time_keeper)),
      pool_(io_, options_, clock_, [this] { OnConnectionChanged(); }),
      catalog_(pool_, clock_),
      updates_(io_),
      dealer_(io_, pool_, clock_),
      calls_{pool_, catalog_, time_keeper_.time(), updates_, clock_, dealer_},
      poller_({io_, calls_, options_, time_keeper_,
               [this] {
                 ticks_.OnConnectionChanged(time_keeper_.known());
                 UpdateState();
               }}),
      ticks_(io_, calls_, options_) {
  description_.set_server(options_.server);
  description_.set_platform(Server::MT5);
  description_.set_state(Server::DISCONNECTED);
  description_.set_state_message("not started");
  *description_.mutable_state_time() = ToTimestamp(clock_.TimeNow());
  description_.set_min_login(options_.min_login);
  description_.set_max_login(options_.max_login);
  for (const auto capability :
       {Server::ACCOUNTS, Server::BALANCE_OPERATIONS, Server::DEALS, Server::GROUPS, Server::SYMBOLS,
        Server::EVENTS, Server::PHONE_PASSWORD_CHECK, Server::TERMINAL_RIGHTS, Server::TRADING,
        Server::STOP_LIMIT_ORDERS, Server::CLOSE_BY, Server::QUOTES}) {
    description_.add_capabilities(capability);
  }
}

Mt5WebApiServer::~Mt5WebApiServer() { Stop(); }

void Mt5WebApiServer::Start(TradeServerObserver* observer, ToldBefore told) {
  asio::post(io_, [this, observer, told = std::move(told)] {
    observer_ = observer;
    poller_.Start(observer, told);
    ticks_.Start(observer);
    pool_.Start();
    UpdateState();
  });
  thread_ = std::thread([this] { io_.run(); });
}

void Mt5WebApiServer::Stop() {
  {
    absl::MutexLock lock(&stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    asio::post(io_, [this] {
      poller_.Stop();
      ticks_.Stop();
      pool_.Stop();
      UpdateState();
      observer_ = nullptr;
      work_.reset();
    });
  }
  if (thread_.joinable()) {
    thread_.join();
  } else {
    // Never started: what was handed over must still end.
    io_.run();
  }
}

Server Mt5WebApiServer::Describe() const {
  absl::MutexLock lock(&mutex_);
  return description_;
}

absl::Status Mt5WebApiServer::CheckNewPassword(const PasswordChange& password,
                                               int32_t group_min_length) const {
  if (password.type == accounts::v1::PHONE) return absl::OkStatus();
  return CheckPasswordPolicy(password.password, group_min_length, "password");
}

absl::Status Mt5WebApiServer::CheckReachable(bool mutation) const {
  const ConnectionPool::Health health = pool_.health();
  if (health.ready && time_keeper_.known()) return absl::OkStatus();
  if (health.ready) return NotConnected("the server's time zone is being read", absl::Seconds(1), mutation);
  const absl::Duration wait = health.next_attempt - clock_.TimeNow();
  const bool waiting = health.next_attempt != absl::InfiniteFuture() && wait > options_.reconnect_base;
  return NotConnected(health.error, waiting ? wait : options_.reconnect_base, mutation);
}

void Mt5WebApiServer::OnConnectionChanged() {
  dealer_.OnConnectionChanged();
  poller_.OnConnectionChanged();
  ticks_.OnConnectionChanged(time_keeper_.known());
  UpdateState();
}

void Mt5WebApiServer::UpdateState() {
  const ConnectionPool::Health health = pool_.health();
  const bool connected = health.ready && time_keeper_.known();
  const Server::State state = connected                           ? Server::CONNECTED
                              : health.ready || health.connecting ? Server::CONNECTING
                                                                  : Server::DISCONNECTED;
  bool changed = false;
  {
    absl::MutexLock lock(&mutex_);
    changed = description_.state() != state;
    if (changed) *description_.mutable_state_time() = ToTimestamp(clock_.TimeNow());
    description_.set_state(state);
    description_.set_state_message(connected ? "" : health.error);
    description_.clear_next_attempt_time();
    if (state == Server::DISCONNECTED && health.next_attempt != absl::InfiniteFuture()) {
      *description_.mutable_next_attempt_time() = ToTimestamp(health.next_attempt);
    }
    description_.set_build(health.build);
    description_.set_time_zone(time_keeper_.zone_name());
    if (health.round_trip_time > absl::ZeroDuration()) {
      description_.mutable_round_trip_time()->set_seconds(absl::ToInt64Seconds(health.round_trip_time));
      description_.mutable_round_trip_time()->set_nanos(
          static_cast<int32_t>(absl::ToInt64Nanoseconds(health.round_trip_time) % 1'000'000'000));
    }
  }
  if (changed && observer_ != nullptr) observer_->OnStateChanged();
}

void Mt5WebApiServer::GetAccount(int64_t login, absl::Time deadline, Done<accounts::v1::Account> done) {
  Run(false, std::move(done), [this, login, deadline](Done<accounts::v1::Account> counted) {
    ReadAccount(calls_, login, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::GetAccounts(const std::vector<int64_t>& logins, absl::Time deadline,
                                  Done<std::vector<accounts::v1::Account>> done) {
  Run(false, std::move(done), [this, logins, deadline](Done<std::vector<accounts::v1::Account>> counted) {
    ReadAccounts(calls_, logins, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::GetTradeState(int64_t login, absl::Time deadline, Done<accounts::v1::TradeState> done) {
  Run(false, std::move(done), [this, login, deadline](Done<accounts::v1::TradeState> counted) {
    ReadTradeState(calls_, login, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::ListDeals(const DealQuery& query, absl::Time deadline, Done<DealPage> done) {
  Run(false, std::move(done), [this, query, deadline](Done<DealPage> counted) {
    ReadDeals(calls_, query, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::ListGroups(absl::Time deadline, Done<std::vector<accounts::v1::Group>> done) {
  Run(false, std::move(done), [this, deadline](Done<std::vector<accounts::v1::Group>> counted) {
    ReadGroups(pool_, ConnectionPool::Lane::kCommand, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::ListSymbols(absl::Time deadline, Done<std::vector<quotes::v1::Symbol>> done) {
  Run(false, std::move(done), [this, deadline](Done<std::vector<quotes::v1::Symbol>> counted) {
    ReadSymbols(pool_, ConnectionPool::Lane::kCommand, time_keeper_.time(), deadline, std::move(counted));
  });
}

void Mt5WebApiServer::CheckPassword(const PasswordChange& password, absl::Time deadline, Done<bool> done) {
  Run(false, std::move(done), [this, password, deadline](Done<bool> counted) {
    CheckAccountPassword(calls_, password, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::CreateAccount(const NewAccount& account, absl::Time deadline,
                                    Done<accounts::v1::Account> done) {
  Run(true, std::move(done), [this, account, deadline](Done<accounts::v1::Account> counted) {
    OpenAccount(calls_, account, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::UpdateAccount(const AccountChange& change, absl::Time deadline,
                                    Done<accounts::v1::Account> done) {
  Run(true, std::move(done), [this, change, deadline](Done<accounts::v1::Account> counted) {
    ChangeAccount(calls_, change, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::DeleteAccount(int64_t login, absl::Time deadline, DoneStatus done) {
  Run(true, std::move(done), [this, login, deadline](DoneStatus counted) {
    RemoveAccount(calls_, login, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::SetPassword(const PasswordChange& change, absl::Time deadline, DoneStatus done) {
  Run(true, std::move(done), [this, change, deadline](DoneStatus counted) {
    SetAccountPassword(calls_, change, deadline, std::move(counted));
  });
}

void Mt5WebApiServer::Book(const Booking& booking, absl::Time deadline, Done<BookingResult> done) {
  Run(true, std::move(done), [this, booking, deadline](Done<BookingResult> counted) {
    BookMoney(calls_, booking, deadline, std::move(counted));
  });
}

}  // namespace mtsuite::connector::mt5
