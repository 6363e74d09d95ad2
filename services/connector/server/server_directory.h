#ifndef SERVICES_CONNECTOR_SERVER_SERVER_DIRECTORY_H_
#define SERVICES_CONNECTOR_SERVER_SERVER_DIRECTORY_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/connector/server/server_driver.h"

namespace mtsuite::connector {

// The trading servers of this process, by id. Filled at start, then constant.
class ServerDirectory {
 public:
  void Add(std::shared_ptr<ServerDriver> driver) { drivers_[driver->id()] = std::move(driver); }

  // What drives the server now. SERVER_NOT_FOUND; SERVICE_UNAVAILABLE while another process does, or it is
  // still starting.
  absl::StatusOr<std::shared_ptr<ServerRuntime>> Find(const std::string& server) const;
  // The server as the public API shows it, also while it is driven elsewhere. SERVER_NOT_FOUND.
  absl::StatusOr<operations::v1::Server> Describe(const std::string& server) const;
  // Whether this process drives at least one server.
  bool DrivesAny() const;
  // In the order of their ids.
  std::vector<std::string> Ids() const;
  void StartAll();
  void StopAll();

 private:
  std::map<std::string, std::shared_ptr<ServerDriver>> drivers_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVER_SERVER_DIRECTORY_H_
