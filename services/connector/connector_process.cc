#include "services/connector/connector_process.h"

#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/connector/store/schema.h"

namespace mtsuite::connector {

using config::v1::ConnectorConfig;
using config::v1::TradeServerConfig;

namespace {

constexpr absl::Duration kMinRetention = absl::Hours(24 * 7);
constexpr size_t kMaxIdLength = 32;

absl::Duration Or(const google::protobuf::Duration& value, absl::Duration standard) {
  if (value.seconds() == 0 && value.nanos() == 0) return standard;
  return absl::Seconds(value.seconds()) + absl::Nanoseconds(value.nanos());
}

bool IsServerId(const std::string& id) {
  if (id.empty() || id.size() > kMaxIdLength) return false;
  for (const char c : id) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
  }
  return true;
}

LoginRange RangeOf(const TradeServerConfig& config) {
  LoginRange range;
  if (config.min_login() != 0) range.min = config.min_login();
  if (config.max_login() != 0) range.max = config.max_login();
  return range;
}

absl::Status CheckServer(const TradeServerConfig& config) {
  if (!IsServerId(config.id())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "servers: the id \"", config.id(), "\" must have 1 to 32 lower case letters, digits, '-' and '_'"));
  }
  const auto fail = [&config](const char* what) {
    return absl::InvalidArgumentError(absl::StrCat("server ", config.id(), ": ", what));
  };
  const LoginRange range = RangeOf(config);
  if (range.min < 1 || range.min > range.max)
    return fail("min_login and max_login are no range of positive numbers");
  for (const auto* duration : {&config.settle_window(), &config.command_timeout(),
                               &config.operation_retention(), &config.event_retention()}) {
    if (duration->seconds() < 0 || duration->nanos() < 0) return fail("durations must not be negative");
  }
  if (config.operations_max() < 0 || config.events_max() < 0) return fail("limits must not be negative");
  if (Or(config.operation_retention(), kMinRetention) < kMinRetention) {
    return fail("operation_retention must be 168h or more: so long callers may repeat an operation");
  }
  return absl::OkStatus();
}

absl::Status CheckConfig(const ConnectorConfig& config) {
  if (config.database_url().empty()) return absl::InvalidArgumentError("database_url is missing");
  if (config.fingerprint_key_file().empty())
    return absl::InvalidArgumentError("fingerprint_key_file is missing");
  if (config.servers().empty())
    return absl::InvalidArgumentError("servers: at least one trading server is needed");
  std::set<std::string> ids;
  for (const TradeServerConfig& server : config.servers()) {
    RETURN_IF_ERROR(CheckServer(server));
    if (!ids.insert(server.id()).second) {
      return absl::InvalidArgumentError(absl::StrCat("server ", server.id(), " is there twice"));
    }
  }
  return absl::OkStatus();
}

std::string StateDirectory(const ConnectorConfig& config) {
  if (!config.state_dir().empty()) return config.state_dir();
  const std::filesystem::path folder = std::filesystem::path(config.fingerprint_key_file()).parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ConnectorProcess>> ConnectorProcess::Open(const ConnectorConfig& config,
                                                                         const TradeServerFactory& factory,
                                                                         Clock& clock,
                                                                         metrics::Registry* registry) {
  RETURN_IF_ERROR(CheckConfig(config));
  for (const TradeServerConfig& server : config.servers()) RETURN_IF_ERROR(factory(server).status());
  ASSIGN_OR_RETURN(std::unique_ptr<Instance> instance, Instance::Open(StateDirectory(config)));
  ASSIGN_OR_RETURN(Fingerprinter fingerprinter, Fingerprinter::Open(config.fingerprint_key_file()));
  ASSIGN_OR_RETURN(std::unique_ptr<storage::Database> database,
                   storage::Database::Open(config.database_url()));
  RETURN_IF_ERROR(MigrateConnectorSchema(*database, clock));
  auto process = std::unique_ptr<ConnectorProcess>(
      new ConnectorProcess(std::move(instance), std::move(fingerprinter), std::move(database), registry));
  for (const TradeServerConfig& server : config.servers())
    process->AddServer(server, factory, clock, registry);
  return process;
}

ConnectorProcess::ConnectorProcess(std::unique_ptr<Instance> instance, Fingerprinter fingerprinter,
                                   std::unique_ptr<storage::Database> database, metrics::Registry* registry)
    : instance_(std::move(instance)),
      fingerprinter_(std::move(fingerprinter)),
      database_(std::move(database)),
      runner_(*database_),
      lease_store_(runner_),
      journal_store_(
          runner_,
          [this](const std::string& server) { return lease_store_.CheckOwner(server, instance_->id()); }),
      read_runner_(*database_, DatabaseRunner::Access::kRead),
      journal_read_store_(read_runner_),
      event_store_(runner_),
      committer_(runner_, {.registry = registry}),
      reader_(read_runner_, {}),
      inline_reader_(read_runner_) {}

ConnectorProcess::~ConnectorProcess() { Stop(); }

void ConnectorProcess::AddServer(const TradeServerConfig& config, const TradeServerFactory& factory,
                                 Clock& clock, metrics::Registry* registry) {
  ServerDriver::Options options;
  options.runtime.server = config.id();
  options.runtime.display_name = config.display_name().empty() ? config.id() : config.display_name();
  options.runtime.logins = RangeOf(config);
  Journal::Options& journal = options.runtime.journal;
  journal.server = config.id();
  journal.registry = registry;
  journal.limits.settle_window = Or(config.settle_window(), journal.limits.settle_window);
  journal.command_timeout = Or(config.command_timeout(), journal.command_timeout);
  journal.retention = Or(config.operation_retention(), journal.retention);
  if (config.operations_max() != 0) journal.operations_max = config.operations_max();
  EventLog::Options& events = options.runtime.event_log;
  events.server = config.id();
  events.registry = registry;
  events.age_max = Or(config.event_retention(), events.age_max);
  if (config.events_max() != 0) events.events_max = config.events_max();
  options.lease.server = config.id();
  options.lease.owner = instance_->id();
  // Another machine's database would hold up the threads that serve calls.
  const bool embedded = database_->backend() == storage::Backend::kSqlite;
  Committer& reader = embedded ? static_cast<Committer&>(inline_reader_) : reader_;
  servers_.Add(ServerDriver::Create(options, {{clock, scheduler_, committer_, journal_store_, reader,
                                               journal_read_store_, event_store_, fingerprinter_, nullptr},
                                              {scheduler_, committer_, lease_store_},
                                              [factory, config] { return factory(config); },
                                              [this] { on_driving_(servers_.DrivesAny()); }}));
}

void ConnectorProcess::Start(std::function<void(bool)> on_driving) {
  on_driving_ = std::move(on_driving);
  on_driving_(false);
  servers_.StartAll();
}

void ConnectorProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  servers_.StopAll();
  // No timer may submit to a committer that has stopped, and no callback of a write may set a timer later.
  scheduler_.Stop();
  committer_.Stop();
  reader_.Stop();
}

}  // namespace mtsuite::connector
