#include "services/connector/server/server_directory.h"

#include <algorithm>

#include "services/connector/base/trade_errors.h"

namespace mtsuite::connector {

absl::StatusOr<std::shared_ptr<ServerRuntime>> ServerDirectory::Find(const std::string& server) const {
  const auto driver = drivers_.find(server);
  if (driver == drivers_.end()) return trade_errors::ServerNotFound(server);
  std::shared_ptr<ServerRuntime> runtime = driver->second->runtime();
  if (runtime == nullptr) return trade_errors::NotOwner(server);
  return runtime;
}

absl::StatusOr<operations::v1::Server> ServerDirectory::Describe(const std::string& server) const {
  const auto driver = drivers_.find(server);
  if (driver == drivers_.end()) return trade_errors::ServerNotFound(server);
  return driver->second->Describe();
}

bool ServerDirectory::DrivesAny() const {
  return std::any_of(drivers_.begin(), drivers_.end(),
                     [](const auto& entry) { return entry.second->runtime() != nullptr; });
}

std::vector<std::string> ServerDirectory::Ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, driver] : drivers_) ids.push_back(id);
  return ids;
}

void ServerDirectory::StartAll() {
  for (const auto& [id, driver] : drivers_) driver->Start();
}

void ServerDirectory::StopAll() {
  for (const auto& [id, driver] : drivers_) driver->Stop();
}

}  // namespace mtsuite::connector
