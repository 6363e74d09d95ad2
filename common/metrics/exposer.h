#ifndef COMMON_METRICS_EXPOSER_H_
#define COMMON_METRICS_EXPOSER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/metrics/metrics.h"

namespace prometheus {
class Exposer;
}  // namespace prometheus

namespace mtsuite::metrics {

// Serves a registry at http://<address>/metrics until destroyed.
class Exposer {
 public:
  // Binds `address` ("127.0.0.1:9101"; port 0 takes a free one). The registry must outlive the exposer.
  static absl::StatusOr<std::unique_ptr<Exposer>> Start(const std::string& address, const Registry& registry);
  ~Exposer();
  Exposer(const Exposer&) = delete;
  Exposer& operator=(const Exposer&) = delete;

  // The port that was bound.
  int port() const { return port_; }

 private:
  Exposer(std::unique_ptr<prometheus::Exposer> server, std::shared_ptr<prometheus::Collectable> collectable,
          int port);

  // The server only holds a weak reference.
  std::shared_ptr<prometheus::Collectable> collectable_;
  std::unique_ptr<prometheus::Exposer> server_;
  int port_;
};

}  // namespace mtsuite::metrics

#endif  // COMMON_METRICS_EXPOSER_H_
