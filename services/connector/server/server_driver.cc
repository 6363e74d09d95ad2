#include "services/connector/server/server_driver.h"

#include <utility>

#include "common/log/log.h"

namespace mtsuite::connector {

using operations::v1::Server;

namespace {

constexpr absl::Duration kRetryInterval = absl::Seconds(2);

}  // namespace

std::shared_ptr<ServerDriver> ServerDriver::Create(const Options& options, const Tools& tools) {
  auto driver = std::shared_ptr<ServerDriver>(new ServerDriver(options, tools));
  const std::weak_ptr<ServerDriver> weak = driver;
  driver->lease_ = Lease::Create(
      options.lease, tools.lease,
      [weak] {
        if (const auto self = weak.lock()) self->Activate();
      },
      [weak] {
        if (const auto self = weak.lock()) self->Deactivate();
      });
  return driver;
}

void ServerDriver::Start() { lease_->Start(); }

void ServerDriver::Activate() {
  absl::StatusOr<std::unique_ptr<TradeServer>> trade_server = tools_.connect();
  if (!trade_server.ok()) {
    // The configuration was checked at the start; a human must look.
    LOG_EVENT(kError, "server_not_usable", {"server", id()}, {"cause", trade_server.status().ToString()});
    return;
  }
  ServerRuntime::Tools tools = tools_.runtime;
  tools.may_send = [lease = lease_] { return lease->valid(); };
  const auto runtime = ServerRuntime::Create(options_.runtime, tools, *std::move(trade_server));
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_ || runtime_ != nullptr) return;
    runtime_ = runtime;
    ready_ = false;
  }
  runtime->Start([weak = weak_from_this(), runtime](const absl::Status& status) {
    if (const auto self = weak.lock()) self->OnStarted(runtime, status);
  });
}

void ServerDriver::OnStarted(const std::shared_ptr<ServerRuntime>& runtime, const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (runtime_ != runtime) return;
    ready_ = status.ok();
    if (!ready_) runtime_ = nullptr;
  }
  if (status.ok()) return tools_.on_change();
  LOG_EVENT(kWarning, "server_start_failed", {"server", id()}, {"cause", status.ToString()});
  RetryLater();
}

void ServerDriver::RetryLater() {
  tools_.runtime.scheduler.After(kRetryInterval, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self != nullptr && self->lease_->valid()) self->Activate();
  });
}

void ServerDriver::Deactivate() {
  std::shared_ptr<ServerRuntime> runtime;
  {
    absl::MutexLock lock(&mutex_);
    runtime = std::move(runtime_);
    runtime_ = nullptr;
    ready_ = false;
  }
  if (runtime == nullptr) return;
  tools_.on_change();
  runtime->Stop();
}

void ServerDriver::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  Deactivate();
  lease_->Stop();
}

std::shared_ptr<ServerRuntime> ServerDriver::runtime() const {
  absl::MutexLock lock(&mutex_);
  return ready_ ? runtime_ : nullptr;
}

Server ServerDriver::Describe() const {
  if (const auto current = runtime(); current != nullptr) return current->Describe();
  Server server;
  server.set_server(id());
  server.set_display_name(options_.runtime.display_name);
  server.set_state(Server::DISCONNECTED);
  server.set_state_message("this connector does not drive the server at the moment");
  server.set_min_login(options_.runtime.logins.min);
  server.set_max_login(options_.runtime.logins.max);
  return server;
}

}  // namespace mtsuite::connector
