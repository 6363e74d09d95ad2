// mtsim: the simulated trading server.
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "common/config/config.h"
#include "common/log/log.h"
#include "common/rpc/server.h"
#include "common/status/macros.h"
#include "services/mtsim/control/sim_service.h"
#include "services/mtsim/options.h"
#include "services/mtsim/seeding.h"

ABSL_FLAG(std::string, config, "", "Configuration file; see mtsim.example.yaml.");

namespace mtsuite::mtsim {
namespace {

absl::StatusOr<int> Run(const std::string& config_file) {
  ASSIGN_OR_RETURN(const auto config, config::LoadConfig<config::v1::MtsimConfig>(config_file));
  ASSIGN_OR_RETURN(Options options, ReadOptions(config));
  ASSIGN_OR_RETURN(const auto control, rpc::Server::Create("mtsim", config.server()));
  WorldClock clock(RealClock());
  ASSIGN_OR_RETURN(const auto engine, Engine::Create(options.engine, clock));
  if (options.demo_world) RETURN_IF_ERROR(BuildDemoWorld(*engine));
  RETURN_IF_ERROR(ToStatus(engine->feed().SetRatePercent(options.feed_rate_percent), "feed.rate_percent"));
  World world(*engine, clock, std::move(options.managers), options.engine.seed);
  world.identity.name = options.server_name;
  Server server(world, options.server);
  SimService service(control->gate(), server, options.feed_rate_percent);
  control->Register(sim::v1::SimService::service_full_name(), service);
  control->OnStop("mt5", [&server] { server.Stop(); });
  RETURN_IF_ERROR(server.Start());
  control->ReportPort("mt5_port", server.port());
  LOG_EVENT(kInfo, "mt5_listening", {"port", server.port()}, {"seed", options.engine.seed});
  return control->Run();
}

}  // namespace
}  // namespace mtsuite::mtsim

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("The simulated trading server. mtsim --config=mtsim.yaml");
  absl::ParseCommandLine(argc, argv);
  const absl::StatusOr<int> code = mtsuite::mtsim::Run(absl::GetFlag(FLAGS_config));
  if (code.ok()) return *code;
  std::fprintf(stderr, "mtsim: %s\n", std::string(code.status().message()).c_str());
  return 1;
}
