// The orders service: mtsuite.orders.v1.OrderService over the connector.
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
#include "services/orders/config.pb.h"
#include "services/orders/connector_client.h"
#include "services/orders/order_service.h"

ABSL_FLAG(std::string, config, "", "YAML configuration file; see services/orders/orders.example.yaml");

namespace mtsuite::orders {
namespace {

absl::StatusOr<int> Run(const std::string& config_path) {
  ASSIGN_OR_RETURN(const auto config, mtsuite::config::LoadConfig<config::v1::OrdersConfig>(config_path));
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server, rpc::Server::Create("orders", config.server()));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, rpc::Channel(config.connector()));
  ConnectorClient connector(channel);
  OrderService service(server->gate(), connector, RealClock());
  server->Register(v1::OrderService::service_full_name(), service);
  return server->Run();
}

}  // namespace
}  // namespace mtsuite::orders

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("mtsuite orders service.\n  orders --config=orders.yaml");
  absl::ParseCommandLine(argc, argv);
  const absl::StatusOr<int> exit_code = mtsuite::orders::Run(absl::GetFlag(FLAGS_config));
  if (!exit_code.ok()) {
    std::fprintf(stderr, "orders: %s\n", std::string(exit_code.status().message()).c_str());
    return 2;
  }
  return *exit_code;
}
