// Faults that a test asks for: which commands they hit and how often. Carrying them out is the server's
// business.
#ifndef SERVICES_MTSIM_FAULTS_H_
#define SERVICES_MTSIM_FAULTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/mtsim/engine/prng.h"

namespace mtsuite::mtsim {

// What goes wrong. The meaning of each kind is told at mtsuite.sim.v1.Fault, whose numbers these are.
enum class FaultKind : uint8_t {
  kRefuse = 1,
  kDelayBefore = 2,
  kDelayAfter = 3,
  kDropBefore = 4,
  kDropAfter = 5,
  kCutBefore = 6,
  kCutMidFrame = 7,
  kStall = 8,
  kCorrupt = 9,
  kDuplicateReply = 10,
  kRestart = 11,
  kRefuseConnections = 12,
  kTradeReject = 13,
  kTradePartialFill = 14,
  kTradeDelay = 15,
};

// One rule of a FaultBook.
struct Fault {
  // Given by the book.
  int64_t id = 0;
  FaultKind kind = FaultKind::kRefuse;
  // Command name with `*` for any text; empty for all commands of a logged-in session.
  std::string command = {};
  // 0 for all accounts.
  uint64_t login = 0;
  // 1 to 100.
  int probability_percent = 100;
  // How often it may fire; 0 for any number of times.
  int count = 0;
  // For kRefuseConnections: how long the fault lives, zero for ever. See the proto for the others.
  absl::Duration delay = {};
  // Answer of kRefuse and kTradeReject.
  int retcode = 0;
  // Of the kinds for trades: symbol names with `*` for any text; empty for all.
  std::string symbol = {};
  // Of kTradePartialFill, 1 to 99.
  int fill_percent = 0;
  int64_t fired_count = 0;
};

// What the faults do to a trade request.
struct TradeFault {
  absl::Duration delay = absl::ZeroDuration();
  // Turned down with this retcode; 0 for not at all.
  int retcode = 0;
  int fill_percent = 100;
};

// The faults in force. Deterministic for its seed and the order of calls. Not thread-safe.
class FaultBook {
 public:
  static constexpr size_t kFaultsMax = 1'000;
  static constexpr absl::Duration kDelayMax = absl::Hours(1);

  explicit FaultBook(uint64_t seed) : random_(seed) {}

  // Adds `fault` and returns it with its id. INVALID_ARGUMENT for values out of range, RESOURCE_EXHAUSTED
  // when kFaultsMax are there already. Faults whose count is used up make room.
  absl::StatusOr<Fault> Add(Fault fault, absl::Time now);

  // The fault that hits this command, if any: the oldest matching one whose dice say so. Counts it as fired.
  std::optional<Fault> OnCommand(std::string_view command, uint64_t login);

  // What hits this trade request: the oldest matching delay, and the oldest matching other fault, whose dice
  // say so. Counts them as fired.
  TradeFault OnTrade(std::string_view symbol, uint64_t login);

  // Whether a new connection must be turned away. Counts it.
  bool OnConnection(absl::Time now);

  void Clear() { rules_.clear(); }
  // Whether no fault can fire on any command or connection.
  bool empty() const { return rules_.empty(); }

  // By id, those that are used up too.
  std::vector<Fault> List() const;

 private:
  struct Rule {
    Fault fault;
    absl::Time expires;
  };

  bool Fires(Rule& rule);

  SplitMix64 random_;
  int64_t last_id_ = 0;
  std::vector<Rule> rules_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_FAULTS_H_
