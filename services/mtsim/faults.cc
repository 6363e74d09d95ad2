#include "services/mtsim/faults.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {
namespace {

// The command that carries trade requests.
constexpr std::string_view kTradeCommand = "DEALER_SEND";
constexpr int kRejected = 10006;
constexpr int kFillPercentDefault = 50;

bool IsForTrades(FaultKind kind) { return kind >= FaultKind::kTradeReject; }

bool UsedUp(const Fault& fault) { return fault.count > 0 && fault.fired_count >= fault.count; }

absl::Status Validate(const Fault& fault) {
  const int kind = static_cast<int>(fault.kind);
  if (kind < static_cast<int>(FaultKind::kRefuse) || kind > static_cast<int>(FaultKind::kTradeDelay)) {
    return absl::InvalidArgumentError(absl::StrCat("kind ", kind, " is not a kind of fault"));
  }
  if (fault.probability_percent < 1 || fault.probability_percent > 100) {
    return absl::InvalidArgumentError(absl::StrCat("probability_percent is ", fault.probability_percent,
                                                   "; it must be 1 to 100, or 0 for 100"));
  }
  if (fault.count < 0) {
    return absl::InvalidArgumentError(absl::StrCat("count is ", fault.count, "; it must not be negative"));
  }
  if (fault.delay < absl::ZeroDuration() || fault.delay > FaultBook::kDelayMax) {
    return absl::InvalidArgumentError(absl::StrCat("delay is ", absl::ToInt64Seconds(fault.delay),
                                                   " s; it must be 0 to ",
                                                   absl::ToInt64Seconds(FaultBook::kDelayMax), " s"));
  }
  if (fault.kind == FaultKind::kRefuse && fault.retcode <= 0) {
    return absl::InvalidArgumentError("a fault of kind REFUSE needs a retcode above 0");
  }
  if (fault.kind == FaultKind::kTradeReject &&
      (fault.retcode < 0 || (fault.retcode >= 10008 && fault.retcode <= 10010))) {
    return absl::InvalidArgumentError(
        absl::StrCat("retcode is ", fault.retcode, ", which is no refusal; a dealer rejects with 10006"));
  }
  if (fault.kind == FaultKind::kTradePartialFill && (fault.fill_percent < 1 || fault.fill_percent > 99)) {
    return absl::InvalidArgumentError(
        absl::StrCat("fill_percent is ", fault.fill_percent, "; it must be 1 to 99, or 0 for 50"));
  }
  const bool delays = fault.kind == FaultKind::kDelayBefore || fault.kind == FaultKind::kDelayAfter ||
                      fault.kind == FaultKind::kTradeDelay;
  if (delays && fault.delay == absl::ZeroDuration()) {
    return absl::InvalidArgumentError("a fault that delays needs a delay above 0");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Fault> FaultBook::Add(Fault fault, absl::Time now) {
  if (fault.probability_percent == 0) fault.probability_percent = 100;
  if (fault.kind == FaultKind::kTradeReject && fault.retcode == 0) fault.retcode = kRejected;
  if (fault.kind == FaultKind::kTradePartialFill && fault.fill_percent == 0) {
    fault.fill_percent = kFillPercentDefault;
  }
  RETURN_IF_ERROR(Validate(fault));
  if (rules_.size() >= kFaultsMax) {
    std::erase_if(rules_, [](const Rule& rule) { return UsedUp(rule.fault); });
  }
  if (rules_.size() >= kFaultsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(kFaultsMax, " faults are in force already; clear them with ClearFaults"));
  }
  fault.id = ++last_id_;
  fault.fired_count = 0;
  const bool limited = fault.kind == FaultKind::kRefuseConnections && fault.delay > absl::ZeroDuration();
  rules_.push_back({fault, limited ? now + fault.delay : absl::InfiniteFuture()});
  return fault;
}

bool FaultBook::Fires(Rule& rule) {
  if (UsedUp(rule.fault)) return false;
  // Certain faults throw no dice, so that adding one does not change what the others do.
  if (rule.fault.probability_percent < 100 &&
      random_.Below(100) >= static_cast<uint64_t>(rule.fault.probability_percent)) {
    return false;
  }
  ++rule.fault.fired_count;
  return true;
}

std::optional<Fault> FaultBook::OnCommand(std::string_view command, uint64_t login) {
  for (Rule& rule : rules_) {
    const Fault& fault = rule.fault;
    if (fault.kind == FaultKind::kRefuseConnections || IsForTrades(fault.kind)) continue;
    if (fault.login != 0 && fault.login != login) continue;
    if (!fault.command.empty() && !MatchesPattern(fault.command, command)) continue;
    if (Fires(rule)) return fault;
  }
  return std::nullopt;
}

TradeFault FaultBook::OnTrade(std::string_view symbol, uint64_t login) {
  TradeFault effect;
  bool delayed = false;
  bool disturbed = false;
  for (Rule& rule : rules_) {
    const Fault& fault = rule.fault;
    if (!IsForTrades(fault.kind) || (fault.login != 0 && fault.login != login)) continue;
    if (!fault.command.empty() && !MatchesPattern(fault.command, kTradeCommand)) continue;
    if (!fault.symbol.empty() && !SymbolMaskList(fault.symbol).Matches(symbol, symbol)) continue;
    bool& done = fault.kind == FaultKind::kTradeDelay ? delayed : disturbed;
    if (done || !Fires(rule)) continue;
    done = true;
    if (fault.kind == FaultKind::kTradeDelay) effect.delay = fault.delay;
    if (fault.kind == FaultKind::kTradeReject) effect.retcode = fault.retcode;
    if (fault.kind == FaultKind::kTradePartialFill) effect.fill_percent = fault.fill_percent;
  }
  return effect;
}

bool FaultBook::OnConnection(absl::Time now) {
  for (Rule& rule : rules_) {
    if (rule.fault.kind != FaultKind::kRefuseConnections || now >= rule.expires) continue;
    if (Fires(rule)) return true;
  }
  return false;
}

std::vector<Fault> FaultBook::List() const {
  std::vector<Fault> faults;
  faults.reserve(rules_.size());
  for (const Rule& rule : rules_) faults.push_back(rule.fault);
  return faults;
}

}  // namespace mtsuite::mtsim
