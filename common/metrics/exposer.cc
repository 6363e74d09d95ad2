#include "common/metrics/exposer.h"

#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "prometheus/exposer.h"

namespace mtsuite::metrics {

absl::StatusOr<std::unique_ptr<Exposer>> Exposer::Start(const std::string& address,
                                                        const Registry& registry) {
  // The HTTP server underneath throws when it cannot bind.
  try {
    auto server = std::make_unique<prometheus::Exposer>(address, /*num_threads=*/1);
    std::shared_ptr<prometheus::Collectable> collectable = registry.collectable();
    server->RegisterCollectable(collectable);
    const std::vector<int> ports = server->GetListeningPorts();
    if (ports.empty()) return absl::InternalError(absl::StrCat("metrics: nothing is bound at ", address));
    return std::unique_ptr<Exposer>(new Exposer(std::move(server), std::move(collectable), ports.front()));
  } catch (const std::exception& e) {
    return absl::UnavailableError(
        absl::StrCat("metrics: cannot listen on ", address, " (is the port taken?): ", e.what()));
  }
}

Exposer::Exposer(std::unique_ptr<prometheus::Exposer> server,
                 std::shared_ptr<prometheus::Collectable> collectable, int port)
    : collectable_(std::move(collectable)), server_(std::move(server)), port_(port) {}

Exposer::~Exposer() = default;

}  // namespace mtsuite::metrics
