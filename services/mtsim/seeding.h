// Fixtures: accounts in bulk, a plausible trading history, the demo world.
#ifndef SERVICES_MTSIM_SEEDING_H_
#define SERVICES_MTSIM_SEEDING_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/mtsim/engine/engine.h"

namespace mtsuite::mtsim {

// Password of seeded accounts for which none is given.
inline constexpr std::string_view kSeededPassword = "Demo-Pass1";

struct SeedAccounts {
  // 1 to 100,000.
  int count = 0;
  // 0 = the next free logins.
  uint64_t first_login = 0;
  std::string group = {};
  // Opening deposit of each; none when zero.
  Fixed deposit = {};
  // kSeededPassword when empty.
  std::string password = {};
};

struct LoginSpan {
  uint64_t first = 0;
  uint64_t last = 0;
};

// Opens accounts with names and addresses made up from the login. Stops at the first that the server refuses;
// those before it stay. INVALID_ARGUMENT, NOT_FOUND (group), ALREADY_EXISTS (login), RESOURCE_EXHAUSTED.
absl::StatusOr<LoginSpan> OpenSeededAccounts(Engine& engine, const SeedAccounts& request);

struct SeedHistory {
  uint64_t login = 0;
  // Positions to open and close; 1 to 100,000.
  int trade_count = 0;
  // Spread over this many days before now; 1 to 3650.
  int days = 0;
  uint64_t seed = 0;
};

// Books `trade_count` positions that were opened and closed, deterministic for the seed and the time. Sizes
// follow the balance and results stay small against it, so that the account lives. Returns the number of
// deals. INVALID_ARGUMENT, NOT_FOUND; FAILED_PRECONDITION when the account has no money to trade with.
absl::StatusOr<int64_t> WriteSeededHistory(Engine& engine, const SeedHistory& request);

// A dozen accounts with deposits, closed history and some open positions. Deterministic for the engine's
// seed.
absl::Status BuildDemoWorld(Engine& engine);

// The status for a refusal of the engine, with its retcode; `what` says what was refused.
absl::Status ToStatus(Retcode retcode, std::string_view what);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_SEEDING_H_
