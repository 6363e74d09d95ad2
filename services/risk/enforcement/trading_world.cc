#include "services/risk/enforcement/trading_world.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/decimal/decimal.h"

namespace mtsuite::risk {

using v1::BreachAction;
using Outcome = BreachReply::Outcome;

namespace {

constexpr absl::Duration kLatency = absl::Milliseconds(3);

std::string Lots(int hundredths) { return Decimal::FromScaled(hundredths, 2).ToString(2); }

BreachReply Refusal(const char* reason) {
  BreachReply reply;
  reply.outcome = Outcome::kRejected;
  reply.error_reason = reason;
  reply.error_message = reason;
  return reply;
}

BreachReply Unknown(Outcome outcome) {
  BreachReply reply;
  reply.outcome = outcome;
  reply.error_reason = outcome == Outcome::kNotSent ? "TRADE_SERVER_UNAVAILABLE" : "OPERATION_UNCONFIRMED";
  return reply;
}

BreachReply Done() {
  BreachReply reply;
  reply.outcome = Outcome::kApplied;
  return reply;
}

}  // namespace

void TradingWorld::Open(int64_t ticket, int lots_hundredths, int profit) {
  positions_[ticket] = {lots_hundredths, profit};
  known_tickets_.insert(ticket);
}

AccountPicture TradingWorld::Picture() const {
  AccountPicture picture;
  picture.enabled = enabled;
  picture.read_only = read_only;
  picture.group = group;
  picture.balance = "90000.00";
  for (const auto& [ticket, position] : positions_) {
    picture.positions.push_back({ticket, "EURUSD", type::v1::BUY, Lots(position.lots), "1.10000",
                                 Decimal::FromInteger(position.profit)});
  }
  picture.orders.assign(orders_.begin(), orders_.end());
  return picture;
}

void TradingWorld::Take(const BreachCommand& command, std::function<void(const BreachReply&)> answer) {
  ++commands_taken_;
  Operation& operation = operations_[command.operation_id];
  if (operation.asked == 0) {
    operation.command = command;
  } else if (operation.command.type != command.type || operation.command.ticket != command.ticket ||
             !(operation.command.change == command.change)) {
    complaints_.push_back(absl::StrCat(command.operation_id, " came with another content"));
  }
  if (command.operation_id.size() > 64) complaints_.push_back(command.operation_id + " is too long");
  At(now_ + kLatency, [id = command.operation_id, answer = std::move(answer)](TradingWorld& world) {
    const BreachReply reply = world.Handle(world.operations_[id]);
    world.At(world.now_ + kLatency, [answer, reply](TradingWorld&) { answer(reply); });
  });
}

void TradingWorld::Read(std::function<void(const absl::StatusOr<AccountPicture>&)> answer) {
  const bool fails = Chance(absl::StrCat(++reads_), "read") < behaviour_.failed_reads;
  At(now_ + kLatency, [answer = std::move(answer), fails](TradingWorld& world) {
    absl::StatusOr<AccountPicture> picture = world.Picture();
    if (fails) picture = absl::UnavailableError("the trading server is not there");
    world.At(world.now_ + kLatency, [answer, picture](TradingWorld&) { answer(picture); });
  });
}

bool TradingWorld::RunNext(absl::Time until) {
  if (events_.empty() || events_.begin()->first > until) {
    if (until != absl::InfiniteFuture()) now_ = std::max(now_, until);
    return false;
  }
  auto event = events_.extract(events_.begin());
  now_ = std::max(now_, event.key());
  event.mapped()(*this);
  return true;
}

int TradingWorld::Chance(const std::string& operation_id, const char* what) const {
  // FNV-1a: the same on every machine.
  uint64_t hash = 14695981039346656037u;
  for (const char c : absl::StrCat(behaviour_.seed, "/", operation_id, "/", what)) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
  }
  return static_cast<int>((hash >> 20) % 100);
}

BreachReply TradingWorld::Handle(Operation& operation) {
  const std::string& id = operation.command.operation_id;
  ++operation.asked;
  if (operation.decided) return operation.reply;
  // The first time or two; a repeat of what was not carried out tries again, as the connector does.
  if (operation.asked <= 2 && Chance(id, "not sent") < behaviour_.not_sent) return Unknown(Outcome::kNotSent);
  if (operation.asked <= 2 && Chance(id, "lost request") < behaviour_.lost_requests) {
    return Unknown(Outcome::kUnconfirmed);
  }
  operation.reply = Execute(operation.command);
  operation.decided = true;
  if (Chance(id, "lost answer") < behaviour_.lost_answers) return Unknown(Outcome::kUnconfirmed);
  return operation.reply;
}

BreachReply TradingWorld::Execute(const BreachCommand& command) {
  switch (command.type) {
    case BreachAction::CLOSE_POSITION:
      return Close(command);
    case BreachAction::CANCEL_ORDER:
      if (Chance(command.operation_id, "requote") < behaviour_.requotes) return Refusal("TRADE_FROZEN");
      return orders_.erase(command.ticket) == 1 ? Done() : Refusal("ORDER_CANCELLED");
    default:
      if (Chance(command.operation_id, "requote") < behaviour_.requotes)
        return Refusal("TRADE_SERVER_REJECTED");
      if (command.change.enabled.has_value()) enabled = *command.change.enabled;
      if (command.change.read_only.has_value()) read_only = *command.change.read_only;
      if (command.change.group.has_value()) group = *command.change.group;
      return Done();
  }
}

BreachReply TradingWorld::Close(const BreachCommand& command) {
  const auto position = positions_.find(command.ticket);
  if (position == positions_.end()) {
    if (known_tickets_.count(command.ticket) == 0) {
      complaints_.push_back(absl::StrCat(command.operation_id, " closes what never was"));
    }
    return Refusal("POSITION_CLOSED");
  }
  if (now_ < behaviour_.market_opens) return Refusal("MARKET_CLOSED");
  if (Chance(command.operation_id, "requote") < behaviour_.requotes) return Refusal("REQUOTE");
  const int lots = position->second.lots;
  const bool part = lots > 1 && Chance(command.operation_id, "part") < behaviour_.partial_fills;
  const int filled = part ? lots / 2 : lots;
  position->second.lots -= filled;
  if (position->second.lots == 0) positions_.erase(position);
  executed_closes_.insert(command.operation_id);
  BreachReply reply = Done();
  reply.filled_volume = Lots(filled);
  reply.remaining_volume = Lots(lots - filled);
  reply.price = "1.09990";
  reply.fill_time = now_;
  return reply;
}

}  // namespace mtsuite::risk
