// The quotes service: mtsuite.quotes.v1.QuoteService over the connector.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/config/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "services/quotes/config.pb.h"
#include "services/quotes/connector_client.h"
#include "services/quotes/quote_service.h"

ABSL_FLAG(std::string, config, "", "YAML configuration file; see services/quotes/quotes.example.yaml");

namespace mtsuite::quotes {
namespace {

absl::StatusOr<int> Run(const std::string& config_path) {
  ASSIGN_OR_RETURN(const auto config, mtsuite::config::LoadConfig<config::v1::QuotesConfig>(config_path));
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server, rpc::Server::Create("quotes", config.server()));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, rpc::Channel(config.connector()));
  ASSIGN_OR_RETURN(std::string api_key, mtsuite::config::ReadSecretFile(config.connector_key_file()));
  ConnectorClient connector(channel, std::move(api_key));
  QuoteService::Options options;
  if (config.flush_interval_milliseconds() > 0) {
    options.feed.flush_interval = absl::Milliseconds(config.flush_interval_milliseconds());
  }
  QuoteService service(server->gate(), connector, RealClock(), options);
  server->Register(v1::QuoteService::service_full_name(), service);
  server->OnStop("feeds", [&service] { service.Stop(); });
  return server->Run();
}

}  // namespace
}  // namespace mtsuite::quotes

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("mtsuite quotes service.\n  quotes --config=quotes.yaml");
  absl::ParseCommandLine(argc, argv);
  const absl::StatusOr<int> exit_code = mtsuite::quotes::Run(absl::GetFlag(FLAGS_config));
  if (!exit_code.ok()) {
    std::fprintf(stderr, "quotes: %s\n", std::string(exit_code.status().message()).c_str());
    return 2;
  }
  return *exit_code;
}
