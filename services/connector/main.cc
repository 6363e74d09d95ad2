// The connector: the only process that talks to trading servers.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "services/connector/connector_process.h"
#include "services/connector/platforms.h"
#include "services/connector/service/connector_service.h"
#include "services/connector/service/operation_service.h"
#include "services/connector/service/quote_service.h"
#include "services/connector/service/server_service.h"
#include "services/connector/service/trading_service.h"

ABSL_FLAG(std::string, config, "", "YAML configuration file; see services/connector/connector.example.yaml");

namespace mtsuite::connector {
namespace {

absl::StatusOr<int> Run(const std::string& path) {
  ASSIGN_OR_RETURN(const auto config, mtsuite::config::LoadConfig<config::v1::ConnectorConfig>(path));
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                   rpc::Server::Create("connector", config.server()));
  const auto make = [](const config::v1::TradeServerConfig& config) {
    return MakeTradeServer(config, RealClock());
  };
  ASSIGN_OR_RETURN(const std::unique_ptr<ConnectorProcess> process,
                   ConnectorProcess::Open(config, make, RealClock(), &server->metrics()));
  ConnectorServiceImpl connector(server->gate(), process->servers(), process->scheduler());
  OperationServiceImpl operations(server->gate(), process->servers());
  ServerServiceImpl servers(server->gate(), process->servers());
  ConnectorTradingServiceImpl trading(server->gate(), process->servers());
  ConnectorQuoteServiceImpl quotes(server->gate(), process->servers(), process->scheduler());
  server->Register(v1::ConnectorService::service_full_name(), connector);
  server->Register(v1::ConnectorTradingService::service_full_name(), trading);
  server->Register(v1::ConnectorQuoteService::service_full_name(), quotes);
  server->Register(operations::v1::OperationService::service_full_name(), operations);
  server->Register(operations::v1::ServerService::service_full_name(), servers);
  server->OnStop("trading servers", [&process] { process->Stop(); });
  process->Start(
      [&server](bool driving) { server->SetServing(v1::ConnectorService::service_full_name(), driving); });
  return server->Run();
}

}  // namespace
}  // namespace mtsuite::connector

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("mtsuite connector.\n  connector --config=connector.yaml");
  absl::ParseCommandLine(argc, argv);
  const absl::StatusOr<int> exit_code = mtsuite::connector::Run(absl::GetFlag(FLAGS_config));
  if (!exit_code.ok()) {
    std::fprintf(stderr, "connector: %s\n", std::string(exit_code.status().message()).c_str());
    return 2;
  }
  return *exit_code;
}
