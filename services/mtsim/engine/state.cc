#include "services/mtsim/engine/state.h"

#include "common/status/check.h"

namespace mtsuite::mtsim {

absl::Time ToMilliseconds(absl::Time time) { return absl::FromUnixMillis(absl::ToUnixMillis(time)); }

State::State(const EngineOptions& engine_options, ServerTime zone, Clock& engine_clock)
    : options(engine_options),
      server_time(zone),
      clock(engine_clock),
      random(engine_options.seed),
      accounts(engine_options.login_ranges),
      feed(symbols, zone, engine_options.seed, ToMilliseconds(engine_clock.TimeNow())),
      next_deal(engine_options.first_deal),
      next_order(engine_options.first_order) {}

absl::Time State::Now() const { return ToMilliseconds(clock.TimeNow()); }

const Group& State::GroupOf(const Account& account) const {
  const Group* group = groups.Find(account.group);
  MTSUITE_CHECK(group != nullptr, "a group with accounts was deleted");
  return *group;
}

}  // namespace mtsuite::mtsim
