// What goes into a tracker and what comes out of it.
#ifndef SERVICES_RISK_TRACKER_TYPES_H_
#define SERVICES_RISK_TRACKER_TYPES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "services/risk/tracker/state.pb.h"

namespace mtsuite::risk {

// What is open on an account.
struct Holdings {
  struct Symbol {
    std::string symbol = {};
    Decimal lots = {};  // both directions together
    int positions = 0;
  };
  std::vector<Symbol> symbols;
  // Volume times contract size times price over all positions, in the account's currency.
  Decimal exposure;
};

// An account as it comes under rules. Amounts are in its currency with at most 8 decimal places here and
// below; more are rounded half-up.
struct Opening {
  absl::Time time = {};
  Decimal balance = {};
  Decimal credit = {};
  // Profit and swap (and commission, where the platform keeps it on the position) of all open positions.
  Decimal floating = {};
  Holdings holdings = {};
};

enum class MoneyKind {
  kDeposit,  // of the client: deposits and, negative, withdrawals
  kCredit,   // credit given, or taken when negative
  kResult,   // all else that changes the balance: charges, interest, corrections, dividends
};

struct MoneyBooked {
  absl::Time time = {};
  MoneyKind kind = MoneyKind::kResult;
  Decimal amount = {};
  Decimal floating = {};
};

// A change of positions.
struct Traded {
  absl::Time time = {};
  // What the deals changed the balance by: profit, swap, commission and fee.
  Decimal booked = {};
  Decimal floating = {};   // afterwards
  Holdings holdings = {};  // afterwards
  bool opened = false;
  bool closed = false;
  // What an order opened, for limits per order; no lots when none did.
  std::string symbol = {};
  Decimal lots = {};
};

// An amount that limits are counted from, with how it came about.
struct ReferenceValue {
  enum Name { kInitialBalance, kDayStartBalance, kDayStartEquity, kPeak };
  Name name;
  // Now, with the deposits and withdrawals since then that move references.
  Decimal value = {};
  // When it was set.
  Decimal value_as_set;
  absl::Time set_time;
  v1::Cause set_by;
};

// Something that a tracker found. Amounts are those of the account, not shifted by anything.
struct Finding {
  enum Kind {
    kBreach,
    kWarning,             // the used share of a limit reached a warn level
    kWarningCleared,      // and fell below its hysteresis again
    kRearmed,             // a reset ended the pause of a soft breach
    kTargetReached,       // the profit target
    kTradingDaysReached,  // the minimum of trading days
  };
  Kind kind;
  absl::Time time = {};
  v1::Cause cause;
  // The place of the rule in its set, and what the rule says of itself.
  size_t rule;
  std::string rule_id = {};
  bool hard = false;
  bool shadow = false;
  // What was held against what: money, lots, positions or days, as the rule has it. Of a holding window the
  // number of open positions and zero.
  Decimal value = {};
  Decimal limit = {};
  int warn_percent = 0;
  std::vector<ReferenceValue> references = {};
};

// Where a rule stands. Amounts as in Finding.
struct RuleStatus {
  std::string id;
  // Breached and not armed again, or a goal that was reached.
  bool done = false;
  // What is held against what at the moment; nothing for rules that look at changes only.
  std::optional<Decimal> value;
  std::optional<Decimal> limit;
  // What a loss is counted from: at `from` nothing of the limit is used.
  std::optional<Decimal> from;
  // The highest warn level that is raised; 0 for none.
  int warn_percent = 0;
  // A trailing floor that reached its lock level.
  bool locked = false;
};

// Floating profits that a tracker wants to be told of: at or below `floor`, at or above `ceiling`. Others
// change nothing but the floating profit itself.
struct Thresholds {
  std::optional<Decimal> floor;
  std::optional<Decimal> ceiling;

  bool Contain(Decimal floating) const {
    return (!floor.has_value() || floating > *floor) && (!ceiling.has_value() || floating < *ceiling);
  }
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_TRACKER_TYPES_H_
