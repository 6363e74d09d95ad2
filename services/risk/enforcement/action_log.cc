#include "services/risk/enforcement/action_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/decimal/decimal.h"
#include "common/status/check.h"
#include "services/risk/valuation/position_value.h"

namespace mtsuite::risk {

using v1::BreachAction;

namespace {

const char* VerbOf(BreachAction::Type type) {
  switch (type) {
    case BreachAction::BLOCK_ACCOUNT:
      return "block";
    case BreachAction::CANCEL_ORDER:
      return "cancel";
    case BreachAction::CLOSE_POSITION:
      return "close";
    case BreachAction::LOCK_ACCOUNT:
      return "lock";
    case BreachAction::RESTORE_ACCOUNT:
      return "restore";
    default:
      return "none";
  }
}

bool IsZeroOrEmpty(const std::string& decimal) {
  const absl::StatusOr<Decimal> value = Decimal::ParseWire(decimal);
  return !value.ok() || value->IsZero();
}

// Whether what was done is worth going on with at once.
bool MadeProgress(const BreachAction& action) {
  return action.type() == BreachAction::CLOSE_POSITION && !IsZeroOrEmpty(action.filled_volume()) &&
         !IsZeroOrEmpty(action.remaining_volume());
}

// Below zero when it was worse for the account than the price at the breach.
std::string SlippageOf(const BreachAction& action) {
  const absl::StatusOr<Decimal> expected = Decimal::ParseWire(action.breach_price());
  const absl::StatusOr<Decimal> got = Decimal::ParseWire(action.price());
  if (!expected.ok() || !got.ok()) return "";
  return CloseSlippage(action.side(), *expected, *got).ToString();
}

bool IsOpen(const BreachAction& action) {
  return action.state() == BreachAction::SENT || action.state() == BreachAction::UNCONFIRMED;
}

}  // namespace

std::string BreachOperationId(const std::string& breach_id, BreachAction::Type type, int64_t ticket,
                              int attempt) {
  const std::string of_ticket = ticket == 0 ? "" : absl::StrCat(".", ticket);
  return absl::StrCat(breach_id, ".", VerbOf(type), of_ticket, ".", attempt);
}

ActionLog::ActionLog(enforcement::v1::EnforcementState& state, const Limits& limits)
    : state_(state), limits_(limits) {
  Index();
}

void ActionLog::Index() {
  newest_.clear();
  for (int i = 0; i < state_.breach().actions_size(); ++i) {
    const BreachAction& action = state_.breach().actions(i);
    newest_[Key(action.type(), action.ticket())] = i;
  }
}

const BreachAction* ActionLog::Find(BreachAction::Type type, int64_t ticket) const {
  const auto found = newest_.find(Key(type, ticket));
  return found == newest_.end() ? nullptr : &state_.breach().actions(found->second);
}

absl::Duration ActionLog::Backoff(int failures) const {
  // 2^20 times any sensible minimum is beyond any sensible maximum.
  const int doublings = std::clamp(failures - 1, 0, 20);
  return std::min(limits_.backoff_max, limits_.backoff_min * (1 << doublings));
}

absl::Time ActionLog::DueTime(BreachAction::Type type, int64_t ticket) const {
  const BreachAction* action = Find(type, ticket);
  if (action == nullptr) return absl::InfinitePast();
  if (action->state() == BreachAction::SENT) return absl::InfiniteFuture();
  if (action->has_retry_time()) return FromProtoTime(action->retry_time());
  if (MadeProgress(*action)) return absl::InfinitePast();
  // It is said to be done, yet seems not to be: what was seen may be older than what was done.
  return FromProtoTime(action->answer_time()) + Backoff(action->failures() + 1);
}

BreachAction& ActionLog::Send(BreachAction::Type type, int64_t ticket, absl::Time now) {
  MTSUITE_CHECK(DueTime(type, ticket) <= now, "an action was sent before it was due");
  v1::Breach& breach = *state_.mutable_breach();
  const BreachAction* last = Find(type, ticket);
  BreachAction* action = nullptr;
  if (last == nullptr || last->state() == BreachAction::APPLIED) {
    const int attempt = (last == nullptr ? state_.attempt_base() : last->attempt()) + 1;
    const int failures = last == nullptr || MadeProgress(*last) ? 0 : last->failures() + 1;
    LeaveOutOldest();
    action = breach.add_actions();
    action->set_type(type);
    action->set_ticket(ticket);
    action->set_attempt(attempt);
    action->set_failures(failures);
    newest_[Key(type, ticket)] = breach.actions_size() - 1;
  } else {
    action = breach.mutable_actions(newest_[Key(type, ticket)]);
    if (action->state() == BreachAction::REJECTED) {
      action->set_attempt(action->attempt() + 1);
      action->clear_operation_id();
    }
  }
  if (action->operation_id().empty()) {
    action->set_operation_id(BreachOperationId(breach.breach_id(), type, ticket, action->attempt()));
    *action->mutable_send_time() = ToProtoTime(now);
  }
  action->set_state(BreachAction::SENT);
  action->clear_answer_time();
  action->clear_retry_time();
  return *action;
}

BreachAction* ActionLog::Answer(const std::string& operation_id, const BreachReply& reply, absl::Time now) {
  BreachAction* action = nullptr;
  for (BreachAction& candidate : *state_.mutable_breach()->mutable_actions()) {
    if (candidate.operation_id() == operation_id && IsOpen(candidate)) action = &candidate;
  }
  if (action == nullptr) return nullptr;
  *action->mutable_answer_time() = ToProtoTime(now);
  action->clear_retry_time();
  if (reply.outcome == BreachReply::Outcome::kApplied) {
    action->set_state(BreachAction::APPLIED);
    action->clear_error_reason();
    action->clear_error_message();
    if (action->type() == BreachAction::CLOSE_POSITION) {
      action->set_filled_volume(reply.filled_volume);
      action->set_remaining_volume(reply.remaining_volume);
      action->set_price(reply.price);
      action->set_slippage(SlippageOf(*action));
      if (reply.fill_time != absl::InfinitePast())
        *action->mutable_fill_time() = ToProtoTime(reply.fill_time);
    }
    return action;
  }
  switch (reply.outcome) {
    case BreachReply::Outcome::kRejected:
      action->set_state(BreachAction::REJECTED);
      break;
    case BreachReply::Outcome::kNotSent:
      action->set_state(BreachAction::NOT_SENT);
      break;
    default:
      action->set_state(BreachAction::UNCONFIRMED);
  }
  action->set_error_reason(reply.error_reason);
  action->set_error_message(reply.error_message);
  action->set_failures(action->failures() + 1);
  const absl::Duration pause = std::clamp(reply.retry_after.value_or(Backoff(action->failures())),
                                          limits_.backoff_min, limits_.retry_after_max);
  *action->mutable_retry_time() = ToProtoTime(now + pause);
  return action;
}

void ActionLog::GiveUp(BreachAction& action) {
  action.set_state(BreachAction::UNCONFIRMED);
  action.clear_retry_time();
}

int ActionLog::in_flight(BreachAction::Type type) const {
  return static_cast<int>(
      std::ranges::count_if(state_.breach().actions(), [type](const BreachAction& action) {
        return action.type() == type && action.state() == BreachAction::SENT;
      }));
}

bool ActionLog::Applied(BreachAction::Type type) const {
  return std::ranges::any_of(state_.breach().actions(), [type](const BreachAction& action) {
    return action.type() == type && action.state() == BreachAction::APPLIED;
  });
}

bool ActionLog::Doubtful(BreachAction::Type type) const {
  return std::ranges::any_of(state_.breach().actions(), [type](const BreachAction& action) {
    return action.type() == type && IsOpen(action);
  });
}

void ActionLog::LeaveOutOldest() {
  v1::Breach& breach = *state_.mutable_breach();
  if (breach.actions_size() < limits_.max_actions) return;
  // What was done to the account is needed to undo it.
  const auto oldest = std::ranges::find_if(breach.actions(), [](const BreachAction& action) {
    return !IsOpen(action) &&
           (action.type() == BreachAction::CANCEL_ORDER || action.type() == BreachAction::CLOSE_POSITION);
  });
  if (oldest == breach.actions().end()) return;
  // Should the ticket come again, its operation ids must be new.
  state_.set_attempt_base(std::max(state_.attempt_base(), oldest->attempt()));
  breach.mutable_actions()->erase(oldest);
  breach.set_actions_left_out(breach.actions_left_out() + 1);
  Index();
}

}  // namespace mtsuite::risk
