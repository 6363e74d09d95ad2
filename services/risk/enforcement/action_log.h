#ifndef SERVICES_RISK_ENFORCEMENT_ACTION_LOG_H_
#define SERVICES_RISK_ENFORCEMENT_ACTION_LOG_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "services/risk/enforcement/enforcement.pb.h"
#include "services/risk/enforcement/reaction.h"

namespace mtsuite::risk {

// `<breach id>.<what>[.<ticket>].<attempt>`; at most 64 characters, as breach ids have 24.
std::string BreachOperationId(const std::string& breach_id, v1::BreachAction::Type type, int64_t ticket,
                              int attempt);

// The actions of a breach, as they stand in its state: what was sent, what is to be sent again, and when.
// Refers to the state, which must outlive it. Not thread-safe.
class ActionLog {
 public:
  struct Limits {
    // Pause after the first failure; doubles up to `backoff_max`.
    absl::Duration backoff_min = absl::Milliseconds(100);
    absl::Duration backoff_max = absl::Seconds(15);
    // Longest pause that a trading server may ask for, as when the market is closed.
    absl::Duration retry_after_max = absl::Minutes(1);
    // More than this and the oldest ones that are done are left out.
    int max_actions = 2000;
  };

  ActionLog(enforcement::v1::EnforcementState& state, const Limits& limits);
  ActionLog(const ActionLog&) = delete;
  ActionLog& operator=(const ActionLog&) = delete;

  // The newest action of this type on this ticket; nullptr when there is none.
  const v1::BreachAction* Find(v1::BreachAction::Type type, int64_t ticket) const;

  // When this may be sent (again): the infinite past when it never was, the infinite future while it is under
  // way.
  absl::Time DueTime(v1::BreachAction::Type type, int64_t ticket) const;

  // Notes that it is sent now: under the same operation id when the last attempt may be under way or never
  // left, else under the next. It must be due. Gives the action, whose details may be filled in; valid until
  // the next call.
  v1::BreachAction& Send(v1::BreachAction::Type type, int64_t ticket, absl::Time now);

  // Notes an answer; gives the action that was waiting for it, or nullptr for one that nobody waits for.
  v1::BreachAction* Answer(const std::string& operation_id, const BreachReply& reply, absl::Time now);

  // Notes that nobody will hear of this one any more.
  static void GiveUp(v1::BreachAction& action);

  int in_flight(v1::BreachAction::Type type) const;
  // Whether one of this type was carried out.
  bool Applied(v1::BreachAction::Type type) const;
  // Whether one of this type may yet be carried out without another word from here.
  bool Doubtful(v1::BreachAction::Type type) const;

  // How long to wait after so many failures in a row.
  absl::Duration Backoff(int failures) const;

 private:
  using Key = std::pair<int, int64_t>;

  void Index();
  void LeaveOutOldest();

  enforcement::v1::EnforcementState& state_;
  const Limits limits_;
  // Where the newest action of each ticket is in the breach's list.
  absl::flat_hash_map<Key, int> newest_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENFORCEMENT_ACTION_LOG_H_
