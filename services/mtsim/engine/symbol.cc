#include "services/mtsim/engine/symbol.h"

#include <algorithm>

namespace mtsuite::mtsim {

bool InSession(const WeekSessions& sessions, int weekday, int minute) {
  return std::ranges::any_of(sessions[weekday], [minute](const Session& session) {
    return session.open <= minute && minute < session.close;
  });
}

}  // namespace mtsuite::mtsim
