#include "services/mtsim/engine/symbol.h"

#include <algorithm>

namespace mtsuite::mtsim {

int SwapNights(const Symbol& symbol, int weekday) {
  constexpr int kNoTripleDay = 7;
  if (weekday == symbol.swap_triple_day) return 3;
  const bool weekend = weekday == 0 || weekday == 6;
  return weekend && symbol.swap_triple_day != kNoTripleDay ? 0 : 1;
}

bool InSession(const WeekSessions& sessions, int weekday, int minute) {
  return std::ranges::any_of(sessions[weekday], [minute](const Session& session) {
    return session.open <= minute && minute < session.close;
  });
}

}  // namespace mtsuite::mtsim
