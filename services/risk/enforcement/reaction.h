#ifndef SERVICES_RISK_ENFORCEMENT_REACTION_H_
#define SERVICES_RISK_ENFORCEMENT_REACTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "mtsuite/risk/v1/breach.pb.h"

namespace mtsuite::risk {

// Rights and group that an account gets; what has no value stays as it is.
struct AccountChange {
  std::optional<bool> enabled = std::nullopt;
  std::optional<bool> read_only = std::nullopt;
  std::optional<std::string> group = std::nullopt;

  friend bool operator==(const AccountChange&, const AccountChange&) = default;
};

// One command to the trading server. Its content follows from the operation id: the same id never comes with
// another content, which the connector would refuse.
struct BreachCommand {
  std::string operation_id;
  v1::BreachAction::Type type = v1::BreachAction::TYPE_UNSPECIFIED;
  int64_t ticket = 0;    // CANCEL_ORDER, CLOSE_POSITION (at the market, any deviation, all that is open)
  AccountChange change;  // the other types
};

// What became of a command. Every command gets one; a driver that hears nothing in time says kUnconfirmed.
struct BreachReply {
  enum class Outcome {
    kApplied,
    kRejected,     // the trading server refused it; the operation id is used up
    kNotSent,      // it never left; to be repeated with the same operation id
    kUnconfirmed,  // not known; the same operation id tells later
  };
  Outcome outcome = Outcome::kUnconfirmed;
  // Of a failure: the name of an ErrorReason, the message, and how long the trading server asks to wait.
  std::string error_reason;
  std::string error_message;
  std::optional<absl::Duration> retry_after;
  // Of a close that was applied; decimals.
  std::string filled_volume;
  std::string remaining_volume;
  std::string price;
  absl::Time fill_time = absl::InfinitePast();
};

// What a BreachMachine wants done, in this order.
struct Reaction {
  // Store Save(), durably, before anything below happens; then tell the world of new steps.
  bool save = false;
  std::vector<BreachCommand> commands;
  // Read the account freshly from the trading server, then OnPicture. Not to be asked again before that.
  bool read = false;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENFORCEMENT_REACTION_H_
