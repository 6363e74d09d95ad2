#ifndef SERVICES_CONNECTOR_MT5_TIME_KEEPER_H_
#define SERVICES_CONNECTOR_MT5_TIME_KEEPER_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/mt5/server_time.h"

namespace mtsuite::connector::mt5 {

// Knows the server's zone: the configured one, checked against what the server says, or else the offset that
// the server says. Used on the server's thread only.
class TimeKeeper {
 public:
  // INVALID_ARGUMENT when the configured zone is unknown on this machine.
  static absl::StatusOr<TimeKeeper> Create(const Mt5Options& options, Clock& clock);

  // UTC until it is known.
  const ServerTime& time() const { return time_; }
  // Times of the server can be believed.
  bool known() const { return known_; }
  // The zone's name, empty until known.
  std::string zone_name() const { return known_ ? time_.name() : std::string(); }

  // Takes the answer to GetTimeConfig. Where there is no zone to go by (the server does not tell its own),
  // UTC is assumed and a warning logged. An answer that did not come changes nothing.
  void OnTimeConfig(const absl::StatusOr<Answer>& answer);

 private:
  TimeKeeper(const Mt5Options& options, Clock& clock, const ServerTime& time, bool configured)
      : server_(options.server), clock_(&clock), time_(time), configured_(configured), known_(configured) {}

  void Compare(int server_minutes);

  std::string server_;
  Clock* clock_;
  ServerTime time_;
  bool configured_;
  bool known_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_TIME_KEEPER_H_
