#ifndef SERVICES_RISK_ENFORCEMENT_TRADING_WORLD_H_
#define SERVICES_RISK_ENFORCEMENT_TRADING_WORLD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/risk/enforcement/account_picture.h"
#include "services/risk/enforcement/reaction.h"

namespace mtsuite::risk {

// One account on a trading server behind a connector, for tests of enforcement: in one thread, on simulated
// time. It keeps the connector's promise (an operation id is carried out at most once) and is as unkind as it
// may be beyond that: it requotes, closes the market, fills partially, loses answers, and things happen on
// the account behind the machine's back. What goes wrong follows from the seed and the operation id alone, so
// that a run that is killed meets the same obstacles as one that is not.
class TradingWorld {
 public:
  struct Behaviour {
    uint64_t seed = 1;
    // In percent of the operations.
    int requotes = 0;
    int partial_fills = 0;
    int not_sent = 0;
    int lost_answers = 0;   // carried out, but the answer is lost
    int lost_requests = 0;  // not carried out, and nobody knows
    int failed_reads = 0;
    // Closes are refused with MARKET_CLOSED before this.
    absl::Time market_opens = absl::InfinitePast();
  };

  TradingWorld(const Behaviour& behaviour, absl::Time start) : behaviour_(behaviour), now_(start) {}

  // Things on the account.
  void Open(int64_t ticket, int lots_hundredths, int profit);
  void Place(int64_t order) { orders_.insert(order); }
  // Something that happens at a time, whether or not the machine is alive.
  void At(absl::Time time, std::function<void(TradingWorld&)> what) {
    events_.emplace(time, std::move(what));
  }
  AccountPicture Picture() const;

  // Takes a command as the connector would; `answer` is called later, as part of Run.
  void Take(const BreachCommand& command, std::function<void(const BreachReply&)> answer);
  void Read(std::function<void(const absl::StatusOr<AccountPicture>&)> answer);

  // Lets time pass up to the next event, or to `until` if that is earlier; false when nothing is left to
  // happen before `until`.
  bool RunNext(absl::Time until);
  absl::Time now() const { return now_; }

  bool enabled = true;
  bool read_only = false;
  std::string group = "challenge";

  // What happened.
  const std::set<std::string>& executed_closes() const { return executed_closes_; }
  // Broken promises of the machine: an operation id with another content, a command about foreign tickets.
  const std::vector<std::string>& complaints() const { return complaints_; }
  int commands_taken() const { return commands_taken_; }

 private:
  struct Operation {
    BreachCommand command;
    BreachReply reply;
    bool decided = false;  // carried out or refused
    int asked = 0;
  };
  struct Position {
    int lots;
    int profit;
  };

  // 0 to 99, the same for the same words.
  int Chance(const std::string& operation_id, const char* what) const;
  BreachReply Handle(Operation& operation);
  BreachReply Execute(const BreachCommand& command);
  BreachReply Close(const BreachCommand& command);

  const Behaviour behaviour_;
  absl::Time now_;
  std::multimap<absl::Time, std::function<void(TradingWorld&)>> events_;
  std::map<int64_t, Position> positions_;
  std::set<int64_t> orders_;
  std::set<int64_t> known_tickets_;
  std::map<std::string, Operation> operations_;
  std::set<std::string> executed_closes_;
  std::vector<std::string> complaints_;
  int commands_taken_ = 0;
  int reads_ = 0;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENFORCEMENT_TRADING_WORLD_H_
