#ifndef SERVICES_CONNECTOR_CONNECTOR_PROCESS_H_
#define SERVICES_CONNECTOR_CONNECTOR_PROCESS_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/metrics/metrics.h"
#include "common/storage/database.h"
#include "services/connector/base/thread_scheduler.h"
#include "services/connector/config.pb.h"
#include "services/connector/eventlog/event_log.h"
#include "services/connector/journal/fingerprint.h"
#include "services/connector/journal/group_committer.h"
#include "services/connector/journal/inline_reader.h"
#include "services/connector/lease/instance.h"
#include "services/connector/server/server_directory.h"
#include "services/connector/store/sql_journal_store.h"

namespace mtsuite::connector {

// Makes the platform's implementation for one server. Called once at the start to check the configuration,
// then whenever the lease is acquired.
using TradeServerFactory =
    std::function<absl::StatusOr<std::unique_ptr<TradeServer>>(const config::v1::TradeServerConfig&)>;

// Everything of a connector below the gRPC services: database, committer, leases, one driver per trading
// server.
class ConnectorProcess {
 public:
  // Checks the configuration, opens the database and brings its schema up to date. `registry` may be null;
  // `clock` and `registry` outlive the process.
  static absl::StatusOr<std::unique_ptr<ConnectorProcess>> Open(const config::v1::ConnectorConfig& config,
                                                                const TradeServerFactory& factory,
                                                                Clock& clock, metrics::Registry* registry);
  // Stops.
  ~ConnectorProcess();
  ConnectorProcess(const ConnectorProcess&) = delete;
  ConnectorProcess& operator=(const ConnectorProcess&) = delete;

  // Calls `on_driving` whenever this process begins to drive a trading server, or drives none any more, and
  // once at the start; on any thread, until Stop. A process whose leases another one holds is of no use to
  // callers.
  void Start(std::function<void(bool driving)> on_driving);
  // Disconnects from the trading servers, writes what is queued, gives the leases back.
  void Stop();

  const ServerDirectory& servers() const { return servers_; }
  Scheduler& scheduler() { return scheduler_; }

 private:
  ConnectorProcess(std::unique_ptr<Instance> instance, Fingerprinter fingerprinter,
                   std::unique_ptr<storage::Database> database, metrics::Registry* registry);

  void AddServer(const config::v1::TradeServerConfig& config, const TradeServerFactory& factory, Clock& clock,
                 metrics::Registry* registry);

  const std::unique_ptr<Instance> instance_;
  const Fingerprinter fingerprinter_;
  const std::unique_ptr<storage::Database> database_;
  DatabaseRunner runner_;
  LeaseStore lease_store_;
  SqlJournalStore journal_store_;
  DatabaseRunner read_runner_;
  SqlJournalStore journal_read_store_;
  EventStore event_store_;
  ThreadScheduler scheduler_;
  GroupCommitter committer_;
  GroupCommitter reader_;
  InlineReader inline_reader_;
  ServerDirectory servers_;
  std::function<void(bool)> on_driving_;
  bool stopped_ = false;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_CONNECTOR_PROCESS_H_
