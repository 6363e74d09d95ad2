#ifndef SERVICES_CONNECTOR_TESTING_SIMULATED_CONNECTOR_H_
#define SERVICES_CONNECTOR_TESTING_SIMULATED_CONNECTOR_H_

#include <functional>
#include <memory>
#include <vector>

#include "services/connector/commands/trade_commands.h"
#include "services/connector/directory/directory.h"
#include "services/connector/directory/login_allocator.h"
#include "services/connector/journal/journal.h"
#include "services/connector/journal/tag.h"
#include "services/connector/testing/fake_trade_server.h"
#include "services/connector/testing/memory_journal_store.h"
#include "services/connector/testing/simulated_committer.h"
#include "services/connector/testing/simulated_scheduler.h"

namespace mtsuite::connector {

// What outlives a connector: time, the trading server's books, the database.
struct SimulatedSurroundings {
  explicit SimulatedSurroundings(absl::Time start) : time(start) {}

  SimulatedTime time;
  SimulatedScheduler world_scheduler{time};
  std::shared_ptr<FakeWorld> world = std::make_shared<FakeWorld>(time.clock());
  absl::Mutex world_mutex;
  MemoryJournalStore store;
  Fingerprinter fingerprinter{std::string(32, 'k')};
};

struct SimulatedConnectorOptions {
  FakeTradeServer::Options server;
  SimulatedCommitter::Options committer;
  Journal::Options journal;
  LoginRange logins{1000, 9999};
};

// A connector's journal with everything under it, in simulated time. Destroying it is a crash.
class SimulatedConnector final : public TradeServerObserver {
 public:
  using Options = SimulatedConnectorOptions;

  SimulatedConnector(SimulatedSurroundings& surroundings, const Options& options)
      : surroundings_(surroundings),
        scheduler_(surroundings.time),
        committer_(scheduler_, options.committer),
        server_(surroundings.world, surroundings.world_mutex, surroundings.world_scheduler, scheduler_,
                surroundings.time.clock(), options.server),
        logins_(directory_, options.logins),
        groups_(std::make_shared<GroupCache>(server_, scheduler_)),
        symbols_(std::make_shared<SymbolCache>(server_, scheduler_)),
        commands_(TradeCommands::Create(
            {.server = options.journal.server},
            {surroundings.time.clock(), scheduler_, server_, directory_, logins_, *groups_, *symbols_, ticks_,
             [this](const accounts::v1::Account& account) { OnAccounts({account}); },
             [this](int64_t login) { directory_.Remove(login); }, nullptr})),
        journal_(Journal::Create(options.journal,
                                 {surroundings.time.clock(), scheduler_, committer_, surroundings.store,
                                  committer_, surroundings.store, *commands_, surroundings.fingerprinter})) {
    journal_->Start([this](const absl::Status& status) {
      started_ = status.ok();
      start_failed_ = !status.ok();
    });
    server_.Start(this, {.deals_since = absl::UnixEpoch()});
    Poll();
  }

  Journal& journal() { return *journal_; }
  FakeTradeServer& server() { return server_; }
  Scheduler& scheduler() { return scheduler_; }
  bool started() const { return started_; }
  bool start_failed() const { return start_failed_; }

  void OnStateChanged() override {
    const bool connected = server_.Describe().state() == operations::v1::Server::CONNECTED;
    commands_->SetAvailable(connected, connected ? "" : "down");
    if (connected) journal_->OnAvailable();
  }
  void OnAccounts(const std::vector<accounts::v1::Account>& accounts) override {
    directory_.Observe(accounts, surroundings_.time.now());
  }
  void OnAllLogins(const std::vector<int64_t>& sorted_logins, absl::Time started) override {
    directory_.ObserveAll(sorted_logins, started);
  }
  void OnDeals(const std::vector<type::v1::Deal>& deals) override {
    std::vector<std::string> tags;
    for (const type::v1::Deal& deal : deals) {
      if (const auto tag = TagOf(deal.comment()); !tag.empty()) tags.emplace_back(tag);
    }
    journal_->OnTags(tags);
  }

 private:
  void Poll() {
    server_.Poll();
    scheduler_.After(absl::Seconds(3), [this] { Poll(); });
  }

  SimulatedSurroundings& surroundings_;
  SimulatedScheduler scheduler_;
  SimulatedCommitter committer_;
  FakeTradeServer server_;
  Directory directory_;
  LoginAllocator logins_;
  std::shared_ptr<GroupCache> groups_;
  std::shared_ptr<SymbolCache> symbols_;
  TickHub ticks_{surroundings_.time.clock(), "ticks"};  // Without any: prices are asked for.
  std::shared_ptr<TradeCommands> commands_;
  std::shared_ptr<Journal> journal_;
  bool started_ = false;
  bool start_failed_ = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_TESTING_SIMULATED_CONNECTOR_H_
