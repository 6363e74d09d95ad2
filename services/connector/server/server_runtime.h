#ifndef SERVICES_CONNECTOR_SERVER_SERVER_RUNTIME_H_
#define SERVICES_CONNECTOR_SERVER_SERVER_RUNTIME_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/connector/commands/trade_commands.h"
#include "services/connector/directory/directory.h"
#include "services/connector/directory/login_allocator.h"
#include "services/connector/eventlog/event_log.h"
#include "services/connector/journal/journal.h"
#include "services/connector/ticks/tick_hub.h"
#include "services/connector/trade_server.h"
#include "services/connector/trades/trade_book.h"

namespace mtsuite::connector {

// Everything that is at work for one trading server while this process drives it: the connection, the
// directory, the journal, the event log. Made when the lease is acquired, dropped when it is lost; nothing of
// it needs to survive.
class ServerRuntime final : public TradeServerObserver, public std::enable_shared_from_this<ServerRuntime> {
 public:
  struct Options {
    std::string server;
    std::string display_name;
    LoginRange logins;
    Journal::Options journal;
    EventLog::Options event_log;
  };
  // What it works with; all outlive it, and `trade_server` is its own.
  struct Tools {
    Clock& clock;
    Scheduler& scheduler;
    Committer& committer;
    JournalStore& journal_store;
    // For reading alone, see Journal::Tools.
    Committer& reader;
    JournalStore& journal_read_store;
    EventStore& event_store;
    const Fingerprinter& fingerprinter;
    // Whether this process still owns the server.
    std::function<bool()> may_send;
  };

  static std::shared_ptr<ServerRuntime> Create(const Options& options, const Tools& tools,
                                               std::unique_ptr<TradeServer> trade_server);
  ServerRuntime(const ServerRuntime&) = delete;
  ServerRuntime& operator=(const ServerRuntime&) = delete;

  // Reads what was stored, takes up unfinished operations, connects; then `done`. Only then may calls come.
  void Start(DoneStatus done);
  // Disconnects, and answers who waits. Not from a callback of the trading server.
  void Stop();

  TradeServer& trade_server() { return *trade_server_; }
  TradeCommands& commands() { return *commands_; }
  GroupCache& groups() { return *groups_; }
  SymbolCache& symbols() { return *symbols_; }
  Journal& journal() { return *journal_; }
  EventLog& events() { return *events_; }
  const TradeBook& trades() const { return trades_; }
  TickHub& ticks() { return *ticks_; }
  const Directory& directory() const { return directory_; }
  const std::string& id() const { return options_.server; }
  Clock& clock() const { return tools_.clock; }

  // Stop was called: this process does not drive the server any more, or soon with another runtime.
  bool stopped() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The server as the public API shows it.
  operations::v1::Server Describe() const;

  void OnStateChanged() override;
  void OnAccounts(const std::vector<accounts::v1::Account>& accounts) override;
  void OnAllLogins(const std::vector<int64_t>& sorted_logins, absl::Time started) override;
  void OnDeals(const std::vector<type::v1::Deal>& deals) override;
  void OnTrades(const TradeSnapshot& snapshot) override;
  void OnTicks(const std::vector<TickUpdate>& ticks) override;

 private:
  ServerRuntime(const Options& options, const Tools& tools, std::unique_ptr<TradeServer> trade_server);

  void OnRestored(EventLog::Restored restored, DoneStatus done);

  const Options options_;
  const Tools tools_;
  const std::unique_ptr<TradeServer> trade_server_;
  Directory directory_;
  LoginAllocator logins_;
  const std::shared_ptr<GroupCache> groups_;
  const std::shared_ptr<SymbolCache> symbols_;
  const std::shared_ptr<TickHub> ticks_;
  const std::shared_ptr<TradeCommands> commands_;
  const std::shared_ptr<Journal> journal_;
  const std::shared_ptr<EventLog> events_;
  TradeBook trades_;
  metrics::Gauge connected_gauge_;
  metrics::Gauge accounts_gauge_;

  mutable absl::Mutex mutex_;
  operations::v1::Server::State last_state_ ABSL_GUARDED_BY(mutex_) =
      operations::v1::Server::STATE_UNSPECIFIED;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVER_SERVER_RUNTIME_H_
