#ifndef SERVICES_CONNECTOR_MT5_RETCODE_MAP_H_
#define SERVICES_CONNECTOR_MT5_RETCODE_MAP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace mtsuite::connector::mt5 {

// Largest amount of one booking, in units of the account's currency (source: the Web API manual, code 4005).
inline constexpr int64_t kMaxBookingAmount = 1'000'000'000;

// What a command was about; decides what its return codes mean to a caller.
struct CommandContext {
  std::string_view command;  // "USER_ADD"; a literal.
  bool mutation = false;     // Its errors carry an Outcome.
  int64_t login = 0;         // The account it is about; 0 for none.
  std::string group;         // The group it is about or puts the account into; empty for none.
  std::string symbol;        // The symbol it is about; empty for none.
  bool credit = false;       // It books credit, not balance.
};

// The answer's return code as what callers see: OK for 0 and 1, otherwise an error with reason, values, the
// metadata `retcode` and, for mutations, the outcome: REJECTED where the code says that nothing was done,
// else UNCONFIRMED. `text` is the server's own text, for people.
absl::Status StatusOfRetcode(int code, std::string_view text, const CommandContext& context);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_RETCODE_MAP_H_
