// The accounts service: mtsuite.accounts.v1.AccountService over the connector.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "services/accounts/account_service.h"
#include "services/accounts/config.pb.h"
#include "services/accounts/connector_client.h"

ABSL_FLAG(std::string, config, "", "YAML configuration file; see services/accounts/accounts.example.yaml");

namespace mtsuite::accounts {
namespace {

absl::StatusOr<int> Run(const std::string& config_path) {
  ASSIGN_OR_RETURN(const auto config, mtsuite::config::LoadConfig<config::v1::AccountsConfig>(config_path));
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                   rpc::Server::Create("accounts", config.server()));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, rpc::Channel(config.connector()));
  ConnectorClient connector(channel);
  AccountService service(server->gate(), connector, RealClock());
  server->Register(v1::AccountService::service_full_name(), service);
  return server->Run();
}

}  // namespace
}  // namespace mtsuite::accounts

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("mtsuite accounts service.\n  accounts --config=accounts.yaml");
  absl::ParseCommandLine(argc, argv);
  const absl::StatusOr<int> exit_code = mtsuite::accounts::Run(absl::GetFlag(FLAGS_config));
  if (!exit_code.ok()) {
    std::fprintf(stderr, "accounts: %s\n", std::string(exit_code.status().message()).c_str());
    return 2;
  }
  return *exit_code;
}
