#ifndef SERVICES_CONNECTOR_LEASE_INSTANCE_H_
#define SERVICES_CONNECTOR_LEASE_INSTANCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace mtsuite::connector {

// The identity of a connector: an id kept in its state directory, and a lock on it that the kernel gives back
// when the process dies. So a process that starts again is known to be the only one of its id, and takes its
// leases over at once.
class Instance {
 public:
  // Makes the directory (mode 0700) and the id when they do not exist. FAILED_PRECONDITION when another
  // process holds it.
  static absl::StatusOr<std::unique_ptr<Instance>> Open(const std::string& state_directory);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const std::string& id() const { return id_; }

 private:
  Instance(int fd, std::string id) : fd_(fd), id_(std::move(id)) {}

  const int fd_;
  const std::string id_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_LEASE_INSTANCE_H_
