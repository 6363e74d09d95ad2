#include "services/risk/enforcement/breach_machine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"

namespace mtsuite::risk {

using enforcement::v1::EnforcementState;
using v1::Breach;
using v1::BreachAction;

namespace {

// Worst first; ties by ticket, so that the order is the same everywhere.
std::vector<AccountPicture::Position> InClosingOrder(std::vector<AccountPicture::Position> positions) {
  std::ranges::sort(positions, [](const auto& a, const auto& b) {
    return std::pair(a.profit, a.ticket) < std::pair(b.profit, b.ticket);
  });
  return positions;
}

// What says that there is nothing left to close or cancel.
bool SaysGone(const std::string& error_reason) {
  static const char* const kReasons[] = {"POSITION_NOT_FOUND", "POSITION_CLOSED", "ORDER_NOT_FOUND",
                                         "ORDER_FILLED", "ORDER_CANCELLED"};
  return std::ranges::find(kReasons, error_reason) != std::end(kReasons);
}

bool IsZero(const std::string& decimal) {
  const absl::StatusOr<Decimal> value = Decimal::ParseWire(decimal);
  return value.ok() && value->IsZero();
}

}  // namespace

BreachMachine::BreachMachine(EnforcementState state, const Limits& limits)
    : state_(std::move(state)), limits_(limits), log_(state_, limits.actions) {}

std::unique_ptr<BreachMachine> BreachMachine::Begin(const Beginning& beginning, const Limits& limits) {
  EnforcementState state;
  Breach& breach = *state.mutable_breach();
  breach = beginning.breach;
  for (const char* field : {"steps", "actions", "rounds", "flat_time", "flat_balance", "escalate_time",
                            "end_time", "actions_left_out", "manual_override"}) {
    breach.GetReflection()->ClearField(&breach, Breach::descriptor()->FindFieldByName(field));
  }
  state.set_lock_action(beginning.lock_action);
  state.set_move_to_group(beginning.move_to_group);
  *state.mutable_flat_deadline() = ToProtoDuration(beginning.flat_deadline);
  state.set_enabled_before(beginning.account.enabled);
  state.set_read_only_before(beginning.account.read_only);
  state.set_group_before(beginning.account.group);
  const absl::Time now = FromProtoTime(breach.breach_time());
  *state.mutable_deadline() = ToProtoTime(now + beginning.flat_deadline);

  std::unique_ptr<BreachMachine> machine(new BreachMachine(std::move(state), limits));
  machine->See(beginning.account);
  // Prices seen later are not those of the breach.
  for (auto& position : *machine->state_.mutable_positions()) {
    for (const AccountPicture::Position& given : beginning.account.positions) {
      if (given.ticket == position.ticket()) position.set_breach_price(given.price);
    }
  }
  machine->Enter(Breach::RECORDED, now, machine->OpenText());
  return machine;
}

absl::StatusOr<std::unique_ptr<BreachMachine>> BreachMachine::Restore(std::string_view bytes,
                                                                      const Limits& limits) {
  EnforcementState state;
  if (!state.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !state.has_breach()) {
    return absl::DataLossError("the state of a breach cannot be read");
  }
  return std::unique_ptr<BreachMachine>(new BreachMachine(std::move(state), limits));
}

std::string BreachMachine::Save() const { return state_.SerializeAsString(); }

bool BreachMachine::finished() const {
  const State state = state_.breach().state();
  return state == Breach::DONE || state == Breach::REARMED || state == Breach::LIFTED;
}

Reaction BreachMachine::Resume(absl::Time now) {
  reading_ = false;
  for (BreachAction& action : *state_.mutable_breach()->mutable_actions()) {
    if (action.state() != BreachAction::SENT) continue;
    const bool about_trades =
        action.type() == BreachAction::CLOSE_POSITION || action.type() == BreachAction::CANCEL_ORDER;
    if (about_trades && (Restoring() || finished())) {
      // It may never have left, and must not any more.
      ActionLog::GiveUp(action);
      reaction_.save = true;
      continue;
    }
    reaction_.commands.push_back(
        {action.operation_id(), action.type(), action.ticket(), ChangeOf(action.type())});
  }
  return Advance(now);
}

Reaction BreachMachine::OnReply(const std::string& operation_id, const BreachReply& reply, absl::Time now) {
  const BreachAction* action = log_.Answer(operation_id, reply, now);
  if (action == nullptr) return Advance(now);
  reaction_.save = true;
  const bool applied = reply.outcome == BreachReply::Outcome::kApplied;
  const bool gone = reply.outcome == BreachReply::Outcome::kRejected && SaysGone(reply.error_reason);
  const int64_t ticket = action->ticket();
  switch (action->type()) {
    case BreachAction::BLOCK_ACCOUNT:
      state_.set_blocked(state_.blocked() || applied);
      break;
    case BreachAction::LOCK_ACCOUNT:
      state_.set_locked(state_.locked() || applied);
      break;
    case BreachAction::CANCEL_ORDER:
      if (applied || gone) {
        auto& orders = *state_.mutable_orders();
        orders.erase(std::remove(orders.begin(), orders.end(), ticket), orders.end());
      }
      break;
    case BreachAction::CLOSE_POSITION:
      Shrink(ticket, gone ? "0" : reply.remaining_volume);
      break;
    default:
      break;
  }
  // What was seen before this answer does not prove that nothing came after it.
  if (state_.has_settle_time()) {
    const absl::Time settled = std::max(FromProtoTime(state_.settle_time()), now + limits_.settle);
    *state_.mutable_settle_time() = ToProtoTime(settled);
  }
  *state_.mutable_read_time() = ToProtoTime(now);
  return Advance(now);
}

Reaction BreachMachine::OnPicture(const absl::StatusOr<AccountPicture>& picture, absl::Time now) {
  if (!reading_) return Advance(now);
  reading_ = false;
  const State state = state_.breach().state();
  if (state != Breach::VERIFYING && state != Breach::LOCKING) return Advance(now);
  reaction_.save = true;
  if (!picture.ok()) {
    state_.set_read_failures(state_.read_failures() + 1);
    *state_.mutable_read_time() = ToProtoTime(now + log_.Backoff(state_.read_failures()));
    return Advance(now);
  }
  state_.set_read_failures(0);
  See(*picture);
  Breach& breach = *state_.mutable_breach();
  if (!Clean()) {
    state_.clear_settle_time();
    breach.clear_flat_time();
    breach.clear_flat_balance();
    if (NextDue() <= now) {
      BeginRound(now);
    } else {
      if (state == Breach::LOCKING) Enter(Breach::VERIFYING, now, OpenText());
      // What is not due yet is looked at again when it is, as it may be gone by then.
      *state_.mutable_read_time() = ToProtoTime(std::min(NextDue(), now + limits_.actions.backoff_max));
    }
    return Advance(now);
  }
  breach.set_flat_balance(picture->balance);
  if (state == Breach::LOCKING) {
    if (state_.locked()) Enter(Breach::DONE, now, "flat and locked");
    return Advance(now);
  }
  if (!breach.has_flat_time()) *breach.mutable_flat_time() = ToProtoTime(read_begin_);
  if (!state_.has_settle_time()) {
    *state_.mutable_settle_time() = ToProtoTime(read_begin_ + limits_.settle);
  }
  const absl::Time settled = FromProtoTime(state_.settle_time());
  if (InDoubt()) {
    // Its answer makes for another look at once.
    *state_.mutable_read_time() = ToProtoTime(std::max(settled, now + limits_.settle));
  } else if (read_begin_ < settled) {
    *state_.mutable_read_time() = ToProtoTime(settled);
  } else {
    Enter(Breach::FLAT, now, absl::StrCat("nothing is open; the balance is ", picture->balance));
  }
  return Advance(now);
}

Reaction BreachMachine::OnTimer(absl::Time now) { return Advance(now); }

Reaction BreachMachine::OnAccountChanged(absl::Time now) {
  const State state = state_.breach().state();
  if (state == Breach::FLAT || state == Breach::LOCKING) {
    *state_.mutable_deadline() = ToProtoTime(now + FromProtoDuration(state_.flat_deadline()));
    state_.set_escalated(false);
    Enter(Breach::VERIFYING, now, "something changed on the account");
  }
  return Advance(now);
}

absl::StatusOr<Reaction> BreachMachine::Lift(const std::string& principal, const std::string& reason,
                                             absl::Time now) {
  if (principal.empty() || reason.empty()) {
    return absl::InvalidArgumentError("a breach is lifted by somebody, for a reason");
  }
  const State state = state_.breach().state();
  if (state_.breach().mode() == v1::SHADOW || Restoring() || state == Breach::REARMED ||
      state == Breach::LIFTED) {
    return absl::FailedPreconditionError(
        absl::StrCat("the breach is ", Breach::State_Name(state), ": there is nothing to lift"));
  }
  v1::BreachOverride& by_hand = *state_.mutable_breach()->mutable_manual_override();
  by_hand.set_principal(principal);
  by_hand.set_reason(reason);
  *by_hand.mutable_time() = ToProtoTime(now);
  by_hand.set_state(state);
  state_.mutable_breach()->clear_end_time();
  *state_.mutable_deadline() = ToProtoTime(now + FromProtoDuration(state_.flat_deadline()));
  state_.set_escalated(false);
  Enter(Breach::LIFTING, now, absl::StrCat("lifted by ", principal, ": ", reason));
  return Advance(now);
}

void BreachMachine::Shrink(int64_t ticket, const std::string& remaining_volume) {
  if (remaining_volume.empty()) return;
  auto& positions = *state_.mutable_positions();
  const auto position =
      std::ranges::find_if(positions, [ticket](const auto& p) { return p.ticket() == ticket; });
  if (position == positions.end()) return;
  if (IsZero(remaining_volume)) {
    positions.erase(position);
  } else {
    position->set_volume(remaining_volume);
  }
}

void BreachMachine::See(const AccountPicture& picture) {
  const auto before = std::move(*state_.mutable_positions());
  state_.clear_positions();
  for (const AccountPicture::Position& seen : InClosingOrder(picture.positions)) {
    auto& position = *state_.add_positions();
    position.set_ticket(seen.ticket);
    position.set_symbol(seen.symbol);
    position.set_side(seen.side);
    position.set_volume(seen.volume);
    for (const auto& known : before) {
      if (known.ticket() == seen.ticket && known.side() == seen.side) {
        position.set_breach_price(known.breach_price());
      }
    }
  }
  state_.mutable_orders()->Assign(picture.orders.begin(), picture.orders.end());
  state_.set_blocked(picture.read_only || !picture.enabled);
  switch (state_.lock_action()) {
    case v1::RuleSet::MOVE_GROUP:
      state_.set_locked(picture.group == state_.move_to_group());
      break;
    case v1::RuleSet::READ_ONLY:
    case v1::RuleSet::LEAVE:
      // Blocking did it already.
      state_.set_locked(state_.blocked());
      break;
    default:
      state_.set_locked(!picture.enabled);
  }
}

}  // namespace mtsuite::risk
