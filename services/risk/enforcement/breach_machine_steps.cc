// How a BreachMachine goes on by itself: the phases of a round, and what follows it.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "services/risk/enforcement/breach_machine.h"

namespace mtsuite::risk {

using v1::Breach;
using v1::BreachAction;

namespace {

std::string Count(int count, const char* what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

bool IsAboutTrades(const BreachAction& action) {
  return action.type() == BreachAction::CLOSE_POSITION || action.type() == BreachAction::CANCEL_ORDER;
}

}  // namespace

Reaction BreachMachine::Advance(absl::Time now) {
  if (!finished()) {
    AskAgain(now);
    while (Step(now)) {
    }
    Escalate(now);
  }
  FindWakeTime(now);
  return std::exchange(reaction_, Reaction());
}

bool BreachMachine::Step(absl::Time now) {
  switch (state_.breach().state()) {
    case Breach::RECORDED:
      if (state_.breach().mode() == v1::SHADOW) {
        Enter(Breach::DONE, now, "recorded only");
      } else {
        BeginRound(now);
      }
      return true;
    case Breach::BLOCKING:
      return StepBlocking(now);
    case Breach::CANCELLING:
      return StepCancelling(now);
    case Breach::CLOSING:
      return StepClosing(now);
    case Breach::VERIFYING:
      if (now >= FromProtoTime(state_.read_time())) Read(now);
      return false;
    case Breach::FLAT:
      return StepFlat(now);
    case Breach::LOCKING:
      return StepLocking(now);
    case Breach::REARMING:
    case Breach::LIFTING:
      return StepRestoring(now);
    default:
      return false;
  }
}

void BreachMachine::BeginRound(absl::Time now) {
  Breach& breach = *state_.mutable_breach();
  breach.set_rounds(breach.rounds() + 1);
  Enter(Breach::BLOCKING, now, state_.blocked() ? "the account is blocked already" : "");
}

bool BreachMachine::StepBlocking(absl::Time now) {
  if (!state_.blocked()) {
    SendIfDue(BreachAction::BLOCK_ACCOUNT, 0, now);
    if (log_.in_flight(BreachAction::BLOCK_ACCOUNT) > 0 && Patient(now)) return false;
  }
  Enter(Breach::CANCELLING, now, Count(state_.orders_size(), "waiting order"));
  return true;
}

bool BreachMachine::StepCancelling(absl::Time now) {
  int in_flight = log_.in_flight(BreachAction::CANCEL_ORDER);
  for (const int64_t ticket : state_.orders()) {
    if (in_flight >= limits_.in_flight_max) break;
    in_flight += SendIfDue(BreachAction::CANCEL_ORDER, ticket, now) ? 1 : 0;
  }
  if (in_flight > 0 && Patient(now)) return false;
  Enter(Breach::CLOSING, now, Count(state_.positions_size(), "position"));
  return true;
}

bool BreachMachine::StepClosing(absl::Time now) {
  int in_flight = log_.in_flight(BreachAction::CLOSE_POSITION);
  for (const auto& position : state_.positions()) {
    if (in_flight >= limits_.in_flight_max) break;
    in_flight += SendIfDue(BreachAction::CLOSE_POSITION, position.ticket(), now) ? 1 : 0;
  }
  if (in_flight > 0 && Patient(now)) return false;
  Enter(Breach::VERIFYING, now, OpenText());
  return true;
}

bool BreachMachine::StepFlat(absl::Time now) {
  const Breach& breach = state_.breach();
  if (breach.severity() != v1::SOFT) {
    if (state_.locked()) {
      Enter(Breach::DONE, now, "flat and locked");
    } else {
      Enter(Breach::LOCKING, now, "");
    }
    return true;
  }
  if (!breach.has_rearm_time() || now < FromProtoTime(breach.rearm_time())) return false;
  *state_.mutable_deadline() = ToProtoTime(now + FromProtoDuration(state_.flat_deadline()));
  state_.set_escalated(false);
  Enter(Breach::REARMING, now, "the pause is over");
  return true;
}

bool BreachMachine::StepLocking(absl::Time now) {
  if (!state_.locked()) {
    SendIfDue(BreachAction::LOCK_ACCOUNT, 0, now);
  } else if (now >= FromProtoTime(state_.read_time())) {
    Read(now);
  }
  return false;
}

bool BreachMachine::StepRestoring(absl::Time now) {
  // A block that arrives after the restoration would stay.
  if (log_.Doubtful(BreachAction::BLOCK_ACCOUNT) || log_.Doubtful(BreachAction::LOCK_ACCOUNT)) return false;
  const bool touched = log_.Applied(BreachAction::BLOCK_ACCOUNT) || log_.Applied(BreachAction::LOCK_ACCOUNT);
  if (!touched || log_.Applied(BreachAction::RESTORE_ACCOUNT)) {
    const bool lifting = state_.breach().state() == Breach::LIFTING;
    Enter(lifting ? Breach::LIFTED : Breach::REARMED, now, "the account is as it was before");
    return true;
  }
  SendIfDue(BreachAction::RESTORE_ACCOUNT, 0, now);
  return false;
}

void BreachMachine::AskAgain(absl::Time now) {
  // Indices: Send may leave out an old action, but none when it repeats one.
  for (int i = 0; i < state_.breach().actions_size(); ++i) {
    const BreachAction& action = state_.breach().actions(i);
    if (action.state() != BreachAction::UNCONFIRMED || !action.has_retry_time()) continue;
    // Asking again also means trying again where it was not done, which nobody wants after a lift.
    if (Restoring() && IsAboutTrades(action)) continue;
    SendIfDue(action.type(), action.ticket(), now);
  }
}

bool BreachMachine::SendIfDue(Type type, int64_t ticket, absl::Time now) {
  if (log_.DueTime(type, ticket) > now) return false;
  const BreachAction* last = log_.Find(type, ticket);
  const std::string price_before = last == nullptr ? "" : last->breach_price();
  BreachAction& action = log_.Send(type, ticket, now);
  if (type == BreachAction::CLOSE_POSITION && action.symbol().empty()) {
    for (const auto& position : state_.positions()) {
      if (position.ticket() != ticket) continue;
      action.set_symbol(position.symbol());
      action.set_side(position.side());
      action.set_volume(position.volume());
      action.set_breach_price(position.breach_price().empty() ? price_before : position.breach_price());
    }
  }
  reaction_.save = true;
  reaction_.commands.push_back({action.operation_id(), type, ticket, ChangeOf(type)});
  return true;
}

AccountChange BreachMachine::ChangeOf(Type type) const {
  AccountChange change;
  const bool disables = state_.lock_action() == v1::RuleSet::DISABLE ||
                        state_.lock_action() == v1::RuleSet::LOCK_ACTION_UNSPECIFIED;
  const bool moves = state_.lock_action() == v1::RuleSet::MOVE_GROUP;
  if (type == BreachAction::BLOCK_ACCOUNT) change.read_only = true;
  if (type == BreachAction::LOCK_ACCOUNT) {
    if (disables) change.enabled = false;
    if (moves) change.group = state_.move_to_group();
  }
  if (type == BreachAction::RESTORE_ACCOUNT) {
    // Only what was touched: the rest may have been changed by others meanwhile.
    if (log_.Applied(BreachAction::BLOCK_ACCOUNT)) change.read_only = state_.read_only_before();
    if (log_.Applied(BreachAction::LOCK_ACCOUNT)) {
      if (disables) change.enabled = state_.enabled_before();
      if (moves) change.group = state_.group_before();
    }
  }
  return change;
}

void BreachMachine::Read(absl::Time now) {
  if (reading_) return;
  reading_ = true;
  read_begin_ = now;
  reaction_.read = true;
}

void BreachMachine::Escalate(absl::Time now) {
  const State state = state_.breach().state();
  if (finished() || state == Breach::FLAT || state_.escalated()) return;
  if (now < FromProtoTime(state_.deadline())) return;
  state_.set_escalated(true);
  *state_.mutable_breach()->mutable_escalate_time() = ToProtoTime(now);
  AddStep(Breach::ESCALATED, now,
          absl::StrCat("not done by the deadline, still ", Breach::State_Name(state), ": ", OpenText()));
}

void BreachMachine::FindWakeTime(absl::Time now) {
  wake_time_ = absl::InfiniteFuture();
  const auto consider = [this](absl::Time time) { wake_time_ = std::min(wake_time_, time); };
  if (finished()) return;
  const Breach& breach = state_.breach();
  const bool flat = breach.state() == Breach::FLAT;
  if (!flat && !state_.escalated()) consider(FromProtoTime(state_.deadline()));
  for (const BreachAction& action : breach.actions()) {
    if (action.state() != BreachAction::UNCONFIRMED || !action.has_retry_time()) continue;
    if (!Restoring() || !IsAboutTrades(action)) consider(FromProtoTime(action.retry_time()));
  }
  switch (breach.state()) {
    case Breach::BLOCKING:
    case Breach::CANCELLING:
    case Breach::CLOSING:
      consider(FromProtoTime(state_.phase_time()) + limits_.patience);
      break;
    case Breach::VERIFYING:
      if (!reading_) consider(FromProtoTime(state_.read_time()));
      break;
    case Breach::FLAT:
      if (breach.has_rearm_time()) consider(FromProtoTime(breach.rearm_time()));
      break;
    case Breach::LOCKING:
      if (!state_.locked()) consider(log_.DueTime(BreachAction::LOCK_ACCOUNT, 0));
      if (state_.locked() && !reading_) consider(FromProtoTime(state_.read_time()));
      break;
    case Breach::REARMING:
    case Breach::LIFTING:
      // While something else is in doubt, only its answer helps.
      if (log_.Find(BreachAction::RESTORE_ACCOUNT, 0) != nullptr) {
        consider(log_.DueTime(BreachAction::RESTORE_ACCOUNT, 0));
      }
      break;
    default:
      break;
  }
  wake_time_ = std::max(wake_time_, now);
}

void BreachMachine::Enter(State state, absl::Time now, const std::string& message) {
  Breach& breach = *state_.mutable_breach();
  breach.set_state(state);
  *state_.mutable_phase_time() = ToProtoTime(now);
  *state_.mutable_read_time() = ToProtoTime(now);
  if (state == Breach::VERIFYING) state_.clear_settle_time();
  if (finished()) *breach.mutable_end_time() = ToProtoTime(now);
  reaction_.save = true;
  const bool first =
      std::ranges::none_of(breach.steps(), [state](const auto& s) { return s.state() == state; });
  if (first || breach.steps_size() < limits_.steps_max) AddStep(state, now, message);
}

void BreachMachine::AddStep(State state, absl::Time now, const std::string& message) {
  v1::BreachStep& step = *state_.mutable_breach()->add_steps();
  step.set_number(state_.breach().steps_size());
  step.set_state(state);
  *step.mutable_time() = ToProtoTime(now);
  step.set_message(message);
  reaction_.save = true;
}

absl::Time BreachMachine::NextDue() const {
  absl::Time due = absl::InfiniteFuture();
  if (!state_.blocked()) due = log_.DueTime(BreachAction::BLOCK_ACCOUNT, 0);
  for (const int64_t ticket : state_.orders()) {
    due = std::min(due, log_.DueTime(BreachAction::CANCEL_ORDER, ticket));
  }
  for (const auto& position : state_.positions()) {
    due = std::min(due, log_.DueTime(BreachAction::CLOSE_POSITION, position.ticket()));
  }
  return due;
}

bool BreachMachine::Restoring() const {
  const State state = state_.breach().state();
  return state == Breach::REARMING || state == Breach::LIFTING;
}

bool BreachMachine::Clean() const {
  return state_.positions_size() == 0 && state_.orders_size() == 0 && state_.blocked();
}

bool BreachMachine::InDoubt() const {
  return log_.Doubtful(BreachAction::BLOCK_ACCOUNT) || log_.Doubtful(BreachAction::CANCEL_ORDER) ||
         log_.Doubtful(BreachAction::CLOSE_POSITION);
}

bool BreachMachine::Patient(absl::Time now) const {
  return now < FromProtoTime(state_.phase_time()) + limits_.patience;
}

std::string BreachMachine::OpenText() const {
  return absl::StrCat(Count(state_.positions_size(), "position"), " and ",
                      Count(state_.orders_size(), "waiting order"), " open, the account is ",
                      state_.blocked() ? "blocked" : "not blocked");
}

}  // namespace mtsuite::risk
