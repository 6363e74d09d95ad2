#include "services/connector/mt5/time_keeper.h"

#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/connector/mt5/commands/config_commands.h"

namespace mtsuite::connector::mt5 {

absl::StatusOr<TimeKeeper> TimeKeeper::Create(const Mt5Options& options, Clock& clock) {
  if (options.time_zone.empty()) return TimeKeeper(options, clock, ServerTime::FromOffset(0), false);
  ASSIGN_OR_RETURN(const ServerTime time, ServerTime::FromName(options.time_zone));
  return TimeKeeper(options, clock, time, true);
}

void TimeKeeper::OnTimeConfig(const absl::StatusOr<Answer>& answer) {
  if (!answer.ok()) return;
  absl::StatusOr<int> minutes = absl::UnknownError("the server refused to tell");
  if (answer->retcode == 0) minutes = ParseTimeOffset(*answer);
  if (!minutes.ok()) {
    LOG_EVENT(kWarning, "mt5_time_zone_unreadable", {"server", server_},
              {"reason", StdView(minutes.status().message())}, {"assumed", time_.name()});
    known_ = true;
    return;
  }
  if (configured_) return Compare(*minutes);
  time_ = ServerTime::FromOffset(*minutes);
  known_ = true;
}

void TimeKeeper::Compare(int server_minutes) {
  const int zone_minutes = time_.OffsetMinutes(clock_->TimeNow());
  if (zone_minutes == server_minutes) return;
  LOG_EVENT(kWarning, "mt5_time_zone_differs", {"server", server_}, {"configured", time_.name()},
            {"configured_minutes", zone_minutes}, {"server_minutes", server_minutes});
}

}  // namespace mtsuite::connector::mt5
