#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_TICK_COMMANDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_TICK_COMMANDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/commands/request.h"
#include "services/connector/mt5/server_time.h"

namespace mtsuite::connector::mt5 {

// The TICK_* commands (mt5-webapi §5.6) and the tick record (§6.8).

struct TickRecord {
  std::string symbol;
  int32_t digits = 0;
  absl::Time time;
  Decimal bid;
  Decimal ask;
  Decimal last;
  Decimal volume;
};

struct TickList {
  std::vector<TickRecord> ticks;
  uint64_t transaction = 0;  // For the next GetTicks.
};

// The last ticks of the symbols (names or masks of paths, separated by commas) that changed after
// `transaction`; 0 for all.
Request GetTicks(std::string_view symbols, uint64_t transaction);
// The last tick of one symbol with the spread of a group.
Request GetTickOf(std::string_view symbol, std::string_view group);

// Ticks that cannot be read are left out and counted in `unreadable`, if that is given.
absl::StatusOr<TickList> ParseTicks(const Answer& answer, const ServerTime& time, int* unreadable = nullptr);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_TICK_COMMANDS_H_
