#ifndef SERVICES_RISK_ENFORCEMENT_BREACH_MACHINE_H_
#define SERVICES_RISK_ENFORCEMENT_BREACH_MACHINE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "mtsuite/risk/v1/breach.pb.h"
#include "services/risk/enforcement/account_picture.h"
#include "services/risk/enforcement/action_log.h"
#include "services/risk/enforcement/enforcement.pb.h"
#include "services/risk/enforcement/reaction.h"

namespace mtsuite::risk {

// The enforcement of one breach, as a pure state machine: it is told what happened and says what to do, and
// does nothing itself.
//
//   RECORDED ─► BLOCKING ─► CANCELLING ─► CLOSING ─► VERIFYING ─► FLAT ─► LOCKING ─► DONE      (hard)
//      │           ▲                                     │          └─► REARMING ─► REARMED    (soft)
//      │           └──────────── something open ─────────┘
//      └─► DONE (shadow)                       any state before the end ── Lift ──► LIFTING ─► LIFTED
//
// One round blocks the account, cancels, closes (worst first, several at a time) and looks. Rounds follow one
// another until two looks, `settle` apart and after the last answer, see an account that is flat and blocked.
// An unanswered command holds a phase up for `patience` only. At the deadline the breach is escalated, and
// the rounds go on.
//
// Invariants:
//  * Nothing leaves before it is stored: each Reaction is preceded by a Save() that names its commands as
//  SENT.
//  * An operation id is a function of the breach, the deed, the ticket and the attempt, and its content a
//    function of it. Attempts count up only after a known outcome. So a machine restored from its last state,
//    or even from an older one, repeats commands that the connector knows, and doubles none.
//  * FLAT is only said after the trading server said so; LIFTED and REARMED only after it confirmed the
//    account's rights.
//
// Times are UTC. Not thread-safe; neither copied nor moved.
class BreachMachine {
 public:
  struct Limits {
    ActionLog::Limits actions;
    // Closing (or cancelling) commands on their way at a time.
    int in_flight_max = 32;
    absl::Duration patience = absl::Seconds(1);
    absl::Duration settle = absl::Seconds(1);
    // Steps that are kept; each state's first one always is.
    int steps_max = 100;
  };

  // What a breach begins with.
  struct Beginning {
    // Who broke which rule when; state, steps and actions are ignored. SOFT ones need `rearm_time`.
    v1::Breach breach;
    v1::RuleSet::LockAction lock_action = v1::RuleSet::DISABLE;
    std::string move_to_group;
    absl::Duration flat_deadline = absl::Seconds(60);
    // The account at the breach, at the prices of the breach.
    AccountPicture account;
  };

  // A new breach, RECORDED. Save it together with its evidence, then call Resume.
  static std::unique_ptr<BreachMachine> Begin(const Beginning& beginning, const Limits& limits);
  // The machine that Save() came from; DATA_LOSS when `bytes` are not such.
  static absl::StatusOr<std::unique_ptr<BreachMachine>> Restore(std::string_view bytes, const Limits& limits);

  BreachMachine(const BreachMachine&) = delete;
  BreachMachine& operator=(const BreachMachine&) = delete;

  // Sets to work, once after Begin or Restore: sends again whatever may not have left, or whose answer was
  // lost.
  Reaction Resume(absl::Time now);
  // The answer to a command; ones that nobody waits for are ignored.
  Reaction OnReply(const std::string& operation_id, const BreachReply& reply, absl::Time now);
  // What reading the account gave.
  Reaction OnPicture(const absl::StatusOr<AccountPicture>& picture, absl::Time now);
  // Call at wake_time(), or at any time.
  Reaction OnTimer(absl::Time now);
  // Something was opened on the account, or its rights changed: ends the quiet of a pause, or of an account
  // that is being locked.
  Reaction OnAccountChanged(absl::Time now);
  // Ends the enforcement and gives the account back as it was, whatever was closed. INVALID_ARGUMENT without
  // a principal or a reason, FAILED_PRECONDITION when there is nothing (more) to lift.
  absl::StatusOr<Reaction> Lift(const std::string& principal, const std::string& reason, absl::Time now);

  // When OnTimer is due; the infinite future when only answers are waited for.
  absl::Time wake_time() const { return wake_time_; }
  // DONE, REARMED or LIFTED.
  bool finished() const;
  const v1::Breach& breach() const { return state_.breach(); }
  // The state, for Restore.
  std::string Save() const;

 private:
  using State = v1::Breach::State;
  using Type = v1::BreachAction::Type;

  BreachMachine(enforcement::v1::EnforcementState state, const Limits& limits);

  // Goes on as far as possible without another word from outside.
  Reaction Advance(absl::Time now);
  // One step of it; whether there is another.
  bool Step(absl::Time now);
  bool StepBlocking(absl::Time now);
  bool StepCancelling(absl::Time now);
  bool StepClosing(absl::Time now);
  bool StepVerifying(absl::Time now);
  bool StepFlat(absl::Time now);
  bool StepLocking(absl::Time now);
  bool StepRestoring(absl::Time now);
  // Repeats commands of unknown outcome, to learn it.
  void AskAgain(absl::Time now);
  void Escalate(absl::Time now);
  void FindWakeTime(absl::Time now);

  void Enter(State state, absl::Time now, const std::string& message);
  void AddStep(State state, absl::Time now, const std::string& message);
  void BeginRound(absl::Time now);
  void Read(absl::Time now);
  // Sends when due; false when it is not.
  bool SendIfDue(Type type, int64_t ticket, absl::Time now);
  AccountChange ChangeOf(Type type) const;
  void See(const AccountPicture& picture);
  // Notes that so much is left of a position; nothing when it is not told.
  void Shrink(int64_t ticket, const std::string& remaining_volume);
  // When the first of what is still to be done is due.
  absl::Time NextDue() const;
  bool Restoring() const;
  bool Clean() const;
  // Whether something was sent whose outcome may still change what is open.
  bool InDoubt() const;
  bool Patient(absl::Time now) const;
  std::string OpenText() const;

  enforcement::v1::EnforcementState state_;
  const Limits limits_;
  ActionLog log_;
  Reaction reaction_;
  absl::Time wake_time_ = absl::InfiniteFuture();
  bool reading_ = false;
  absl::Time read_begin_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_ENFORCEMENT_BREACH_MACHINE_H_
