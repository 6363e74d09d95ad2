#include "services/connector/server/server_runtime.h"

#include <utility>

#include "common/ids/uuid.h"
#include "common/log/log.h"
#include "services/connector/journal/tag.h"

namespace mtsuite::connector {

using operations::v1::Server;

std::shared_ptr<ServerRuntime> ServerRuntime::Create(const Options& options, const Tools& tools,
                                                     std::unique_ptr<TradeServer> trade_server) {
  return std::shared_ptr<ServerRuntime>(new ServerRuntime(options, tools, std::move(trade_server)));
}

ServerRuntime::ServerRuntime(const Options& options, const Tools& tools,
                             std::unique_ptr<TradeServer> trade_server)
    : options_(options),
      tools_(tools),
      trade_server_(std::move(trade_server)),
      logins_(directory_, options.logins),
      groups_(std::make_shared<GroupCache>(*trade_server_, tools.scheduler)),
      symbols_(std::make_shared<SymbolCache>(*trade_server_, tools.scheduler)),
      ticks_(std::make_shared<TickHub>(tools.clock, NewUuid())),
      commands_(TradeCommands::Create(
          {.server = options.server},
          {tools.clock, tools.scheduler, *trade_server_, directory_, logins_, *groups_, *symbols_, *ticks_,
           [this](const accounts::v1::Account& account) {
             events_->AppendAccounts(directory_.Observe({account}, tools_.clock.TimeNow()),
                                     /*own=*/true);
           },
           [this](int64_t login) { events_->AppendAccounts(directory_.Remove(login), /*own=*/true); },
           tools.may_send})),
      journal_(Journal::Create(
          options.journal, {tools.clock, tools.scheduler, tools.committer, tools.journal_store, tools.reader,
                            tools.journal_read_store, *commands_, tools.fingerprinter})),
      events_(EventLog::Create(options.event_log,
                               {tools.clock, tools.scheduler, tools.committer, tools.event_store, &NewUuid,
                                [this](int64_t login) { return directory_.GroupOf(login); }})),
      trades_([this](std::vector<v1::Event>& events) { events_->AppendTrades(events); },
              [this](std::vector<v1::Event>& events) { events_->AdoptTrades(events); }),
      connected_gauge_(
          metrics::MakeGauge(options.journal.registry,
                             {"connector_server_connected", "1 while the trading server can be reached."},
                             {{"server", options.server}})),
      accounts_gauge_(metrics::MakeGauge(options.journal.registry,
                                         {"connector_accounts", "Accounts that the directory knows."},
                                         {{"server", options.server}})) {}

void ServerRuntime::Start(DoneStatus done) {
  events_->Start([self = shared_from_this(),
                  done = std::move(done)](absl::StatusOr<EventLog::Restored> restored) mutable {
    if (!restored.ok()) return done(restored.status());
    self->OnRestored(*std::move(restored), std::move(done));
  });
}

void ServerRuntime::OnRestored(EventLog::Restored restored, DoneStatus done) {
  directory_.Restore(restored.digests);
  ToldBefore told{.deals_since = restored.deals_since, .open_orders = restored.orders};
  trades_.Restore(std::move(restored.orders), std::move(restored.positions), restored.trades_baselined);
  journal_->Start([self = shared_from_this(), told = std::move(told),
                   done = std::move(done)](const absl::Status& status) mutable {
    if (!status.ok()) return done(status);
    if (!self->stopped()) self->trade_server_->Start(self.get(), std::move(told));
    if (!self->stopped()) return done(absl::OkStatus());
    // Stop came in between, perhaps before there was a connection to end.
    self->trade_server_->Stop();
    done(absl::CancelledError("stopped while starting"));
  });
}

bool ServerRuntime::stopped() const {
  absl::MutexLock lock(&mutex_);
  return stopped_;
}

void ServerRuntime::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  commands_->SetAvailable(false, "the connector is stopping");
  // First the connection: a reply that is already here can still be recorded.
  trade_server_->Stop();
  journal_->Stop();
  connected_gauge_.Set(0);
}

Server ServerRuntime::Describe() const {
  Server server = trade_server_->Describe();
  server.set_server(options_.server);
  server.set_display_name(options_.display_name);
  server.set_min_login(options_.logins.min);
  server.set_max_login(options_.logins.max);
  server.set_unconfirmed_operation_count(journal_->unconfirmed_count());
  if (const auto age = ticks_->feed_age(); age.has_value()) {
    server.mutable_feed_age()->set_seconds(absl::ToInt64Seconds(*age));
    server.mutable_feed_age()->set_nanos(
        static_cast<int32_t>(absl::ToInt64Nanoseconds(*age) % 1'000'000'000));
  }
  return server;
}

void ServerRuntime::OnStateChanged() {
  const Server server = Describe();
  const bool connected = server.state() == Server::CONNECTED;
  commands_->SetAvailable(connected, server.state_message());
  connected_gauge_.Set(connected ? 1 : 0);
  bool changed = false;
  {
    absl::MutexLock lock(&mutex_);
    changed = std::exchange(last_state_, server.state()) != server.state();
  }
  if (changed) {
    LOG_EVENT(kInfo, "server_state_changed", {"server", options_.server},
              {"state", Server::State_Name(server.state())}, {"message", server.state_message()});
    events_->AppendServer(server);
  }
  if (connected) journal_->OnAvailable();
}

void ServerRuntime::OnAccounts(const std::vector<accounts::v1::Account>& accounts) {
  events_->AppendAccounts(directory_.Observe(accounts, tools_.clock.TimeNow()), /*own=*/false);
}

void ServerRuntime::OnAllLogins(const std::vector<int64_t>& sorted_logins, absl::Time started) {
  events_->AppendAccounts(directory_.ObserveAll(sorted_logins, started), /*own=*/false);
  accounts_gauge_.Set(static_cast<double>(directory_.size()));
  if (directory_.loaded()) events_->SetBaselined();
}

void ServerRuntime::OnDeals(const std::vector<type::v1::Deal>& deals) {
  trades_.ObserveDeals(events_->AppendDeals(deals));
  std::vector<std::string> tags;
  for (const type::v1::Deal& deal : deals) {
    if (const std::string_view tag = TagOf(deal.comment()); !tag.empty()) tags.emplace_back(tag);
  }
  if (!tags.empty()) journal_->OnTags(tags);
}

void ServerRuntime::OnTicks(const std::vector<TickUpdate>& ticks) { ticks_->Publish(ticks); }

void ServerRuntime::OnTrades(const TradeSnapshot& snapshot) {
  trades_.Observe(snapshot);
  if (trades_.loaded()) events_->SetTradesBaselined();
  if (journal_->unconfirmed_count() == 0) return;
  std::vector<std::string> tags;
  for (const orders::v1::Order& order : snapshot.orders) {
    if (const std::string_view tag = TagOf(order.comment()); !tag.empty()) tags.emplace_back(tag);
  }
  if (!tags.empty()) journal_->OnTags(tags);
}

}  // namespace mtsuite::connector
